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

    /** All that is known of a checked ruleset. */
    public static String of(String etag, Compiled compiled, List<Finding> findings) {
        return of(etag, compiled, findings, null).toString();
    }

    /** What decides; {@code advice} says where the rest comes from. */
    public static String put(String etag, Compiled compiled, List<Finding> findings) {
        return of(etag, compiled, findings, "GET /findings").toString();
    }

    /**
     * 202 of POST /apply: {@code {id, deadline, seconds, findings}}; deadline in seconds of uptime, findings in brief.
     */
    public static String pending(String id, long deadline, int seconds, List<Finding> findings) {
        return JsonText.object("id", id, "deadline", deadline, "seconds", seconds, "findings",
                JsonText.brief(findings)).toString();
    }

    private static JsonObject of(String etag, Compiled compiled, List<Finding> findings, String advice) {
        JsonObject counts = new JsonObject();
        for (Family family : Family.values()) {
            counts.add(family.word(), compiled.ruleset.ruleCount(family));
        }
        JsonArray notes = new JsonArray();
        for (Note note : compiled.notes) {
            notes.add(JsonText.object("where", note.origin, "text", note.text));
        }
        JsonObject json =
                JsonText.object("etag", etag, "mode", compiled.mode(), "rules", counts, "modules", compiled.modules);
        if (advice != null) { json.add("advice", advice); }
        return json.merge(JsonText.object("findings", findings, "notes", notes));
    }

    /** GET /findings: {@code {findings:[…], draft:{etag, findings:[…]}}}, null in place of a draft that isn't there. */
    public static String findings(List<Finding> box, String etag, List<Finding> draft) {
        return JsonText.object("findings", box, "draft",
                draft == null ? null : JsonText.object("etag", etag, "findings", draft)).toString();
    }

    /** {@code {findings:[…]}}: for {@code check --json} of a text with errors. */
    public static String findingsOnly(List<Finding> findings) {
        return JsonText.object("findings", findings).toString();
    }
}
