package boxwall.optimize;

import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Namespace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loads a list of 1 000 networks, as written and optimized, into a real kernel: each of 2 000 packets
 * ({@code -Dboxwall.long=true}: 100 000) gets the same verdict, and is compared with a twentieth of the rules at most.
 * Needs root, gcc, iptables-legacy, unshare and ip.
 */
class PathIT {
    private static final int PACKETS = Boolean.getBoolean("boxwall.long") ? 100_000 : 2000;

    @Test
    void kernelGivesSameVerdictsWithOneTwentiethOfRules(@TempDir Path folder) throws Exception {
        String printed = runComparison(folder, PACKETS);
        System.out.println(printed);
        assertTrue(printed.contains("measured: " + PACKETS + " packets") && printed.endsWith("at most a twentieth\n"),
                printed);
    }

    /** Checks that the test detects errors: it removes some rules from the trees. */
    @Test
    void removedRulesAreDetected(@TempDir Path folder) throws Exception {
        String printed = runComparison(folder, 500, "broken");
        assertTrue(printed.matches("(?s).*wrong: \\d+ packets, the first let in: .*"), printed);
    }

    private static String runComparison(Path folder, int packets, String... extraArguments) throws Exception {
        String seed = "" + Long.getLong("boxwall.seed", System.nanoTime() & 0xffffff);
        List<String> words = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Xmx512m",
                "boxwall.optimize.PathComparison", Namespace.injector(folder), "" + packets, seed));
        words.addAll(List.of(extraArguments));
        int seconds = PACKETS > 2000 ? 900 : 180;
        return "seed " + seed + "\n" + Namespace.java(folder, seconds, words.toArray(new String[0])).output();
    }
}
