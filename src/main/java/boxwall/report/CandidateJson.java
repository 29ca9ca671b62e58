package boxwall.report;

import boxwall.box.Finding;
import boxwall.compile.Compiled;
import boxwall.netfilter.Family;
import boxwall.syntax.Note;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;

/**
 * The answer to a checked ruleset: {@code {etag, mode, rules{ipv4,ipv6}, modules[], findings[], notes[{where, text}]}}.
 */
public final class CandidateJson {
    private CandidateJson() {}

    /** The JSON text; {@code advice} says where the rest of the findings comes from, null where they are whole. */
    public static String of(String etag, Compiled compiled, List<Finding> findings, String advice) {
        JsonObject counts = new JsonObject();
        for (Family family : Family.values()) {
            counts.add(family.word(), compiled.ruleset.ruleCount(family));
        }
        JsonArray notes = new JsonArray();
        for (Note note : compiled.notes) {
            notes.add(JsonText.object("where", note.origin, "text", note.text));
        }
        return JsonText.object("etag", etag, "mode", compiled.mode(), "rules", counts, "modules", compiled.modules,
                advice == null ? null : "advice", advice, "findings", findings, "notes", notes).toString();
    }
}
