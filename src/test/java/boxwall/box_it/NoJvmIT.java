package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A box without a JVM: its plans are compiled on a PC and copied to it. One box for all, since each boot costs as much
 * as the rest of a test: a pending change and a confirmed one, each through what ends the power.
 */
class NoJvmIT {
    @TempDir
    private Path folder;

    @Test
    void itIsProtectedAndKeepsWhatWasConfirmedAndNothingElse() {
        try (VirtualBox box = new VirtualBox("no-jvm")) {
            box.up("--new", "--jvm", "none");
            protectedAndWithoutADaemon(box);
            thePowerFailsWhileAChangeIsPending(box);
            // short, so that the power cut below finds the plan proven; the confirm saves this with it
            box.run("echo \"export BOXWALL_PROVE_SECONDS='3'\" >>/tmp/flash/boxwall.diff").good();
            VirtualBox.Answer tried =
                    box.apply("try", DeskPlan.of(folder, DeskPlan.marked()).into(box, "marked"), "100").good();
            VirtualBox.Answer confirmed = box.apply("confirm", tried.get("id")).good();
            assertEquals("active", confirmed.get("state"), confirmed.out());
            box.reboot();
            assertMarked(box, "the reboot");
            box.awaitProven();
            box.cut();
            box.up("--jvm", "none");
            assertMarked(box, "the power cut");
            assertFalse(box.apply("status").out().contains("trial=yes"), "an ordinary boot tries nothing");
        }
    }

    private void protectedAndWithoutADaemon(VirtualBox box) {
        VirtualBox.Answer status = box.apply("status").good();
        assertEquals("active", status.get("state"), status.out());
        assertTrue(status.number("protected") > 0, status.out());
        assertEquals(DeskPlan.of(folder, DeskPlan.plain()).live(), box.rules());
        VirtualBox.Answer service = box.run("/etc/init.d/rc.boxwall status");
        assertEquals(3, service.status());
        assertEquals("stopped", service.out().trim());
        String why = "boxwall: no JVM or no jar: rules are loaded at boot, but there is no daemon";
        assertTrue(box.run("cat /var/log/mod.log").out().contains(why));
        assertEquals(why, box.run("/etc/init.d/rc.boxwall start").out().trim());
        assertEquals("refused", box.peer("lan", "boxnet", "tcp", "-", VirtualBox.LAN, "22").out().trim(),
                "the LAN gets in: nobody listens there");
        assertEquals("silent", box.peer("dsl", "boxnet", "tcp", "-", VirtualBox.WAN, "22").out().trim());
    }

    private void thePowerFailsWhileAChangeIsPending(VirtualBox box) {
        String before = box.rules();
        VirtualBox.Answer tried =
                box.apply("try", DeskPlan.of(folder, DeskPlan.marked()).into(box, "pending"), "600").good();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(box.marked());
        box.cut();
        box.up("--jvm", "none");
        assertEquals(before, box.rules());
        VirtualBox.Answer status = box.apply("status").good();
        assertEquals("active", status.get("state"), status.out());
        assertEquals("", status.get("reason"), status.out());
    }

    private static void assertMarked(VirtualBox box, String after) {
        assertTrue(box.marked(), () -> "no marker after " + after + "\n" + box.rules());
        VirtualBox.Answer status = box.apply("status").good();
        assertEquals("active", status.get("state"), status.out());
        assertEquals("", status.get("reason"), status.out());
        assertTrue(status.number("protected") < status.number("now") + 1, status.out());
        assertFalse(box.run("ps").out().contains("boxwall.jar"), "nothing of it needs a JVM");
    }
}
