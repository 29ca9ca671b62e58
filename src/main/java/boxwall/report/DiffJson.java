package boxwall.report;

import boxwall.explain.Difference;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;

/**
 * What two rulesets decide differently, as JSON and in words: {@code {before, after, changes[{before, after, packets,
 * share, example{packet, before, after}}], incomplete}}, largest first. share is the part of all packets of the family,
 * 0 to 1: for comparing, not for traffic.
 */
public final class DiffJson {
    private DiffJson() {}

    /** The JSON text; the names say what was compared. */
    public static String of(Difference difference, String before, String after) {
        JsonArray changes = new JsonArray();
        for (Difference.Change change : difference.changes()) {
            changes.add(Json.object().add("before", change.before().name()).add("after", change.after().name())
                    .add("packets", Text.of(change.region().toString())).add("share", change.region().share)
                    .add("example",
                            Json.object().add("packet", change.was.packet.toString())
                                    .add("before", ExplainJson.answer(change.was))
                                    .add("after", ExplainJson.answer(change.is))));
        }
        return Json.object().add("before", Text.of(before)).add("after", Text.of(after)).add("changes", changes)
                .add("incomplete", difference.incomplete() == null ? Json.NULL : Json.value(difference.incomplete()))
                .toString();
    }

    /** For people. */
    public static String inWords(Difference difference, String before, String after) {
        StringBuilder out = new StringBuilder();
        if (difference.changes().isEmpty() && difference.incomplete() == null) {
            return Text.of(before + " and " + after + " decide every packet in the same way.\n");
        }
        out.append("What ").append(after).append(" decides differently from ").append(before)
                .append(", largest first:\n");
        for (Difference.Change change : difference.changes()) {
            out.append("  ").append(change).append('\n').append("      say ").append(change.was.packet).append('\n')
                    .append("      before: ").append(change.was).append('\n').append("      after:  ").append(change.is)
                    .append('\n');
        }
        return Text.of(
                out.append(difference.incomplete() == null ? "" : "  Not complete: " + difference.incomplete() + "\n")
                        .toString());
    }
}
