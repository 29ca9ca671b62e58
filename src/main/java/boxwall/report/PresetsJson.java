package boxwall.report;

import boxwall.syntax.Preset;
import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.util.List;

/**
 * What can be included: {@code {presets[{name, title{en, de}, text{en, de}, parameters[{name, kind, default, label{en,
 * de}, example}], lines[]}]}}. lines are those that it writes, without comments. default is null where the value has to
 * be given. kind is a word of {@link boxwall.syntax.ParameterKind}.
 */
public final class PresetsJson {
    private PresetsJson() {}

    /** The JSON text. */
    public static String of(List<Preset> presets) {
        JsonArray all = new JsonArray();
        for (Preset preset : presets) {
            JsonArray parameters = new JsonArray();
            for (Preset.Parameter each : preset.parameters) {
                parameters.add(Json.object().add("name", each.name).add("kind", each.kind.word())
                        .add("default", each.standard == null ? Json.NULL : Json.value(each.standard))
                        .add("label", both(Json.value(Text.of(each.english)), Json.value(Text.of(each.german))))
                        .add("example", each.kind.example));
            }
            all.add(Json.object().add("name", preset.name)
                    .add("title", both(Json.value(title(preset.english)), Json.value(title(preset.german))))
                    .add("text", both(Json.value(sentence(preset.english)), Json.value(sentence(preset.german))))
                    .add("parameters", parameters).add("lines", ExplainJson.words(preset.lines)));
        }
        return Json.object().add("presets", all).toString();
    }

    /** One line for each preset, with the values that it takes. */
    public static String inWords(List<Preset> presets) {
        StringBuilder out = new StringBuilder();
        for (Preset preset : presets) {
            out.append("include ").append(preset.name);
            for (Preset.Parameter each : preset.parameters) {
                out.append(' ').append(
                        each.standard == null ? each.name + "=..." : "[" + each.name + "=" + each.standard + "]");
            }
            out.append("\n    ").append(Text.of(preset.english)).append('\n');
            for (Preset.Parameter each : preset.parameters) {
                out.append("    ").append(each.name).append(": ").append(Text.of(each.english)).append("; for example ")
                        .append(each.kind.example).append('\n');
            }
        }
        return out.toString();
    }

    private static JsonObject both(JsonValue english, JsonValue german) {
        return Json.object().add("en", english).add("de", german);
    }

    /** What stands before the first colon of "Title: sentence". */
    private static String title(String text) {
        int colon = text.indexOf(':');
        return Text.of(colon < 0 ? text : text.substring(0, colon));
    }

    private static String sentence(String text) { return Text.of(text.substring(text.indexOf(':') + 1).trim()); }
}
