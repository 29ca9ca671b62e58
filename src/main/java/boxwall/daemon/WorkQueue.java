package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.RequestDeadline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Allows one heavy task at a time, because each takes much of a box's memory and of its one processor: parsing,
 * compiling, checking, computing with sets of packets. A second request waits a moment and is then refused. Readings,
 * confirm and revert don't need it.
 */
final class WorkQueue {
    /** Longer than the check of a usual ruleset on a warm daemon, and short enough that no client gives up. */
    private static final int WAIT_SECONDS = 5;

    /** For work of the daemon itself, which doesn't wait. */
    final ReentrantLock lock = new ReentrantLock();
    private final int waitSeconds;
    /** The deadline of the request that works; null if none can be interrupted. */
    private volatile RequestDeadline working;
    private volatile boolean advising;

    WorkQueue() { this(WAIT_SECONDS); }

    WorkQueue(int waitSeconds) { this.waitSeconds = waitSeconds; }

    /**
     * Returns null if the work may begin; then {@link #end} must follow on the same thread. Else returns the reply.
     *
     * @param advice whether the work is advice, which is given up for any other work
     */
    Reply begin(Request request, boolean advice) {
        if (!acquired(advice)) { return Reply.problem("busy").with("Retry-After", String.valueOf(waitSeconds)); }
        advising = advice;
        working = request.deadline;
        request.deadline.begin();
        return null;
    }

    /** From here on the work can't be interrupted, because it changes something. */
    void settle(Request request) {
        working = null;
        request.deadline.end();
    }

    /** Lets others begin; does nothing if this thread has not begun or has already ended. */
    void end(Request request) {
        if (lock.isHeldByCurrentThread()) {
            settle(request);
            lock.unlock();
        }
    }

    private boolean acquired(boolean advice) {
        try {
            for (int i = 0; i < waitSeconds; i++) {
                RequestDeadline other = working;
                if (other != null && advising && !advice) {
                    other.giveUp(Reply.problem("other-work"));
                } else if (other != null) {
                    // a client that sends the next version of a text has mostly closed its last connection
                    other.giveUpWithoutClient();
                }
                if (lock.tryLock(1, TimeUnit.SECONDS)) { return true; }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
