package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The source and the destination ports that a UDP rule asks for, each as ranges with commas; a rule with --ports asks for one pair or another. */
final class UdpPorts {
    static final String ALL = "0:65535";
    /** A range of more ports than this counts as any port. */
    private static final int FIXED_MAX = 1024;
    /** multiport takes 15 ports, a range counts twice (xt_multiport.h: XT_MULTI_PORTS). */
    private static final int MULTI_MAX = 15;

    final String from;
    final String to;

    UdpPorts(String from, String to) {
        this.from = from;
        this.to = to;
    }

    /** The pairs that the udp and multiport matches of a rule let through; empty when there are none. */
    static List<UdpPorts> of(Rule rule) {
        List<UdpPorts> pairs = Collections.singletonList(new UdpPorts(ALL, ALL));
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

    static boolean isPorts(Match match) {
        return match.name.equals("udp") || match.name.equals("multiport");
    }

    private void narrow(Option option, List<UdpPorts> to) {
        boolean not = option.negated;
        if (option.name.startsWith("--s")) {
            add(cut(from, option), this.to, to);
        } else if (option.name.startsWith("--d")) {
            add(from, cut(this.to, option), to);
        } else if (not) {
            add(cut(from, option), cut(this.to, option), to);
        } else {
            add(cut(from, option), this.to, to);
            add(from, cut(this.to, option), to);
        }
    }

    private static String cut(String ports, Option option) {
        return option.negated ? FreePorts.without(ports, option.value()) : FreePorts.within(ports, option.value());
    }

    private static void add(String from, String to, List<UdpPorts> list) {
        if (from.length() > 0 && to.length() > 0) {
            list.add(new UdpPorts(from, to));
        }
    }

    /** Ports and ranges that together are few. */
    static boolean isFixed(String ports) {
        int count = 0;
        for (int[] range : FreePorts.ranges(ports)) {
            count += range[1] - range[0] + 1;
        }
        return count <= FIXED_MAX;
    }

    /** The matches that ask for this pair, a list for each rule that it takes. */
    List<List<Match>> matches() {
        List<List<Match>> all = new ArrayList<>();
        for (String some : chunks(from)) {
            for (String others : chunks(to)) {
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

    private static void ask(String option, String ports, List<Option> udp, List<Match> matches) {
        if (ports.indexOf(',') >= 0) {
            matches.add(Match.of("multiport", Option.of(option + "s", ports)));
        } else if (!ports.equals(ALL)) {
            udp.add(Option.of(option, ports));
        }
    }

    private static List<String> chunks(String ports) {
        List<String> chunks = new ArrayList<>();
        StringBuilder chunk = new StringBuilder();
        int used = 0;
        for (int[] range : FreePorts.ranges(ports)) {
            int size = range[0] == range[1] ? 1 : 2;
            if (used + size > MULTI_MAX) {
                chunks.add(chunk.toString());
                chunk.setLength(0);
                used = 0;
            }
            chunk.append(chunk.length() == 0 ? "" : ",").append(FreePorts.word(range));
            used += size;
        }
        chunks.add(chunk.toString());
        return chunks;
    }
}
