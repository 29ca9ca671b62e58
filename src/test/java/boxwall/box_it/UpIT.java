package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/box up} and the commands that it prints. */
@SharedBox.Used
class UpIT {
    /** Also: the facts of the box's own JVM equal those that a PC derives from a record. */
    @Test
    void printedCommandsWork(SharedBox.Booted booted, @TempDir Path folder) {
        List<String> lines = booted.up.out().lines().toList();
        assertEquals(3, lines.size(), booted.up.out());
        List<String> bodies = new ArrayList<>();
        for (String line : lines) { // once each: the facts alone take half a minute
            assertTrue(line.startsWith("curl "), line);
            String output = VirtualBox.host("sh", "-c", line + " -s -w '%{http_code}'").ok().out();
            assertTrue(output.endsWith("200"), line + "\n" + output);
            bodies.add(output.substring(0, output.length() - 3));
        }
        JsonObject status = Json.parse(bodies.get(0)).asObject();
        assertEquals("active", status.getString("state", ""), status::toString);
        assertEqualToFactsOfRecord(bodies.get(1), booted.box, folder);
        assertEquals(DeskPlan.plain(), bodies.get(2));
        System.out.printf("measured: bin/box up with prepared parts %.1f s%n", booted.seconds);
    }

    /**
     * With Maven, apt and all parts of the box: minutes and a hundred megabytes, so only with {@code bin/check --long}.
     */
    @TestFactory
    Stream<DynamicTest> freshCloneIsUpWithinThreeMinutes(@TempDir Path folder) {
        return Boolean.getBoolean("boxwall.long")
                ? Stream.of(DynamicTest.dynamicTest("fresh clone", () -> upFromClone(folder))) : Stream.empty();
    }

    private static void upFromClone(Path folder) {
        String clone = folder.resolve("boxwall").toString();
        String environment = "export BOXWALL_CACHE=" + folder.resolve("cache") + "; unset BOXWALL_JAR; ";
        try {
            long began = System.nanoTime();
            VirtualBox.host("git", "clone", "-q", VirtualBox.ROOT.toString(), clone).ok();
            VirtualBox.Answer up = VirtualBox.host("sh", "-c", environment + clone + "/bin/box --name fresh up").ok();
            double seconds = (System.nanoTime() - began) / 1e9;
            assertEquals("active",
                    Json.parse(VirtualBox.host("sh", "-c", up.out().lines().findFirst().orElseThrow()).ok().out())
                            .asObject().getString("state", ""),
                    up.out());
            System.out.printf("measured: bin/box up from a fresh clone, nothing prepared %.1f s%n", seconds);
            assertTrue(seconds < 180, "it took " + seconds + " s");
        } finally {
            VirtualBox.host("sh", "-c", environment + clone + "/bin/box --name fresh down");
        }
    }

    private static void assertEqualToFactsOfRecord(String facts, VirtualBox box, Path folder) {
        JsonObject recorded = FactsIT.readFacts(box, folder);
        // a record replaces the Internet side's addresses
        JsonObject own = Json.parse(facts.replace("203.0.113.", "198.18.0.").replace("2001:db8:d51:", "2001:db8:ff00:"))
                .asObject();
        for (String key : List.of("kernel", "firmware", "iptables", "modules", "netfilter", "conntrack",
                "packet_acceleration", "interfaces")) {
            assertEquals(recorded.get(key), own.get(key), key);
        }
        assertEquals(codes(recorded), codes(own));
        assertEquals("mips", own.get("kernel").asObject().getString("machine", ""), own::toString);
        assertEquals("in-use netfilter", FactsIT.conntrack(own));
        assertEquals("absent", own.get("packet_acceleration").asObject().getString("state", ""));
    }

    private static List<String> codes(JsonObject facts) {
        return facts.get("findings").asArray().values().stream().map(f -> f.asObject().getString("code", "")).toList();
    }

    @Test
    void boxIsProtectedBeforeTheJvmRuns(VirtualBox box) {
        JsonObject status = box.get("/status").expect(200).json();
        double protectedAt = status.get("protected_at").asDouble();
        double daemonAt = status.get("daemon_at").asDouble();
        assertTrue(protectedAt > 0 && protectedAt < daemonAt, status::toString);
        System.out.printf("measured: virtual box protected at %.2f s of uptime, the daemon is there at %.2f s%n",
                protectedAt, daemonAt);
    }

    @Test
    void answersWithoutTokenDoNotShowTheNetwork(VirtualBox box) {
        String status = box.get("/status").expect(200).body();
        assertFalse(status.contains("192.168.178"), status);
        box.get("/facts").expect(401);
        box.get("/rules").expect(401);
    }
}
