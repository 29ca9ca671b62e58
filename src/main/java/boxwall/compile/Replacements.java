package boxwall.compile;

import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rules that stand for one rule with a state match, protocol by protocol, by what a packet shows on its own.
 *
 * <p>
 * ESTABLISHED is TCP with ACK, or RST without SYN (a mere {@code ! --syn} would let SYN+FIN in, which kernels before
 * 3.2.24 take for an opening), and echo replies; NEW is the opening segment, all of UDP, ICMP requests, everything of
 * other protocols; RELATED is ICMP errors. UDP answers are {@link Mirror}'s. A rule that only drops is never narrowed
 * for openings, UDP and ICMP requests: where it drops ESTABLISHED it takes all UDP. Any other rule, a jump to a chain
 * that may accept among them, never takes UDP that may be new.
 */
final class Replacements {
    private final Family family;
    private final Rule base;
    private final Set<State> states;
    private final boolean drops;
    private final OtherProtocols others;
    private final List<Rule> made = new ArrayList<>();

    private Replacements(Family family, Rule rule, Set<State> states, boolean drops, OtherProtocols others) {
        this.family = family;
        this.base = States.strip(rule);
        this.states = states;
        this.drops = drops;
        this.others = others;
    }

    /**
     * The stand-ins in order, mirrors left out; empty when nothing of the rule can be had.
     *
     * @param drops whether its target can only take packets away
     */
    static List<Rule> of(Family family, Rule rule, Set<State> states, boolean drops, OtherProtocols others) {
        Replacements pieces = new Replacements(family, rule, states, drops, others);
        if (states.contains(State.NEW) && states.contains(State.ESTABLISHED) && states.contains(State.RELATED)) {
            pieces.made.add(pieces.base);
        } else {
            pieces.tcp();
            pieces.udp();
            if (pieces.concerns(family == Family.IPV4 ? "icmp" : "ipv6-icmp")) {
                pieces.made.addAll(IcmpTypes.rules(family, pieces.base, states));
            }
            pieces.others();
        }
        return pieces.made;
    }

    private void tcp() {
        if (!concerns("tcp")) { return; }
        if (states.contains(State.NEW)) { add(TcpSegments.of(TcpSegments.OPENING, base)); }
        if (states.contains(State.ESTABLISHED)) {
            add(TcpSegments.of(TcpSegments.ACK, base));
            add(TcpSegments.of(TcpSegments.RESET, base));
        }
    }

    private void udp() {
        boolean dropsEstablished = drops && states.contains(State.ESTABLISHED);
        if (concerns("udp") && (states.contains(State.NEW) || dropsEstablished)) {
            add(base.copy().protocol(Negatable.is("udp")).build());
        }
    }

    /** Of a protocol of its own (esp, gre …) the first packet is NEW; a rule that drops keeps dropping all of it. */
    private void others() {
        Negatable<String> protocol = base.protocol;
        boolean takesNew = states.contains(State.NEW);
        if (protocol == null || protocol.negated) {
            if (takesNew && OtherProtocols.fits(base)) { add(others.of(base)); }
            return;
        }
        String name = protocol.value;
        boolean known =
                name.equals("tcp") || name.equals("udp") || name.equals(family == Family.IPV4 ? "icmp" : "ipv6-icmp");
        if (!known && (takesNew || drops && states.contains(State.ESTABLISHED))) { add(base); }
    }

    /** Whether packets of this protocol can fit the rule; ports without -p can't be (iptables refuses them). */
    private boolean concerns(String protocol) {
        return concerns(base, protocol);
    }

    static boolean concerns(Rule rule, String protocol) {
        Negatable<String> asked = rule.protocol;
        return asked == null || asked.value.equals(protocol) != asked.negated;
    }

    private void add(Rule rule) { if (rule != null) { made.add(rule); } }
}
