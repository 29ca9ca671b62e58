package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/box up} and what it prints. */
@ExtendWith(SharedBox.class)
class UpIT {
    @Test
    void thePrintedLinesWorkAsTheyAre(SharedBox.Booted booted) {
        List<String> lines = booted.up.out().lines().toList();
        assertEquals(3, lines.size(), booted.up.out());
        for (String line : lines) {
            assertTrue(line.startsWith("curl "), line);
            assertEquals("200", VirtualBox.host("sh", "-c", line + " -s -o /dev/null -w '%{http_code}'").good().out(), line);
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

    @Test
    void theBoxIsProtectedBeforeTheJvmIsThere(VirtualBox box) {
        JsonObject status = box.get("/status").with(200).json();
        double protectedAt = status.get("protected_at").asDouble();
        double daemonAt = status.get("daemon_at").asDouble();
        assertTrue(protectedAt > 0 && protectedAt < daemonAt, status::toString);
        System.out.printf("measured: virtual box protected at %.2f s of uptime, the daemon is there at %.2f s%n", protectedAt, daemonAt);
    }

    @Test
    void withoutTheTokenNothingIsSaidThatNamesTheNetwork(VirtualBox box) {
        String status = box.get("/status").with(200).body();
        assertFalse(status.contains("192.168.178"), status);
        box.get("/facts").with(401);
        box.get("/rules").with(401);
    }
}
