package boxwall.explain;

/** What becomes of a packet. REJECT is a DROP that tells the sender; UNKNOWN depends on what isn't given. */
public enum Verdict {
    ACCEPT, DROP, REJECT, UNKNOWN;

    /** Whether the packet doesn't get through: DROP or REJECT. */
    public boolean stops() {
        return this == DROP || this == REJECT;
    }
}
