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

    /** The JSON text. */
    public static String of(String etag, Compiled compiled, List<Finding> findings) {
        JsonObject counts = new JsonObject();
        for (Family family : Family.values()) {
            counts.add(family.word(), compiled.ruleset().ruleCount(family));
        }
        JsonArray notes = new JsonArray();
        for (Note note : compiled.notes()) {
            notes.add(JsonText.object("where", note.origin(), "text", note.text()));
        }
        return JsonText.object("etag", etag, "mode", compiled.mode(), "rules", counts, "modules", compiled.modules(),
                "findings", JsonText.findings(findings, true), "notes", notes).toString();
    }

    /** {@code {findings:[…]}}: for GET /findings, and {@code check --json}. */
    public static String findingsOnly(List<Finding> findings) {
        return JsonText.object("findings", JsonText.findings(findings, true)).toString();
    }
}
