package boxwall.explain;

/** A question about sets outgrew its memory: it stays undecided, which is never a pass. */
final class TooComplex extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooComplex(String what) { super("too complex: " + what); }
}
