package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** rc.boxwall on a stand-in of modlibrc, with a stand-in of a JVM that ends at INT. */
class RcTest {
    /** Gives the box what rc.boxwall looks for: modlibrc, the scripts, a jar, a launcher and start-stop-daemon. */
    private static NetBox box(String shell, boolean jvm) throws IOException {
        NetBox box = new NetBox(shell);
        box.settings.put("BOXWALL_MODLIBRC", Path.of("src/box/rootfs/etc/init.d/modlibrc").toAbsolutePath().toString());
        box.settings.put("BOXWALL_SBIN", Path.of("init.d").toAbsolutePath().toString());
        box.settings.put("BOXWALL_PID_FILE", box.folder.resolve("boxwall.pid").toString());
        box.settings.put("BOXWALL_LAUNCHER", box.bin.resolve("boxwall").toString());
        box.settings.put("BOXWALL_JAR", box.folder.resolve("boxwall.jar").toString());
        box.settings.put("BOXWALL_JVM", box.bin.resolve("jvm").toString());
        box.settings.put("BOXWALL_ENABLED", "yes");
        Files.writeString(box.folder.resolve("boxwall.jar"), "");
        box.script("start-stop-daemon", "#!/bin/sh\nexec busybox start-stop-daemon \"$@\"\n");
        // its name is in its command line, as that of the jar is in a JVM's
        box.script("boxwall", "#!/bin/sh\nexec " + box.bin + "/jvm boxwall.jar \"$@\"\n");
        if (jvm) {
            box.script("jvm", "#!/bin/sh\ntrap 'echo ended >" + box.folder + "/ended; exit' INT\nwhile :; do sleep 1; done\n");
        }
        return box;
    }

    @Test
    void loadProtectsAndStartsAndStopLeavesTheRules() {
        inBothShells(shell -> {
            try (NetBox box = box(shell, true)) {
                box.stored("boot", new PlanFolder("old", 1111));
                assertEquals(3, box.scripted("rc.boxwall", "status").status());
                NetBox.Answer load = box.scripted("rc.boxwall");
                assertEquals(0, load.status(), load.out() + load.err());
                String live = box.tables();
                assertTrue(live.contains("1111"), load.out() + load.err());
                assertTrue(Wait.until(() -> box.scripted("rc.boxwall", "status").status() == 0), load.out() + load.err());
                assertEquals("running\n", box.scripted("rc.boxwall", "status").out());
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(box.state.resolve("token"))));
                String token = NetBox.read(box.state.resolve("token"));
                assertTrue(token.matches("[0-9a-f]{32}\n"), token);

                NetBox.Answer stop = box.scripted("rc.boxwall", "stop");
                assertEquals(0, stop.status(), stop.err());
                assertEquals("ended\n", NetBox.read(box.folder.resolve("ended")), "INT, not TERM");
                assertEquals(3, box.scripted("rc.boxwall", "status").status());
                assertEquals(live, box.tables());
                Files.writeString(box.state.resolve("trial"), "id=x\nspared=0\n");
                assertEquals(0, box.scripted("rc.boxwall", "stop").status(), "twice is harmless");
                assertEquals("spared=1\n", NetBox.read(box.state.resolve("trial")), "going down in good order is no proof against a plan");
                Files.delete(box.state.resolve("trial"));
                assertEquals(0, box.scripted("rc.boxwall", "restart").status());
                assertEquals(token, box.scripted("rc.boxwall", "token").out(), "the one that is there stays");
                assertFalse(token.equals(box.scripted("rc.boxwall", "token", "new").out()));
                assertEquals(0, box.scripted("rc.boxwall", "unload").status());
                assertEquals(live, box.tables());
            }
        });
    }

    @Test
    void withoutJvmTheRulesAreThere() {
        inBothShells(shell -> {
            try (NetBox box = box(shell, false)) {
                box.stored("boot", new PlanFolder("old", 1111));
                NetBox.Answer load = box.scripted("rc.boxwall", "load");
                assertEquals(0, load.status(), load.err());
                assertTrue(load.out().contains("no JVM"), load.out());
                assertTrue(box.tables().contains("1111"));
                assertEquals(0, box.scripted("rc.boxwall", "open").status());
                assertFalse(box.tables().contains("1111"));
                assertEquals(0, box.scripted("rc.boxwall", "lock").status());
                assertTrue(box.tables().contains(":INPUT DROP"));
            }
        });
    }

    @Test
    void switchedOffItLoadsNothing() {
        inBothShells(shell -> {
            try (NetBox box = box(shell, true)) {
                box.settings.put("BOXWALL_ENABLED", "no");
                box.stored("boot", new PlanFolder("old", 1111));
                assertEquals(1, box.scripted("rc.boxwall", "load").status(), "as modlibrc has it");
                assertEquals("iptables\nip6tables\n", box.tables());
                assertEquals(3, box.scripted("rc.boxwall", "status").status());
            }
        });
    }
}
