package boxwall.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Measures one thing several times, warm, and prints it as a row that bin/bench reads, with tabs in between:
 * {@code NAME MEDIAN MIN MAX UNIT}. A class of this package with a main method prints such rows; bin/bench runs them
 * all.
 */
final class Bench {
    /** As many values as a row is made of; an odd number, so that the median is one of them. */
    private static final int VALUES = 9;
    /**
     * Short work is repeated until a value stands for at least this long: the clock and one pause of the collector
     * don't count then.
     */
    private static final long LEAST_NANOS = 20_000_000;
    private static final long WARM_NANOS = 1_500_000_000L;

    /** What work returned last; kept, so that no compiler can leave the work out. */
    static volatile Object kept;

    private Bench() {}

    /** Prints the milliseconds that the work takes and returns their median. */
    static double millis(String name, Supplier<?> work) {
        long start = System.nanoTime();
        int runs = 0;
        while (System.nanoTime() - start < WARM_NANOS || runs < 3) {
            kept = work.get();
            runs++;
        }
        int times = (int) Math.max(1, LEAST_NANOS / (WARM_NANOS / runs));
        double[] values = new double[VALUES];
        for (int i = 0; i < VALUES; i++) {
            long began = System.nanoTime();
            for (int k = 0; k < times; k++) {
                kept = work.get();
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
