package boxwall.plan;

import boxwall.netfilter.Family;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of tables that boxwall loaded: the rules that somebody else took out, put in or moved. What it loaded is
 * what boxwall-apply read back then (RUN/live/FAMILY.TABLE, by the very iptables that prints the live rules now), so
 * both texts word a rule alike: <pre>
 * *filter
 * :INPUT DROP
 * :TRANS -
 * -A INPUT -i lan -j ACCEPT
 * </pre> without counters, and without policies that accept.
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
     * The differences of one table, a line each: {@code iptables -t filter: gone: -A INPUT …}; empty when it is as it
     * was loaded.
     *
     * @param applied the text of RUN/live/FAMILY.TABLE
     * @param saved what iptables-save printed now, with counters or without; other tables in it are skipped
     * @param kept chains that are somebody else's ({@code keep TABLE CHAIN}), with the rules that jump there
     */
    public static List<String> of(Family family, String table, String applied, List<String> saved,
            Collection<String> kept) {
        Drift drift = new Drift(family, table, kept);
        Map<String, List<String>> before = drift.chains(lines(applied));
        Map<String, List<String>> now = drift.chains(saved);
        if (now == null) { return Collections.singletonList(drift.at("gone") + "the whole table"); }
        for (String chain : before == null ? Collections.<String>emptySet() : before.keySet()) {
            drift.compare(before.get(chain), now.containsKey(chain) ? now.get(chain) : Collections.<String>emptyList());
        }
        for (String chain : now.keySet()) {
            if (before == null || !before.containsKey(chain)) {
                drift.compare(Collections.<String>emptyList(), now.get(chain));
            }
        }
        return drift.differences;
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            lines.add(line);
        }
        return lines;
    }

    private String at(String what) { return family.command() + " -t " + table + ": " + what + ": "; }

    /**
     * The table's chains, each with its policy (other than ACCEPT) or {@code -N} first and then its rules; null when it
     * isn't there.
     */
    private Map<String, List<String>> chains(List<String> lines) {
        Map<String, List<String>> chains = null;
        boolean inside = false;
        for (String line : lines) {
            if (line.startsWith("*")) {
                inside = line.trim().equals("*" + table);
                chains = inside ? new LinkedHashMap<String, List<String>>() : chains;
            } else if (inside && line.startsWith(":")) {
                declare(line.split(" "), chains);
            } else if (inside && (line.startsWith("-A ") || line.startsWith("["))) {
                rule(line.substring(line.indexOf("-A ")), chains);
            }
        }
        return chains;
    }

    private void declare(String[] words, Map<String, List<String>> chains) {
        String chain = words[0].substring(1);
        if (!kept.contains(chain) && words.length > 1) {
            List<String> first = chain(chain, chains);
            if (words[1].equals("-")) {
                first.add("-N " + chain);
            } else if (!words[1].equals("ACCEPT")) { first.add("-P " + chain + " " + words[1]); }
        }
    }

    private void rule(String rule, Map<String, List<String>> chains) {
        String chain = rule.split(" ")[1];
        if (!kept.contains(chain) && !jumpsToKept(rule)) { chain(chain, chains).add(rule.trim()); }
    }

    private boolean jumpsToKept(String rule) {
        String[] words = rule.split(" ");
        for (int i = 2; i + 1 < words.length; i++) {
            if ((words[i].equals("-j") || words[i].equals("-g")) && kept.contains(words[i + 1])) { return true; }
        }
        return false;
    }

    private static List<String> chain(String name, Map<String, List<String>> chains) {
        if (!chains.containsKey(name)) { chains.put(name, new ArrayList<String>()); }
        return chains.get(name);
    }

    /**
     * What differs between the parts that both share at the beginning and at the end; the same rules in a different
     * order are reported as such.
     */
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
