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

/**
 * The states of connection tracking that a rule can ask for ({@code -m state --state}, {@code -m conntrack --ctstate}).
 */
final class States {
    /** The first state match of a rule, or null when it asks for no state. */
    static Match matchOf(Rule rule) {
        for (Match match : rule.matches()) {
            if (isState(match)) { return match; }
        }
        return null;
    }

    private static boolean isState(Match match) { return match.name.equals("state") || match.name.equals("conntrack"); }

    /**
     * The states that all of a rule's state matches let through; every state when it has none, null as for
     * {@link #of(Match)}.
     */
    static Set<State> of(Rule rule) {
        Set<State> states = new TreeSet<>(Arrays.asList(State.values()));
        for (Match match : rule.matches()) {
            Set<State> these = isState(match) ? of(match) : states;
            if (these == null) { return null; }
            states.retainAll(these);
        }
        return states;
    }

    /**
     * The states that a match lets through, negation taken apart.
     *
     * @return null when the match asks for more than states ({@code --ctorigdst}, SNAT …), which nothing stateless can
     * stand for
     */
    private static Set<State> of(Match match) {
        if (match.options.size() != 1) { return null; }
        Option option = match.options.get(0);
        if (!option.name.equals("--state") && !option.name.equals("--ctstate")) { return null; }
        Set<State> states = option.states();
        if (states == null) { return null; }
        if (!option.negated) { return states; }
        Set<State> others = new TreeSet<>(Arrays.asList(State.values()));
        others.removeAll(states);
        return others;
    }

    /** A rule without its state matches. */
    static Rule strip(Rule rule) {
        List<Match> kept = new ArrayList<>();
        for (Match match : rule.matches()) {
            if (!isState(match)) { kept.add(match); }
        }
        return rule.copy().matches(kept).build();
    }
}
