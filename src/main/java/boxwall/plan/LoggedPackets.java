package boxwall.plan;

import boxwall.box.LogLine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Assigns logged packets to LOG rules, by the rule's prefix and interfaces; counts them by rule and by source.
 */
public final class LoggedPackets {
    /** A packet and the rules that may have logged it: several if they share a prefix. */
    public static final class Entry {
        public final LogLine line;
        public final List<Counted> rules;

        private Entry(LogLine line, List<Counted> rules) {
            this.line = line;
            this.rules = Collections.unmodifiableList(rules);
        }
    }

    /** The packets that LOG rules of now saw, newest first. */
    public final List<Entry> entries = new ArrayList<>();
    /** How many each LOG rule saw; of several with one prefix the first counts. */
    public final Map<Counted, Integer> byRule = new LinkedHashMap<>();
    private final Map<String, Integer> bySource = new LinkedHashMap<>();
    private int others;

    /** Assigns log lines, oldest first as the log has them, to the LOG rules among the live ones. */
    public LoggedPackets(List<String> lines, LiveRules live) {
        List<Counted> logging = new ArrayList<>();
        for (Counted rule : live.rules) {
            if ("LOG".equals(rule.target())) {
                logging.add(rule);
                byRule.put(rule, 0);
            }
        }
        for (String text : lines) {
            LogLine line = LogLine.parse(text);
            if (line != null) { add(line, logging); }
        }
        Collections.reverse(entries);
    }

    private void add(LogLine line, List<Counted> logging) {
        List<Counted> fitting = new ArrayList<>();
        for (Counted rule : logging) {
            String prefix = rule.after("--log-prefix");
            if (line.prefix.equals(prefix == null ? "" : prefix.trim()) && mayBe(rule, "-i", line.get("IN"))
                    && mayBe(rule, "-o", line.get("OUT"))) {
                fitting.add(rule);
            }
        }
        if (fitting.isEmpty()) {
            others++;
            return;
        }
        entries.add(new Entry(line, fitting));
        Counted first = fitting.get(0);
        byRule.put(first, byRule.get(first) + 1);
        String source = line.get("SRC");
        bySource.put(source, bySource.containsKey(source) ? bySource.get(source) + 1 : 1);
    }

    /** Whether a rule that asks for an interface by that option sees the packets of this one. */
    private static boolean mayBe(Counted rule, String option, String is) {
        String name = rule.after(option);
        if (name == null) { return true; }
        boolean fits = name.equals(is) || name.endsWith("+") && is.startsWith(name.substring(0, name.length() - 1));
        return fits != rule.rule.contains(" ! " + option + " ");
    }

    /** Sources by number of packets, most first. */
    public List<Map.Entry<String, Integer>> bySource() {
        List<Map.Entry<String, Integer>> all = new ArrayList<>(bySource.entrySet());
        Collections.sort(all, new Comparator<Map.Entry<String, Integer>>() {
            @Override
            public int compare(Map.Entry<String, Integer> a, Map.Entry<String, Integer> b) {
                return b.getValue().compareTo(a.getValue());
            }
        });
        return all;
    }

    /** How many packets LOG wrote of, rules of now or not. */
    public int size() { return entries.size() + others; }

    /** Lines of the same form that no rule of now wrote. */
    public int others() { return others; }
}
