package boxwall.report;

import boxwall.box.LogLine;
import boxwall.box.Secrets;
import boxwall.plan.Counted;
import boxwall.plan.LoggedPackets;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.List;
import java.util.Map;

/**
 * GET /log:
 * {@code {source, hint, entries[{uptime, when, prefix, in, out, src, dst, proto, sport, dport, length, rules[{family, table, chain,
 * number, file, line}]}], by_rule[{…, prefix, packets}], by_source[{src, packets}], others}}, entries newest first.
 * source is dmesg, logread or none; hint gives a reason why there may be no entries, or is null. uptime (seconds) and
 * when (syslog's date) are null where the log lacks them.
 */
public final class LogJson {
    /** The sources with the most packets that are shown. */
    private static final int SOURCES_MAX = 50;

    private LogJson() {}

    /** The JSON text with at most {@code max} entries. */
    public static String of(LoggedPackets logged, String source, String hint, int max) {
        JsonArray entries = new JsonArray();
        for (LoggedPackets.Entry entry : logged.entries.subList(0, Math.min(max, logged.entries.size()))) {
            entries.add(entry(entry.line, entry.rules));
        }
        JsonArray byRule = new JsonArray();
        for (Map.Entry<Counted, Integer> e : logged.byRule.entrySet()) {
            byRule.add(rule(e.getKey()).merge(
                    JsonText.object("prefix", masked(e.getKey().after("--log-prefix")), "packets", e.getValue())));
        }
        JsonArray bySource = new JsonArray();
        List<Map.Entry<String, Integer>> sources = logged.bySource();
        for (Map.Entry<String, Integer> e : sources.subList(0, Math.min(SOURCES_MAX, sources.size()))) {
            bySource.add(JsonText.object("src", masked(e.getKey()), "packets", e.getValue()));
        }
        return JsonText.object("source", source, "hint", masked(hint), "entries", entries, "by_rule", byRule,
                "by_source", bySource, "others", logged.others()).toString();
    }

    private static JsonObject rule(Counted rule) {
        return CountersJson.place(rule).add("number", rule.number).merge(CountersJson.origin(rule));
    }

    private static JsonObject entry(LogLine line, List<Counted> loggedBy) {
        JsonArray rules = new JsonArray();
        for (Counted rule : loggedBy) {
            rules.add(rule(rule));
        }
        return JsonText.object("uptime", JsonText.number(line.uptime), "when", masked(line.when), "prefix",
                masked(line.prefix), "in", line.get("IN"), "out", line.get("OUT"), "src", masked(line.get("SRC")),
                "dst", masked(line.get("DST")), "proto", line.get("PROTO"), "sport", number(line, "SPT"), "dport",
                number(line, "DPT"), "length", number(line, "LEN"), "rules", rules);
    }

    private static String masked(String text) { return text == null ? null : Secrets.masked(text); }

    private static Integer number(LogLine line, String key) {
        return line.number(key) < 0 ? null : Integer.valueOf(line.number(key));
    }
}
