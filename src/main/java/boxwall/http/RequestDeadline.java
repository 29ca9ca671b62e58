package boxwall.http;

import boxwall.report.Problem;

/**
 * How long the daemon thinks about one request: until it is done, its client is gone, or a time is over. Only what
 * computes is between {@link #begin} and {@link #end}: to give up is to interrupt the thread, and
 * {@link boxwall.netfilter.Abandoned} ends it between two rules. The thread that listens looks once a second.
 */
public final class RequestDeadline {
    /**
     * Seconds that work may take; the page hangs up after half of them. 500 rules take an emulated box with other work
     * beside more than 300. A box that needs more for a ruleset has its plan made at a desk.
     */
    static final int SECONDS = 600;
    /** Some clients close their sending side with the last byte and still read: a short answer they get. */
    static final int GONE_SECONDS = 10;
    private static final long SECOND = 1000000000L;
    /**
     * One lock for all requests, which come and go: JamVM can't bear to lose an object that two threads wanted, see
     * sys.WaitedOn.
     */
    private static final Object WORKING = new Object();

    private final Line line;
    private final int seconds;
    private final int goneSeconds;
    private Thread worker;
    private long began;
    private Problem reason;

    /** The connection behind a request. */
    interface Line {
        /** Whether the client has closed it, or its sending side at least. */
        boolean isClosed();
    }

    RequestDeadline(Line line, int seconds, int goneSeconds) {
        this.line = line;
        this.seconds = seconds;
        this.goneSeconds = goneSeconds;
    }

    /** The calling thread begins to compute, and may be interrupted from now on. */
    public void begin() {
        synchronized (WORKING) {
            worker = Thread.currentThread();
            began = System.nanoTime();
        }
    }

    /** It has come to an end, or given up; it won't be interrupted any more, and isn't. */
    public void end() {
        synchronized (WORKING) {
            worker = null;
            Thread.interrupted();
        }
    }

    /** Gives up at once if the client is gone: somebody else wants to begin. */
    public void giveWay() { look(0); }

    /** Gives up if the time is over, or the client has been gone for a while. */
    void look() { look(goneSeconds); }

    private void look(int patient) {
        long worked = worked();
        if (worked > seconds) {
            giveUp(new Problem(503, "takes too long",
                    "work on one request ends after " + seconds + " seconds; " + Problem.TOO_LONG));
        } else if (worked >= patient && line.isClosed()) {
            giveUp(new Problem(503, "nobody waited",
                    "the connection's sending side was closed while the daemon worked on the answer; leave it open"
                            + " until the answer is there"));
        }
    }

    /** Seconds since work began; -1 when nobody works. */
    private long worked() {
        synchronized (WORKING) {
            return worker == null ? -1 : (System.nanoTime() - began) / SECOND;
        }
    }

    /** Ends the work, if there is any; that is the answer. */
    public void giveUp(Problem why) {
        synchronized (WORKING) {
            if (worker != null) {
                reason = reason == null ? why : reason;
                worker.interrupt();
            }
        }
    }

    /** Why work was given up, or null. */
    Problem reason() {
        synchronized (WORKING) {
            return reason;
        }
    }
}
