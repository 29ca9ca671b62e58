package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the packet walk with the kernel. {@code -Dboxwall.long=true} compares 10 000 rulesets instead of a few
 * hundred; {@code -Dboxwall.seed=N} repeats the run that printed this seed.
 */
class KernelIT {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");

    @Test
    void verdictAndDecidingRuleEqualKernel(@TempDir Path folder) throws Exception {
        compare(folder, "filter", LONG ? 10000 : 300, LONG ? 3600 : 35);
    }

    @Test
    void natVerdictAndRulesEqualKernel(@TempDir Path folder) throws Exception {
        compare(folder, "nat", LONG ? 2000 : 100, LONG ? 900 : 15);
    }

    private static void compare(Path folder, String mode, int rulesets, int seconds) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root for a network namespace");
        assumeTrue(has("gcc") && has("iptables-legacy-restore") && has("unshare") && has("ip"),
                "needs gcc, iptables-legacy, unshare and ip");
        Path injector = folder.resolve("inject");
        KernelComparison.run("", "gcc", "-O1", "-o", injector.toString(), "src/test/java/boxwall/explain/inject.c");
        long seed = Long.getLong("boxwall.seed", System.nanoTime() & 0xffffff);
        System.out.println("KernelIT: seed " + seed);
        Path output = folder.resolve("output");
        // a separate /run: it contains the lock of iptables, which another process may hold
        Process process =
                new ProcessBuilder("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"", "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        System.getProperty("java.class.path"), "boxwall.explain.KernelComparison", "" + seed,
                        "" + rulesets, "100", "" + seconds, injector.toString(), mode).redirectErrorStream(true)
                        .redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(seconds + 60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(printed.length() < 300 ? printed : printed.substring(0, 300));
        assertTrue(ended, "did not end in time: " + printed);
        assertEquals(0, process.waitFor(), printed);
    }

    private static boolean has(String program) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            if (new File(folder, program).canExecute()) { return true; }
        }
        return false;
    }
}
