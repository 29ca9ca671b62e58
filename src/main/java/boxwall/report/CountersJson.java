package boxwall.report;

import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.Collections;
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
     * @param times milliseconds of uptime of the samples, oldest first; null for no samples
     * @param samples for each time the packets of each rule
     */
    public static String of(LiveRules live, long at, List<Long> times, List<long[]> samples) {
        String sampled = times == null ? null : "samples";
        JsonArray rules = new JsonArray();
        for (int i = 0; i < live.rules.size(); i++) {
            Counted rule = live.rules.get(i);
            List<Long> packets = new ArrayList<>();
            for (long[] sample : sampled == null ? Collections.<long[]>emptyList() : samples) {
                packets.add(sample[i]);
            }
            rules.add(place(rule)
                    .merge(JsonText.object("number", rule.number, "packets", rule.packets, "bytes", rule.bytes, "rule",
                            rule.rule))
                    .merge(origin(rule)).merge(JsonText.object("comment", rule.comment(), sampled, packets)));
        }
        JsonArray policies = new JsonArray();
        for (Counted policy : live.policies) {
            policies.add(place(policy)
                    .merge(JsonText.object("policy", policy.rule, "packets", policy.packets, "bytes", policy.bytes)));
        }
        List<Object> seconds = new ArrayList<>();
        for (Long time : sampled == null ? Collections.<Long>emptyList() : times) {
            seconds.add(JsonText.seconds(time));
        }
        return JsonText.object("at", JsonText.seconds(at), "rules", rules, "policies", policies,
                sampled == null ? null : "sampled_at", seconds).toString();
    }

    static JsonObject place(Counted rule) {
        return JsonText.object("family", rule.family.word(), "table", rule.table, "chain", rule.chain);
    }

    static JsonObject origin(Counted rule) {
        return JsonText.object("file", rule.origin == null ? null : rule.origin.file, "line",
                rule.origin == null ? null : JsonText.line(rule.origin.line));
    }
}
