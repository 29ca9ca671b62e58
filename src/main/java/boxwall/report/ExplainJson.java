package boxwall.report;

import boxwall.explain.Answer;
import boxwall.explain.Explanation;
import boxwall.explain.TrailEntry;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;

/**
 * What becomes of one packet, as JSON and in words: {@code {verdict, decided_by{table,chain,number,file,line,rule},
 * trail[], possible[], depends_on[], notes[], packet, path[], as_written}}. Line and number are 1-based; a policy has
 * none. {@code as_written} is the same for the rules with states where the box loads them without, else null.
 */
public final class ExplainJson {
    private ExplainJson() {}

    /** The JSON text. */
    public static String of(Explanation explanation) {
        Answer written = explanation.asWritten;
        return answer(explanation.answer).add("path", JsonText.value(explanation.path))
                .add("as_written", JsonText.value(written == null ? null : answer(written))).toString();
    }

    /** One walk. */
    static JsonObject answer(Answer answer) {
        JsonArray trail = new JsonArray();
        for (TrailEntry step : answer.trail) {
            trail.add(step(step));
        }
        return JsonText.object("verdict", answer.verdict.name(), "decided_by", step(answer.decidedBy), "trail", trail,
                "possible", answer.possible, "depends_on", answer.dependsOn, "notes", answer.notes, "packet",
                answer.packet);
    }

    private static JsonObject step(TrailEntry step) {
        if (step == null) { return null; }
        JsonObject json = JsonText.object("table", step.table.word(), "chain", step.chain);
        if (step.rule == null) {
            return json.merge(
                    JsonText.object("number", null, "file", null, "line", null, "rule", "policy " + step.policy));
        }
        int line = step.origin().line;
        return json.merge(JsonText.object("number", step.number, "file", step.origin().file, "line",
                line == 0 ? null : (Object) line, "rule", step.ruleText(), "certain", step.certain));
    }

    /** For people: verdict and packet, the way over the box, the rules that matched, and the rules as written. */
    public static String inWords(Explanation explanation) {
        Answer answer = explanation.answer;
        StringBuilder out = new StringBuilder().append(answer.verdict).append("  ").append(answer.packet).append('\n');
        block(out, "way", explanation.path);
        block(out, "rules", answer.trail);
        block(out, "note", answer.notes);
        Answer written = explanation.asWritten;
        if (written != null) {
            out.append("  this box has no connection tracking; the rules as written, with states: ").append(written)
                    .append('\n');
            if (!written.verdict.equals(answer.verdict)) { block(out, "rules", written.trail); }
        }
        return JsonText.utf8(out.toString());
    }

    private static void block(StringBuilder out, String name, List<?> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String head = i == 0 ? name + ":" : "";
            out.append("  ").append(head).append("        ".substring(head.length())).append(lines.get(i)).append('\n');
        }
    }
}
