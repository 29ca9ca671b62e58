package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps the live rules of a family to the user's lines: from the plan's {@code restore4} and {@code origin}
 * ({@code 4 7 rules:12}: line 7 of restore4 is from line 12 of the user's file), and the rules read back when they were
 * loaded (RUN/live/4.filter), printed like the live ones.
 */
public final class Origins {
    private final Map<String, List<Origin>> planned = new HashMap<>();
    private final Map<String, List<String>> applied = new HashMap<>();

    private Origins() {}

    /** Knows of nothing. */
    public static Origins none() { return new Origins(); }

    /**
     * Reads a plan's files.
     *
     * @param restore the text of restore4 or restore6, null when there is none
     * @param origin the text of origin, null when there is none
     * @param live by table what was read back, in the form of {@link Drift}
     */
    public static Origins of(Family family, String restore, String origin, Map<String, String> live) {
        Origins all = new Origins();
        Map<Integer, Origin> byLine = byLine(family, origin);
        String table = "";
        int number = 0;
        for (String line : Words.lines(restore)) {
            number++;
            if (line.startsWith("*")) {
                table = line.substring(1).trim();
            } else if (line.startsWith("-A ")) {
                SavedTable.add(all.planned, table + " " + SavedTable.chainOf(line), byLine.get(number));
            }
        }
        for (Map.Entry<String, String> e : live.entrySet()) {
            for (String line : Words.lines(e.getValue())) {
                if (line.startsWith("-A ")) {
                    SavedTable.add(all.applied, e.getKey() + " " + SavedTable.chainOf(line), line.trim());
                }
            }
        }
        return all;
    }

    private static Map<Integer, Origin> byLine(Family family, String origin) {
        Map<Integer, Origin> byLine = new HashMap<>();
        for (String line : Words.lines(origin)) {
            int second = line.indexOf(' ') + 1;
            int third = line.indexOf(' ', second) + 1;
            if (second == 0 || third == 0 || !line.substring(0, second - 1).equals(family.digit())) { continue; }
            int number = (int) Words.number(line.substring(second, third - 1), Integer.MAX_VALUE);
            int colon = line.lastIndexOf(':');
            int at = colon < third ? 0 : (int) Words.number(line.substring(colon + 1), Integer.MAX_VALUE);
            byLine.put(number, new Origin(line.substring(third, at > 0 ? colon : line.length()), Math.max(0, at)));
        }
        return byLine;
    }

    /**
     * An origin or null for each of a chain's live rules ({@code -A …}). Rules that were not loaded by boxwall have
     * none.
     */
    List<Origin> of(String table, String chain, List<String> rules) {
        List<Origin> of = planned.get(table + " " + chain);
        List<String> loaded = applied.get(table + " " + chain);
        if (of == null || loaded == null || of.size() != loaded.size()) {
            return Collections.nCopies(rules.size(), (Origin) null);
        }
        List<Origin> found = new ArrayList<>();
        int next = 0;
        for (String rule : rules) {
            int at = next;
            while (at < loaded.size() && !loaded.get(at).equals(rule)) {
                at++;
            }
            found.add(at < loaded.size() ? of.get(at) : null);
            next = at < loaded.size() ? at + 1 : next;
        }
        return found;
    }
}
