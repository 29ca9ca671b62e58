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
 * Maps the live rules of a family to the user's lines. Sources: the plan's {@code restore4} and {@code origin}
 * ({@code 4 7 rules:12}: line 7 of restore4 is from line 12 of the user's file), and the rules as read back when they
 * were loaded (RUN/live/4.filter), which have the form of the live ones.
 */
public final class Origins {
    /** By table and chain the origin of each rule of the plan. */
    private final Map<String, List<Origin>> planned = new HashMap<>();
    /** By table and chain the rules as read back. */
    private final Map<String, List<String>> loaded = new HashMap<>();

    private Origins() {}

    /** No origins. */
    public static Origins none() { return new Origins(); }

    /**
     * Reads a plan's files.
     *
     * @param restore the text of restore4 or restore6, or null
     * @param origin the text of origin, or null
     * @param live by table the text that was read back, in the form of {@link Drift}
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
        for (Map.Entry<String, String> entry : live.entrySet()) {
            for (String line : Words.lines(entry.getValue())) {
                if (line.startsWith("-A ")) {
                    SavedTable.add(all.loaded, entry.getKey() + " " + SavedTable.chainOf(line), line.trim());
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

    /** For each of a chain's live rules ({@code -A …}) its origin; null for a rule that boxwall didn't load. */
    List<Origin> of(String table, String chain, List<String> live) {
        List<Origin> origins = planned.get(table + " " + chain);
        List<String> rules = loaded.get(table + " " + chain);
        if (origins == null || rules == null || origins.size() != rules.size()) {
            return Collections.nCopies(live.size(), (Origin) null);
        }
        List<Origin> found = new ArrayList<>();
        int next = 0;
        for (String rule : live) {
            int at = rules.subList(next, rules.size()).indexOf(rule);
            found.add(at < 0 ? null : origins.get(next + at));
            next += at + 1;
        }
        return found;
    }
}
