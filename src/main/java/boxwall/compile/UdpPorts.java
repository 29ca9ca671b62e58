package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The source and the destination ports that a UDP rule asks for, each as ranges with commas; a rule with --ports asks
 * for one pair or another.
 */
final class UdpPorts {
    /** A range of more ports than this counts as any port. */
    private static final int FIXED_MAX = 1024;

    final Ports from;
    final Ports to;

    UdpPorts(Ports from, Ports to) {
        this.from = from;
        this.to = to;
    }

    /** The pairs that the udp and multiport matches of a rule let through; empty when there are none. */
    static List<UdpPorts> of(Rule rule) {
        List<UdpPorts> pairs = Collections.singletonList(new UdpPorts(Ports.ALL, Ports.ALL));
        for (Match match : rule.matches()) {
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

    /** The matches that ask for this pair, a list for each rule that it takes. */
    List<List<Match>> matches() {
        List<List<Match>> all = new ArrayList<>();
        for (Ports some : from.parts()) {
            for (Ports others : to.parts()) {
                List<Option> udp = new ArrayList<>();
                List<Match> matches = new ArrayList<>();
                matches.add(null);
                ask("--sport", some, udp, matches);
                ask("--dport", others, udp, matches);
                matches.set(0, new Match("udp", udp));
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
}
