package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The limit on the flash that a confirmed plan takes of the 32 KiB that all of Freetz shares. */
class FlashSizeTest {
    /** Text that gzip compresses to about this many bytes. */
    private static String incompressible(int bytes) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(bytes);
        while (text.length() < bytes * 4 / 3) {
            text.append((char) ('0' + random.nextInt(64)));
        }
        return text.append('\n').toString();
    }

    private static NetBox.Answer keep(NetBox box, int bytes, int safeBytes) {
        Path plan = new PlanFolder("plan-" + bytes, 1111).with("notes", incompressible(bytes))
                .write(box.folder.resolve("plan"));
        try {
            if (safeBytes > 0) {
                new PlanFolder("safe", 1111).with("notes", incompressible(safeBytes)).write(plan.resolve("safe"));
                Files.delete(plan.resolve("safe/rules"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return box.runScript("boxwall-keep", "keep", plan.toString());
    }

    @Test
    void dropsStatelessFormFirstThenRefusesThePlan() {
        withBothShells(box -> {
            NetBox.Answer small = keep(box, 2000, 2000);
            assertEquals(0, small.status(), small.err());
            assertTrue(Files.exists(box.state.resolve("boot.new/safe/stamp")));
            NetBox.Answer larger = keep(box, 8000, 5000);
            assertEquals(0, larger.status(), larger.err());
            assertTrue(larger.err().contains("without its stateless form"), larger.err());
            assertFalse(Files.exists(box.state.resolve("boot.new/safe")));
            assertTrue(NetBox.read(box.state.resolve("boot.new/stamp")).contains("plan-8000"));
            NetBox.Answer large = keep(box, 13000, 500);
            assertEquals(3, large.status());
            assertTrue(large.err().contains("too big for the flash"), large.err());
            assertTrue(NetBox.read(box.state.resolve("boot.new/stamp")).contains("plan-8000"), "the saved plan stays");
            assertFalse(Files.exists(box.state.resolve("boot.new.tmp")));
        });
    }
}
