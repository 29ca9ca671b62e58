package boxwall.report;

import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.util.List;

/**
 * GET /counters: {@code {at, rules[{family, table, chain, number, packets, bytes, rule, file, line, comment}],
 * policies[{family, table, chain, policy, packets, bytes}]}}; file and line are null for rules that boxwall didn't
 * load. With samples also {@code sampled_at[]} and in each rule {@code samples[]}: its packets at those times. Times
 * are seconds of uptime.
 */
public final class CountersJson {
    private CountersJson() {}

    /**
     * The JSON text.
     *
     * @param at milliseconds of uptime at which the tables were read
     * @param times milliseconds of uptime of the samples, oldest first; null when none were asked for
     * @param samples for each time the packets of each rule
     */
    public static String of(LiveRules live, long at, List<Long> times, List<long[]> samples) {
        JsonArray rules = new JsonArray();
        for (int i = 0; i < live.rules().size(); i++) {
            JsonObject json = rule(live.rules().get(i));
            rules.add(times == null ? json : json.add("samples", column(samples, i)));
        }
        JsonArray policies = new JsonArray();
        for (Counted each : live.policies()) {
            policies.add(
                    place(each).add("policy", each.rule()).add("packets", each.packets()).add("bytes", each.bytes));
        }
        JsonObject all = Json.object().add("at", seconds(at)).add("rules", rules).add("policies", policies);
        if (times != null) {
            JsonArray taken = new JsonArray();
            for (Long time : times) {
                taken.add(seconds(time));
            }
            all.add("sampled_at", taken);
        }
        return all.toString();
    }

    private static JsonArray column(List<long[]> samples, int rule) {
        JsonArray packets = new JsonArray();
        for (long[] sample : samples) {
            packets.add(sample[rule]);
        }
        return packets;
    }

    private static JsonObject rule(Counted rule) {
        JsonObject json = place(rule).add("number", rule.number).add("packets", rule.packets()).add("bytes", rule.bytes)
                .add("rule", Text.of(rule.rule()));
        return origin(json, rule).add("comment",
                rule.comment() == null ? Json.NULL : Json.value(Text.of(rule.comment())));
    }

    static JsonObject place(Counted rule) {
        return Json.object().add("family", rule.family().word()).add("table", Text.of(rule.table())).add("chain",
                Text.of(rule.chain));
    }

    static JsonObject origin(JsonObject json, Counted rule) {
        boolean known = rule.origin() != null;
        return json.add("file", known ? Json.value(Text.of(rule.origin().file)) : Json.NULL).add("line",
                known && rule.origin().line() > 0 ? Json.value(rule.origin().line()) : Json.NULL);
    }

    /** Milliseconds as seconds with two digits. */
    static JsonValue seconds(long millis) {
        long part = millis % 1000 / 10;
        return Json.parse(millis / 1000 + "." + (part < 10 ? "0" : "") + part);
    }
}
