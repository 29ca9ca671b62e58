package boxwall.optimize;

import boxwall.explain.Walk;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;
import boxwall.netfilter.Target;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which rules may be moved, and past which. A plain rule asks only what lies in the packet and ends the packet's way;
 * every other rule (LOG, MARK, limit, a jump, one that only counts, an extension not known here) is a barrier that
 * nothing is moved across.
 *
 * <p>
 * Matches that read the transport header (tcp, udp, icmp, multiport) drop a packet whose header is cut off at once,
 * whatever the target is (hotdrop in the kernel's xt_tcpudp.c, xt_multiport.c, ip_tables.c), and the proof over sets
 * doesn't see that. So rules that overlap change places only where such a packet fares the same.
 */
final class RuleOrder {
    private static final Set<String> ASKING = new HashSet<>(Arrays.asList("comment", "state", "conntrack", "mac",
            "mark", "iprange", "tcp", "udp", "icmp", "icmp6", "multiport"));
    private static final Set<State> KNOWN = State.set("RELATED,ESTABLISHED");
    private static final Set<State> OTHER = State.set("NEW,INVALID");
    private static final Set<String> HEADER = new HashSet<>(Arrays.asList("tcp", "udp", "icmp", "icmp6", "multiport"));
    /** Names of which each means another number; others may be a number's second name. */
    private static final Set<String> PROTOCOLS = new HashSet<>(Arrays.asList("tcp", "udp", "icmp", "ipv6-icmp"));

    /** Whether the rule only asks, and asks nothing but the packet: asking it more or less often changes nothing. */
    static boolean asks(Rule rule, Family family) {
        for (Match match : rule.matches) {
            if (!ASKING.contains(match.name)) { return false; }
        }
        return Walk.foresees(rule, family);
    }

    /** Whether what the rule matches goes no further. */
    static boolean ends(Rule rule) {
        Target target = rule.target;
        return target != null && !target.isGoto()
                && (target.name.equals("ACCEPT") || target.name.equals("DROP") || target.name.equals("REJECT"));
    }

    static boolean is(Rule rule, Family family) { return ends(rule) && asks(rule, family); }

    /** Whether every packet of the second rule matches the first too, told by what is written; false when in doubt. */
    static boolean covers(Rule wide, Rule narrow) {
        return within(wide.source, narrow.source) && within(wide.destination, narrow.destination)
                && same(wide.in, narrow.in) && same(wide.out, narrow.out) && same(wide.protocol, narrow.protocol)
                && same(wide.fragment, narrow.fragment) && asksNoMore(wide, narrow.matches);
    }

    private static boolean same(Negatable<?> wide, Negatable<?> narrow) { return wide == null || wide.equals(narrow); }

    private static boolean within(Negatable<Network> wide, Negatable<Network> narrow) {
        return same(wide, narrow)
                || narrow != null && !wide.negated && !narrow.negated && wide.value.containsAll(narrow.value);
    }

    private static boolean asksNoMore(Rule wide, List<Match> matches) {
        for (Match match : wide.matches) {
            if (!match.name.equals("comment") && !matches.contains(match)) { return false; }
        }
        return true;
    }

    /** Whether no packet, a malformed one neither, can match what both ask before any -m; false when in doubt. */
    static boolean disjoint(Rule a, Rule b) {
        return apart(a.source, b.source) || apart(a.destination, b.destination)
                || isName(a.in) && isName(b.in) && !a.in.equals(b.in)
                || isName(a.out) && isName(b.out) && !a.out.equals(b.out)
                || isProtocol(a.protocol) && isProtocol(b.protocol) && !a.protocol.equals(b.protocol);
    }

    private static boolean apart(Negatable<Network> a, Negatable<Network> b) {
        return hasPrefix(a) && hasPrefix(b) && !a.value.containsAll(b.value) && !b.value.containsAll(a.value);
    }

    /** Whether it names the addresses that begin alike, rather than all others. */
    static boolean hasPrefix(Negatable<Network> network) {
        return network != null && !network.negated && network.value.prefix > 0;
    }

    /** Whether it is the name of one interface. */
    static boolean isName(Negatable<String> name) {
        return name != null && !name.negated && !name.value.endsWith("+");
    }

    /** Whether it is one of the usual protocols. */
    static boolean isProtocol(Negatable<String> protocol) {
        return protocol != null && !protocol.negated && PROTOCOLS.contains(protocol.value);
    }

    /** Whether the rules may change places without a packet seeing a difference; false when in doubt. */
    static boolean commute(Rule a, Rule b) {
        return disjoint(a, b) || ends(a) && a.target.equals(b.target) && !readsHeader(a) && !readsHeader(b);
    }

    /** IPv6 drops a packet when the headers before the protocol are broken (ip6_packet_match). */
    static boolean readsHeader(Rule rule) {
        if (rule.protocol != null) { return true; }
        for (Match match : rule.matches) {
            if (HEADER.contains(match.name)) { return true; }
        }
        return false;
    }

    /**
     * Whether this is the rule that accepts what belongs to known connections: states, a comment, nothing else by -m.
     */
    static boolean acceptsKnown(Rule rule) {
        if (!Target.ACCEPT.equals(rule.target)) { return false; }
        int asked = 0;
        for (Match match : rule.matches) {
            Set<State> states = states(match);
            boolean known = states != null && match.options.size() == 1 && states.contains(State.ESTABLISHED)
                    && KNOWN.containsAll(states);
            if (!known && !match.name.equals("comment")) { return false; }
            asked += known ? 1 : 0;
        }
        return asked == 1;
    }

    /** The states that a match asks for, perhaps beside other things; null when it doesn't, or asks for others. */
    private static Set<State> states(Match match) {
        Option states = match.option(match.name.equals("state") ? "--state" : "--ctstate");
        return states == null || states.negated ? null : states.states();
    }

    /**
     * Whether a rule that accepts known connections may go before another one: both accept, or no packet matches both.
     * A packet with a header cut off is INVALID to conntrack (tcp_error and udp_error of nf_conntrack_proto_*.c): it
     * matches no such rule.
     */
    static boolean mayPrecede(Rule known, Rule other) {
        boolean apartByState = false;
        for (Match match : other.matches) {
            Set<State> states = states(match);
            apartByState |= states != null && OTHER.containsAll(states);
        }
        return apartByState || Target.ACCEPT.equals(other.target) || disjoint(known, other);
    }
}
