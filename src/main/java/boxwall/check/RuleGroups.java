package boxwall.check;

import boxwall.explain.TrailEntry;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;
import boxwall.syntax.RuleWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules grouped by the cause of a finding, which reports all rules of one cause; in the order of insertion. */
final class RuleGroups {
    private final Map<String, Set<String>> places = new LinkedHashMap<>();
    private final Map<String, Set<String>> lines = new LinkedHashMap<>();

    /** Adds a rule, with its place and its text as evidence. */
    void add(String cause, TrailEntry at) {
        add(cause, at.origin(), line(at));
    }

    static String line(TrailEntry at) { return at.origin() + ": " + RuleWriter.rule(at.chain, at.rule); }

    void add(String cause, Origin place, String line) {
        if (!places.containsKey(cause)) {
            places.put(cause, new LinkedHashSet<String>());
            lines.put(cause, new LinkedHashSet<String>());
        }
        places.get(cause).add(place.toString());
        lines.get(cause).add(line);
    }

    Set<String> causes() { return places.keySet(); }

    /** The places of one cause with commas. */
    String places(String cause) {
        return Words.join(places.get(cause), ", ");
    }

    List<String> lines(String cause) { return new ArrayList<>(lines.get(cause)); }

    /** All places with commas. */
    String places() { return Words.join(all(places), ", "); }

    List<String> lines() { return new ArrayList<>(all(lines)); }

    private static Set<String> all(Map<String, Set<String>> byCause) {
        Set<String> all = new LinkedHashSet<>();
        for (Set<String> texts : byCause.values()) {
            all.addAll(texts);
        }
        return all;
    }
}
