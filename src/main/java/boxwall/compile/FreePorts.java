package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The box's UDP ports that answers may go to: ip_local_port_range without the ports that rules of INPUT name for new
 * packets, for those have a service: WireGuard's 51820 lies in the midst of what the kernel gives to programs.
 */
final class FreePorts {
    /** A range of more ports than this names no service. */
    private static final int SERVICE_MAX = 256;
    /** multiport takes 15 ports, a range counts twice (xt_multiport.h: XT_MULTI_PORTS). */
    private static final int RANGES_MAX = 7;

    /** As many ranges as one multiport takes; {@code local} is one range. */
    static Ports of(Ports local, Ruleset ruleset, Family family, Table table, Jumps jumps) {
        return Ports.of(few(cut(local, ruleset, family, table, jumps)));
    }

    /** All ports that no rule of INPUT names. */
    static Ports unserved(Ruleset ruleset, Family family, Table table, Jumps jumps) {
        return Ports.of(cut(Ports.ALL, ruleset, family, table, jumps));
    }

    private static List<int[]> cut(Ports within, Ruleset ruleset, Family family, Table table, Jumps jumps) {
        int[] range = within.ranges.get(0);
        TreeSet<Integer> served = new TreeSet<>();
        for (String name : jumps.any("INPUT")) {
            Chain chain = ruleset.chain(family, table, name);
            for (Rule rule : chain.rules()) {
                Set<State> states = States.of(rule);
                // a rule that only lets answers in names no service
                if (Negatable.is("udp").equals(rule.protocol) && (states == null || states.contains(State.NEW))) {
                    collect(rule, range, served);
                }
            }
        }
        return cut(range, served);
    }

    private static void collect(Rule rule, int[] within, TreeSet<Integer> served) {
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (!option.negated && (option.name.equals("--dport") || option.name.equals("--dports"))) {
                    for (int[] named : option.ports().ranges) {
                        boolean few = named[1] - named[0] < SERVICE_MAX;
                        for (int port = Math.max(named[0], within[0]); few
                                && port <= Math.min(named[1], within[1]); port++) {
                            served.add(Integer.valueOf(port));
                        }
                    }
                }
            }
        }
    }

    /** What is left, in order. */
    private static List<int[]> cut(int[] range, TreeSet<Integer> served) {
        List<int[]> left = new ArrayList<>();
        int low = range[0];
        for (Integer port : served) {
            if (port.intValue() > low) { left.add(new int[] {low, port.intValue() - 1}); }
            low = port.intValue() + 1;
        }
        if (low <= range[1]) { left.add(new int[] {low, range[1]}); }
        return left;
    }

    /** Of more ranges than multiport can ask for, the largest. */
    private static List<int[]> few(List<int[]> ranges) {
        List<int[]> left = ranges;
        if (left.size() > RANGES_MAX) {
            sort(left, false);
            left = new ArrayList<>(left.subList(0, RANGES_MAX));
            sort(left, true);
        }
        return left;
    }

    private static void sort(List<int[]> ranges, final boolean byPort) {
        Collections.sort(ranges, new Comparator<int[]>() {
            @Override
            public int compare(int[] a, int[] b) { return byPort ? a[0] - b[0] : b[1] - b[0] - (a[1] - a[0]); }
        });
    }
}
