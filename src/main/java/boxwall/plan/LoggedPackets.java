package boxwall.plan;

import boxwall.box.LogLine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Assigns logged packets to LOG rules by the rule's prefix and interfaces, and counts them by rule and source. */
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

    /** The packets that live LOG rules logged, newest first. */
    public final List<Entry> entries = new ArrayList<>();
    /** The packets of each LOG rule; of several with one prefix the first counts. */
    public final Map<Counted, Integer> byRule = new LinkedHashMap<>();
    private final Map<String, Integer> bySource = new LinkedHashMap<>();
    /** Log lines of the same form from none of the live rules. */
    private int others;

    /** Assigns log lines, oldest first, to the live LOG rules. */
    public LoggedPackets(List<String> lines, LiveRules live) {
        Map<String, List<Counted>> byPrefix = new HashMap<>();
        for (Counted rule : live.rules) {
            if ("LOG".equals(rule.target())) {
                String prefix = rule.after("--log-prefix");
                SavedTable.add(byPrefix, prefix == null ? "" : prefix.trim(), rule);
                byRule.put(rule, 0);
            }
        }
        for (String text : lines) {
            LogLine line = LogLine.parse(text);
            if (line != null) { add(line, byPrefix.get(line.prefix)); }
        }
        Collections.reverse(entries);
    }

    /** {@code logging}: the rules with the line's prefix; null for none. */
    private void add(LogLine line, List<Counted> logging) {
        List<Counted> fitting = new ArrayList<>();
        for (Counted rule : logging == null ? Collections.<Counted>emptyList() : logging) {
            if (matches(rule, "-i", line.get("IN")) && matches(rule, "-o", line.get("OUT"))) { fitting.add(rule); }
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

    /** Whether a rule's {@code -i} or {@code -o} matches an interface. */
    private static boolean matches(Counted rule, String option, String device) {
        String name = rule.after(option);
        if (name == null) { return true; }
        boolean same =
                name.equals(device) || name.endsWith("+") && device.startsWith(name.substring(0, name.length() - 1));
        return same != rule.rule.contains(" ! " + option + " ");
    }

    /** The packets of each source, the source with most packets first. */
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

    /** All logged packets, of live rules or not. */
    public int size() { return entries.size() + others; }

    public int others() { return others; }
}
