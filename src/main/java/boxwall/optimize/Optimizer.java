package boxwall.optimize;

import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes an equivalent ruleset that compares a packet with fewer rules, in four steps. Each step is proved for the given
 * ruleset by the sets of explain, and skipped, with a note, where the proof fails. The nat table stays unchanged: only
 * a connection's first packet enters it.
 */
public final class Optimizer {
    /** Limit of the plain rules with which another is compared; beyond it, only rules with equal matches are found. */
    private static final int COMPARED_MAX = 1000;

    private Optimizer() {}

    /** The steps in their order. */
    private enum Step {
        COVERED("covered rules are left out"), KNOWN_FIRST("known connections are accepted first"),
        MERGED("rules that differ only in a port or a network are merged"), TREES("long lists become trees of chains");

        private final String words;

        Step(String words) { this.words = words; }
    }

    /**
     * The optimized ruleset.
     *
     * @param multiport the families in which the box has -m multiport
     * @param notes receives the changes, by the user's line, and the skipped steps
     */
    public static Ruleset of(Ruleset ruleset, Set<Family> multiport, BoxNetwork boxNetwork, List<Note> notes) {
        return of(ruleset, multiport, boxNetwork, Difference.affordable(), notes);
    }

    /** The same with a limit of a proof's nodes. */
    static Ruleset of(Ruleset ruleset, Set<Family> multiport, BoxNetwork boxNetwork, int nodes, List<Note> notes) {
        Ruleset result = ruleset;
        for (Step step : Step.values()) {
            List<Note> changes = new ArrayList<>();
            Ruleset next = after(step, result, multiport, changes);
            String unproved = next.equals(result) ? null : Difference.unproved(result, next, boxNetwork, nodes);
            if (unproved == null) {
                result = next;
                notes.addAll(changes);
            } else {
                notes.add(new Note(new Origin("--optimize", 0), "optimizer step skipped (" + step.words
                        + "), because it is not proved that nothing else changes: " + unproved));
            }
        }
        return result;
    }

    private static Ruleset after(Step step, Ruleset ruleset, Set<Family> multiport, List<Note> notes) {
        Ruleset result = ruleset;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                if (table != Table.NAT) {
                    result = result.with(family, table,
                            chains(step, family, ruleset.chains(family, table), multiport.contains(family), notes));
                }
            }
        }
        return result;
    }

    private static List<Chain> chains(Step step, Family family, List<Chain> given, boolean multiport,
            List<Note> notes) {
        Trees trees = new Trees(family, given, notes);
        List<Chain> chains = new ArrayList<>();
        for (Chain chain : given) {
            chains.add(chain.withRules(
                    step == Step.TREES ? trees.of(chain) : step == Step.COVERED ? uncovered(family, chain, notes)
                            : step == Step.KNOWN_FIRST ? knownFirst(family, chain, notes)
                            : new Merging(family, notes).of(chain.rules, multiport)));
        }
        chains.addAll(trees.made);
        return chains;
    }

    /** Removes rules that match only packets which an earlier rule decides. */
    private static List<Rule> uncovered(Family family, Chain chain, List<Note> notes) {
        List<Rule> left = new ArrayList<>();
        // by their matches: a rule with equal matches is found at once, others are compared
        Map<Rule, Rule> deciding = new LinkedHashMap<>();
        for (Rule rule : chain.rules) {
            Cancelled.check();
            boolean readsPacketOnly = RuleOrder.readsPacketOnly(rule, family);
            Rule matches = rule.copy().target(null).build();
            Rule by = !readsPacketOnly ? null : deciding.containsKey(matches) ? deciding.get(matches)
                    : covering(rule, deciding.values());
            if (by != null) {
                notes.add(new Note(rule.origin, "left out of " + chain.name + ": " + by.origin + " (" + by.target.name
                        + ") matches all its packets"));
                continue;
            }
            left.add(rule);
            if (readsPacketOnly && RuleOrder.decides(rule)) {
                deciding.put(matches, rule);
            } else {
                // a barrier: it may change packets for later rules
                deciding.clear();
            }
        }
        return left;
    }

    private static Rule covering(Rule rule, Iterable<Rule> earlier) {
        int compared = 0;
        for (Rule candidate : earlier) {
            if (compared++ == COMPARED_MAX) { return null; }
            if (RuleOrder.covers(candidate, rule)) { return candidate; }
        }
        return null;
    }

    /** Moves rules that accept known connections, to which most packets belong, up as far as possible. */
    private static List<Rule> knownFirst(Family family, Chain chain, List<Note> notes) {
        List<Rule> rules = new ArrayList<>(chain.rules);
        for (int i = 1; i < rules.size(); i++) {
            Rule known = rules.get(i);
            int to = i;
            while (to > 0 && RuleOrder.acceptsKnown(known) && RuleOrder.isPlain(rules.get(to - 1), family)
                    && !RuleOrder.acceptsKnown(rules.get(to - 1)) && RuleOrder.mayPrecede(known, rules.get(to - 1))) {
                to--;
            }
            if (to < i) {
                rules.add(to, rules.remove(i));
                notes.add(new Note(known.origin, "is moved before " + rules.get(to + 1).origin + " in " + chain.name
                        + ": most packets belong to a known connection"));
            }
        }
        return rules;
    }
}
