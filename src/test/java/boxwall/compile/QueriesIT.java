package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * DNS and NTP queries of real clients, under rulesets compiled without states: see {@link QueriesJudge}. Needs root,
 * iptables-legacy, unshare, ip, busybox and rdate.
 */
class QueriesIT {
    @Test
    void answersArriveAsTheStateRuleSaysAndWhatNobodyAskedForDoesNot(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                List.of("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"", "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-cp", System.getProperty("java.class.path"), "boxwall.compile.QueriesJudge"))
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        System.out.println(said);
        assertTrue(ended && process.waitFor() == 0, said);
        assertFalse(said.contains("wrong"), said);
        assertEquals(6, said.lines().filter(line -> line.startsWith("right")).count(), said);
        assertTrue(said.endsWith(
                "without rules: dns ntp | 198.51.100.7 53 5353, 198.51.100.8 53 40000, 198.51.100.7 9999 40000, 198.51.100.7 9999 5353\n"),
                said);
    }
}
