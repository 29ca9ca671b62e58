package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that stops the kernel as soon as it is loaded is loaded once: the next boot leaves it and says so. */
class BootLoopIT {
    @Test
    void aPlanThatPanicsTheBoxIsAbandonedForTheProvenOne(@TempDir Path folder) {
        try (VirtualBox box = new VirtualBox("panic")) {
            box.up("--new", "--panic-module", "--late-stick"); // the daemon has no part in it before the next boot
            String proven = box.rules();
            String plan = DeskPlan.of(folder, DeskPlan.marked()).with("modules", "box_panic\n").into(box, "panic");
            // as a confirm leaves it; a try would have stopped the box before
            box.run("mv " + plan
                    + " /tmp/flash/boxwall/boot.new && rm -f /tmp/flash/boxwall/boot.new/rules && modsave flash")
                    .good();
            box.cut();
            box.up("--panic-module"); // waits for the daemon, so past the panic: the box starts again by itself
            assertEquals("boot-fell-back", box.apply("status").get("reason"), box::log);
            assertEquals(1, box.log().split("Kernel panic", -1).length - 1, box::log);
            assertEquals("active", box.apply("status").get("state"));
            assertEquals(proven, box.rules());
            box.run("test -d /tmp/flash/boxwall/boot.bad && test ! -e /tmp/flash/boxwall/boot.new -a ! -e /tmp/flash/boxwall/trial")
                    .good();
            assertTrue(
                    VirtualBox.within(120,
                            () -> box.run("boxnet", "tcp", "-", VirtualBox.LAN, "8181", "5").status() == 0),
                    "the daemon is there");
            JsonObject status = box.get("/status").with(200).json();
            boolean said = false;
            for (JsonValue finding : status.get("findings").asArray()) {
                said |= finding.asObject().getString("code", "").equals("boot-fell-back");
            }
            assertTrue(said, status::toString);
        }
    }
}
