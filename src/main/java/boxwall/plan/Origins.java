package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose lines the live rules of a family are: from the plan's {@code restore4} and {@code origin}
 * ({@code 4 7 rules:12}: line 7 of restore4 is from line 12 of the user's file), and what the kernel gave back when
 * they were loaded (RUN/live/4.filter), worded as it is now.
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
        Map<Integer, Origin> byLine = byLine(family, origin == null ? "" : origin);
        String table = "";
        int number = 0;
        for (String line : restore == null ? new String[0] : restore.split("\n")) {
            number++;
            if (line.startsWith("*")) {
                table = line.substring(1).trim();
            } else if (line.startsWith("-A ")) {
                add(all.planned, table + " " + line.split(" ")[1], byLine.get(number));
            }
        }
        for (Map.Entry<String, String> e : live.entrySet()) {
            for (String line : e.getValue().split("\n")) {
                if (line.startsWith("-A ")) { add(all.applied, e.getKey() + " " + line.split(" ")[1], line.trim()); }
            }
        }
        return all;
    }

    private static <T> void add(Map<String, List<T>> to, String key, T value) {
        if (!to.containsKey(key)) { to.put(key, new ArrayList<T>()); }
        to.get(key).add(value);
    }

    private static Map<Integer, Origin> byLine(Family family, String origin) {
        Map<Integer, Origin> byLine = new HashMap<>();
        for (String line : origin.split("\n")) {
            String[] words = line.split(" ", 3);
            int colon = line.lastIndexOf(':');
            if (words.length == 3 && words[0].equals(family.digit()) && number(words[1]) > 0) {
                int at = colon < 0 ? 0 : number(line.substring(colon + 1));
                byLine.put(number(words[1]), at > 0 ? new Origin(words[2].substring(0, words[2].lastIndexOf(':')), at)
                        : new Origin(words[2], 0));
            }
        }
        return byLine;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
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
