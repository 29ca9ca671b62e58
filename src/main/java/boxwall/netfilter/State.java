package boxwall.netfilter;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** A packet's connection tracking state, as in -m state and -m conntrack --ctstate. */
public enum State {
    NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED;

    /** The state with that name, or null; SNAT and DNAT of --ctstate are no states of a packet. */
    public static State of(String word) {
        for (State state : values()) {
            if (state.name().equals(word)) { return state; }
        }
        return null;
    }

    /** The states of {@code NEW,RELATED}; null when a word is no state. */
    public static Set<State> set(String words) {
        Set<State> states = new TreeSet<>();
        for (String word : Words.split(words, ',')) {
            State state = of(word);
            if (state == null) { return null; }
            states.add(state);
        }
        return Collections.unmodifiableSet(states);
    }
}
