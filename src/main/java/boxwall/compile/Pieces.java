package boxwall.compile;

import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rules that stand for one rule with a state match, protocol by protocol, by what a packet shows on its own.
 *
 * <p>ESTABLISHED is TCP with ACK, or RST without SYN (a mere {@code ! --syn} would let SYN+FIN in, which kernels before 3.2.24 take
 * for an opening), and echo replies; NEW is the opening segment, all of UDP, ICMP requests; RELATED is ICMP errors. UDP answers
 * are {@link Mirror}'s. A rule that drops is never narrowed for openings, UDP and ICMP requests: it takes all UDP.
 */
final class Pieces {
    /** Source: the kernel's nf_conntrack_proto_icmp.c: requests with an answer, their answers, errors (redirects left out). */
    private static final String[] REQUESTS4 = {"8", "13", "17"};
    private static final String[] REPLIES4 = {"0", "14", "18"};
    private static final String[] ERRORS4 = {"3", "4", "11", "12"};
    private static final String[] REQUESTS6 = {"128"};
    private static final String[] REPLIES6 = {"129"};
    private static final String[] ERRORS6 = {"1", "2", "3", "4"};

    private final Family family;
    private final Rule base;
    private final Set<State> states;
    private final boolean accepts;
    private final List<Rule> made = new ArrayList<Rule>();

    private Pieces(Family family, Rule rule, Set<State> states) {
        this.family = family;
        this.base = State.strip(rule);
        this.states = states;
        this.accepts = Target.ACCEPT.equals(rule.target());
    }

    /** The stand-ins in order, mirrors left out; empty when nothing of the rule can be had. */
    static List<Rule> of(Family family, Rule rule, Set<State> states) {
        Pieces pieces = new Pieces(family, rule, states);
        if (states.contains(State.NEW) && states.contains(State.ESTABLISHED) && states.contains(State.RELATED)) {
            pieces.made.add(pieces.base);
        } else {
            pieces.tcp();
            pieces.udp();
            pieces.icmp();
            pieces.others();
        }
        return pieces.made;
    }

    private void tcp() {
        if (!concerns("tcp")) {
            return;
        }
        if (states.contains(State.NEW)) {
            add(TcpFlags.OPENING.on(base));
        }
        if (states.contains(State.ESTABLISHED)) {
            add(TcpFlags.ACK.on(base));
            add(TcpFlags.RESET.on(base));
        }
    }

    private void udp() {
        boolean dropsEstablished = !accepts && states.contains(State.ESTABLISHED);
        if (concerns("udp") && (states.contains(State.NEW) || dropsEstablished)) {
            add(base.copy().protocol(Negatable.is("udp")).build());
        }
    }

    private void icmp() {
        boolean v4 = family == Family.IPV4;
        if (!concerns(v4 ? "icmp" : "ipv6-icmp") || base.match(v4 ? "icmp" : "icmp6") != null) {
            keepOwnIcmpType(v4);
            return;
        }
        if (states.contains(State.NEW)) {
            types(v4 ? REQUESTS4 : REQUESTS6);
        }
        if (states.contains(State.ESTABLISHED)) {
            types(v4 ? REPLIES4 : REPLIES6);
        }
        if (states.contains(State.RELATED)) {
            types(v4 ? ERRORS4 : ERRORS6);
        }
    }

    /** A rule that names its ICMP type keeps it: the type says more than the state. */
    private void keepOwnIcmpType(boolean v4) {
        if (base.match(v4 ? "icmp" : "icmp6") != null && hasAnyOf(State.NEW, State.ESTABLISHED, State.RELATED)) {
            add(base);
        }
    }

    private boolean hasAnyOf(State... some) {
        for (State state : some) {
            if (states.contains(state)) {
                return true;
            }
        }
        return false;
    }

    private void types(String[] types) {
        boolean v4 = family == Family.IPV4;
        for (String type : types) {
            Match match = v4 ? Match.of("icmp", Option.of("--icmp-type", type))
                    : Match.of("icmp6", Option.of("--icmpv6-type", type));
            List<Match> matches = new ArrayList<Match>(base.matches());
            matches.add(0, match);
            add(base.copy().protocol(Negatable.is(v4 ? "icmp" : "ipv6-icmp")).matches(matches).build());
        }
    }

    /** A protocol of its own (esp, gre …): its first packet is NEW; a rule that drops keeps dropping it. */
    private void others() {
        Negatable<String> protocol = base.protocol();
        boolean known = protocol == null || protocol.negated() || protocol.value().equals("tcp") || protocol.value().equals("udp")
                || protocol.value().equals("icmp") || protocol.value().equals("ipv6-icmp");
        if (!known && (states.contains(State.NEW) || !accepts && states.contains(State.ESTABLISHED))) {
            add(base);
        }
    }

    /** Whether packets of this protocol can fit the rule; ports without -p can't be (iptables refuses them). */
    private boolean concerns(String protocol) {
        Negatable<String> asked = base.protocol();
        return asked == null || asked.value().equals(protocol) != asked.negated();
    }

    private void add(Rule rule) {
        if (rule != null) {
            made.add(rule);
        }
    }
}
