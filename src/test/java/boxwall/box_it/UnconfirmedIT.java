package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change that nobody confirms is rolled back, whichever process dies. Times are the box's own uptime. */
@SharedBox.Used
class UnconfirmedIT {
    /**
     * How many seconds later a change may be back: 3 where nothing else runs on the machine. Otherwise the emulated
     * box, whose clock goes on, can be slower by any factor, and only a guard that hangs exceeds this.
     */
    private static final int GRACE = Boolean.getBoolean("boxwall.long") ? 3 : 60;

    @Test
    void aTryIsBackAfterItsSeconds(VirtualBox box, @TempDir Path folder) {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).into(box, "unconfirmed");
        // in one command: a busy machine may need the six seconds for a second one
        VirtualBox.Answer tried = box.run("boxwall-apply try " + plan + " 6 && iptables-save").good();
        assertEquals("pending", tried.get("state"), tried.out());
        assertTrue(tried.out().contains(DeskPlan.MARKER + "\n"), "the new rules are live");
        assertBack(box, before, tried.number("protected") + 6, "a try of 6 s");
        assertEquals("not-confirmed", box.apply("status").get("reason"));
    }

    @Test
    void aTryIsBackThoughItsSessionEndsAtOnce(VirtualBox box, @TempDir Path folder) throws InterruptedException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).into(box, "session");
        Process session = box.start("boxwall-apply try " + plan + " 6; sleep 100");
        assertTrue(VirtualBox.within(120, () -> box.apply("status").get("state").equals("pending")),
                "the try is pending");
        session.destroyForcibly();
        assertTrue(session.waitFor(10, TimeUnit.SECONDS));
        // too early, if the session's end undid it
        assertBack(box, before, box.apply("status").number("protected") + 6, "a try of 6 s without its session");
    }

    @Test
    void aTryCutOffInTheMiddleIsUndone(VirtualBox box, @TempDir Path folder) throws InterruptedException {
        String before = box.rules();
        String plan = DeskPlan.of(folder, DeskPlan.marked()).into(box, "middle");
        Process session = box.start("boxwall-apply try " + plan + " 6");
        assertTrue(VirtualBox.within(120, () -> box.run("test -s /var/run/boxwall/tx/worker").status() == 0),
                "the try has begun");
        session.destroyForcibly();
        assertTrue(session.waitFor(10, TimeUnit.SECONDS));
        assertTrue(VirtualBox.within(120, () -> box.run("test -e /var/run/boxwall/tx").status() != 0),
                "the try is over");
        assertEquals(before, box.rules());
        assertEquals("active", box.apply("status").get("state"));
    }

    @Test
    void aChangeOverHttpIsBackThoughTheJvmIsKilled(VirtualBox box) {
        String before = box.rules();
        box.http("PUT", "/rules", DeskPlan.marked()).with(200);
        JsonObject pending = box.http("POST", "/apply?confirm=12", "").with(202).json();
        VirtualBox.Answer killed = box.run(
                "pid=$(cat /var/run/boxwall.pid) && kill -9 $pid && while [ -d /proc/$pid ]; do usleep 50000; done");
        try {
            killed.good();
            // too early, if the JVM's end undid it or nothing was loaded
            assertBack(box, before, pending.getInt("deadline", -1), "a change of 12 s over HTTP, its JVM killed");
        } finally {
            box.run("/etc/init.d/rc.boxwall start").good();
        }
        assertTrue(VirtualBox.within(120, () -> answers(box)), "the daemon is back");
        JsonObject status = box.get("/status").with(200).json();
        assertEquals("active", status.getString("state", ""), status::toString);
        assertFalse(box.http("GET", "/rules", "").body().contains("4711"), "the candidate was in the killed JVM only");
    }

    /** Nobody listens while the JVM starts. */
    private static boolean answers(VirtualBox box) {
        return box.run("boxnet", "tcp", "-", VirtualBox.LAN, "8181", "5").status() == 0;
    }

    private static void assertBack(VirtualBox box, String before, double deadline, String what) {
        double back = box.unmarkedAt();
        assertTrue(back > deadline - 1.5, "back at " + back + ", too early for " + deadline);
        assertTrue(back <= deadline + GRACE, "back at " + back + ", due at " + deadline);
        System.out.printf("measured: %s was back %.2f s after its time%n", what, back - deadline);
        assertTrue(VirtualBox.within(120, () -> box.apply("status").get("state").equals("active")),
                "the undoing is over");
        assertEquals(before, box.rules());
    }
}
