package boxwall.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes with how many rules the packets of a table were compared, from the output of {@code iptables-save -c}: a
 * rule is compared with all packets that entered its chain and that no earlier rule decided. Every user chain has one
 * caller.
 */
public final class PathCounts {
    private static final List<String> ENDS = List.of("ACCEPT", "DROP", "REJECT");

    private record Counted(String target, long packets) {
    }

    private final Map<String, List<Counted>> chains = new LinkedHashMap<>();
    private final Map<String, Long> policies = new LinkedHashMap<>();
    private long compared;
    private long decided;

    private PathCounts() {}

    /** Reads one table. */
    public static PathCounts of(String save) {
        PathCounts counts = new PathCounts();
        for (String line : save.split("\n")) {
            String[] words = line.split(" ");
            if (line.startsWith(":")) {
                counts.chains.put(words[0].substring(1), new ArrayList<>());
                if (!words[1].equals("-")) { counts.policies.put(words[0].substring(1), packets(words[2])); }
            } else if (line.startsWith("[")) {
                int target = List.of(words).indexOf("-j");
                counts.chains.get(words[2]).add(new Counted(target < 0 ? "" : words[target + 1], packets(words[0])));
            }
        }
        for (String hook : counts.policies.keySet()) {
            long entered = counts.policies.get(hook) + counts.ended(hook);
            counts.decided += entered;
            counts.walk(hook, entered);
        }
        return counts;
    }

    private static long packets(String counters) {
        return Long.parseLong(counters.substring(1, counters.indexOf(':')));
    }

    /** The packets that the rules of a chain and of the chains it jumps to have decided. */
    private long ended(String chain) {
        long ended = 0;
        for (Counted rule : chains.get(chain)) {
            ended += ENDS.contains(rule.target) ? rule.packets : chains.containsKey(rule.target) ? ended(rule.target)
                    : 0;
        }
        return ended;
    }

    private void walk(String chain, long entered) {
        long here = entered;
        for (Counted rule : chains.get(chain)) {
            compared += here;
            if (chains.containsKey(rule.target)) {
                walk(rule.target, rule.packets);
                here -= ended(rule.target);
            } else if (ENDS.contains(rule.target) || rule.target.equals("RETURN")) { here -= rule.packets; }
        }
    }

    /** The number of compared rules, of all packets together. */
    public long compared() { return compared; }

    /** The number of packets that a rule or a policy decided. */
    public long decided() { return decided; }
}
