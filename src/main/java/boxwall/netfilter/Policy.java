package boxwall.netfilter;

/** The verdict for a packet that no rule of a built-in chain decided. */
public enum Policy {
    ACCEPT, DROP
}
