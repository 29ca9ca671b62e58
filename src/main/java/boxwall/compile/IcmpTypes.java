package boxwall.compile;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The ICMP messages that states stand for. Source: the kernel's nf_conntrack_proto_icmp.c and
 * nf_conntrack_proto_icmpv6.c: requests with an answer, their answers, errors (redirects left out), and what IPv6
 * doesn't track (neighbours, listeners).
 */
final class IcmpTypes {
    private static final String[] REQUESTS4 = {"8", "13", "15", "17"};
    private static final String[] REPLIES4 = {"0", "14", "16", "18"};
    private static final String[] ERRORS4 = {"3", "4", "11", "12"};
    private static final String[] REQUESTS6 = {"128", "139"};
    private static final String[] REPLIES6 = {"129", "140"};
    private static final String[] ERRORS6 = {"1", "2", "3", "4"};
    private static final String[] UNTRACKED6 = {"130", "131", "132", "133", "134", "135", "136", "143"};

    /** The message types that are in one of the states, in the states' order. */
    private static Set<String> of(Family family, Set<State> states) {
        boolean v4 = family == Family.IPV4;
        Set<String> types = new LinkedHashSet<>();
        if (states.contains(State.NEW)) { types.addAll(Arrays.asList(v4 ? REQUESTS4 : REQUESTS6)); }
        if (states.contains(State.ESTABLISHED)) { types.addAll(Arrays.asList(v4 ? REPLIES4 : REPLIES6)); }
        if (states.contains(State.RELATED)) { types.addAll(Arrays.asList(v4 ? ERRORS4 : ERRORS6)); }
        if (states.contains(State.UNTRACKED) && !v4) { types.addAll(Arrays.asList(UNTRACKED6)); }
        return types;
    }

    /**
     * The rule for messages in those states only; its own types, if it names some, are kept as far as they are among
     * them.
     */
    static List<Rule> rules(Family family, Rule base, Set<State> states) {
        boolean v4 = family == Family.IPV4;
        String name = v4 ? "icmp" : "icmp6";
        String option = v4 ? "--icmp-type" : "--icmpv6-type";
        List<Rule> rules = new ArrayList<>();
        Match own = base.match(name);
        Option asked = own == null ? null : own.option(option);
        int[] type = asked == null ? null : asked.icmp(family);
        type = type != null && type[0] == 0 && type[1] == 65535 ? null : type;
        for (String each : of(family, states)) {
            boolean same = type != null && type[0] / 256 == Integer.parseInt(each);
            boolean wholeType = type != null && type[1] > type[0];
            if (type != null && !asked.negated && !same || same && asked.negated && wholeType) { continue; }
            List<Match> matches = new ArrayList<>(base.matches());
            if (same && asked.negated) {
                // all codes of this type but one: its own condition stays, beside the type's
                matches.add(matches.indexOf(own), Match.of(name, Option.of(option, each)));
            } else if (own == null) {
                matches.add(0, Match.of(name, Option.of(option, each)));
            } else if (!same) { matches.set(matches.indexOf(own), Match.of(name, Option.of(option, each))); }
            rules.add(base.copy().protocol(Negatable.is(v4 ? "icmp" : "ipv6-icmp")).matches(matches).build());
        }
        if (type == null && asked != null && asked.negated) { rules.clear(); }
        return rules;
    }
}
