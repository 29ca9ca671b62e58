package boxwall.report;

import boxwall.explain.Answer;
import boxwall.explain.Explanation;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdict;
import boxwall.netfilter.Origin;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

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
        return answer(explanation.answer).add("path", words(explanation.path))
                .add("as_written", explanation.asWritten == null ? Json.NULL : answer(explanation.asWritten))
                .toString();
    }

    /** One walk. */
    static JsonObject answer(Answer answer) {
        JsonArray trail = new JsonArray();
        for (TrailEntry step : answer.trail) {
            trail.add(step(step));
        }
        JsonArray possible = new JsonArray();
        for (Verdict verdict : answer.possible) {
            possible.add(verdict.name());
        }
        JsonArray depends = new JsonArray();
        for (Origin origin : answer.dependsOn) {
            depends.add(Text.of(origin.toString()));
        }
        return Json.object().add("verdict", answer.verdict.name()).add("decided_by", step(answer.decidedBy))
                .add("trail", trail).add("possible", possible).add("depends_on", depends)
                .add("notes", words(answer.notes)).add("packet", answer.packet.toString());
    }

    private static JsonValue step(TrailEntry step) {
        if (step == null) { return Json.NULL; }
        JsonObject json = Json.object().add("table", step.table.word()).add("chain", Text.of(step.chain));
        if (step.rule == null) {
            return json.add("number", Json.NULL).add("file", Json.NULL).add("line", Json.NULL).add("rule",
                    "policy " + step.policy);
        }
        return json.add("number", step.number).add("file", Text.of(step.origin().file))
                .add("line", step.origin().line() == 0 ? Json.NULL : Json.value(step.origin().line()))
                .add("rule", Text.of(step.ruleText())).add("certain", step.certain);
    }

    static JsonArray words(List<String> lines) {
        JsonArray all = new JsonArray();
        for (String line : lines) {
            all.add(Text.of(line));
        }
        return all;
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
        return Text.of(out.toString());
    }

    private static void block(StringBuilder out, String name, List<?> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String head = i == 0 ? name + ":" : "";
            out.append("  ").append(head).append("        ".substring(head.length())).append(lines.get(i)).append('\n');
        }
    }
}
