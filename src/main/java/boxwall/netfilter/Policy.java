package boxwall.netfilter;

/** What happens to a packet that no rule of a built-in chain decided. */
public enum Policy {
    ACCEPT, DROP
}
