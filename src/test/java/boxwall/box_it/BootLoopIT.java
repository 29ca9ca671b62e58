package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that makes the kernel panic is loaded once: the next boot drops it and reports that. */
class BootLoopIT {
    @Test
    void planThatPanicsTheBoxIsReplacedByTheProvenOne(@TempDir Path folder) {
        try (VirtualBox box = new VirtualBox("panic")) {
            box.up("--new", "--panic-module", "--late-stick"); // no daemon before the next boot
            String proven = box.rules();
            String plan = DeskPlan.of(folder, DeskPlan.marked()).with("modules", "box_panic\n").copyTo(box, "panic");
            // as if confirmed; a real try would have stopped the box
            box.run("mv " + plan
                    + " /tmp/flash/boxwall/boot.new && rm -f /tmp/flash/boxwall/boot.new/rules && modsave flash").ok();
            box.cutPower();
            box.up("--panic-module"); // waits for the daemon, so until the restart after the panic
            assertEquals("boot-fell-back", box.apply("status").get("reason"), box::log);
            assertEquals(1, box.log().split("Kernel panic", -1).length - 1, box::log);
            assertEquals("active", box.apply("status").get("state"));
            assertEquals(proven, box.rules());
            box.run("test -d /tmp/flash/boxwall/boot.bad && test ! -e /tmp/flash/boxwall/boot.new -a ! -e /tmp/flash/boxwall/trial")
                    .ok();
            assertTrue(
                    VirtualBox.waitUntil(120,
                            () -> box.run("boxnet", "tcp", "-", VirtualBox.LAN, "8181", "5").status() == 0),
                    "the daemon must be up");
            JsonObject status = box.get("/status").expect(200).json();
            boolean reported = false;
            for (JsonValue finding : status.get("findings").asArray()) {
                reported |= finding.asObject().getString("code", "").equals("boot-fell-back");
            }
            assertTrue(reported, status::toString);
        }
    }
}
