package boxwall.report;

import boxwall.netfilter.Words;
import boxwall.syntax.Preset;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;

/**
 * What can be included: {@code {presets[{name, title{en, de}, text{en, de}, parameters[{name, kind, default, label{en,
 * de}, example}], lines[]}]}}. lines are those that it writes, without comments. default is null where the value has to
 * be given. kind is a word of {@link boxwall.syntax.Preset.Kind}.
 */
public final class PresetsJson {
    private PresetsJson() {}

    /** The JSON text. */
    public static String of(List<Preset> presets) {
        JsonArray all = new JsonArray();
        for (Preset preset : presets) {
            JsonArray parameters = new JsonArray();
            for (Preset.Parameter each : preset.parameters.values()) {
                parameters.add(JsonText.object("name", each.name, "kind", each.kind.word(), "default", each.standard,
                        "label", both(each.english, each.german), "example", each.kind.example));
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

    /** What stands before the first colon of "Title: sentence". */
    private static String title(String text) {
        return Words.split(text, ':')[0];
    }

    private static String sentence(String text) { return text.substring(text.indexOf(':') + 1).trim(); }

    /** One line for each preset, with the values that it takes. */
    public static String inWords(List<Preset> presets) {
        StringBuilder out = new StringBuilder();
        for (Preset preset : presets) {
            out.append("include ").append(preset.name);
            for (Preset.Parameter each : preset.parameters.values()) {
                out.append(each.standard == null ? " " + each.name + "=..."
                        : " [" + each.name + "=" + each.standard + "]");
            }
            out.append("\n    ").append(JsonText.utf8(preset.english)).append('\n');
            for (Preset.Parameter each : preset.parameters.values()) {
                out.append("    ").append(each.name).append(": ").append(JsonText.utf8(each.english))
                        .append("; for example ").append(each.kind.example).append('\n');
            }
        }
        return out.toString();
    }
}
