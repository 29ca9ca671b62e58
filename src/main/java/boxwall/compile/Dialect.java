package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.modules.FeatureKind;
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
 * Rewrites rules for the iptables and the kernel of a box where another form means the same.
 *
 * <p>
 * An option that an old iptables doesn't know is removed if it only states the default ({@link RequiredRelease}:
 * recent's --mask). {@code -m state --state X} and {@code -m conntrack --ctstate X} match the same packets (xt_state.c
 * and xt_conntrack.c compare the same bit, also for INVALID and UNTRACKED; a negated --state is stored as the other
 * states). So if the kernel has only one of both modules, the rule gets that one. Since 1.4.16 iptables itself uses
 * conntrack's module for -m state. The check refuses rules without another form. boxwall-apply replaces blanks in texts
 * where iptables-restore loses words in quotes; here they only get a note.
 */
final class Dialect {
    private final BoxFacts facts;
    private final List<Note> notes;

    private Dialect(BoxFacts facts, List<Note> notes) {
        this.facts = facts;
        this.notes = notes;
    }

    /** The rewritten ruleset; a change of the match, and a text that may change, get a note. */
    static Ruleset of(Ruleset ruleset, BoxFacts facts, List<Note> notes) {
        Dialect dialect = new Dialect(facts, notes);
        boolean losesQuotes = RequiredRelease.losesQuotes(facts.userland.version.value());
        Ruleset result = ruleset;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                List<Chain> chains = new ArrayList<>();
                for (Chain chain : ruleset.chains(family, table)) {
                    List<Rule> rules = new ArrayList<>();
                    for (Rule rule : chain.rules) {
                        String text = losesQuotes ? RequiredRelease.textWithBlank(rule) : null;
                        if (text != null) { notes.add(Note.of("quotes", rule.origin, text)); }
                        rules.add(dialect.withLoadableStates(family,
                                RequiredRelease.without(facts.userland.version.value(), family, rule)));
                    }
                    chains.add(chain.withRules(rules));
                }
                result = result.with(family, table, chains);
            }
        }
        return result;
    }

    private Rule withLoadableStates(Family family, Rule rule) {
        Rule result = rule;
        for (int i = 0; i < rule.matches.size(); i++) {
            Match match = rule.matches.get(i);
            Option option = RuleStates.isState(match) ? RuleStates.option(match) : null;
            boolean state = match.name.equals("state");
            String other = state ? "conntrack" : "state";
            if (option == null || !lacks(family, match.name) || lacks(family, other)) { continue; }
            List<Match> matches = new ArrayList<>(result.matches);
            matches.set(i, new Match(other, Collections
                    .singletonList(new Option(state ? "--ctstate" : "--state", option.negated, option.values))));
            result = result.copy().matches(matches).build();
            notes.add(Note.of("dialect", rule.origin, match.name, other,
                    facts.capability(family, FeatureKind.MATCH, match.name).evidence()));
        }
        return result;
    }

    private boolean lacks(Family family, String match) {
        return facts.capability(family, FeatureKind.MATCH, match).state == Capability.State.MISSING;
    }
}
