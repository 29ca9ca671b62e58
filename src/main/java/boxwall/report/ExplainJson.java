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
 * The verdict on one packet, as JSON and in words: {@code {verdict, decided_by{table,chain,number,file,line,row,rule},
 * trail[], possible[], depends_on[], notes[], packet, path[], hours[{file, line, row, from, to, now}], now{verdict,
 * decided_by, until}, as_written}}. row is the line of the user's file that includes file. Line and number are 1-based;
 * a policy has none. hours lists the rules of the trail that match by time (-m time), in UTC; its now is null if the
 * clock isn't set, or if not only hours and days of the week count. The outer now is the current verdict, and is
 * missing unless the verdict depends on such rules. {@code as_written} is the verdict of the rules with states if the
 * box loads them without, else null.
 */
public final class ExplainJson {
    private ExplainJson() {}

    /** The JSON text. {@code clock}: the box's time in milliseconds, 0 if unknown. */
    public static String of(Explanation explanation, long clock) {
        JsonArray hours = new JsonArray();
        for (TrailEntry entry : timed(explanation.answer)) {
            Hours time = Hours.of(entry.rule);
            hours.add(JsonText.object("file", entry.origin().file, "line", entry.origin().line, "row",
                    JsonText.line(entry.origin().row), "from", time.from, "to", time.to, "now",
                    time.holds(JsonText.clock(clock))));
        }
        Explanation.Now now = explanation.now(JsonText.clock(clock));
        JsonObject current = now == null ? null : JsonText.object("verdict", now.verdict.name(), "decided_by",
                entry(now.decidedBy), "until", now.until);
        Answer written = explanation.asWritten;
        return answer(explanation.answer).merge(JsonText.object("path", explanation.path, "hours", hours,
                now == null ? null : "now", current, "as_written", written == null ? null : answer(written)))
                .toString();
    }

    static JsonObject answer(Answer answer) {
        JsonArray trail = new JsonArray();
        for (TrailEntry entry : answer.trail) {
            trail.add(entry(entry));
        }
        return JsonText.object("verdict", answer.verdict.name(), "decided_by", entry(answer.decidedBy), "trail", trail,
                "possible", answer.possible, "depends_on", answer.dependsOn, "notes", answer.notes, "packet",
                answer.packet);
    }

    private static JsonObject entry(TrailEntry entry) {
        if (entry == null) { return null; }
        boolean policy = entry.rule == null;
        return JsonText.object("table", entry.table.word(), "chain", entry.chain, "number",
                policy ? null : (Object) entry.number, "file", policy ? null : entry.origin().file, "line",
                policy ? null : JsonText.line(entry.origin().line), "row",
                policy ? null : JsonText.line(entry.origin().row), "rule",
                policy ? "policy " + entry.policy : entry.rule.toString(), policy ? null : "certain", entry.certain);
    }

    /** For people: verdict and packet, the path through the box, the rules that matched, and the rules as written. */
    public static String inWords(Explanation explanation, long clock) {
        Answer answer = explanation.answer;
        StringBuilder out = new StringBuilder().append(answer.verdict).append("  ").append(answer.packet).append('\n');
        block(out, "way", explanation.path);
        block(out, "rules", answer.trail);
        block(out, "note", answer.notes);
        List<String> hours = new ArrayList<>();
        for (TrailEntry entry : timed(answer)) {
            Hours time = Hours.of(entry.rule);
            Boolean now = time.holds(JsonText.clock(clock));
            hours.add(entry.origin() + " holds from " + time.from + " to " + time.to + " UTC: "
                    + (now != null ? now ? "now, too" : "not now"
                            : JsonText.clock(clock) == null ? "no clock tells whether now" : "on some days"));
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

    /** The rules of a trail that match by time. */
    private static List<TrailEntry> timed(Answer answer) {
        List<TrailEntry> timed = new ArrayList<>();
        for (TrailEntry entry : answer.trail) {
            if (entry.rule != null && Hours.of(entry.rule) != null) { timed.add(entry); }
        }
        return timed;
    }

    /** {@code block-device:13 (line 5 of the rules)}, or {@code filter FORWARD policy DROP}. */
    private static String place(TrailEntry entry) {
        if (entry.rule == null) { return entry.toString(); }
        int row = entry.origin().row;
        return entry.origin() + (row == 0 || row == entry.origin().line ? "" : " (line " + row + " of the rules)");
    }

    private static void block(StringBuilder out, String name, List<?> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String head = i == 0 ? name + ":" : "";
            out.append("  ").append(head).append("        ".substring(head.length())).append(lines.get(i)).append('\n');
        }
    }
}
