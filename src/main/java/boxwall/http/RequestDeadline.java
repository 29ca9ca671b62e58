package boxwall.http;

/**
 * Limits the work on one request: it ends when its time is over or its client is gone. Only computing is between
 * {@link #begin} and {@link #end}. Giving up interrupts the thread, and {@link boxwall.netfilter.Cancelled} ends the
 * work between two rules. The accepting thread checks once a second.
 */
public final class RequestDeadline {
    /**
     * Seconds for the work; the page gives up after half of them. A busy emulated box needs more than 300 for 500
     * rules. If a box needs more, its plan must be compiled on a PC.
     */
    static final int SECONDS = 600;
    /** Some clients close their sending side after the last byte and still read; so short work is finished. */
    static final int GONE_SECONDS = 10;
    private static final long SECOND = 1000000000L;
    /**
     * One lock for all requests. JamVM can crash after it freed an object whose lock two threads wanted
     * (sys.DelayedCollection).
     */
    private static final Object LOCK = new Object();

    private final Peer peer;
    private final int seconds;
    private final int goneSeconds;
    private Thread worker;
    private long began;
    private Reply reason;

    /** The connection of a request. */
    interface Peer {
        /** Whether the client has closed at least its sending side. */
        boolean isClosed();
    }

    RequestDeadline(Peer peer, int seconds, int goneSeconds) {
        this.peer = peer;
        this.seconds = seconds;
        this.goneSeconds = goneSeconds;
    }

    /** The calling thread begins to compute and may be interrupted. */
    public void begin() {
        synchronized (LOCK) {
            worker = Thread.currentThread();
            began = System.nanoTime();
        }
    }

    /** The thread has finished or given up. Clears a pending interrupt; there will be no other. */
    public void end() {
        synchronized (LOCK) {
            worker = null;
            Thread.interrupted();
        }
    }

    /** Whether the client has closed at least its sending side. */
    public boolean isClientGone() {
        return peer.isClosed();
    }

    /** Gives up at once if the client is gone, because another request waits. */
    public void giveUpWithoutClient() {
        checkTime(0);
    }

    /** Gives up if the time is over, or if the client is gone and the work takes long. */
    void checkTime() {
        checkTime(goneSeconds);
    }

    private void checkTime(int withoutClient) {
        long worked = worked();
        if (worked > seconds) {
            giveUp(Reply.problem("takes-too-long", seconds));
        } else if (worked >= withoutClient && peer.isClosed()) { giveUp(Reply.problem("nobody-waited")); }
    }

    /** The seconds since the work began; -1 if there is none. */
    private long worked() {
        synchronized (LOCK) {
            return worker == null ? -1 : (System.nanoTime() - began) / SECOND;
        }
    }

    /** Ends the work, if there is any; the reason becomes the reply. */
    public void giveUp(Reply why) {
        synchronized (LOCK) {
            if (worker != null) {
                reason = reason == null ? why : reason;
                worker.interrupt();
            }
        }
    }

    /** Returns why the work was given up, or null. */
    Reply reason() {
        synchronized (LOCK) {
            return reason;
        }
    }
}
