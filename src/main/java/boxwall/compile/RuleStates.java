package boxwall.compile;

import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The states that a rule matches ({@code -m state --state}, {@code -m conntrack --ctstate}). */
final class RuleStates {
    static boolean isState(Match match) { return match.name.equals("state") || match.name.equals("conntrack"); }

    /** The first state match of a rule, or null. */
    static Match matchOf(Rule rule) {
        for (Match match : rule.matches) {
            if (isState(match)) { return match; }
        }
        return null;
    }

    /**
     * The states that meet all of a rule's state matches; every state if it has none.
     *
     * @return null if one has other options ({@code --ctorigdst}) or values (SNAT), which no stateless rule can replace
     */
    static Set<ConnectionState> of(Rule rule) {
        Set<ConnectionState> states = new TreeSet<>(Arrays.asList(ConnectionState.values()));
        for (Match match : rule.matches) {
            if (!isState(match)) { continue; }
            Option option = option(match);
            if (option == null) { return null; }
            if (option.negated) {
                states.removeAll(option.states());
            } else {
                states.retainAll(option.states());
            }
        }
        return states;
    }

    /** The only option of a state match; null if it has other options or values. */
    static Option option(Match match) {
        Option only = match.options.size() == 1 ? match.options.get(0) : null;
        boolean states = only != null && (only.name.equals("--state") || only.name.equals("--ctstate"));
        return states && only.states() != null ? only : null;
    }

    /** A rule's matches without those of states. */
    static List<Match> furtherMatches(Rule rule) {
        List<Match> kept = new ArrayList<>();
        for (Match match : rule.matches) {
            if (!isState(match)) { kept.add(match); }
        }
        return kept;
    }

    /** Whether the rule's further matches have no condition: comments, and {@code -m udp} without ports. */
    static boolean hasNoFurtherCondition(Rule rule) {
        for (Match match : furtherMatches(rule)) {
            if (!match.name.equals("comment") && !match.options.isEmpty()) { return false; }
        }
        return true;
    }
}
