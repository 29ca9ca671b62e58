package boxwall.script;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waiting for an event. The bound is one that only a hang exceeds, on however busy a machine; it is no part of what a
 * test wants to know. A time that the tested code itself waits for passes because the test moves the clock
 * ({@link NetBox#advanceClock}).
 */
public final class Wait {
    /** What only a hang exceeds. */
    public static final int SECONDS = Integer.getInteger("boxwall.hang", 120);

    private Wait() {}

    /** Waits until something holds, looking twenty times a second; false when it hangs. */
    public static boolean until(BooleanSupplier what) {
        return until(SECONDS, what);
    }

    /** The same for what takes longer than other things do when all is well. */
    public static boolean until(int seconds, BooleanSupplier what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > end) { return false; }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(50); // between two looks; the bound is above
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
