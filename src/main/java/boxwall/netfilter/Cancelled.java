package boxwall.netfilter;

/**
 * Thrown when a long computation over rules is aborted: its thread was interrupted because the client is gone or the
 * time limit is exceeded. Interrupt a thread only while it computes, not during I/O.
 */
public final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Cancelled() { super("given up between two rules"); }

    /** Throws if the current thread is interrupted; fast enough to call it for every rule. */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) { throw new Cancelled(); }
    }
}
