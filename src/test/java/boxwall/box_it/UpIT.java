package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/box up} and what it prints. */
@SharedBox.Used
class UpIT {
    @Test
    void thePrintedLinesWorkAsTheyAre(SharedBox.Booted booted) {
        List<String> lines = booted.up.out().lines().toList();
        assertEquals(3, lines.size(), booted.up.out());
        for (String line : lines) {
            assertTrue(line.startsWith("curl "), line);
            assertEquals("200", VirtualBox.host("sh", "-c", line + " -s -o /dev/null -w '%{http_code}'").good().out(),
                    line);
        }
        JsonObject status = Json.parse(VirtualBox.host("sh", "-c", lines.get(0)).good().out()).asObject();
        assertEquals("active", status.getString("state", ""), status::toString);
        JsonObject facts = Json.parse(VirtualBox.host("sh", "-c", lines.get(1)).good().out()).asObject();
        assertEquals("mips", facts.get("kernel").asObject().getString("machine", ""), facts::toString);
        assertEquals(DeskPlan.plain(), VirtualBox.host("sh", "-c", lines.get(2)).good().out());
        // three minutes are for a fresh clone, with what Maven and apt bring; here the parts are prepared
        assertTrue(booted.seconds < 180, "up took " + booted.seconds + " s");
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
