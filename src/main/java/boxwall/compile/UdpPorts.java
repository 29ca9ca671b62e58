package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Source and destination ports that a UDP rule asks for; one with --ports asks for one pair or another. */
final class UdpPorts {
    /** A range of more ports than this counts as any port. */
    private static final int FIXED_MAX = 1024;
    /** A range of more ports than this names no service. */
    private static final int SERVICE_MAX = 256;
    /** multiport takes 15 ports, a range counts twice (xt_multiport.h: XT_MULTI_PORTS). */
    private static final int RANGES_MAX = 7;

    final Ports from;
    final Ports to;

    UdpPorts(Ports from, Ports to) {
        this.from = from;
        this.to = to;
    }

    /** The pairs that the udp and multiport matches of a rule let through; empty when there are none. */
    static List<UdpPorts> of(Rule rule) {
        List<UdpPorts> pairs = Collections.singletonList(new UdpPorts(Ports.ALL, Ports.ALL));
        for (Match match : rule.matches) {
            for (Option option : isPorts(match) ? match.options : Collections.<Option>emptyList()) {
                List<UdpPorts> narrowed = new ArrayList<>();
                for (UdpPorts each : pairs) {
                    each.narrow(option, narrowed);
                }
                pairs = narrowed;
            }
        }
        return pairs;
    }

    static boolean isPorts(Match match) { return match.name.equals("udp") || match.name.equals("multiport"); }

    private void narrow(Option option, List<UdpPorts> to) {
        boolean source = option.name.startsWith("--s");
        boolean destination = option.name.startsWith("--d");
        if (option.negated && !source && !destination) {
            add(cut(from, option), cut(this.to, option), to);
            return;
        }
        // --ports asks for one or the other
        if (!destination) { add(cut(from, option), this.to, to); }
        if (!source) { add(from, cut(this.to, option), to); }
    }

    private static Ports cut(Ports ports, Option option) {
        return option.negated ? ports.without(option.ports()) : ports.within(option.ports());
    }

    private static void add(Ports from, Ports to, List<UdpPorts> list) {
        if (!from.isEmpty() && !to.isEmpty()) { list.add(new UdpPorts(from, to)); }
    }

    /** Few ports, all in all. */
    static boolean isFixed(Ports ports) { return ports.count() <= FIXED_MAX; }

    /** The matches that ask for this pair, a list for each rule that it takes; none when there is no such pair. */
    List<List<Match>> matches() {
        List<List<Match>> all = new ArrayList<>();
        if (from.isEmpty() || to.isEmpty()) { return all; }
        for (Ports some : from.parts()) {
            for (Ports others : to.parts()) {
                List<Option> udp = new ArrayList<>();
                List<Match> matches = new ArrayList<>();
                ask("--sport", some, udp, matches);
                ask("--dport", others, udp, matches);
                matches.add(0, new Match("udp", udp));
                all.add(matches);
            }
        }
        return all;
    }

    private static void ask(String option, Ports ports, List<Option> udp, List<Match> matches) {
        if (ports.ranges.size() > 1) {
            matches.add(Match.of("multiport", Option.of(option + "s", ports.toString())));
        } else if (!ports.equals(Ports.ALL)) { udp.add(Option.of(option, ports.toString())); }
    }

    /**
     * All ports that no rule of INPUT names for new packets: behind the others there is a service. WireGuard's 51820
     * lies in the midst of what the kernel gives to programs.
     */
    static Ports unserved(Jumps jumps) {
        Ports left = Ports.ALL;
        for (Rule rule : jumps.rulesFrom("INPUT")) {
            Set<State> states = States.of(rule);
            // a rule that only lets answers in names no service
            boolean takesNew = states == null || states.contains(State.NEW);
            for (Match match : Negatable.is("udp").equals(rule.protocol) && takesNew ? rule.matches
                    : Collections.<Match>emptyList()) {
                for (Option option : match.options) {
                    boolean names = option.name.equals("--dport") || option.name.equals("--dports");
                    for (int[] range : names && !option.negated ? option.ports().ranges : Ports.NONE.ranges) {
                        if (range[1] - range[0] < SERVICE_MAX) { left = left.without(Ports.of(range[0], range[1])); }
                    }
                }
            }
        }
        return left;
    }

    /** As many ranges as one multiport takes, the largest. */
    static Ports largest(Ports ports) {
        List<int[]> left = new ArrayList<>(ports.ranges);
        while (left.size() > RANGES_MAX) {
            int least = 0;
            for (int i = 1; i < left.size(); i++) {
                least = left.get(i)[1] - left.get(i)[0] <= left.get(least)[1] - left.get(least)[0] ? i : least;
            }
            left.remove(least);
        }
        return Ports.of(left);
    }
}
