package boxwall.script;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for an event. Only a hang exceeds the limit, even on a busy machine; no test asserts a duration with it. Times
 * for which the tested code waits pass because the test advances the clock ({@link NetBox#advanceClock}).
 */
public final class Wait {
    /** The limit in seconds. */
    public static final int SECONDS = Integer.getInteger("boxwall.hang", 120);

    private Wait() {}

    /** Waits until a condition holds, checking it twenty times a second; false after the limit. */
    public static boolean until(BooleanSupplier condition) {
        return until(SECONDS, condition);
    }

    /** The same with another limit, for an event that normally takes longer. */
    public static boolean until(int seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) { return false; }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(50); // between two checks
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
