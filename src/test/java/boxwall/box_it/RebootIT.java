package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What was confirmed over HTTP is there after the power failed and after a reboot, before the JVM is. */
class RebootIT {
    @Test
    void aConfirmedRuleOutlivesACutAndAReboot() {
        try (VirtualBox box = new VirtualBox("reboot")) {
            box.up("--new");
            // short, so that the reboot below finds the plan proven; the confirm saves this with it
            box.run("echo \"export BOXWALL_PROVE_SECONDS='3'\" >>/tmp/flash/boxwall.diff").good();
            box.http("PUT", "/rules", DeskPlan.marked()).with(200);
            JsonObject pending = box.http("POST", "/apply?confirm=120", "").with(202).json();
            box.http("POST", "/confirm/" + pending.getString("id", ""), "").with(200);
            box.cut();
            String confirmed = box.up().out();
            assertTrue(confirmed.startsWith("curl "), confirmed);
            assertProtected(box, "the power cut");
            box.awaitProven();
            assertEquals("", box.apply("status").get("reason"));
            box.reboot();
            assertProtected(box, "the reboot");
            assertFalse(box.apply("status").out().contains("trial=yes"), "an ordinary boot tries nothing");
            assertEquals(DeskPlan.marked(), box.http("GET", "/rules", "").with(200).body());
        }
    }

    private static void assertProtected(VirtualBox box, String after) {
        assertTrue(box.marked(), () -> "no marker after " + after + "\n" + box.apply("status").out() + box.rules());
        JsonObject status = box.get("/status").with(200).json();
        assertEquals("active", status.getString("state", ""), status::toString);
        double protectedAt = status.get("protected_at").asDouble();
        double daemonAt = status.get("daemon_at").asDouble();
        assertTrue(protectedAt > 0 && protectedAt < daemonAt, status::toString);
        assertTrue(daemonAt < box.uptime(), "both are of this boot: " + status);
        System.out.printf("measured: after %s protected at %.2f s of uptime, the daemon at %.2f s%n", after,
                protectedAt, daemonAt);
    }
}
