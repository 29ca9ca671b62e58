package boxwall.report;

import boxwall.explain.Answer;
import boxwall.explain.Explanation;
import boxwall.explain.TrailEntry;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What becomes of one packet, as JSON and in words: {@code {verdict, decided_by{table,chain,number,file,line,row,rule},
 * trail[], possible[], depends_on[], notes[], packet, path[], hours[{file, line, row, from, to, now}], as_written}}.
 * row is the line of the user's file that includes file. Line and number are 1-based; a policy has none. hours has the
 * rules of the trail that ask the clock (-m time), in UTC; now is null where the box's clock isn't set, or more than
 * the hour counts. {@code as_written} is the same for the rules with states where the box loads them without, else
 * null.
 */
public final class ExplainJson {
    /** What the kernel writes for no date, and what names the zone that counts anyway. */
    private static final List<String> NO_DATE =
            Arrays.asList("--timestart", "--timestop", "--datestop 2038-01-19T03:14:07", "--utc");
    private static final int DAY = 86400;

    private ExplainJson() {}

    /** The JSON text. The box's clock in milliseconds, 0 when it isn't known. */
    public static String of(Explanation explanation, long clock) {
        Answer written = explanation.asWritten;
        JsonArray hours = new JsonArray();
        for (TrailEntry step : timed(explanation.answer)) {
            Boolean now = holds(step, clock);
            hours.add(JsonText.object("file", step.origin().file, "line", step.origin().line, "row", row(step), "from",
                    hour(step, "--timestart"), "to", hour(step, "--timestop"), "now", now));
        }
        return answer(explanation.answer).add("path", JsonText.value(explanation.path)).add("hours", hours)
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
            Boolean now = holds(step, clock);
            hours.add(step.origin() + " holds from " + hour(step, "--timestart") + " to " + hour(step, "--timestop")
                    + " UTC: " + (now != null ? now ? "now, too" : "not now"
                            : StatusJson.clock(clock) == null ? "the box's clock is not set" : "on some days"));
        }
        block(out, "hours", hours);
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
            if (step.rule != null && step.rule.match("time") != null) { timed.add(step); }
        }
        return timed;
    }

    private static String hour(TrailEntry step, String name) {
        Option option = step.rule.match("time").option(name);
        return option != null ? option.value() : name.equals("--timestart") ? "00:00:00" : "23:59:59";
    }

    /** As xt_time of Linux has it: until before from is over midnight, both are in it. */
    private static Boolean holds(TrailEntry step, long clock) {
        for (Option option : step.rule.match("time").options) {
            if (option.negated || !NO_DATE.contains(option.name) && !NO_DATE.contains(option.toString())) {
                return null;
            }
        }
        Long now = StatusJson.clock(clock);
        if (now == null) { return null; }
        int from = seconds(hour(step, "--timestart"));
        int to = seconds(hour(step, "--timestop"));
        long second = now % DAY;
        return from < to ? second >= from && second <= to : second >= from || second <= to;
    }

    private static int seconds(String time) {
        int seconds = 0;
        for (String part : Words.split(time, ':')) {
            seconds = seconds * 60 + Integer.parseInt(part);
        }
        return seconds;
    }

    private static void block(StringBuilder out, String name, List<?> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String head = i == 0 ? name + ":" : "";
            out.append("  ").append(head).append("        ".substring(head.length())).append(lines.get(i)).append('\n');
        }
    }
}
