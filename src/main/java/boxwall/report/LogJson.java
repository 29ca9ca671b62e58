package boxwall.report;

import boxwall.box.LogLine;
import boxwall.box.Secrets;
import boxwall.plan.Counted;
import boxwall.plan.LoggedPackets;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.util.List;
import java.util.Map;

/**
 * GET /log:
 * {@code {source, hint, entries[{uptime, when, prefix, in, out, src, dst, proto, sport, dport, length, rules[{family, table, chain,
 * number, file, line}]}], by_rule[{…, prefix, packets}], by_source[{src, packets}], others}}, entries newest first.
 * source is dmesg, logread or none; hint says why there may be nothing, or is null. uptime (seconds) and when (syslog's
 * words) are null where the log lacks them.
 */
public final class LogJson {
    /** Sources shown; those behind them sent least. */
    private static final int SOURCES = 50;

    private LogJson() {}

    /** The JSON text with at most so many entries. */
    public static String of(LoggedPackets logged, String source, String hint, int most) {
        JsonArray entries = new JsonArray();
        for (LoggedPackets.Entry entry : logged.entries().subList(0, Math.min(most, logged.entries().size()))) {
            entries.add(entry(entry));
        }
        JsonArray byRule = new JsonArray();
        for (Map.Entry<Counted, Integer> e : logged.byRule().entrySet()) {
            byRule.add(rule(e.getKey()).add("prefix", text(e.getKey().after("--log-prefix"))).add("packets",
                    e.getValue()));
        }
        JsonArray bySource = new JsonArray();
        List<Map.Entry<String, Integer>> sources = logged.bySource();
        for (Map.Entry<String, Integer> e : sources.subList(0, Math.min(SOURCES, sources.size()))) {
            bySource.add(Json.object().add("src", masked(e.getKey())).add("packets", e.getValue()));
        }
        return Json.object().add("source", source).add("hint", text(hint)).add("entries", entries)
                .add("by_rule", byRule).add("by_source", bySource).add("others", logged.others()).toString();
    }

    private static JsonObject rule(Counted rule) {
        return CountersJson.origin(CountersJson.place(rule).add("number", rule.number), rule);
    }

    private static JsonObject entry(LoggedPackets.Entry entry) {
        LogLine line = entry.line;
        JsonArray rules = new JsonArray();
        for (Counted rule : entry.rules) {
            rules.add(rule(rule));
        }
        return Json.object().add("uptime", uptime(line.uptime)).add("when", text(line.when))
                .add("prefix", masked(line.prefix)).add("in", Text.of(line.in())).add("out", Text.of(line.out()))
                .add("src", masked(line.source())).add("dst", masked(line.destination()))
                .add("proto", Text.of(line.protocol())).add("sport", number(line.number("SPT")))
                .add("dport", number(line.number("DPT"))).add("length", number(line.number("LEN"))).add("rules", rules);
    }

    /**
     * The pattern that it was read by lets only digits and a dot through; a leading zero before others is no JSON
     * number.
     */
    private static JsonValue uptime(String seconds) {
        return seconds == null || seconds.length() > 1 && seconds.charAt(0) == '0' && seconds.charAt(1) != '.'
                ? Json.NULL : Json.parse(seconds);
    }

    private static String masked(String text) { return Text.of(Secrets.masked(text)); }

    private static JsonValue text(String text) { return text == null ? Json.NULL : Json.value(masked(text)); }

    private static JsonValue number(int value) { return value < 0 ? Json.NULL : Json.value(value); }
}
