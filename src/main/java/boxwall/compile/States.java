package boxwall.compile;

import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The states that a rule can ask for ({@code -m state --state}, {@code -m conntrack --ctstate}). */
final class States {
    static boolean isState(Match match) { return match.name.equals("state") || match.name.equals("conntrack"); }

    /** The first state match of a rule, or null when it asks for no state. */
    static Match matchOf(Rule rule) {
        for (Match match : rule.matches) {
            if (isState(match)) { return match; }
        }
        return null;
    }

    /**
     * The states that all of a rule's state matches let through, negation taken apart; every state when it has none.
     *
     * @return null when one asks for more than states ({@code --ctorigdst}, SNAT …), which nothing stateless can stand
     * for
     */
    static Set<State> of(Rule rule) {
        Set<State> states = new TreeSet<>(Arrays.asList(State.values()));
        for (Match match : rule.matches) {
            if (!isState(match)) { continue; }
            Option asked = asked(match);
            if (asked == null) { return null; }
            if (asked.negated) {
                states.removeAll(asked.states());
            } else {
                states.retainAll(asked.states());
            }
        }
        return states;
    }

    /** The only option of a state match; null when it asks for more than states. */
    static Option asked(Match match) {
        Option only = match.options.size() == 1 ? match.options.get(0) : null;
        boolean states = only != null && (only.name.equals("--state") || only.name.equals("--ctstate"));
        return states && only.states() != null ? only : null;
    }

    /** What a rule asks besides states. */
    static List<Match> further(Rule rule) {
        List<Match> kept = new ArrayList<>();
        for (Match match : rule.matches) {
            if (!isState(match)) { kept.add(match); }
        }
        return kept;
    }
}
