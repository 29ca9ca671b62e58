package boxwall.report;

import boxwall.box.Secrets;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.explain.Verdict;
import boxwall.imports.Imported;
import boxwall.imports.Remark;
import boxwall.netfilter.Words;

import com.eclipsesource.json.JsonArray;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of an import, as JSON and in words: {@code {rules, whole, taken, missing, not_run, remarks[{line, what,
 * todo, harmless}], opens[], incomplete}}. whole means that nothing is missing; harmless remarks are about lines that a
 * ruleset doesn't need; taken, missing and not_run count lines with a rule; opens lists packets that the ruleset
 * accepts and that the script, as far as it was understood, drops.
 */
public final class ImportReport {
    private final Imported imported;
    private final List<String> opens = new ArrayList<>();
    /** The part that could not be compared with the script; null for none. */
    private String incomplete;

    /** {@code boxNetwork}: the box that the ruleset is for, as far as it is known. */
    public ImportReport(Imported imported, BoxNetwork boxNetwork) {
        this.imported = imported;
        if (imported.stricter != null) {
            Difference difference = Difference.of(imported.stricter, imported.ruleset, boxNetwork);
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
        for (Remark remark : imported.remarks) {
            remarks.add(JsonText.object("line", remark.line, "what", Secrets.masked(remark.what), "todo", remark.todo,
                    "harmless", remark.harmless));
        }
        return JsonText.object("rules", imported.text, "whole", imported.isWhole(), "taken", imported.rulesTaken(),
                "missing", imported.rulesLeft, "not_run", imported.rulesNotRun, "remarks", remarks, "opens", opens,
                "incomplete", incomplete).toString();
    }

    /** A line for each remark and all lines that have it, with a star if a rule is missing, then the totals. */
    public String inWords(String file) {
        StringBuilder out = new StringBuilder();
        Map<String, List<Integer>> lines = new LinkedHashMap<>();
        for (Remark remark : imported.remarks) {
            String text = (remark.harmless ? " " : "*") + Secrets.masked(remark.what) + "; " + remark.todo;
            if (!lines.containsKey(text)) { lines.put(text, new ArrayList<Integer>()); }
            lines.get(text).add(remark.line);
        }
        for (String text : lines.keySet()) {
            List<Integer> at = lines.get(text);
            out.append(text.charAt(0)).append(' ').append(file).append(':').append(at.remove(0)).append(": ")
                    .append(text.substring(1)).append(at.isEmpty() ? "" : "; also line " + Words.join(at, ", "))
                    .append('\n');
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
