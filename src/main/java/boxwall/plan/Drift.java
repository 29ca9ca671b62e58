package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Differences between the tables that boxwall loaded and the live ones: rules that another program removed, added or
 * moved. boxwall-apply read the loaded tables back (RUN/live/FAMILY.TABLE) by the same iptables that prints the live
 * ones, so a rule has the same form in both texts: <pre>
 * :INPUT DROP
 * :TRANS -
 * -A INPUT -i lan -j ACCEPT
 * </pre> without the table's name, counters, and policies that accept.
 */
public final class Drift {
    private final Family family;
    private final String table;
    private final Set<String> kept;
    private final List<String> differences = new ArrayList<>();

    private Drift(Family family, String table, Collection<String> kept) {
        this.family = family;
        this.table = table;
        this.kept = new HashSet<>(kept);
    }

    /**
     * The differences of one table, a line each: {@code iptables -t filter: gone: -A INPUT …}; empty if there are none.
     *
     * @param applied the text of RUN/live/FAMILY.TABLE
     * @param saved the output of iptables-save now, with counters or without; other tables in it are skipped
     * @param kept chains of other programs ({@code keep TABLE CHAIN}); these and the rules that jump there are skipped
     */
    public static List<String> of(Family family, String table, String applied, List<String> saved,
            Collection<String> kept) {
        Drift drift = new Drift(family, table, kept);
        Map<String, List<String>> before = drift.chains(Words.lines("*" + table + "\n" + applied));
        Map<String, List<String>> now = drift.chains(saved);
        if (now == null) { return Collections.singletonList(drift.at("gone") + "the whole table"); }
        Set<String> chains = new LinkedHashSet<>(before.keySet());
        chains.addAll(now.keySet());
        for (String chain : chains) {
            drift.compare(lines(before, chain), lines(now, chain));
        }
        return drift.differences;
    }

    private static List<String> lines(Map<String, List<String>> chains, String chain) {
        return chains.containsKey(chain) ? chains.get(chain) : Collections.<String>emptyList();
    }

    private String at(String change) { return family.command + " -t " + table + ": " + change + ": "; }

    /**
     * The table's chains, each with its policy (other than ACCEPT) or {@code -N}, then its rules; null if not there.
     */
    private Map<String, List<String>> chains(List<String> lines) {
        Map<String, List<String>> chains = null;
        for (SavedTable saved : SavedTable.of(lines)) {
            if (!saved.name.equals(table)) { continue; }
            chains = new LinkedHashMap<>();
            for (String[] words : saved.declared.values()) {
                if (kept.contains(words[0])) { continue; }
                chains.put(words[0], new ArrayList<String>());
                if (words[1].equals("-")) {
                    chains.get(words[0]).add("-N " + words[0]);
                } else if (!words[1].equals("ACCEPT")) { chains.get(words[0]).add("-P " + words[0] + " " + words[1]); }
            }
            for (Map.Entry<String, List<String>> chain : saved.lines.entrySet()) {
                for (String line : kept.contains(chain.getKey()) ? new ArrayList<String>() : chain.getValue()) {
                    String rule = SavedTable.rule(line);
                    if (kept.isEmpty() || !kept.contains(Counted.target(rule))) {
                        SavedTable.add(chains, chain.getKey(), rule);
                    }
                }
            }
        }
        return chains;
    }

    /** Adds the differences between the lines that both have at the beginning and at the end. */
    private void compare(List<String> before, List<String> now) {
        int start = 0;
        int end = 0;
        int least = Math.min(before.size(), now.size());
        while (start < least && before.get(start).equals(now.get(start))) {
            start++;
        }
        while (end < least - start && before.get(before.size() - 1 - end).equals(now.get(now.size() - 1 - end))) {
            end++;
        }
        List<String> gone = new ArrayList<>(before.subList(start, before.size() - end));
        List<String> added = new ArrayList<>();
        for (String line : now.subList(start, now.size() - end)) {
            if (!gone.remove(line)) { added.add(line); }
        }
        if (gone.isEmpty() && added.isEmpty() && end + start < now.size()) {
            differences.add(at("in a different order") + now.get(start));
        }
        for (String line : gone) {
            differences.add(at("gone") + line);
        }
        for (String line : added) {
            differences.add(at("added") + line);
        }
    }
}
