package boxwall.netfilter;

/**
 * Thrown when long work over rules is aborted: its thread was interrupted because the client is gone or the time limit
 * is exceeded. Work checks the flag between two rules; interrupt a thread only while it computes, not during I/O.
 */
public final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Abandoned() { super("given up between two rules"); }

    /** Ends the work here when its thread is interrupted; cheap enough for every rule. */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) { throw new Abandoned(); }
    }
}
