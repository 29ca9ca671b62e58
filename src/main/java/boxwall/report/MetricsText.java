package boxwall.report;

import boxwall.netfilter.Words;
import boxwall.plan.Counted;
import boxwall.plan.LiveRules;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GET /metrics in Prometheus' text format 0.0.4: for each name a HELP and a TYPE line, then a line for each value,
 * <pre>
 * # HELP boxwall_rule_packets_total Packets that a rule matched.
 * # TYPE boxwall_rule_packets_total counter
 * boxwall_rule_packets_total{family="ipv4",table="filter",chain="INPUT",verdict="DROP",comment=""} 12
 * </pre> What a box doesn't say has no line.
 */
public final class MetricsText {
    private final StringBuilder out = new StringBuilder(4096);

    /** Begins a name: its type is counter, gauge or summary. */
    public MetricsText name(String name, String type, String help) {
        out.append("# HELP boxwall_").append(name).append(' ').append(help).append("\n# TYPE boxwall_").append(name)
                .append(' ').append(type).append('\n');
        return this;
    }

    /** A value of a name; labels are pairs of name and text. */
    public MetricsText value(String name, String number, String... labels) {
        out.append("boxwall_").append(name);
        for (int i = 0; i + 1 < labels.length; i += 2) {
            String text = Words.replace(Words.replace(JsonText.utf8(labels[i + 1]), "\\", "\\\\"), "\"", "\\\"");
            out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(text.replace('\n', ' ')).append('"');
        }
        out.append(labels.length == 0 ? " " : "} ").append(number).append('\n');
        return this;
    }

    /** A name with one value without labels; nothing when the number is null. */
    public MetricsText gauge(String name, String help, String number) {
        return number == null ? this : name(name, "gauge", help).value(name, number);
    }

    /** Counters of all rules and policies. */
    public MetricsText counters(LiveRules live) {
        each("rule_packets_total", "Packets that the rules of that verdict and comment matched.", live.rules, true);
        each("rule_bytes_total", "Bytes that they matched.", live.rules, false);
        each("policy_packets_total", "Packets that a chain's policy decided.", live.policies, true);
        each("policy_bytes_total", "Bytes that a chain's policy decided.", live.policies, false);
        return this;
    }

    private void each(String name, String help, List<Counted> all, boolean packets) {
        name(name, "counter", help);
        // no number and no line: a series must stay the same when a rule is put before it
        Map<List<String>, Long> sums = new LinkedHashMap<>();
        for (Counted one : all) {
            String target = one.number == 0 ? one.rule : one.target() != null ? one.target() : one.after("-g");
            List<String> labels = Arrays.asList(one.family.word(), one.table, one.chain, target == null ? "" : target,
                    one.comment() == null ? "" : one.comment());
            Long sum = sums.get(labels);
            sums.put(labels, (sum == null ? 0 : sum) + (packets ? one.packets : one.bytes));
        }
        for (Map.Entry<List<String>, Long> sum : sums.entrySet()) {
            List<String> labels = sum.getKey();
            value(name, sum.getValue().toString(), "family", labels.get(0), "table", labels.get(1), "chain",
                    labels.get(2), "verdict", labels.get(3), "comment", labels.get(4));
        }
    }

    /** The text; characters above ISO-8859-1 may be in it. */
    public String text() { return out.toString(); }
}
