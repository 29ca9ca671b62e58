package boxwall.report;

import boxwall.explain.Answer;
import boxwall.explain.Explanation;
import boxwall.explain.TrailEntry;
import boxwall.netfilter.Hours;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What becomes of one packet, as JSON and in words: {@code {verdict, decided_by{table,chain,number,file,line,row,rule},
 * trail[], possible[], depends_on[], notes[], packet, path[], hours[{file, line, row, from, to, now}], now{verdict,
 * decided_by, until}, as_written}}. row is the line of the user's file that includes file. Line and number are 1-based;
 * a policy has none. hours has the rules of the trail that ask the clock (-m time), in UTC; now is null where the box's
 * clock isn't set, or more than hours and days of the week count. The outer now is what holds now, and is there only
 * where the answer depends on such rules. {@code as_written} is the same for the rules with states where the box loads
 * them without, else null.
 */
public final class ExplainJson {
    private ExplainJson() {}

    /** The JSON text. The box's clock in milliseconds, 0 when it isn't known. */
    public static String of(Explanation explanation, long clock) {
        Answer written = explanation.asWritten;
        JsonArray hours = new JsonArray();
        for (TrailEntry step : timed(explanation.answer)) {
            Hours of = Hours.of(step.rule);
            hours.add(JsonText.object("file", step.origin().file, "line", step.origin().line, "row", row(step), "from",
                    of.from, "to", of.to, "now", of.holds(JsonText.clock(clock))));
        }
        JsonObject json = answer(explanation.answer).add("path", JsonText.value(explanation.path)).add("hours", hours);
        Explanation.Now now = explanation.now(JsonText.clock(clock));
        if (now != null) {
            json.add("now", JsonText.object("verdict", now.verdict.name(), "decided_by", step(now.decidedBy), "until",
                    now.until));
        }
        return json.add("as_written", JsonText.value(written == null ? null : answer(written))).toString();
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
            return json.merge(JsonText.object("number", null, "file", null, "line", null, "row", null, "rule",
                    "policy " + step.policy));
        }
        int line = step.origin().line;
        return json.merge(JsonText.object("number", step.number, "file", step.origin().file, "line",
                line == 0 ? null : (Object) line, "row", row(step), "rule", step.ruleText(), "certain", step.certain));
    }

    private static Object row(TrailEntry step) { return step.origin().row == 0 ? null : (Object) step.origin().row; }

    /** For people: verdict and packet, the way over the box, the rules that matched, and the rules as written. */
    public static String inWords(Explanation explanation, long clock) {
        Answer answer = explanation.answer;
        StringBuilder out = new StringBuilder().append(answer.verdict).append("  ").append(answer.packet).append('\n');
        block(out, "way", explanation.path);
        block(out, "rules", answer.trail);
        block(out, "note", answer.notes);
        List<String> hours = new ArrayList<>();
        for (TrailEntry step : timed(answer)) {
            Hours of = Hours.of(step.rule);
            Boolean now = of.holds(JsonText.clock(clock));
            hours.add(step.origin() + " holds from " + of.from + " to " + of.to + " UTC: "
                    + (now != null ? now ? "now, too" : "not now"
                            : JsonText.clock(clock) == null ? "the box's clock is not set" : "on some days"));
        }
        block(out, "hours", hours);
        Explanation.Now now = explanation.now(JsonText.clock(clock));
        if (now != null) {
            block(out, "now",
                    Collections
                            .singletonList(now.verdict + (now.decidedBy == null ? "" : ", by " + place(now.decidedBy))
                                    + (now.until == null ? "" : ", until " + now.until + " UTC")));
        }
        Answer written = explanation.asWritten;
        if (written != null) {
            out.append("  this box has no connection tracking; the rules as written, with states: ").append(written)
                    .append('\n');
            if (!written.verdict.equals(answer.verdict)) { block(out, "rules", written.trail); }
        }
        return JsonText.utf8(out.toString());
    }

    /** The rules of a trail that ask the clock. */
    private static List<TrailEntry> timed(Answer answer) {
        List<TrailEntry> timed = new ArrayList<>();
        for (TrailEntry step : answer.trail) {
            if (step.rule != null && Hours.of(step.rule) != null) { timed.add(step); }
        }
        return timed;
    }

    /** {@code block-device:13 (line 5 of the rules)}, or {@code filter FORWARD policy DROP}. */
    private static String place(TrailEntry step) {
        if (step.rule == null) { return step.toString(); }
        int row = step.origin().row;
        return step.origin() + (row == 0 || row == step.origin().line ? "" : " (line " + row + " of the rules)");
    }

    private static void block(StringBuilder out, String name, List<?> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String head = i == 0 ? name + ":" : "";
            out.append("  ").append(head).append("        ".substring(head.length())).append(lines.get(i)).append('\n');
        }
    }
}
