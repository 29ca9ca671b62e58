package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.netfilter.TcpFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules that replace one rule with a state match, protocol by protocol, by what a single packet shows.
 *
 * <p>
 * ESTABLISHED is TCP with ACK, or RST without SYN (a mere {@code ! --syn} would match SYN+FIN, which kernels before
 * 3.2.24 treat as an opening), and echo replies. NEW is the opening segment, all UDP, ICMP requests, and all packets of
 * other protocols. RELATED is ICMP errors. {@link UdpReplies} adds replies over UDP. A rule that only drops is never
 * narrowed for openings, UDP and ICMP requests: if it drops ESTABLISHED, it drops all UDP. Any other rule, such as a
 * jump to a chain that may accept, never matches UDP that may be new.
 *
 * <p>
 * A rule that names no protocol and matches NEW also matches the first packets of protocols other than TCP, UDP and
 * ICMP (GRE, ESP, IGMP …). One rule can't express "none of three", so it jumps to a chain that returns those three:
 * <pre>
 * -A INPUT -i dsl -j other-protocols
 * -A other-protocols -p tcp -j RETURN
 * -A other-protocols -p udp -j RETURN
 * -A other-protocols -p icmp -j RETURN
 * -A other-protocols -j DROP
 * </pre>
 */
final class Replacements {
    /** An opening segment, as {@code --syn}. */
    private static final TcpFlags OPENING = TcpFlags.parse("FIN,SYN,RST,ACK", "SYN");
    /** Every segment of an open connection has ACK. */
    private static final TcpFlags ACK = TcpFlags.parse("ACK", "ACK");
    /** A reset may have no ACK; with SYN it is no reset. */
    private static final TcpFlags RESET = TcpFlags.parse("SYN,RST", "RST");
    private static final ConnectionState[] STATES =
            {ConnectionState.NEW, ConnectionState.ESTABLISHED, ConnectionState.RELATED, ConnectionState.UNTRACKED};
    /**
     * The ICMP types of these states: requests, their replies, errors (without redirects), and those that IPv6 doesn't
     * track, neighbours and listeners (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
     */
    private static final int[][] ICMP4 = {{8, 13, 15, 17}, {0, 14, 16, 18}, {3, 4, 11, 12}, {}};
    private static final int[][] ICMP6 =
            {{128, 139}, {129, 140}, {1, 2, 3, 4}, {130, 131, 132, 133, 134, 135, 136, 143}};

    private final Family family;
    private final List<String> protocols;
    private final ChainGraph graph;
    private final Map<Target, Chain> otherProtocols = new LinkedHashMap<>();

    Replacements(Family family, ChainGraph graph) {
        this.family = family;
        this.graph = graph;
        protocols = Arrays.asList("tcp", "udp", family == Family.IPV4 ? "icmp" : "ipv6-icmp");
    }

    /**
     * The new rules, in order, without those for UDP replies; none if a single packet shows no state of the rule.
     *
     * @param drops whether its target can only drop packets
     */
    List<Rule> of(Rule rule, Set<ConnectionState> states, boolean drops) {
        Rule base = rule.copy().matches(RuleStates.furtherMatches(rule)).build();
        boolean matchesNew = states.contains(ConnectionState.NEW);
        boolean established = states.contains(ConnectionState.ESTABLISHED);
        boolean all = matchesNew || drops && established;
        List<Rule> made = new ArrayList<>();
        if (matchesNew && established && states.contains(ConnectionState.RELATED)) {
            return Collections.singletonList(base);
        }
        if (concerns(base, "tcp")) {
            if (matchesNew) { addTcp(OPENING, base, made); }
            if (established) {
                addTcp(ACK, base, made);
                addTcp(RESET, base, made);
            }
        }
        if (concerns(base, "udp") && all) { made.add(base.copy().protocol(Negatable.is("udp")).build()); }
        if (concerns(base, protocols.get(2))) { addIcmp(base, states, made); }
        if (base.protocol == null || base.protocol.negated) {
            if (matchesNew && ChainGraph.canMove(base)) { made.add(otherProtocols(base)); }
        } else if (all && !protocols.contains(base.protocol.value)) { made.add(base); }
        return made;
    }

