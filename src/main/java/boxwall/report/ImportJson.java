package boxwall.report;

import boxwall.box.Secrets;
import boxwall.explain.Difference;
import boxwall.explain.Site;
import boxwall.explain.Verdict;
import boxwall.imports.Imported;
import boxwall.imports.Remark;

import com.eclipsesource.json.JsonArray;

import java.util.ArrayList;
import java.util.List;

/**
 * What an import gave, as JSON and in words: {@code {rules, whole, taken, missing, not_run, remarks[{line, what, todo,
 * harmless}], opens[], incomplete}}. whole says that nothing is missing; harmless remarks are about lines that a
 * ruleset doesn't need; taken, missing and not_run count lines that hold a rule; opens names the packets that the
 * ruleset accepts and, as far as the script can be read, the script drops.
 */
public final class ImportJson {
    private final Imported imported;
    private final List<String> opens = new ArrayList<>();
    /** What could not be compared with the script; null for nothing. */
    private String incomplete;

    /** {@code site} is what is known of the box that the ruleset is for. */
    public ImportJson(Imported imported, Site site) {
        this.imported = imported;
        if (imported.stricter != null) {
            Difference difference = Difference.of(imported.stricter, imported.ruleset, site);
            incomplete = difference.incomplete();
            for (Difference.Change change : difference.changes) {
                if (change.before == Verdict.DROP && change.after == Verdict.ACCEPT) {
                    opens.add(change.region.toString());
                }
            }
        }
    }

    /** The JSON text. */
    public String text() {
        JsonArray remarks = new JsonArray();
        for (Remark each : imported.remarks) {
            remarks.add(JsonText.object("line", each.line, "what", Secrets.masked(each.what), "todo", each.todo,
                    "harmless", each.harmless));
        }
        return JsonText.object("rules", imported.text, "whole", imported.isWhole(), "taken", imported.rulesTaken(),
                "missing", imported.rulesLeft, "not_run", imported.rulesNotRun, "remarks", remarks, "opens", opens,
                "incomplete", incomplete).toString();
    }

    /** One line a remark, those about what is missing with a star; the totals last. */
    public String inWords(String file) {
        StringBuilder out = new StringBuilder();
        for (Remark each : imported.remarks) {
            out.append(each.harmless ? "  " : "* ").append(file).append(':').append(each.line).append(": ")
                    .append(Secrets.masked(each.what)).append("; ").append(each.todo).append('\n');
        }
        for (String packets : opens) {
            out.append("* lets through what the script drops, or may drop: ").append(packets).append('\n');
        }
        out.append(incomplete == null ? "" : "* not all could be compared with the script: " + incomplete + "\n");
        out.append("taken ").append(imported.rulesTaken()).append(", missing ").append(imported.rulesLeft)
                .append(imported.rulesNotRun > 0 ? ", not run " + imported.rulesNotRun : "").append('\n');
        return JsonText.utf8(out.toString());
    }
}
