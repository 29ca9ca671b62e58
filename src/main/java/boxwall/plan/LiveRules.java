package boxwall.plan;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that are in the kernel, with their counters, as {@code iptables-save -c} prints them: <pre>
 * *filter
 * :INPUT DROP [3:180]
 * :TRANS - [0:0]
 * [12:3456] -A INPUT -i lan -j ACCEPT
 * COMMIT
 * </pre> Immutable.
 */
public final class LiveRules {
    private final List<Counted> rules = new ArrayList<>();
    private final List<Counted> policies = new ArrayList<>();

    private LiveRules() {}

    /** Takes both families' lines; what isn't understood is passed over. */
    public static LiveRules of(Map<Family, List<String>> saved, Map<Family, Origins> origins) {
        LiveRules live = new LiveRules();
        for (Map.Entry<Family, List<String>> e : saved.entrySet()) {
            Origins known = origins.get(e.getKey());
            live.family(e.getKey(), e.getValue(), known == null ? Origins.none() : known);
        }
        return live;
    }

    private void family(Family family, List<String> lines, Origins origins) {
        String table = "";
        Map<String, List<String>> chains = new LinkedHashMap<>();
        for (String line : lines) {
            if (line.startsWith("*")) {
                table = line.substring(1).trim();
                chains.clear();
            } else if (line.startsWith(":")) {
                policy(family, table, line.substring(1).split(" "));
            } else if (line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ")) {
                String chain = line.substring(line.indexOf("-A ") + 3).split(" ")[0];
                if (!chains.containsKey(chain)) { chains.put(chain, new ArrayList<String>()); }
                chains.get(chain).add(line);
            } else if (line.startsWith("COMMIT")) {
                for (Map.Entry<String, List<String>> e : chains.entrySet()) {
                    chain(family, table, e.getKey(), e.getValue(), origins);
                }
                chains.clear();
            }
        }
    }

    private void policy(Family family, String table, String[] words) {
        if (words.length >= 3 && !words[1].equals("-")) {
            policies.add(new Counted(family, table, words[0], 0, words[1], counters(words[2]), null));
        }
    }

    private void chain(Family family, String table, String chain, List<String> lines, Origins origins) {
        List<String> texts = new ArrayList<>();
        for (String line : lines) {
            texts.add(line.substring(line.indexOf("-A ")).trim());
        }
        List<Origin> of = origins.of(table, chain, texts);
        for (int i = 0; i < lines.size(); i++) {
            rules.add(new Counted(family, table, chain, i + 1, texts.get(i), counters(lines.get(i)), of.get(i)));
        }
    }

    /** {@code [12:3456]}, at the start of a text; zeros when there is none. */
    private static long[] counters(String text) {
        int colon = text.indexOf(':');
        int end = text.indexOf(']');
        if (!text.startsWith("[") || colon < 0 || end < colon) { return new long[] {0, 0}; }
        try {
            return new long[] {Long.parseLong(text.substring(1, colon)),
                    Long.parseLong(text.substring(colon + 1, end))};
        } catch (NumberFormatException e) {
            return new long[] {0, 0};
        }
    }

    /** All rules, by family, table and chain, in their order. */
    public List<Counted> rules() {
        return Collections.unmodifiableList(rules);
    }

    /** The policies of the built-in chains. */
    public List<Counted> policies() {
        return Collections.unmodifiableList(policies);
    }
}
