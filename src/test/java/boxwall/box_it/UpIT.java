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

/** {@code bin/box up} and what it prints. */
@SharedBox.Used
class UpIT {
    /** And the facts that the box's own JVM comes to are those that a PC makes of a record. */
    @Test
    void thePrintedLinesWorkAsTheyAre(SharedBox.Booted booted, @TempDir Path folder) {
        List<String> lines = booted.up.out().lines().toList();
        assertEquals(3, lines.size(), booted.up.out());
        List<String> bodies = new ArrayList<>();
        for (String line : lines) { // once each: the facts alone take the box half a minute
            assertTrue(line.startsWith("curl "), line);
            String said = VirtualBox.host("sh", "-c", line + " -s -w '%{http_code}'").good().out();
            assertTrue(said.endsWith("200"), line + "\n" + said);
            bodies.add(said.substring(0, said.length() - 3));
        }
        JsonObject status = Json.parse(bodies.get(0)).asObject();
        assertEquals("active", status.getString("state", ""), status::toString);
        sameAsAtTheDesk(bodies.get(1), booted.box, folder);
        assertEquals(DeskPlan.plain(), bodies.get(2));
        System.out.printf("measured: bin/box up with prepared parts %.1f s%n", booted.seconds);
    }

    /**
     * Maven, apt and all that the box is made of: minutes and a hundred megabytes, so with {@code bin/check --long}
     * only.
     */
    @TestFactory
    Stream<DynamicTest> aFreshCloneIsUpWithinThreeMinutes(@TempDir Path folder) {
        return Boolean.getBoolean("boxwall.long")
                ? Stream.of(DynamicTest.dynamicTest("fresh clone", () -> upFromClone(folder))) : Stream.empty();
    }

    private static void upFromClone(Path folder) {
        String clone = folder.resolve("boxwall").toString();
        String begin = "export BOXWALL_CACHE=" + folder.resolve("cache") + "; unset BOXWALL_JAR; ";
        try {
            long began = System.nanoTime();
            VirtualBox.host("git", "clone", "-q", VirtualBox.ROOT.toString(), clone).good();
            VirtualBox.Answer up = VirtualBox.host("sh", "-c", begin + clone + "/bin/box --name fresh up").good();
            double seconds = (System.nanoTime() - began) / 1e9;
            assertEquals("active",
                    Json.parse(VirtualBox.host("sh", "-c", up.out().lines().findFirst().orElseThrow()).good().out())
                            .asObject().getString("state", ""),
                    up.out());
            System.out.printf("measured: bin/box up from a fresh clone, nothing prepared %.1f s%n", seconds);
            assertTrue(seconds < 180, "it took " + seconds + " s");
        } finally {
            VirtualBox.host("sh", "-c", begin + clone + "/bin/box --name fresh down");
        }
    }

    private static void sameAsAtTheDesk(String facts, VirtualBox box, Path folder) {
        JsonObject desk = KnowledgeIT.look(box, folder);
        // a record renames the Internet side's addresses
        JsonObject own = Json.parse(facts.replace("203.0.113.", "198.18.0.").replace("2001:db8:d51:", "2001:db8:ff00:"))
                .asObject();
        for (String key : List.of("kernel", "firmware", "iptables", "modules", "netfilter", "conntrack",
                "packet_acceleration", "interfaces")) {
            assertEquals(desk.get(key), own.get(key), key);
        }
        assertEquals(codes(desk), codes(own));
        assertEquals("mips", own.get("kernel").asObject().getString("machine", ""), own::toString);
        assertEquals("in-use netfilter", KnowledgeIT.conntrack(own));
        assertEquals("absent", own.get("packet_acceleration").asObject().getString("state", ""));
    }

    private static List<String> codes(JsonObject facts) {
        return facts.get("findings").asArray().values().stream().map(f -> f.asObject().getString("code", "")).toList();
    }

    @Test
    void theBoxIsProtectedBeforeTheJvmIsThere(VirtualBox box) {
        JsonObject status = box.get("/status").with(200).json();
        double protectedAt = status.get("protected_at").asDouble();
        double daemonAt = status.get("daemon_at").asDouble();
        assertTrue(protectedAt > 0 && protectedAt < daemonAt, status::toString);
        System.out.printf("measured: virtual box protected at %.2f s of uptime, the daemon is there at %.2f s%n",
                protectedAt, daemonAt);
    }

    @Test
    void withoutTheTokenNothingIsSaidThatNamesTheNetwork(VirtualBox box) {
        String status = box.get("/status").with(200).body();
        assertFalse(status.contains("192.168.178"), status);
        box.get("/facts").with(401);
        box.get("/rules").with(401);
    }
}
