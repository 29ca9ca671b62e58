package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Namespace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the stateless forms of presets with real packets: a router between home network, guests and Internet, each a
 * network namespace, loads them without connection tracking. {@link StatelessPackets} has the cases. Needs root, gcc,
 * iptables-legacy, unshare and ip.
 */
class StatelessIT {
    @Test
    void legitimatePacketsPassAndForgedPacketsAreDropped(@TempDir Path folder) throws Exception {
        String printed = run(folder);
        System.out.println(printed);
        assertTrue(printed.endsWith("all as expected\n"), printed);
        assertTrue(printed.matches("(?s).*12\\d exchanges and 7\\d\\d forged packets.*"), printed);
    }

    /** Checks that the test detects errors: it adds two rules with earlier mistakes. */
    @Test
    void notSynMatchAndDroppedFragmentsAreDetected(@TempDir Path folder) throws Exception {
        String printed = run(folder,
                "iptables -I INPUT -i dsl -p tcp ! --syn -j ACCEPT\niptables -I FORWARD -i dsl -p udp -f -j DROP\n");
        assertTrue(printed.contains("dport=22 flags=FIN,SYN passed") && printed.contains("dport=22 flags=NONE passed"),
                printed);
        assertTrue(printed.contains("a fragmented DNS reply: home sends"), printed);
        assertTrue(printed.endsWith("not as expected\n"), printed);
    }

    private static String run(Path folder, String... extraRules) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("-XX:TieredStopAtLevel=1", "boxwall.compile.StatelessPackets", Namespace.injector(folder)));
        words.addAll(List.of(extraRules));
        return Namespace.java(folder, 120, words.toArray(new String[0])).output();
    }
}
