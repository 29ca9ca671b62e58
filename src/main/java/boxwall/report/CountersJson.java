package boxwall.report;

import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
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
        for (int i = 0; i < live.rules.size(); i++) {
            Counted rule = live.rules.get(i);
            JsonObject json = place(rule).merge(JsonText.object("number", rule.number, "packets", rule.packets, "bytes",
                    rule.bytes, "rule", rule.rule)).merge(origin(rule));
            json.add("comment", JsonText.value(rule.comment()));
            JsonArray packets = new JsonArray();
            for (long[] sample : times == null ? java.util.Collections.<long[]>emptyList() : samples) {
                packets.add(sample[i]);
            }
            rules.add(times == null ? json : json.add("samples", packets));
        }
        JsonArray policies = new JsonArray();
        for (Counted each : live.policies) {
            policies.add(place(each)
                    .merge(JsonText.object("policy", each.rule, "packets", each.packets, "bytes", each.bytes)));
        }
        JsonObject all = JsonText.object("at", JsonText.seconds(at), "rules", rules, "policies", policies);
        List<Object> taken = new ArrayList<>();
        for (Long time : times == null ? java.util.Collections.<Long>emptyList() : times) {
            taken.add(JsonText.seconds(time));
        }
        return (times == null ? all : all.add("sampled_at", JsonText.value(taken))).toString();
    }

    static JsonObject place(Counted rule) {
        return JsonText.object("family", rule.family.word(), "table", rule.table, "chain", rule.chain);
    }

    static JsonObject origin(Counted rule) {
        boolean line = rule.origin != null && rule.origin.line > 0;
        return JsonText.object("file", rule.origin == null ? null : rule.origin.file, "line",
                line ? (Object) rule.origin.line : null);
    }
}
