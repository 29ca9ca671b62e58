package boxwall.report;

import boxwall.explain.Difference;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;

/**
 * The packets that two rulesets decide differently, as JSON and in words: {@code {before, after, changes[{before,
 * after, packets, share, example{packet, before, after}}], incomplete}}, the largest change first. share is the
 * fraction of all possible packets of the family, 0 to 1; it doesn't say how much traffic that is.
 */
public final class DiffJson {
    private DiffJson() {}

    /** The JSON text; {@code before} and {@code after} name the rulesets. */
    public static String of(Difference difference, String before, String after) {
        JsonArray changes = new JsonArray();
        for (Difference.Change change : difference.changes) {
            changes.add(JsonText.object("before", change.before.name(), "after", change.after.name(), "packets",
                    change.region, "share", Json.value(change.region.share), "example",
                    JsonText.object("packet", change.was.packet, "before", ExplainJson.answer(change.was), "after",
                            ExplainJson.answer(change.is))));
        }
        return JsonText
                .object("before", before, "after", after, "changes", changes, "incomplete", difference.incomplete())
                .toString();
    }

    /** The text for people. */
    public static String inWords(Difference difference, String before, String after) {
        if (difference.changes.isEmpty() && difference.incomplete() == null) {
            return JsonText.utf8(before + " and " + after + " decide every packet in the same way.\n");
        }
        StringBuilder out = new StringBuilder("What ").append(after).append(" decides differently from ").append(before)
                .append(", largest first:\n");
        for (Difference.Change change : difference.changes) {
            out.append("  ").append(change).append("\n      say ").append(change.was.packet).append("\n      before: ")
                    .append(change.was).append("\n      after:  ").append(change.is).append('\n');
        }
        String more = difference.incomplete();
        return JsonText.utf8(out.append(more == null ? "" : "  Not complete: " + more + "\n").toString());
    }
}
