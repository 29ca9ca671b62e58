package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a power cut at any time during a change, its confirm and its first boot, the box has the old rules or the new
 * ones.
 */
class CutIT {
    private static final int CUTS = Boolean.getBoolean("boxwall.long") ? 20 : 3;
    private static final long SEED = Long.getLong("boxwall.seed", System.nanoTime() & 0xffff);
    /** About how long try, confirm and the writes to flash take on the box without a JVM, in milliseconds. */
    private static final int MAX_DELAY = 8000;

    @Test
    void rulesAreOldOrNewAfterAPowerCutAtAnyTime(@TempDir Path folder) throws Exception {
        System.out.println("CutIT: seed " + SEED);
        Random random = new Random(SEED);
        try (VirtualBox box = new VirtualBox("cuts")) {
            box.up("--new", "--jvm", "none");
            String old = box.rules();
            DeskPlan marked = DeskPlan.of(folder, DeskPlan.marked());
            String changed = null;
            for (int i = 0; i < CUTS; i++) {
                String path = marked.copyTo(box, "cut");
                Process change = box.start("id=$(boxwall-apply try " + path
                        + " 60 --replace | sed -n 's/^id=//p'); boxwall-apply confirm $id; sleep 100");
                Thread.sleep(random.nextInt(MAX_DELAY)); // a random time for the cut
                box.cutPower();
                change.destroyForcibly();
                box.up("--jvm", "none");
                String live = box.rules();
                changed = changed == null && live.contains(DeskPlan.MARKER) ? live : changed;
                String rules = live;
                assertTrue(live.equals(old) || live.equals(changed),
                        () -> "neither old nor new:\n" + rules + box.log());
                VirtualBox.Answer status = box.apply("status");
                assertEquals("active", status.get("state"), status.out());
                assertTrue(status.number("protected") > 0, status.out());
            }
            System.out.println("measured: " + CUTS + " power cuts at random moments of a change, "
                    + (changed == null ? "never the new" : "old and new") + " rules after them");
        }
    }
}
