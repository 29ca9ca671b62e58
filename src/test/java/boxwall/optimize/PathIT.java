package boxwall.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        Path injector = folder.resolve("inject");
        Process gcc =
                new ProcessBuilder("gcc", "-O1", "-o", injector.toString(), "src/test/java/boxwall/explain/inject.c")
                        .inheritIO().start();
        assertEquals(0, gcc.waitFor(), "gcc (Debian: apt-get install gcc)");
        Path output = folder.resolve("output");
        String seed = "" + Long.getLong("boxwall.seed", System.nanoTime() & 0xffffff);
        List<String> command =
                new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"",
                        "sh", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", "-Xmx512m", "-cp", System.getProperty("java.class.path"),
                        "boxwall.optimize.PathComparison", injector.toString(), "" + packets, seed));
        command.addAll(List.of(extraArguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(PACKETS > 2000 ? 900 : 180, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = "seed " + seed + "\n" + Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended, "did not end in time: " + printed);
        return printed;
    }
}
