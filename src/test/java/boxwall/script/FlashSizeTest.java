package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a confirmed change takes of the 32 KiB that all of Freetz shares. */
class FlashSizeTest {
    /** Text that gzip can't make smaller than this many bytes, more or less. */
    private static String noise(int bytes) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(bytes);
        while (text.length() < bytes * 4 / 3) {
            text.append((char) ('0' + random.nextInt(64)));
        }
        return text.append('\n').toString();
    }

    private static NetBox.Answer kept(NetBox box, int bytes, int safe) {
        Path plan = new PlanFolder("plan-" + bytes, 1111).with("notes", noise(bytes)).write(box.folder.resolve("plan"));
        try {
            if (safe > 0) {
                new PlanFolder("safe", 1111).with("notes", noise(safe)).write(plan.resolve("safe"));
                Files.delete(plan.resolve("safe/rules"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return box.scripted("boxwall-keep", "keep", plan.toString());
    }

    @Test
    void dropsTheStatelessFormFirstThenRefusesTheChange() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                NetBox.Answer small = kept(box, 2000, 2000);
                assertEquals(0, small.status(), small.err());
                assertTrue(Files.exists(box.state.resolve("boot.new/safe/stamp")));
                NetBox.Answer larger = kept(box, 8000, 5000);
                assertEquals(0, larger.status(), larger.err());
                assertTrue(larger.err().contains("without its stateless form"), larger.err());
                assertFalse(Files.exists(box.state.resolve("boot.new/safe")));
                assertTrue(NetBox.read(box.state.resolve("boot.new/stamp")).contains("plan-8000"));
                NetBox.Answer large = kept(box, 13000, 500);
                assertEquals(3, large.status());
                assertTrue(large.err().contains("too big for the flash"), large.err());
                assertTrue(NetBox.read(box.state.resolve("boot.new/stamp")).contains("plan-8000"),
                        "what was there stays");
                assertFalse(Files.exists(box.state.resolve("boot.new.tmp")));
            }
        });
    }
}
