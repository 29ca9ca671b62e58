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
 * Sends DNS and NTP queries of real clients through rulesets compiled without states: see {@link StatelessQueries}.
 * Needs root, iptables-legacy, unshare, ip, busybox and rdate.
 */
class QueriesIT {
    @Test
    void repliesPassAsByStateRuleAndUnrequestedPacketsDoNot(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("output");
        Process process = new ProcessBuilder(
                List.of("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"", "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-cp", System.getProperty("java.class.path"), "boxwall.compile.StatelessQueries"))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        String output = Files.readString(log);
        System.out.println(output);
        assertTrue(ended && process.waitFor() == 0, output);
        assertFalse(output.contains("wrong"), output);
        assertEquals(6, output.lines().filter(line -> line.startsWith("right")).count(), output);
        assertTrue(output.endsWith(
                "without rules: dns ntp | 198.51.100.7 53 5353, 198.51.100.8 53 40000, 198.51.100.7 9999 40000, 198.51.100.7 9999 5353\n"),
                output);
    }
}
