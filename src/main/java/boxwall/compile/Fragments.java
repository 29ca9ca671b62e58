package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Nobody puts fragments together without conntrack, and later ones carry no ports: each rule that accepts by port gets
 * a twin for later fragments. A later fragment alone does no harm; the first one is what the port rule decides on.
 *
 * <p>
 * IPv4 asks with {@code -f}. IPv6 has no such option, and {@code -m frag} can't say "not the first"; but a tcp or udp
 * match never fits a later fragment (xt_tcpudp.c: "Must not be a fragment"), while {@code -p udp} alone does
 * (ip6_packet_match). So the twin jumps to a chain that sends everything whole back and accepts the rest: <pre>
 * -A FORWARD -o dsl -p udp -j later-fragments
 * -A later-fragments -p tcp -m tcp -j RETURN
 * -A later-fragments -p udp -m udp -j RETURN
 * -A later-fragments -j ACCEPT
 * </pre>
 */
final class Fragments {
    /** Matches that answer for a later fragment as for the whole packet. */
    private static final Set<String> WHOLE =
            new HashSet<>(Arrays.asList("comment", "mac", "iprange", "mark", "tos", "dscp", "ttl", "hl"));

    private final boolean v4;
    private final List<Note> notes;
    private final Jumps jumps;
    private Chain chain;

    /** For one table; notes go to the list. */
    Fragments(Family family, Jumps jumps, List<Note> notes) {
        v4 = family == Family.IPV4;
        this.jumps = jumps;
        this.notes = notes;
    }

    /** The rules, each that accepts by port with its twin. */
    List<Rule> with(List<Rule> rules) {
        List<Rule> all = new ArrayList<>();
        Set<Rule> made = new HashSet<>();
        for (Rule rule : rules) {
            all.add(rule);
            List<Match> rest = besidesPorts(rule);
            if (!Target.ACCEPT.equals(rule.target) || rule.fragment != null || rest == null) { continue; }
            if (chain == null && !v4) { chain = chain(rule.origin); }
            Rule twin = rule.copy().matches(rest).fragment(v4 ? Negatable.is(Boolean.TRUE) : null)
                    .target(v4 ? Target.ACCEPT : Target.of(chain.name)).build();
            if (made.add(twin)) {
                all.add(twin);
                notes.add(new Note(rule.origin, "later fragments of such packets (without ports) are accepted too"));
            }
        }
        return all;
    }

    /** IPv6's chain, or null when no twin needs it. */
    Chain chain() { return chain; }

    private Chain chain(Origin origin) {
        List<Rule> rules = new ArrayList<>();
        for (String protocol : new String[] {"tcp", "udp"}) {
            rules.add(new Rule.Builder(origin).protocol(Negatable.is(protocol)).match(Match.of(protocol))
                    .target(Target.RETURN).build());
        }
        rules.add(new Rule.Builder(origin).target(Target.ACCEPT).build());
        return new Chain(jumps.freeName("later-fragments"), null, rules);
    }

    /** What a rule asks besides ports; null when it asks for no port, or for what only the first fragment shows. */
    private static List<Match> besidesPorts(Rule rule) {
        List<Match> rest = new ArrayList<>();
        boolean ports = false;
        for (Match match : rule.matches) {
            boolean tcpOrUdp = match.name.equals("tcp") || match.name.equals("udp");
            if (match.name.equals("multiport")
                    || tcpOrUdp && (match.option("--dport") != null || match.option("--sport") != null)) {
                ports = true;
            } else if (WHOLE.contains(match.name)) {
                rest.add(match);
            } else if (!tcpOrUdp || !match.options.isEmpty()) { return null; }
        }
        return ports ? rest : null;
    }
}
