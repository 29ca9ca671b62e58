package boxwall.explain;

import boxwall.netfilter.Target;

/** The decision on a packet. REJECT is a DROP with a reply; UNKNOWN depends on something that isn't known. */
public enum Verdict {
    ACCEPT, DROP, REJECT, UNKNOWN;

    /** The verdict of a rule's target (null for none); null when the target is something else. */
    public static Verdict of(Target target) {
        boolean isVerdict = target != null && !target.isGoto()
                && (target.name.equals("ACCEPT") || target.name.equals("DROP") || target.name.equals("REJECT"));
        return isVerdict ? valueOf(target.name) : null;
    }

    /** Whether the packet is stopped: DROP or REJECT. */
    public boolean stops() {
        return this == DROP || this == REJECT;
    }
}
