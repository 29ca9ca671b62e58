package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Namespace;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends DNS and NTP queries of real clients through rulesets compiled without states: see {@link StatelessQueries}.
 * Needs root, iptables-legacy, unshare, ip, busybox and rdate.
 */
class QueriesIT {
    @Test
    void repliesPassAsByStateRuleAndUnrequestedPacketsDoNot(@TempDir Path folder) throws Exception {
        Namespace.Run run = Namespace.java(folder, 300, "-XX:TieredStopAtLevel=1", "boxwall.compile.StatelessQueries");
        String output = run.output();
        System.out.println(output);
        assertEquals(0, run.status(), output);
        assertFalse(output.contains("wrong"), output);
        assertEquals(6, output.lines().filter(line -> line.startsWith("right")).count(), output);
        assertTrue(output.endsWith(
                "without rules: dns ntp | 198.51.100.7 53 5353, 198.51.100.8 53 40000, 198.51.100.7 9999 40000, 198.51.100.7 9999 5353\n"),
                output);
    }
}
