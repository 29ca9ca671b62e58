package boxwall.plan;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table as iptables-save prints it, with counters or without: <pre>
 * *filter
 * :INPUT DROP [3:180]
 * :TRANS - [0:0]
 * [12:3456] -A INPUT -i lan -j ACCEPT
 * COMMIT
 * </pre> Unknown lines are skipped.
 */
final class SavedTable {
    final String name;
    /** The words of each declared chain: its name, its policy or {@code -}, and its counters if there are any. */
    final Map<String, String[]> declared = new LinkedHashMap<>();
    /** The rules of each chain that has any, with their counters. */
    final Map<String, List<String>> lines = new LinkedHashMap<>();
    /** Whether COMMIT follows. */
    boolean isWhole;

    private SavedTable(String name) { this.name = name; }

    static List<SavedTable> of(List<String> saved) {
        List<SavedTable> tables = new ArrayList<>();
        SavedTable table = new SavedTable("");
        for (String line : saved) {
            if (line.startsWith("*")) {
                table = new SavedTable(line.substring(1).trim());
                tables.add(table);
            } else if (line.startsWith(":")) {
                String[] words = Words.of(line.substring(1));
                if (words.length > 1) { table.declared.put(words[0], words); }
            } else if (line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ")) {
                add(table.lines, chainOf(rule(line)), line);
            } else if (line.startsWith("COMMIT")) { table.isWhole = true; }
        }
        return tables;
    }

    /** A line's {@code -A CHAIN …} without counters. */
    static String rule(String line) {
        return line.substring(line.startsWith("-A ") ? 0 : line.indexOf("] -A ") + 2).trim();
    }

    /** The chain of {@code -A CHAIN …}. */
    static String chainOf(String rule) {
        int end = rule.indexOf(' ', 3);
        return end < 0 ? rule.substring(3) : rule.substring(3, end);
    }

    /** Adds a value to the list of a key. */
    static <T> void add(Map<String, List<T>> to, String key, T value) {
        if (!to.containsKey(key)) { to.put(key, new ArrayList<T>()); }
        to.get(key).add(value);
    }
}
