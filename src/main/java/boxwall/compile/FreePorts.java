package boxwall.compile;

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

/**
 * The box's UDP ports that answers may go to: ip_local_port_range without the ports that rules of INPUT name for new
 * packets, for those have a service: WireGuard's 51820 lies in the midst of what the kernel gives to programs.
 */
final class FreePorts {
    /** A range of more ports than this names no service. */
    private static final int SERVICE_MAX = 256;
    /** multiport takes 15 ports, a range counts twice (xt_multiport.h: XT_MULTI_PORTS). */
    private static final int RANGES_MAX = 7;

    /** As many ranges of {@code local} as one multiport takes, the largest. */
    static Ports of(Ports local, Ports unserved) {
        List<int[]> left = new ArrayList<>(local.within(unserved).ranges);
        if (left.size() > RANGES_MAX) {
            sort(left, false);
            left = left.subList(0, RANGES_MAX);
            sort(left, true);
        }
        return Ports.of(left);
    }

    private static void sort(List<int[]> ranges, final boolean byPort) {
        Collections.sort(ranges, new Comparator<int[]>() {
            @Override
            public int compare(int[] a, int[] b) { return byPort ? a[0] - b[0] : b[1] - b[0] - (a[1] - a[0]); }
        });
    }

    /** All ports that no rule of INPUT names. */
    static Ports unserved(Ruleset ruleset, Family family, Table table, Jumps jumps) {
        Ports left = Ports.ALL;
        for (String name : jumps.any("INPUT")) {
            for (Rule rule : ruleset.chain(family, table, name).rules()) {
                Set<State> states = States.of(rule);
                // a rule that only lets answers in names no service
                if (Negatable.is("udp").equals(rule.protocol) && (states == null || states.contains(State.NEW))) {
                    left = left.without(named(rule));
                }
            }
        }
        return left;
    }

    private static Ports named(Rule rule) {
        List<int[]> named = new ArrayList<>();
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (!option.negated && (option.name.equals("--dport") || option.name.equals("--dports"))) {
                    for (int[] range : option.ports().ranges) {
                        if (range[1] - range[0] < SERVICE_MAX) { named.add(range); }
                    }
                }
            }
        }
        return Ports.of(named);
    }
}
