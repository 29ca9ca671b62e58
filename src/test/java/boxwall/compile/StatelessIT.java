package boxwall.compile;

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
        Path injector = folder.resolve("inject");
        Process gcc =
                new ProcessBuilder("gcc", "-O1", "-o", injector.toString(), "src/test/java/boxwall/explain/inject.c")
                        .inheritIO().start();
        assertEquals(0, gcc.waitFor(), "gcc (Debian: apt-get install gcc)");
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c",
                "mount -t tmpfs none /run && exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), "boxwall.compile.StatelessPackets", injector.toString()));
        command.addAll(List.of(extraRules));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended, "did not end in time: " + printed);
        return printed;
    }
}
