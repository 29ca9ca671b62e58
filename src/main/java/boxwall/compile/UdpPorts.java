package boxwall.compile;

import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Source and destination ports of a UDP rule. A rule with {@code --ports} has several pairs of them. */
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

    /** The pairs that meet the udp and multiport matches of a rule; empty if none does. */
    static List<UdpPorts> of(Rule rule) {
        List<UdpPorts> pairs = Collections.singletonList(new UdpPorts(Ports.ALL, Ports.ALL));
        for (Match match : rule.matches) {
            for (Option option : isPorts(match) ? match.options : Collections.<Option>emptyList()) {
                List<UdpPorts> narrowed = new ArrayList<>();
                for (UdpPorts pair : pairs) {
                    pair.narrow(option, narrowed);
                }
                pairs = narrowed;
            }
        }
        return pairs;
    }

    static boolean isPorts(Match match) { return match.name.equals("udp") || match.name.equals("multiport"); }

    private void narrow(Option option, List<UdpPorts> narrowed) {
        boolean source = option.name.startsWith("--s");
        boolean destination = option.name.startsWith("--d");
        if (option.negated && !source && !destination) {
            add(matching(from, option), matching(to, option), narrowed);
            return;
        }
        // --ports matches if one of both does
        if (!destination) { add(matching(from, option), to, narrowed); }
        if (!source) { add(from, matching(to, option), narrowed); }
    }

    private static Ports matching(Ports ports, Option option) {
        return option.negated ? ports.without(option.ports()) : ports.within(option.ports());
    }

    private static void add(Ports from, Ports to, List<UdpPorts> pairs) {
        if (!from.isEmpty() && !to.isEmpty()) { pairs.add(new UdpPorts(from, to)); }
    }

    /** Whether these are few ports altogether. */
    static boolean isFixed(Ports ports) {
        return ports.count() <= FIXED_MAX;
    }

    /** The matches for this pair, a list for each rule that it takes; none if a side has no port. */
    List<List<Match>> matches() {
        List<List<Match>> all = new ArrayList<>();
        if (from.isEmpty() || to.isEmpty()) { return all; }
        for (Ports source : from.parts()) {
            for (Ports destination : to.parts()) {
                List<Option> udp = new ArrayList<>();
                List<Match> matches = new ArrayList<>();
                addMatch("--sport", source, udp, matches);
                addMatch("--dport", destination, udp, matches);
                matches.add(0, new Match("udp", udp));
                all.add(matches);
            }
        }
        return all;
    }

    private static void addMatch(String option, Ports ports, List<Option> udp, List<Match> matches) {
        if (ports.ranges.size() > 1) {
            matches.add(Match.of("multiport", Option.of(option + "s", ports.toString())));
        } else if (!ports.equals(Ports.ALL)) { udp.add(Option.of(option, ports.toString())); }
    }

    /**
     * All ports but those that rules of INPUT name for new packets, where services listen: WireGuard's 51820 is amid
     * the ports that the kernel gives to local sockets.
     */
    static Ports unserved(ChainGraph graph) {
        Ports left = Ports.ALL;
        for (Rule rule : graph.rulesFrom("INPUT")) {
            Set<ConnectionState> states = RuleStates.of(rule);
            boolean onlyReplies = states != null && !states.contains(ConnectionState.NEW);
            if (onlyReplies || !Negatable.is("udp").equals(rule.protocol)) { continue; }
            for (Match match : rule.matches) {
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

    /** The largest ranges, as many as one multiport takes. */
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
