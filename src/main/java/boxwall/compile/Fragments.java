package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Without conntrack fragments are not reassembled, and later ones have no ports. So each rule that accepts by port gets
 * a rule for later fragments. These do no harm without the first fragment, which the rule with ports decides on.
 *
 * <p>
 * IPv4 matches them by {@code -f}. IPv6 has no such option, and {@code -m frag} can't express "not the first"; but a
 * tcp or udp match never matches a later fragment (xt_tcpudp.c: "Must not be a fragment"), while {@code -p udp} alone
 * does (ip6_packet_match). So the rule jumps to a chain that accepts only packets without such a header: <pre>
 * -A FORWARD -o dsl -p udp -j later-fragments
 * -A later-fragments -p tcp -m tcp -j RETURN
 * -A later-fragments -p udp -m udp -j RETURN
 * -A later-fragments -j ACCEPT
 * </pre>
 */
final class Fragments {
    /** Matches that give the same result for a later fragment as for the whole packet. */
    private static final Set<String> WHOLE =
            new HashSet<>(Arrays.asList("comment", "mac", "iprange", "mark", "tos", "dscp", "ttl", "hl"));

    private final boolean v4;
    private final List<Note> notes;
    private final ChainGraph graph;
    private Chain chain;

    /** For one table. */
    Fragments(Family family, ChainGraph graph, List<Note> notes) {
        v4 = family == Family.IPV4;
        this.graph = graph;
        this.notes = notes;
    }

    /** The rules of a chain with those for later fragments. */
    List<Rule> with(List<Rule> rules) {
        List<Rule> all = new ArrayList<>();
        Set<Rule> added = new HashSet<>();
        for (Rule rule : rules) {
            all.add(rule);
            List<Match> matches = withoutPorts(rule);
            if (!Target.ACCEPT.equals(rule.target) || rule.fragment != null || matches == null) { continue; }
            if (chain == null && !v4) {
                chain = graph.chainPast(Arrays.asList("tcp", "udp"), true, "later-fragments", Target.ACCEPT,
                        rule.origin);
            }
            Rule later = rule.copy().matches(matches).fragment(v4 ? Negatable.is(Boolean.TRUE) : null)
                    .target(v4 ? Target.ACCEPT : Target.of(chain.name)).build();
            if (added.add(later)) {
                all.add(later);
                notes.add(Note.of("fragments", rule.origin));
            }
        }
        return all;
    }

    /** The chain for IPv6, or null if no rule jumps to it. */
    Chain chain() { return chain; }

    /** A rule's matches without ports; null if it has no ports, or a condition that only the first fragment shows. */
    private static List<Match> withoutPorts(Rule rule) {
        List<Match> others = new ArrayList<>();
        boolean hasPorts = false;
        for (Match match : rule.matches) {
            boolean tcpOrUdp = match.name.equals("tcp") || match.name.equals("udp");
            if (match.name.equals("multiport")
                    || tcpOrUdp && (match.option("--dport") != null || match.option("--sport") != null)) {
                hasPorts = true;
            } else if (WHOLE.contains(match.name)) {
                others.add(match);
            } else if (!tcpOrUdp || !match.options.isEmpty()) { return null; }
        }
        return hasPorts ? others : null;
    }
}
