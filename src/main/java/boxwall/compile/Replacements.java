package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;
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
 * The rules of one table that stand for one rule with a state match, protocol by protocol, by what a packet shows on
 * its own.
 *
 * <p>
 * ESTABLISHED is TCP with ACK, or RST without SYN (a mere {@code ! --syn} would let SYN+FIN in, which kernels before
 * 3.2.24 take for an opening), and echo replies; NEW is the opening segment, all of UDP, ICMP requests, everything of
 * other protocols; RELATED is ICMP errors. UDP answers are {@link Mirror}'s. A rule that only drops is never narrowed
 * for openings, UDP and ICMP requests: where it drops ESTABLISHED it takes all UDP. Any other rule, a jump to a chain
 * that may accept among them, never takes UDP that may be new.
 *
 * <p>
 * The first packets of protocols beside TCP, UDP and ICMP (GRE, ESP, IGMP …), for a rule that names no protocol and
 * takes what is NEW: one rule can't say "none of three", so it jumps to a chain that sends those three back: <pre>
 * -A INPUT -i dsl -j other-protocols
 * -A other-protocols -p tcp -j RETURN
 * -A other-protocols -p udp -j RETURN
 * -A other-protocols -p icmp -j RETURN
 * -A other-protocols -j DROP
 * </pre>
 */
final class Replacements {
    /** An opening segment, what {@code --syn} means. */
    private static final TcpFlags OPENING = TcpFlags.parse("FIN,SYN,RST,ACK", "SYN");
    /** Everything that belongs to a connection already open carries ACK. */
    private static final TcpFlags ACK = TcpFlags.parse("ACK", "ACK");
    /** A reset may come without ACK; with SYN it is none. */
    private static final TcpFlags RESET = TcpFlags.parse("SYN,RST", "RST");
    private static final State[] STATES = {State.NEW, State.ESTABLISHED, State.RELATED, State.UNTRACKED};
    /**
     * The ICMP messages of these states: requests with an answer, their answers, errors (redirects left out), and what
     * IPv6 doesn't track, neighbours and listeners (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
     */
    private static final int[][] ICMP4 = {{8, 13, 15, 17}, {0, 14, 16, 18}, {3, 4, 11, 12}, {}};
    private static final int[][] ICMP6 =
            {{128, 139}, {129, 140}, {1, 2, 3, 4}, {130, 131, 132, 133, 134, 135, 136, 143}};

    private final Family family;
    private final List<String> protocols;
    private final Jumps jumps;
    private final Map<Target, Chain> otherProtocols = new LinkedHashMap<>();

    Replacements(Family family, Jumps jumps) {
        this.family = family;
        this.jumps = jumps;
        protocols = Arrays.asList("tcp", "udp", family == Family.IPV4 ? "icmp" : "ipv6-icmp");
    }

    /**
     * The stand-ins in order, mirrors left out; empty when nothing of the rule can be had.
     *
     * @param drops whether its target can only take packets away
     */
    List<Rule> of(Rule rule, Set<State> states, boolean drops) {
        Rule base = rule.copy().matches(States.further(rule)).build();
        boolean takesNew = states.contains(State.NEW);
        boolean established = states.contains(State.ESTABLISHED);
        boolean all = takesNew || drops && established;
        List<Rule> made = new ArrayList<>();
        if (takesNew && established && states.contains(State.RELATED)) { return Collections.singletonList(base); }
        if (concerns(base, "tcp")) {
            if (takesNew) { addTcp(OPENING, base, made); }
            if (established) {
                addTcp(ACK, base, made);
                addTcp(RESET, base, made);
            }
        }
        if (concerns(base, "udp") && all) { made.add(base.copy().protocol(Negatable.is("udp")).build()); }
        if (concerns(base, protocols.get(2))) { addIcmp(base, states, made); }
        if (base.protocol == null || base.protocol.negated) {
            if (takesNew && Jumps.worksInChain(base)) { made.add(otherProtocols(base)); }
        } else if (all && !protocols.contains(base.protocol.value)) { made.add(base); }
        return made;
    }

    /** Whether packets of this protocol can fit the rule; ports without -p can't be (iptables refuses them). */
    static boolean concerns(Rule rule, String protocol) {
        Negatable<String> asked = rule.protocol;
        return asked == null || asked.value.equals(protocol) != asked.negated;
    }

    /** Adds the rule for TCP segments with these flags only, unless its own flag condition contradicts them. */
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
            // a negated condition of the rule's own can't be merged: a second -m tcp is asked beside it
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

    /** Adds the rules for ICMP messages in those states only; of its own types those that are among them. */
    private void addIcmp(Rule base, Set<State> states, List<Rule> made) {
        boolean v4 = family == Family.IPV4;
        String name = v4 ? "icmp" : "icmp6";
        String option = v4 ? "--icmp-type" : "--icmpv6-type";
        Match own = base.match(name);
        Option asked = own == null ? null : own.option(option);
        int[] type = asked == null ? null : asked.icmp(family);
        type = type != null && type[0] == 0 && type[1] == 65535 ? null : type;
        if (type == null && asked != null && asked.negated) { return; }
        for (int i = 0; i < STATES.length; i++) {
            for (int each : states.contains(STATES[i]) ? (v4 ? ICMP4 : ICMP6)[i] : new int[0]) {
                boolean same = type != null && type[0] / 256 == each;
                boolean wholeType = type != null && type[1] > type[0];
                if (type != null && !asked.negated && !same || same && asked.negated && wholeType) { continue; }
                Match match = Match.of(name, Option.of(option, String.valueOf(each)));
                List<Match> matches = new ArrayList<>(base.matches);
                if (own == null) {
                    matches.add(0, match);
                } else if (!same) {
                    matches.set(matches.indexOf(own), match);
                } else if (asked.negated) {
                    // all codes of this type but one: its own condition stays, beside the type's
                    matches.add(matches.indexOf(own), match);
                }
                made.add(base.copy().protocol(Negatable.is(protocols.get(2))).matches(matches).build());
            }
        }
    }

    private Rule otherProtocols(Rule base) {
        Chain chain = otherProtocols.get(base.target);
        if (chain == null) {
            List<Rule> rules = new ArrayList<>();
            for (String protocol : protocols) {
                rules.add(new Rule.Builder(base.origin).protocol(Negatable.is(protocol)).target(Target.RETURN).build());
            }
            rules.add(new Rule.Builder(base.origin).target(base.target).build());
            chain = new Chain(jumps.freeName("other-protocols"), null, rules);
            otherProtocols.put(base.target, chain);
        }
        return base.copy().target(Target.of(chain.name)).build();
    }

    /** The chains that the rules jump to. */
    List<Chain> chains() { return new ArrayList<>(otherProtocols.values()); }
}
