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
 * </pre> An unknown value has no line.
 */
public final class MetricsText {
    private final StringBuilder out = new StringBuilder(4096);

    /** Begins a metric of the type counter, gauge or summary. */
    public MetricsText name(String name, String type, String help) {
        out.append("# HELP boxwall_").append(name).append(' ').append(help).append("\n# TYPE boxwall_").append(name)
                .append(' ').append(type).append('\n');
        return this;
    }

    /** Adds a value of a metric; labels are pairs of name and text. */
    public MetricsText value(String name, String number, String... labels) {
        out.append("boxwall_").append(name);
        for (int i = 0; i + 1 < labels.length; i += 2) {
            String text = Words.replace(Words.replace(JsonText.utf8(labels[i + 1]), "\\", "\\\\"), "\"", "\\\"");
            out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(text.replace('\n', ' ')).append('"');
        }
        out.append(labels.length == 0 ? " " : "} ").append(number).append('\n');
        return this;
    }

    /** Adds a metric with one value without labels, unless the number is null. */
    public MetricsText gauge(String name, String help, String number) {
        return number == null ? this : name(name, "gauge", help).value(name, number);
    }

    /** Adds the counters of all rules and policies. */
    public MetricsText counters(LiveRules live) {
        counter("rule_packets_total", "Packets that the rules of that verdict and comment matched.", live.rules, true);
        counter("rule_bytes_total", "Bytes that they matched.", live.rules, false);
        counter("policy_packets_total", "Packets that a chain's policy decided.", live.policies, true);
        counter("policy_bytes_total", "Bytes that a chain's policy decided.", live.policies, false);
        return this;
    }

    private void counter(String name, String help, List<Counted> all, boolean packets) {
        name(name, "counter", help);
        // by verdict and comment, not by number or line: inserting a rule must not rename the series of the next rules
        Map<List<String>, Long> sums = new LinkedHashMap<>();
        for (Counted rule : all) {
            String target = rule.target();
            List<String> labels = Arrays.asList("family", rule.family.word(), "table", rule.table, "chain", rule.chain,
                    "verdict", target == null ? "" : target, "comment", rule.comment() == null ? "" : rule.comment());
            Long sum = sums.get(labels);
            sums.put(labels, (sum == null ? 0 : sum) + (packets ? rule.packets : rule.bytes));
        }
        for (Map.Entry<List<String>, Long> sum : sums.entrySet()) {
            value(name, sum.getValue().toString(), sum.getKey().toArray(new String[0]));
        }
    }

    /** The text; unlike a byte string it may contain any characters. */
    public String text() { return out.toString(); }
}