    /** Whether the rule can match packets of this protocol; iptables refuses ports without -p. */
    static boolean concerns(Rule rule, String protocol) {
        return rule.protocol == null || rule.protocol.value.equals(protocol) != rule.protocol.negated;
    }

    /** Adds a rule for TCP segments with these flags only, unless the rule's own flags contradict them. */
    private static void addTcp(TcpFlags flags, Rule base, List<Rule> made) {
        List<Match> matches = new ArrayList<>(base.matches);
        Match tcp = base.match("tcp");
        Option own = tcp == null ? null : tcp.option("--tcp-flags");
        TcpFlags merged = flags;
        if (own != null && !own.negated) {
            TcpFlags other = own.flags();
            if ((flags.mask & other.mask & (flags.set ^ other.set)) != 0) { return; }
            merged = new TcpFlags(flags.mask | other.mask, flags.set | other.set);
        }
        Option option = Option.of("--tcp-flags", TcpFlags.words(merged.mask), TcpFlags.words(merged.set));
        if (tcp == null || own != null && own.negated) {
            // a negated condition can't be merged: both -m tcp must match
            matches.add(0, Match.of("tcp", option));
        } else {
            // iptables-save prints ports, then --tcp-option, then --tcp-flags (libxt_tcp.c, tcp_save)
            List<Option> options = new ArrayList<>(tcp.options);
            options.remove(own);
            options.add(option);
            matches.set(matches.indexOf(tcp), new Match("tcp", options));
        }
        made.add(base.copy().matches(matches).protocol(Negatable.is("tcp")).build());
    }

    /** Adds rules for the ICMP types of those states, as far as the rule matches them. */
    private void addIcmp(Rule base, Set<ConnectionState> states, List<Rule> made) {
        boolean v4 = family == Family.IPV4;
        String name = v4 ? "icmp" : "icmp6";
        String option = v4 ? "--icmp-type" : "--icmpv6-type";
        Match own = base.match(name);
        Option ownType = own == null ? null : own.option(option);
        int[] range = ownType == null ? null : ownType.icmp(family);
        range = range != null && range[0] == 0 && range[1] == 65535 ? null : range;
        if (range == null && ownType != null && ownType.negated) { return; }
        for (int i = 0; i < STATES.length; i++) {
            for (int type : states.contains(STATES[i]) ? (v4 ? ICMP4 : ICMP6)[i] : new int[0]) {
                boolean same = range != null && range[0] / 256 == type;
                boolean allCodes = range != null && range[1] > range[0];
                if (range != null && !ownType.negated && !same || same && ownType.negated && allCodes) { continue; }
                Match match = Match.of(name, Option.of(option, String.valueOf(type)));
                List<Match> matches = new ArrayList<>(base.matches);
                if (own == null) {
                    matches.add(0, match);
                } else if (!same) {
                    matches.set(matches.indexOf(own), match);
                } else if (ownType.negated) {
                    // all codes of this type but one: both matches are needed
                    matches.add(matches.indexOf(own), match);
                }
                made.add(base.copy().protocol(Negatable.is(protocols.get(2))).matches(matches).build());
            }
        }
    }

    private Rule otherProtocols(Rule base) {
        Chain chain = otherProtocols.get(base.target);
        if (chain == null) {
            chain = graph.chainPast(protocols, false, "other-protocols", base.target, base.origin);
            otherProtocols.put(base.target, chain);
        }
        return base.copy().target(Target.of(chain.name)).build();
    }

    /** The chains that the rules jump to. */
    List<Chain> chains() { return new ArrayList<>(otherProtocols.values()); }
}
