package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Table;
import java.util.ArrayList;
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
    public static List<Answer> of(final Verdicts verdicts, final String outer, final List<Network> inner) {
        final List<Answer> found = new ArrayList<>();
        for (Family family : Family.values()) {
            if (!verdicts.ruleset.owns(family, Table.FILTER)) { continue; }
            final int had = found.size();
            try {
                new Verdicts.Question<Void>() {
                    @Override
                    Void ask(FamilyVerdicts of) {
                        found.subList(had, found.size()).clear();
                        family(verdicts, of, outer, inner, found);
                        return null;
                    }
                }.of(verdicts, family);
            } catch (TooComplex e) {
                // what was proved before stays proved
                continue;
            }
        }
        return found;
    }

    private static void family(Verdicts verdicts, FamilyVerdicts of, String outer, List<Network> inner,
            List<Answer> found) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        int claimed = Bdd.NONE;
        for (Network network : inner) {
            claimed = network.family == sets.family ? bdd.or(claimed, sets.lies(Field.SRC, network)) : claimed;
        }
        int packets = bdd.and(bdd.and(sets.everything(), NewConnections.first(sets)),
                bdd.and(claimed, sets.is(Field.IN, Numbers.interfaceName(outer))));
        boolean known = of.site.knows(sets.family);
        int local = known ? HookWalk.local(sets, of.site) : Bdd.ALL;
        for (Hook way : WAYS) {
            int ending =
                    way == Hook.INPUT ? local : bdd.and(LinkScope.crossing(sets), known ? bdd.not(local) : Bdd.ALL);
            int asked = bdd.and(packets, ending);
            Map<TrailEntry, Integer> accepted = new LinkedHashMap<>();
            for (FamilyVerdicts.Event each : of.at(way, asked).events) {
                TrailEntry step = each.step;
                int set = bdd.and(asked, each.packets);
                if (each.verdict == Verdict.ACCEPT && set != Bdd.NONE && step.table == Table.FILTER && step.certain
                        && step.rule != null && names(step.rule.source)) {
                    accepted.put(step, set);
                }
            }
            for (Map.Entry<TrailEntry, Integer> each : accepted.entrySet()) {
                Answer answer = verdicts.walk().packet(Example.of(sets, of.site, way, each.getValue()), way);
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
