package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules that take a packet's source address for its origin: they accept an inner address from the outside. */
public final class SpoofableAccept {
    private SpoofableAccept() {}

    /**
     * The rules that name inner addresses and certainly accept new connections from them on the outer interface; a walk
     * of an example each, decided by the rule. Of a ruleset too complex for sets the rules that were found before.
     *
     * @param outer the interface that strangers are behind
     * @param inner the networks that lie behind other interfaces, of any family
     */
    public static List<Answer> of(Verdicts verdicts, final String outer, final List<Network> inner) {
        List<Answer> found = new ArrayList<>();
        for (Family family : Family.values()) {
            if (verdicts.ruleset.owns(family, Table.FILTER)) {
                found.addAll(new Verdicts.Question<Answer>() {
                    @Override
                    void ask(FamilyVerdicts of) { family(of, outer, inner, found); }
                }.asFarAsItGoes(verdicts, family));
            }
        }
        return found;
    }

    private static void family(FamilyVerdicts of, String outer, List<Network> inner, List<Answer> found) {
        Sets sets = of.sets;
        Bdd bdd = sets.bdd;
        int packets = bdd.and(bdd.and(sets.everything(), sets.first()),
                bdd.and(sets.networks(Field.SRC, inner), sets.device(Field.IN, outer)));
        for (Hook way : Arrays.asList(Hook.INPUT, Hook.FORWARD)) {
            int asked = bdd.and(packets, sets.to(way));
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
                Answer answer = of.example(way, each.getValue());
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
