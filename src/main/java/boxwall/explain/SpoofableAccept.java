package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules that take a packet's source address for its origin: they accept an inner address from the outside. */
public final class SpoofableAccept {
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD};

    private SpoofableAccept() {}

    /**
     * The rules that name inner addresses and certainly accept new connections from them on the outer interface; a walk
     * of an example each, decided by the rule. Of a ruleset too complex for sets the rules that were found before.
     *
     * @param outer the interface that strangers are behind
     * @param inner the networks that lie behind other interfaces, of any family
     */
    public static List<Answer> of(Ruleset ruleset, Site site, String outer, List<Network> inner) {
        List<Answer> found = new ArrayList<>();
        for (Family family : Family.values()) {
            if (ruleset.owns(family, Table.FILTER)) {
                try {
                    family(ruleset, site, outer, inner, family, found);
                } catch (TooComplex e) {
                    // what was proved before stays proved
                    continue;
                }
            }
        }
        return found;
    }

    private static void family(Ruleset ruleset, Site site, String outer, List<Network> inner, Family family,
            List<Answer> found) {
        Sets sets = new Sets(family,
                new Universe(Collections.singletonList(ruleset), site, family, Collections.<Criterion>emptyList()),
                Bdd.affordable());
        Bdd bdd = sets.bdd;
        byte[] door = Numbers.interfaceName(outer);
        int claimed = Bdd.NONE;
        for (Network network : inner) {
            claimed = network.family == family ? bdd.or(claimed, sets.lies(Field.SRC, network)) : claimed;
        }
        int packets = bdd.and(bdd.and(sets.everything(), NewConnections.first(sets)),
                bdd.and(claimed, sets.lies(Field.IN, Span.range(door, door))));
        int local = site.knows(family) ? HookWalk.local(sets, site) : Bdd.ALL;
        for (Hook way : WAYS) {
            final Map<TrailEntry, Integer> accepted = new LinkedHashMap<>();
            HookWalk walk = new HookWalk(ruleset, sets, site, new ChainWalk.Listener() {
                @Override
                void decided(TrailEntry step, Verdict verdict, int set) {
                    if (verdict == Verdict.ACCEPT && step.table == Table.FILTER && step.certain && step.rule != null
                            && names(step.rule.source)) {
                        accepted.put(step, Integer.valueOf(set));
                    }
                }
            });
            int ending = way == Hook.INPUT ? local
                    : bdd.and(LinkScope.crossing(sets), site.knows(family) ? bdd.not(local) : Bdd.ALL);
            walk.walk(way, bdd.and(packets, ending));
            for (Map.Entry<TrailEntry, Integer> each : accepted.entrySet()) {
                Answer answer =
                        new Walk(ruleset, site).packet(Example.of(sets, site, way, each.getValue().intValue()), way);
                if (answer.verdict == Verdict.ACCEPT && answer.decidedBy.rule == each.getKey().rule) {
                    found.add(answer);
                }
            }
        }
    }

    /** A source that is given and isn't the whole Internet; {@code ! -s} is no accept by address. */
    private static boolean names(Negatable<Network> source) {
        return source != null && !source.negated && !source.value.isEverything();
    }
}
