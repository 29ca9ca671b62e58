package boxwall.explain;

/** A packet's state as conntrack tells it to -m state and -m conntrack --ctstate. */
public enum State {
    NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED;

    /** The state of that name, or null (SNAT and DNAT of --ctstate are no states of a packet). */
    public static State of(String word) {
        for (State state : values()) {
            if (state.name().equals(word)) {
                return state;
            }
        }
        return null;
    }
}
