package boxwall.netfilter;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** A packet's connection tracking state, as in -m state and -m conntrack --ctstate. */
public enum ConnectionState {
    NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED;

    /** The state with that name, or null; SNAT and DNAT of --ctstate are no states of a packet. */
    public static ConnectionState of(String word) {
        for (ConnectionState state : values()) {
            if (state.name().equals(word)) { return state; }
        }
        return null;
    }

    /** The states of {@code NEW,RELATED}; null when a word is no state. */
    public static Set<ConnectionState> set(String words) {
        Set<ConnectionState> states = new TreeSet<>();
        for (String word : Words.split(words, ',')) {
            ConnectionState state = of(word);
            if (state == null) { return null; }
            states.add(state);
        }
        return Collections.unmodifiableSet(states);
    }
}
