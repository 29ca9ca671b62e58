package boxwall.explain;

import boxwall.netfilter.Rule;

/** A question about packets took too many steps or too much memory: it stays undecided, which is never a pass. */
final class TooComplex extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The rule at which it was given up, or null. */
    final transient Rule at;

    TooComplex(String what) { this(what, null); }

    TooComplex(String what, Rule at) {
        super("too complex: " + what);
        this.at = at;
    }
}
