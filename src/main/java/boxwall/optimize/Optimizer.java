package boxwall.optimize;

import boxwall.explain.Difference;
import boxwall.explain.Site;
import boxwall.netfilter.Abandoned;
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
 * A ruleset that decides the same with fewer rules asked of a packet, in four steps; each is proved equal by the sets
 * of explain on the very ruleset, and left out, with a note, where that can't be proved. The nat table stays as it is:
 * it is asked once a connection.
 */
public final class Optimizer {
    /** Plain rules in a row that one more is compared with; beyond, only rules asking exactly the same are found. */
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
     * @param notes gets what was done, by the user's line, and which step was left out
     */
    public static Ruleset of(Ruleset ruleset, Set<Family> multiport, Site site, List<Note> notes) {
        return of(ruleset, multiport, site, Difference.affordable(), notes);
    }

    /** The same with a limit to what a proof may take: nodes of explain's sets. */
    static Ruleset of(Ruleset ruleset, Set<Family> multiport, Site site, int nodes, List<Note> notes) {
        Ruleset result = ruleset;
        for (Step step : Step.values()) {
            List<Note> said = new ArrayList<>();
            Ruleset next = after(step, result, multiport, said);
            String unproved = next.equals(result) ? null : Difference.unproved(result, next, site, nodes);
            if (unproved == null) {
                result = next;
                notes.addAll(said);
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

    /** Without the rules that no packet gets past an earlier one to. */
    private static List<Rule> uncovered(Family family, Chain chain, List<Note> notes) {
        List<Rule> left = new ArrayList<>();
        // by what they ask; a rule with the same question is found at once, others are compared
        Map<Rule, Rule> ended = new LinkedHashMap<>();
        for (Rule rule : chain.rules) {
            Abandoned.check();
            boolean asks = RuleOrder.asks(rule, family);
            Rule question = rule.copy().target(null).build();
            Rule by = !asks ? null : ended.containsKey(question) ? ended.get(question) : covering(rule, ended.values());
            if (by != null) {
                notes.add(new Note(rule.origin, "left out of " + chain.name + ": " + by.origin + " (" + by.target.name
                        + ") matches all its packets"));
                continue;
            }
            left.add(rule);
            if (asks && RuleOrder.ends(rule)) {
                ended.put(question, rule);
            } else {
                // a barrier: what it does to a packet may change what later rules see
                ended.clear();
            }
        }
        return left;
    }

    private static Rule covering(Rule rule, Iterable<Rule> earlier) {
        int compared = 0;
        for (Rule each : earlier) {
            if (compared++ == COMPARED_MAX) { return null; }
            if (RuleOrder.covers(each, rule)) { return each; }
        }
        return null;
    }

    /** With the rules that accept known connections moved up as far as nothing changes: most packets belong to one. */
    private static List<Rule> knownFirst(Family family, Chain chain, List<Note> notes) {
        List<Rule> rules = new ArrayList<>(chain.rules);
        for (int i = 1; i < rules.size(); i++) {
            Rule known = rules.get(i);
            int to = i;
            while (to > 0 && RuleOrder.acceptsKnown(known) && RuleOrder.is(rules.get(to - 1), family)
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
