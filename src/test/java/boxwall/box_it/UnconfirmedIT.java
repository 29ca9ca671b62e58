package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unconfirmed change is rolled back, whichever process dies. Times are the box's uptime. */
@SharedBox.Used
class UnconfirmedIT {
    /**
     * The allowed delay of a rollback in seconds: 3 on an idle machine. On a busy one the emulated box may be slower by
     * any factor while its clock goes on; only a guard that hangs exceeds this.
     */
    private static final int GRACE = Boolean.getBoolean("boxwall.long") ? 3 : 60;

    @Test
    void unconfirmedTryIsRolledBackAtItsDeadline(VirtualBox box, @TempDir Path folder) {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "unconfirmed");
        // one command, because a second one may take more than the six seconds on a busy machine
        VirtualBox.Answer tried = box.run("boxwall-apply try " + plan + " 6 && iptables-save").ok();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(tried.out().contains(DeskPlan.MARKER + "\n"), "the new rules must be live");
        assertRolledBack(box, before, tried.number("protected") + 6, "a try of 6 s");
        assertEquals("not-confirmed", box.apply("status").get("reason"));
    }

    @Test
    void tryIsRolledBackAfterTheEndOfItsSession(VirtualBox box, @TempDir Path folder) throws InterruptedException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "session");
        Process session = box.start("boxwall-apply try " + plan + " 6; sleep 100");
        assertTrue(VirtualBox.waitUntil(120, () -> box.apply("status").get("state").equals("pending")),
                "the try must be pending");
        session.destroyForcibly();
        assertTrue(session.waitFor(10, TimeUnit.SECONDS));
        // earlier if the end of the session undid it
        assertRolledBack(box, before, box.apply("status").number("protected") + 6, "a try of 6 s without its session");
    }

    @Test
    void interruptedTryIsUndone(VirtualBox box, @TempDir Path folder) throws InterruptedException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).copyTo(box, "middle");
        Process session = box.start("boxwall-apply try " + plan + " 6");
        assertTrue(VirtualBox.waitUntil(120, () -> box.run("test -s /var/run/boxwall/tx/worker").status() == 0),
                "the try must have begun");
        session.destroyForcibly();
        assertTrue(session.waitFor(10, TimeUnit.SECONDS));
        assertTrue(VirtualBox.waitUntil(120, () -> box.run("test -e /var/run/boxwall/tx").status() != 0),
                "the try must have ended");
        assertEquals(before, box.rules());
        assertEquals("active", box.apply("status").get("state"));
    }

    @Test
    void changeOverHttpIsRolledBackAfterTheJvmWasKilled(VirtualBox box) {
        String before = box.rules();
        box.http("PUT", "/rules", DeskPlan.marked()).expect(200);
        JsonObject pending = box.http("POST", "/apply?confirm=12", "").expect(202).json();
        VirtualBox.Answer killed = box.run(
                "pid=$(cat /var/run/boxwall.pid) && kill -9 $pid && while [ -d /proc/$pid ]; do usleep 50000; done");
        try {
            killed.ok();
            // earlier if the end of the JVM undid it, or if nothing was loaded
            assertRolledBack(box, before, pending.getInt("deadline", -1), "a change of 12 s over HTTP, its JVM killed");
        } finally {
            box.run("/etc/init.d/rc.boxwall start").ok();
        }
        assertTrue(VirtualBox.waitUntil(120, () -> answers(box)), "the daemon must be up again");
        JsonObject status = box.get("/status").expect(200).json();
        assertEquals("active", status.getString("state", ""), status::toString);
        assertFalse(box.http("GET", "/rules", "").body().contains("4711"), "the candidate is lost with the JVM");
    }

    /** Whether the daemon listens; not while the JVM starts. */
    private static boolean answers(VirtualBox box) {
        return box.run("boxnet", "tcp", "-", VirtualBox.LAN, "8181", "5").status() == 0;
    }

    private static void assertRolledBack(VirtualBox box, String before, double deadline, String change) {
        double rolledBackAt = box.awaitMarkerRemoval();
        assertTrue(rolledBackAt > deadline - 1.5, "rolled back at " + rolledBackAt + ", too early for " + deadline);
        assertTrue(rolledBackAt <= deadline + GRACE, "rolled back at " + rolledBackAt + ", due at " + deadline);
        System.out.printf("measured: %s was rolled back %.2f s after its deadline%n", change, rolledBackAt - deadline);
        assertTrue(VirtualBox.waitUntil(120, () -> box.apply("status").get("state").equals("active")),
                "the undo must have ended");
        assertEquals(before, box.rules());
    }
}
