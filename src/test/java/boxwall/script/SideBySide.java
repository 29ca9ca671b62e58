package boxwall.script;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays a scene for several cases at once: each has a box of its own and mostly sleeps, so that two fit a core. */
final class SideBySide {
    /** How many scenes play at once in one JVM. */
    private static final int AT_ONCE =
            Integer.getInteger("boxwall.beside", 2 * Runtime.getRuntime().availableProcessors());

    /** What happens in one case. */
    interface Scene {
        void play(String which) throws Exception;
    }

    private SideBySide() {}

    /**
     * Plays a scene under both shells that the scripts have to run in, and with both ages of iptables; every pair of
     * them in the long form.
     */
    static void inBothShells(Scene scene) {
        play(scene, "dash", "busybox sh, " + NetBox.OLD);
        if (Boolean.getBoolean("boxwall.long")) { play(scene, "dash, " + NetBox.OLD, "busybox sh"); }
    }

    /** Plays a scene for each case, and fails with all that failed. */
    static void play(Scene scene, String... cases) {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(cases.length, AT_ONCE));
        List<Future<Object>> ends = new ArrayList<>();
        for (String which : cases) {
            ends.add(threads.submit(() -> {
                scene.play(which);
                return null;
            }));
        }
        AssertionError failure = null;
        for (int i = 0; i < cases.length; i++) {
            try {
                ends.get(i).get();
            } catch (ExecutionException | InterruptedException e) {
                AssertionError next = new AssertionError(cases[i] + ": " + e.getCause(), e);
                if (failure != null) { next.addSuppressed(failure); }
                failure = next;
            }
        }
        threads.shutdownNow();
        if (failure != null) { throw failure; }
    }
}
