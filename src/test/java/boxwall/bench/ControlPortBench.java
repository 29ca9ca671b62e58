package boxwall.bench;

import boxwall.script.PolledDaemon;
import java.util.function.Supplier;

/**
 * GET /status of the running jar in a namespace with real iptables: one client alone, and four polling clients during
 * an apply. Needs root.
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
        double[] p50 = new double[ROUNDS];
        double[] p99 = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            double[] sorted = round.get();
            p50[i] = sorted[sorted.length / 2];
            p99[i] = sorted[sorted.length * 99 / 100];
        }
        Bench.row(name + ": p50", p50, "ms");
        Bench.row(name + ": p99", p99, "ms");
    }
}
