package boxwall.report;

import boxwall.box.Finding;
import boxwall.compile.Compiled;
import boxwall.netfilter.Family;
import boxwall.syntax.Note;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;

/**
 * The answer to a checked ruleset: {@code {etag, mode, rules{ipv4,ipv6}, modules[], findings[], notes[{where, text}]}}.
 */
public final class CandidateJson {
    private CandidateJson() {}

    /** The JSON text. */
    public static String of(String etag, Compiled compiled, List<Finding> findings) {
        JsonObject counts = new JsonObject();
        for (Family family : Family.values()) {
            counts.add(family.word(), compiled.ruleset().ruleCount(family));
        }
        JsonArray modules = new JsonArray();
        for (String module : compiled.modules()) {
            modules.add(module);
        }
        JsonArray notes = new JsonArray();
        for (Note note : compiled.notes()) {
            notes.add(Json.object().add("where", Text.of(note.origin().toString())).add("text", Text.of(note.text())));
        }
        return Json.object().add("etag", etag).add("mode", compiled.mode()).add("rules", counts).add("modules", modules)
                .add("findings", findings(findings)).add("notes", notes).toString();
    }

    /** {@code {findings:[…]}}: for GET /findings, and {@code check --json}. */
    public static String findingsOnly(List<Finding> findings) {
        return Json.object().add("findings", findings(findings)).toString();
    }

    private static JsonArray findings(List<Finding> findings) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(FindingJson.whole(finding));
        }
        return all;
    }
}
