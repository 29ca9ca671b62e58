package boxwall.optimize;

import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which rules may be moved, and before which others. A plain rule matches fields of the packet only and decides; every
 * other rule (LOG, MARK, limit, a jump, one that only counts, an unknown extension) is a barrier: no rule is moved
 * across it.
 *
 * <p>
 * Matches that read the transport header (tcp, udp, icmp, multiport) drop a packet with a truncated header at once,
 * whatever the target is (hotdrop in the kernel's xt_tcpudp.c, xt_multiport.c, ip_tables.c). The proof over sets
 * doesn't cover this, so rules that overlap are exchanged only where it makes no difference for such a packet.
 */
final class RuleOrder {
    private static final Set<String> PREDICTABLE = new HashSet<>(Arrays.asList("comment", "state", "conntrack", "mac",
            "mark", "iprange", "tcp", "udp", "icmp", "icmp6", "multiport"));
    private static final Set<ConnectionState> KNOWN = ConnectionState.set("RELATED,ESTABLISHED");
    private static final Set<ConnectionState> OTHER = ConnectionState.set("NEW,INVALID");
    private static final Set<String> READS_HEADER =
            new HashSet<>(Arrays.asList("tcp", "udp", "icmp", "icmp6", "multiport"));
    /** Names of different protocols; other names may mean the same number. */
    private static final Set<String> PROTOCOLS = new HashSet<>(Arrays.asList("tcp", "udp", "icmp", "ipv6-icmp"));

    /** Whether a rule matches fields of the packet only, so that the number of evaluations makes no difference. */
    static boolean readsPacketOnly(Rule rule, Family family) {
        for (Match match : rule.matches) {
            if (!PREDICTABLE.contains(match.name)) { return false; }
        }
        return Verdicts.foresees(rule, family);
    }

    /** Whether the rule decides its packets. */
    static boolean decides(Rule rule) {
        return Verdict.of(rule.target) != null;
    }

    static boolean isPlain(Rule rule, Family family) { return decides(rule) && readsPacketOnly(rule, family); }

    /** Whether every packet of the second rule matches the first, by comparing their texts; false when in doubt. */
    static boolean covers(Rule wide, Rule narrow) {
        return within(wide.source, narrow.source) && within(wide.destination, narrow.destination)
                && same(wide.in, narrow.in) && same(wide.out, narrow.out) && same(wide.protocol, narrow.protocol)
                && same(wide.fragment, narrow.fragment) && containsMatches(narrow.matches, wide);
    }

    private static boolean same(Negatable<?> wide, Negatable<?> narrow) { return wide == null || wide.equals(narrow); }

    private static boolean within(Negatable<Network> wide, Negatable<Network> narrow) {
        return same(wide, narrow)
                || narrow != null && !wide.negated && !narrow.negated && wide.value.containsAll(narrow.value);
    }

    private static boolean containsMatches(List<Match> matches, Rule wide) {
        for (Match match : wide.matches) {
            if (!match.name.equals("comment") && !matches.contains(match)) { return false; }
        }
        return true;
    }

    /** Whether no packet, not even a malformed one, passes both rules' options before any -m; false when in doubt. */
    static boolean disjoint(Rule a, Rule b) {
        return areDisjoint(a.source, b.source) || areDisjoint(a.destination, b.destination)
                || isName(a.in) && isName(b.in) && !a.in.equals(b.in)
                || isName(a.out) && isName(b.out) && !a.out.equals(b.out)
                || isProtocol(a.protocol) && isProtocol(b.protocol) && !a.protocol.equals(b.protocol);
    }

    private static boolean areDisjoint(Negatable<Network> a, Negatable<Network> b) {
        return hasPrefix(a) && hasPrefix(b) && !a.value.containsAll(b.value) && !b.value.containsAll(a.value);
    }

    /** Whether it names the addresses with a prefix, rather than all others. */
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

    /** Whether the rules may be exchanged without a difference for any packet; false when in doubt. */
    static boolean commute(Rule a, Rule b) {
        return disjoint(a, b) || decides(a) && a.target.equals(b.target) && !readsHeader(a) && !readsHeader(b);
    }

    /** Whether a rule may drop a packet with a bad header: -p of IPv6 does too (ip6_packet_match). */
    static boolean readsHeader(Rule rule) {
        if (rule.protocol != null) { return true; }
        for (Match match : rule.matches) {
            if (READS_HEADER.contains(match.name)) { return true; }
        }
        return false;
    }

    /** Whether the rule accepts packets of known connections: its matches are states and comments only. */
    static boolean acceptsKnown(Rule rule) {
        if (!Target.ACCEPT.equals(rule.target)) { return false; }
        int stateMatches = 0;
        for (Match match : rule.matches) {
            Set<ConnectionState> states = states(match);
            boolean known = states != null && match.options.size() == 1 && states.contains(ConnectionState.ESTABLISHED)
                    && KNOWN.containsAll(states);
            if (!known && !match.name.equals("comment")) { return false; }
            stateMatches += known ? 1 : 0;
        }
        return stateMatches == 1;
    }

    /** The states that a match names, perhaps besides other options; null when it names none. */
    private static Set<ConnectionState> states(Match match) {
        Option states = match.option(match.name.equals("state") ? "--state" : "--ctstate");
        return states == null || states.negated ? null : states.states();
    }

    /**
     * Whether a rule that accepts known connections may be moved before another: both accept, or no packet matches
     * both. A packet with a truncated header is INVALID to conntrack (tcp_error and udp_error of
     * nf_conntrack_proto_*.c), so it matches no such rule.
     */
    static boolean mayPrecede(Rule known, Rule other) {
        boolean haveOtherStates = false;
        for (Match match : other.matches) {
            Set<ConnectionState> states = states(match);
            haveOtherStates |= states != null && OTHER.containsAll(states);
        }
        return haveOtherStates || Target.ACCEPT.equals(other.target) || disjoint(known, other);
    }
}
