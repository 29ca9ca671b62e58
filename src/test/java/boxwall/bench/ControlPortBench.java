package boxwall.bench;

import boxwall.script.PolledDaemon;
import java.util.function.Supplier;

/**
 * GET /status of the running jar, in a namespace with real iptables: alone, and beside four clients that poll and a
 * change that is applied. Needs root.
 */
final class ControlPortBench {
    private static final int ROUNDS = 9;
    private static final int REQUESTS = 500;

    private ControlPortBench() {}

    /** Prints the rows. */
    public static void main(String[] args) {
        try (PolledDaemon daemon = new PolledDaemon()) {
            for (int warm = 0; warm < 3; warm++) {
                daemon.oneClient(REQUESTS);
                daemon.duringAnApply();
            }
            rounds("GET /status, one client", () -> daemon.oneClient(REQUESTS));
            rounds("GET /status, four clients beside an apply", daemon::duringAnApply);
        }
    }

    private static void rounds(String name, Supplier<double[]> round) {
        double[] half = new double[ROUNDS];
        double[] most = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            double[] sorted = round.get();
            half[i] = sorted[sorted.length / 2];
            most[i] = sorted[sorted.length * 99 / 100];
        }
        Bench.row(name + ": p50", half, "ms");
        Bench.row(name + ": p99", most, "ms");
    }
}
