package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A box without a JVM: its plans are compiled on a PC and copied to it. One test for all, because a boot takes as long
 * as the rest of a test: a pending change and a power cut; a confirmed change, a reboot and a power cut.
 */
class NoJvmIT {
    @TempDir
    private Path folder;

    @Test
    void boxIsProtectedAndKeepsOnlyConfirmedRules() {
        try (VirtualBox box = new VirtualBox("no-jvm")) {
            box.up("--new", "--jvm", "none");
            assertProtectedWithoutDaemon(box);
            pendingChangeIsLostAtAPowerCut(box);
            // short, so that the plan is proven before the power cut below; the confirm saves this setting, too
            box.run("echo \"export BOXWALL_PROVE_SECONDS='3'\" >>/tmp/flash/boxwall.diff").ok();
            VirtualBox.Answer tried =
                    box.apply("try", DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "marked"), "100").ok();
            VirtualBox.Answer confirmed = box.apply("confirm", tried.get("id")).ok();
            assertEquals("active", confirmed.get("state"), confirmed.out());
            box.reboot();
            assertMarked(box, "the reboot");
            box.awaitProven();
            box.cutPower();
            box.up("--jvm", "none");
            assertMarked(box, "the power cut");
            assertFalse(box.apply("status").out().contains("trial=yes"), "no trial after an ordinary boot");
        }
    }

    private void assertProtectedWithoutDaemon(VirtualBox box) {
        VirtualBox.Answer status = box.apply("status").ok();
        assertEquals("active", status.get("state"), status.out());
        assertTrue(status.number("protected") > 0, status.out());
        assertEquals(DeskPlan.of(folder, DeskPlan.plain()).liveRules(), box.rules());
        VirtualBox.Answer service = box.run("/etc/init.d/rc.boxwall status");
        assertEquals(3, service.status());
        assertEquals("stopped", service.out().trim());
        String why = "boxwall: no JVM or no jar: rules are loaded at boot, but there is no daemon";
        assertTrue(box.run("cat /var/log/mod.log").out().contains(why));
        assertEquals(why, box.run("/etc/init.d/rc.boxwall start").out().trim());
        assertEquals("refused", box.peer("lan", "boxnet", "tcp", "-", VirtualBox.LAN, "22").out().trim(),
                "the LAN is accepted; the port has no listener");
        assertEquals("silent", box.peer("dsl", "boxnet", "tcp", "-", VirtualBox.WAN, "22").out().trim());
    }

    private void pendingChangeIsLostAtAPowerCut(VirtualBox box) {
        String before = box.rules();
        VirtualBox.Answer tried =
                box.apply("try", DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "pending"), "600").ok();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(box.hasMarker());
        box.cutPower();
        box.up("--jvm", "none");
        assertEquals(before, box.rules());
        VirtualBox.Answer status = box.apply("status").ok();
        assertEquals("active", status.get("state"), status.out());
        assertEquals("", status.get("reason"), status.out());
    }

    private static void assertMarked(VirtualBox box, String after) {
        assertTrue(box.hasMarker(), () -> "no marker after " + after + "\n" + box.rules());
        VirtualBox.Answer status = box.apply("status").ok();
        assertEquals("active", status.get("state"), status.out());
        assertEquals("", status.get("reason"), status.out());
        assertTrue(status.number("protected") < status.number("now") + 1, status.out());
        assertFalse(box.run("ps").out().contains("boxwall.jar"), "no JVM may run");
    }
}
