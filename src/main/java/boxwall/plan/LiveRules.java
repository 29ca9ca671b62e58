package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rules in the kernel with their counters. */
public final class LiveRules {
    /** All rules in order. */
    public final List<Counted> rules = new ArrayList<>();
    /** The policies of built-in chains. */
    public final List<Counted> policies = new ArrayList<>();

    /**
     * Adds the rules of a family from the output of {@code iptables-save -c}; skips unknown lines and rules of a
     * truncated table.
     */
    public LiveRules add(Family family, List<String> saved, Origins origins) {
        for (SavedTable table : SavedTable.of(saved)) {
            add(family, table, origins);
        }
        return this;
    }

    private void add(Family family, SavedTable table, Origins origins) {
        for (String[] words : table.declared.values()) {
            if (words.length >= 3 && !words[1].equals("-")) {
                policies.add(new Counted(family, table.name, words[0], 0, words[1], counters(words[2]), null));
            }
        }
        for (Map.Entry<String, List<String>> chain : table.lines.entrySet()) {
            List<String> texts = new ArrayList<>();
            for (String line : chain.getValue()) {
                texts.add(SavedTable.rule(line));
            }
            List<Origin> of = origins.of(table.name, chain.getKey(), texts);
            for (int i = 0; table.isWhole && i < texts.size(); i++) {
                rules.add(new Counted(family, table.name, chain.getKey(), i + 1, texts.get(i),
                        counters(chain.getValue().get(i)), of.get(i)));
            }
        }
    }

    /** Packets and bytes of {@code [12:3456]} at the start of a text; zeros if there are none. */
    private static long[] counters(String text) {
        int colon = text.indexOf(':');
        int end = text.indexOf(']');
        boolean both = text.startsWith("[") && colon > 0 && end > colon;
        long packets = both ? Words.number(text.substring(1, colon), Long.MAX_VALUE) : -1;
        long bytes = both ? Words.number(text.substring(colon + 1, end), Long.MAX_VALUE) : -1;
        return packets < 0 || bytes < 0 ? new long[] {0, 0} : new long[] {packets, bytes};
    }
}
