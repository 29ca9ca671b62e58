package boxwall.report;

import boxwall.netfilter.Words;
import boxwall.syntax.Preset;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;

/**
 * The presets: {@code {presets[{name, title{en, de}, text{en, de}, parameters[{name, kind, default, label{en, de},
 * example}], lines[]}]}}. lines are the lines of the preset without its comments. default is null if the user must give
 * a value. kind is a word of {@link boxwall.syntax.Preset.Kind}.
 */
public final class PresetsJson {
    private PresetsJson() {}

    /** The JSON text. */
    public static String of(List<Preset> presets) {
        JsonArray all = new JsonArray();
        for (Preset preset : presets) {
            JsonArray parameters = new JsonArray();
            for (Preset.Parameter parameter : preset.parameters.values()) {
                parameters.add(JsonText.object("name", parameter.name, "kind", parameter.kind.word(), "default",
                        parameter.standard, "label", both(parameter.english, parameter.german), "example",
                        parameter.kind.example));
            }
            all.add(JsonText.object("name", preset.name, "title", both(title(preset.english), title(preset.german)),
                    "text", both(sentence(preset.english), sentence(preset.german)), "parameters", parameters, "lines",
                    preset.lines));
        }
        return JsonText.object("presets", all).toString();
    }

    private static JsonObject both(String english, String german) {
        return JsonText.object("en", english, "de", german);
    }

    /** The title of "Title: sentence". */
    private static String title(String text) { return Words.split(text, ':')[0]; }

    private static String sentence(String text) { return text.substring(text.indexOf(':') + 1).trim(); }

    /** For people: a line for each preset with its parameters, then their meaning. */
    public static String inWords(List<Preset> presets) {
        StringBuilder out = new StringBuilder();
        for (Preset preset : presets) {
            out.append("include ").append(preset.name);
            for (Preset.Parameter parameter : preset.parameters.values()) {
                out.append(parameter.standard == null ? " " + parameter.name + "=..."
                        : " [" + parameter.name + "=" + parameter.standard + "]");
            }
            out.append("\n    ").append(JsonText.utf8(preset.english)).append('\n');
            for (Preset.Parameter parameter : preset.parameters.values()) {
                out.append("    ").append(parameter.name).append(": ").append(JsonText.utf8(parameter.english))
                        .append("; for example ").append(parameter.kind.example).append('\n');
            }
        }
        return out.toString();
    }
}
