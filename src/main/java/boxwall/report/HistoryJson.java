package boxwall.report;

import com.eclipsesource.json.JsonArray;

import java.util.List;

/**
 * GET /history: {@code {rulesets[{number, etag, lines, saved, outcome, gone[], added[]}], changes[{uptime, time, what,
 * by, etag, id, state, reason}]}}. Number 0 is the saved ruleset, 1 to 3 are those before it; gone and added are the
 * lines by which each differs from number 0 (gone: only here, added: only there). saved is the box's own words for the
 * time at which it was kept, null when it doesn't say. outcome is kept, unsaved (in RAM only), proven (the box boots
 * with it) or fell-back (the box did not survive its trial). changes are those since the daemon is there, newest first,
 * each with its state: pending, kept, unsaved, taken-back, refused, failed or rollback-failed; uptime in seconds, time
 * in seconds since 1970 by the box's clock.
 */
public final class HistoryJson {
    private final JsonArray rulesets = new JsonArray();
    private final JsonArray changes = new JsonArray();

    /** Adds a ruleset. */
    public HistoryJson ruleset(int number, String etag, int lines, String saved, String outcome, List<String> gone,
            List<String> added) {
        rulesets.add(JsonText.object("number", number, "etag", etag, "lines", lines, "saved", saved, "outcome", outcome,
                "gone", gone, "added", added));
        return this;
    }

    /** Adds a change; {@code etag} and {@code id} may be empty. */
    public HistoryJson change(long uptimeMillis, long time, String by, String etag, String id, String outcome,
            String reason) {
        changes.add(JsonText.object("uptime", JsonText.seconds(uptimeMillis), "time", time, "what", "apply", "by", by,
                "etag", etag, "id", id, "state", outcome, "reason", reason));
        return this;
    }

    public String text() { return JsonText.object("rulesets", rulesets, "changes", changes).toString(); }
}
