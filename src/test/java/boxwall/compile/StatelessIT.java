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
 * The presets' stateless forms with real packets: a router between home network, guests and Internet, each a network
 * namespace, loads them without connection tracking. See {@link StatelessJudge} for what is tried. Needs root, gcc,
 * iptables-legacy, unshare and ip.
 */
class StatelessIT {
    @Test
    void whatIsLegitimatePassesAndTheRestStaysOut(@TempDir Path folder) throws Exception {
        String said = judge(folder);
        System.out.println(said);
        assertTrue(said.endsWith("all as promised\n"), said);
        assertTrue(said.matches("(?s).*12\\d exchanges and 7\\d\\d forged packets.*"), said);
    }

    /** A judge that finds nothing wrong must have looked: two mistakes that have been made are made again. */
    @Test
    void aMereNotSynAndLostFragmentsAreFound(@TempDir Path folder) throws Exception {
        String said = judge(folder,
                "iptables -I INPUT -i dsl -p tcp ! --syn -j ACCEPT\niptables -I FORWARD -i dsl -p udp -f -j DROP\n");
        assertTrue(said.contains("dport=22 flags=FIN,SYN passed") && said.contains("dport=22 flags=NONE passed"), said);
        assertTrue(said.contains("a fragmented DNS answer: home asks"), said);
        assertTrue(said.endsWith("not as promised\n"), said);
    }

    private static String judge(Path folder, String... further) throws Exception {
        Path injector = folder.resolve("inject");
        Process gcc =
                new ProcessBuilder("gcc", "-O1", "-o", injector.toString(), "src/test/java/boxwall/explain/inject.c")
                        .inheritIO().start();
        assertEquals(0, gcc.waitFor(), "gcc (Debian: apt-get install gcc)");
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c",
                "mount -t tmpfs none /run && exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), "boxwall.compile.StatelessJudge", injector.toString()));
        command.addAll(List.of(further));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended, "no end in time: " + said);
        return said;
    }
}
