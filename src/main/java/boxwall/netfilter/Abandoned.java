package boxwall.netfilter;

/**
 * Long work over rules was given up: its thread was interrupted, since nobody waits for the answer any more, or it took
 * too long. Work asks between two rules; whoever interrupts sees to it that the thread does nothing but think at that
 * time.
 */
public final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Abandoned() { super("given up between two rules"); }

    /** Ends the work here when its thread is interrupted; cheap enough for every rule. */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) { throw new Abandoned(); }
    }
}
