package boxwall.script;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs a scenario for several cases in parallel. Each case has its own box and mostly waits, so two fit a core. */
final class SideBySide {
    /** How many scenarios one JVM runs in parallel. */
    private static final int MAX_PARALLEL =
            Integer.getInteger("boxwall.beside", 2 * Runtime.getRuntime().availableProcessors());

    /** The steps of one case. */
    interface Scenario {
        void run(String which) throws Exception;
    }

    /** The steps of one case in a box. */
    interface BoxScenario {
        void run(NetBox box) throws Exception;
    }

    /** Makes the box of one case. */
    interface BoxFactory {
        NetBox box(String shell) throws Exception;
    }

    private SideBySide() {}

    /**
     * Runs a scenario under both shells that the scripts must support and with both versions of iptables; the long form
     * runs every combination.
     */
    static void inBothShells(Scenario scenario) {
        runParallel(scenario, "dash", "busybox sh, " + NetBox.OLD_IPTABLES);
        if (Boolean.getBoolean("boxwall.long")) { runParallel(scenario, "dash, " + NetBox.OLD_IPTABLES, "busybox sh"); }
    }

    /** Runs a scenario in a new box for each of the cases of {@link #inBothShells}. */
    static void withBothShells(BoxScenario scenario) {
        withBothShells(NetBox::new, scenario);
    }

    /** The same, in boxes that a factory makes. */
    static void withBothShells(BoxFactory factory, BoxScenario scenario) {
        inBothShells(shell -> {
            try (NetBox box = factory.box(shell)) {
                scenario.run(box);
            }
        });
    }

    /** Runs a scenario for each case; reports all failures. */
    static void runParallel(Scenario scenario, String... cases) {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(cases.length, MAX_PARALLEL));
        List<Future<Object>> futures = new ArrayList<>();
        for (String which : cases) {
            futures.add(threads.submit(() -> {
                scenario.run(which);
                return null;
            }));
        }
        AssertionError failure = null;
        for (int i = 0; i < cases.length; i++) {
            try {
                futures.get(i).get();
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
