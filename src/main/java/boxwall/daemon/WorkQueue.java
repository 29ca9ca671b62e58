package boxwall.daemon;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.RequestDeadline;
import boxwall.report.Problem;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What takes much of a box's memory and of its one processor (parsing, compiling, checking, sets of packets) goes on
 * one at a time. Who comes second waits a moment and is told then; what only reads, and confirm and revert, never come
 * here.
 */
final class WorkQueue {
    /** Longer than the check of a usual ruleset on a warm daemon, and shorter than anybody takes for silence. */
    private static final int WAIT_SECONDS = 5;

    private final ReentrantLock one = new ReentrantLock();
    private final int waitSeconds;
    private volatile RequestDeadline working;
    private volatile boolean advising;

    WorkQueue() { this(WAIT_SECONDS); }

    WorkQueue(int waitSeconds) { this.waitSeconds = waitSeconds; }

    /**
     * Null when the work may begin: {@link #end} must follow, on the same thread. Else the answer. Advice is given up
     * as soon as anything else wants to begin.
     */
    Reply begin(Request request, boolean advice) {
        if (!taken(advice)) {
            return Reply
                    .problem(503, "busy",
                            "the daemon is working on another ruleset or query, one at a time; retry in a few seconds."
                                    + " Confirm, revert and status still work")
                    .with("Retry-After", String.valueOf(waitSeconds));
        }
        advising = advice;
        working = request.deadline;
        request.deadline.begin();
        return null;
    }

    /** From here on the thread does more than compute, and can't be interrupted; it is still the only one. */
    void settle(Request request) {
        working = null;
        request.deadline.end();
    }

    /** Others may begin; nothing happens when this thread doesn't work, or has ended already. */
    void end(Request request) {
        if (one.isHeldByCurrentThread()) {
            settle(request);
            one.unlock();
        }
    }

    /** The same for the daemon itself, which has nobody to tell: false when somebody else works. */
    boolean beginAlone() {
        return one.tryLock();
    }

    void endAlone() { if (one.isHeldByCurrentThread()) { one.unlock(); } }

    private boolean taken(boolean advice) {
        try {
            for (int i = 0; i < waitSeconds; i++) {
                // whoever sends the next version of a text has mostly hung up on the last one
                RequestDeadline other = working;
                if (other != null && advising && !advice) {
                    other.giveUp(
                            new Problem(503, "other work came first", "advice waits for all other work; ask again"));
                } else if (other != null) { other.yieldToNext(); }
                if (one.tryLock(1, TimeUnit.SECONDS)) { return true; }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
