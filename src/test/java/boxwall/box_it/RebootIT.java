package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Rules confirmed over HTTP are loaded after a power cut and after a reboot, before the JVM runs. */
class RebootIT {
    @Test
    void confirmedRuleSurvivesPowerCutAndReboot() {
        try (VirtualBox box = new VirtualBox("reboot")) {
            box.up("--new");
            // short, so that the plan is proven before the reboot below; the confirm saves this setting, too
            box.run("echo \"export BOXWALL_PROVE_SECONDS='3'\" >>/tmp/flash/boxwall.diff").ok();
            box.http("PUT", "/rules", DeskPlan.marked()).expect(200);
            JsonObject pending = box.http("POST", "/apply?confirm=120", "").expect(202).json();
            box.http("POST", "/confirm/" + pending.getString("id", ""), "").expect(200);
            box.cutPower();
            String confirmed = box.up().out();
            assertTrue(confirmed.startsWith("curl "), confirmed);
            assertProtected(box, "the power cut");
            box.awaitProven();
            assertEquals("", box.apply("status").get("reason"));
            box.reboot();
            assertProtected(box, "the reboot");
            assertFalse(box.apply("status").out().contains("trial=yes"), "no trial after an ordinary boot");
            assertEquals(DeskPlan.marked(), box.http("GET", "/rules", "").expect(200).body());
        }
    }

    private static void assertProtected(VirtualBox box, String after) {
        assertTrue(box.hasMarker(), () -> "no marker after " + after + "\n" + box.apply("status").out() + box.rules());
        JsonObject status = box.get("/status").expect(200).json();
        assertEquals("active", status.getString("state", ""), status::toString);
        double protectedAt = status.get("protected_at").asDouble();
        double daemonAt = status.get("daemon_at").asDouble();
        assertTrue(protectedAt > 0 && protectedAt < daemonAt, status::toString);
        assertTrue(daemonAt < box.uptime(), "both times belong to this boot: " + status);
        System.out.printf("measured: after %s protected at %.2f s of uptime, the daemon at %.2f s%n", after,
                protectedAt, daemonAt);
    }
}
