package boxwall.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Measures work several times after a warm-up and prints a row that bin/bench reads, separated by tabs:
 * {@code NAME MEDIAN MIN MAX UNIT}. Every class of this package with a main method prints such rows; bin/bench runs
 * them.
 */
final class Bench {
    /** The number of samples of a row; odd, so that the median is one of them. */
    private static final int SAMPLES = 9;
    /**
     * Short work is repeated for at least this time per sample, so that the clock and a pause of the collector do not
     * matter.
     */
    private static final long MIN_NANOS = 20_000_000;
    private static final long WARM_UP_NANOS = 1_500_000_000L;

    /** The last result of the work; stored, so that no compiler can skip the work. */
    static volatile Object lastResult;

    private Bench() {}

    /** Prints the milliseconds that the work takes and returns their median. */
    static double millis(String name, Supplier<?> work) {
        long start = System.nanoTime();
        int runs = 0;
        while (System.nanoTime() - start < WARM_UP_NANOS || runs < 3) {
            lastResult = work.get();
            runs++;
        }
        int times = (int) Math.max(1, MIN_NANOS / (WARM_UP_NANOS / runs));
        double[] values = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long began = System.nanoTime();
            for (int k = 0; k < times; k++) {
                lastResult = work.get();
            }
            values[i] = (System.nanoTime() - began) / 1e6 / times;
        }
        return row(name, values, "ms");
    }

    /** Prints one row of values measured elsewhere and returns their median. */
    static double row(String name, double[] values, String unit) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        System.out.printf(Locale.ROOT, "%s\t%.4g\t%.4g\t%.4g\t%s%n", name, median, sorted[0], sorted[sorted.length - 1],
                unit);
        return median;
    }
}
