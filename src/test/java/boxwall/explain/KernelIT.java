package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
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
        String injector = Namespace.injector(folder);
        long seed = Long.getLong("boxwall.seed", System.nanoTime() & 0xffffff);
        System.out.println("KernelIT: seed " + seed);
        Namespace.Run run = Namespace.java(folder, seconds + 60, "boxwall.explain.KernelComparison", "" + seed,
                "" + rulesets, "100", "" + seconds, injector, mode);
        System.out.println(run.output().length() < 300 ? run.output() : run.output().substring(0, 300));
        assertEquals(0, run.status(), run.output());
    }

    private static boolean has(String program) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            if (new File(folder, program).canExecute()) { return true; }
        }
        return false;
    }
}
