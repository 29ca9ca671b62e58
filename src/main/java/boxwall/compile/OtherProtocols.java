package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The first packets of protocols beside TCP, UDP and ICMP (GRE, ESP, IGMP …), for a rule that names no protocol and
 * takes what is NEW. One rule can't say "none of three", so it jumps to a chain that sends those three back: <pre>
 * -A INPUT -i dsl -j other-protocols
 * -A other-protocols -p tcp -j RETURN
 * -A other-protocols -p udp -j RETURN
 * -A other-protocols -p icmp -j RETURN
 * -A other-protocols -j DROP
 * </pre>
 */
final class OtherProtocols {
    private final Family family;
    private final Set<String> taken;
    private final Map<Target, Chain> chains = new LinkedHashMap<>();

    /** {@code taken} are the names of the table's chains; new ones are added. */
    OtherProtocols(Family family, Set<String> taken) {
        this.family = family;
        this.taken = taken;
    }

    /** Whether a rule's target works from within another chain: RETURN and a goto don't. */
    static boolean fits(Rule base) {
        return base.target != null && !base.target.isGoto() && !base.target.equals(Target.RETURN);
    }

    /**
     * The rule for the first packets of all other protocols that fit; {@code base} is without states and names no
     * protocol.
     */
    Rule of(Rule base) {
        Chain chain = chains.get(base.target);
        if (chain == null) {
            List<Rule> rules = new ArrayList<>();
            for (String protocol : new String[] {"tcp", "udp", family == Family.IPV4 ? "icmp" : "ipv6-icmp"}) {
                rules.add(new Rule.Builder(base.origin).protocol(Negatable.is(protocol)).target(Target.RETURN).build());
            }
            rules.add(new Rule.Builder(base.origin).matches(new ArrayList<Match>()).target(base.target).build());
            chain = new Chain(Stateless.freeName("other-protocols", taken), null, rules);
            chains.put(base.target, chain);
        }
        return base.copy().target(Target.of(chain.name())).build();
    }

    /** The chains that the rules jump to. */
    List<Chain> chains() { return new ArrayList<>(chains.values()); }
}
