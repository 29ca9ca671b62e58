package boxwall.http;

/**
 * The daemon behind the control port, which comes a moment after the port: on an interpreter what it is made of takes
 * seconds to load, and what the box's own reading says takes longer still. Requests meanwhile wait here, not in front
 * of a closed port.
 */
final class DaemonReady {
    /** Far longer than any start that was seen; after it the daemon is broken, and saying so is better than silence. */
    private static final int LIMIT_MILLIS = 60 * 1000;
    private final Clock clock;
    private Handler control;

    DaemonReady(Clock clock) { this.clock = clock; }

    /** The daemon is there. */
    synchronized void come(Handler daemon) {
        control = daemon;
        notifyAll();
    }

    /** The daemon, waited for; null when it doesn't come. */
    synchronized Handler get() {
        long end = clock.uptimeMillis() + LIMIT_MILLIS;
        try {
            while (control == null && clock.uptimeMillis() < end) {
                wait(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return control;
    }
}
