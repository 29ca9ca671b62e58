package boxwall.explain;

import boxwall.netfilter.Rule;

/** A query takes too many steps or too much memory: it stays undecided, which never counts as proved. */
final class TooComplex extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The rule at which the walk ended, or null. */
    final transient Rule at;

    TooComplex(String what) { this(what, null); }

    TooComplex(String what, Rule at) {
        super("too complex: " + what);
        this.at = at;
    }
}
