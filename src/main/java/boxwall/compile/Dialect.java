package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.modules.Kind;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Note;
import boxwall.syntax.RequiredRelease;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The ruleset in the words of the box's own iptables and kernel, where other words say the same.
 *
 * <p>
 * An option that says only what is meant anyway, and that an old iptables doesn't know, is left out
 * ({@link RequiredRelease}: recent's --mask). {@code -m state --state X} and {@code -m conntrack --ctstate X} ask the
 * same of a packet (xt_state.c and xt_conntrack.c compare the same bit, INVALID and UNTRACKED too; a negated --state is
 * stored as the other states), so where the kernel has only one of the two modules the rule is written with that one.
 * Since 1.4.16 iptables itself asks conntrack's module for -m state. What can't be said otherwise stays, and the check
 * refuses it.
 */
final class Dialect {
    private final BoxFacts facts;
    private final List<Note> notes;

    private Dialect(BoxFacts facts, List<Note> notes) {
        this.facts = facts;
        this.notes = notes;
    }

    /** Rewrites each rule that has to be; what was written otherwise and isn't plain is noted. */
    static Ruleset of(Ruleset ruleset, BoxFacts facts, List<Note> notes) {
        Dialect dialect = new Dialect(facts, notes);
        Ruleset result = ruleset;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                List<Chain> chains = new ArrayList<>();
                for (Chain chain : ruleset.chains(family, table)) {
                    List<Rule> rules = new ArrayList<>();
                    for (Rule rule : chain.rules) {
                        rules.add(dialect.states(family,
                                RequiredRelease.without(facts.userland.version.value(), family, rule)));
                    }
                    chains.add(chain.withRules(rules));
                }
                result = result.with(family, table, chains);
            }
        }
        return result;
    }

    private Rule states(Family family, Rule rule) {
        Rule said = rule;
        for (int i = 0; i < rule.matches.size(); i++) {
            Match match = rule.matches.get(i);
            boolean state = match.name.equals("state");
            String other = state ? "conntrack" : "state";
            Option asked = state || match.name.equals("conntrack") ? States.asked(match) : null;
            if (asked == null || !lacks(family, match.name) || lacks(family, other)) { continue; }
            List<Match> matches = new ArrayList<>(said.matches);
            matches.set(i, new Match(other, Collections
                    .singletonList(new Option(state ? "--ctstate" : "--state", asked.negated, asked.values))));
            said = said.copy().matches(matches).build();
            notes.add(new Note(rule.origin, "-m " + match.name + " is written as -m " + other
                    + ", which means the same: " + facts.capability(family, Kind.MATCH, match.name).evidence()));
        }
        return said;
    }

    private boolean lacks(Family family, String match) {
        return facts.capability(family, Kind.MATCH, match).state == Capability.State.MISSING;
    }
}
