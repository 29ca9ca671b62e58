package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
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
            box.script("jvm",
                    "#!/bin/sh\ntrap 'echo ended >" + box.folder + "/ended; exit' INT\nwhile :; do sleep 1; done\n");
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
                assertTrue(Wait.until(() -> box.scripted("rc.boxwall", "status").status() == 0),
                        load.out() + load.err());
                assertEquals("running\n", box.scripted("rc.boxwall", "status").out());
                assertEquals("rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(box.state.resolve("token"))));
                String token = NetBox.read(box.state.resolve("token"));
                assertTrue(token.matches("[0-9a-f]{32}\n"), token);

                NetBox.Answer stop = box.scripted("rc.boxwall", "stop");
                assertEquals(0, stop.status(), stop.err());
                assertEquals("ended\n", NetBox.read(box.folder.resolve("ended")), "INT, not TERM");
                assertEquals(3, box.scripted("rc.boxwall", "status").status());
                assertEquals(live, box.tables());
                Files.writeString(box.state.resolve("trial"), "id=x\nspared=0\n");
                assertEquals(0, box.scripted("rc.boxwall", "stop").status(), "twice is harmless");
                assertEquals("spared=1\n", NetBox.read(box.state.resolve("trial")),
                        "going down in good order is no proof against a plan");
                Files.delete(box.state.resolve("trial"));
                int saves = saves(box);
                assertEquals(0, box.scripted("rc.boxwall", "stop").status());
                assertEquals(saves, saves(box), "all is saved");
                Files.writeString(box.run.resolve("unsaved"), "flash\n");
                assertEquals(0, box.scripted("rc.boxwall", "stop").status());
                assertEquals(saves + 1, saves(box), "what could not be saved before");
                assertEquals("", NetBox.read(box.run.resolve("unsaved")));
                assertEquals(0, box.scripted("rc.boxwall", "restart").status());
                assertEquals(token, box.scripted("rc.boxwall", "token").out(), "the one that is there stays");
                assertFalse(token.equals(box.scripted("rc.boxwall", "token", "new").out()));
                assertEquals(0, box.scripted("rc.boxwall", "unload").status());
                assertEquals(live, box.tables());
            }
        });
    }

    private static int saves(NetBox box) { return (int) box.calls().lines().filter("modsave flash"::equals).count(); }

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

    /** A box with the real launcher; its JVM is a script that says when it was started. */
    private static NetBox kept(String shell, String jvm) throws IOException {
        NetBox box = box(shell, true);
        box.script("boxwall", "#!/bin/sh\nexec " + box.command("boxwall") + " \"$@\"\n");
        box.script("jamvm", "#!/bin/sh\n" + jvm);
        box.settings.put("BOXWALL_JVM", box.bin.resolve("jamvm").toString());
        // modlibrc clears the environment, as Freetz' does
        String settings =
                box.settings.entrySet().stream().map(e -> "export " + e.getKey() + "='" + e.getValue() + "'\n")
                        .collect(java.util.stream.Collectors.joining());
        box.script("boxwall", "#!/bin/sh\n" + settings + "exec " + box.command("boxwall") + " \"$@\"\n");
        return box;
    }

    private static String pid(NetBox box) { return NetBox.read(box.run.resolve("daemon.pid")).split(" ")[0]; }

    @Test
    void aDaemonThatEndsByItselfIsBackAndCounted() {
        inBothShells(shell -> {
            try (NetBox box = kept(shell, "trap 'exit 0' INT\nwhile :; do sleep 1; done\n")) {
                NetBox.Answer start = box.scripted("rc.boxwall", "start");
                assertEquals(0, start.status(), start.out() + start.err());
                assertTrue(Wait.until(() -> !pid(box).isEmpty()), start.err());
                String first = pid(box);
                assertEquals("", box.scripted("rc.boxwall", "status").err());
                box.sh("kill -9 " + first);
                assertTrue(Wait.until(() -> !pid(box).isEmpty() && !pid(box).equals(first)),
                        "no daemon again after " + first);
                assertEquals("1\n", NetBox.read(box.run.resolve("restarts")));
                NetBox.Answer status = box.scripted("rc.boxwall", "status");
                assertEquals("running\n", status.out());
                assertTrue(status.err().contains("restarts: 1"), status.err());
                // and what keeps it running may be killed too
                String alone = pid(box);
                box.sh("read -r keeper _ <$BOXWALL_RUN/keeper.pid; kill -9 $keeper");
                Files.delete(box.folder.resolve("boxwall.pid")); // or start would see that it runs
                assertEquals(0, box.scripted("rc.boxwall", "start").status());
                assertTrue(Wait.until(() -> !pid(box).equals(alone) && !pid(box).isEmpty()));
                assertEquals("", box.sh("kill -0 " + alone + " && echo two").out(), "never two");
                String last = pid(box);
                assertEquals(0, box.scripted("rc.boxwall", "stop").status());
                assertEquals(3, box.scripted("rc.boxwall", "status").status());
                assertEquals("", box.sh("kill -0 " + last + " && echo there").out(), "stop ends both");
            }
        });
    }

    @Test
    void oneThatEndsAtOnceIsStartedEverMoreSeldom() {
        inBothShells(shell -> {
            try (NetBox box = kept(shell, "echo start >>$BOXWALL_TEST/starts\nexit 1\n")) {
                // how long it waits is written down, and over at once; the eighth wait lasts until somebody stops it
                box.script("sleep",
                        "#!/bin/sh\necho $1 >>$BOXWALL_TEST/waits\n[ \"$(wc -l <$BOXWALL_TEST/waits)\" -lt 8 ] || exec /bin/sleep 600\n");
                Process loop =
                        box.start(Stream
                                .concat(Stream.of("env", "BOXWALL_LOG=" + box.run.resolve("daemon.log")),
                                        Stream.of((box.command("boxwall") + " daemon").split(" ")))
                                .toArray(String[]::new));
                assertTrue(Wait.until(() -> NetBox.read(box.folder.resolve("waits")).lines().count() == 8),
                        NetBox.read(box.folder.resolve("waits")));
                assertEquals("5 10 20 40 60 60 60 60",
                        NetBox.read(box.folder.resolve("waits")).trim().replace("\n", " "));
                assertEquals("7\n", NetBox.read(box.run.resolve("restarts")));
                assertEquals(8, NetBox.read(box.folder.resolve("starts")).lines().count());
                box.sh("for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline) in *'boxwall daemon ') kill -INT ${p#/proc/} ;; esac; done");
                assertTrue(loop.waitFor(60, java.util.concurrent.TimeUnit.SECONDS), "it ends while it waits");
            }
        });
    }

    @Test
    void theTokenIsInTheFlashFromItsFirstShowOn() {
        inBothShells(shell -> {
            try (NetBox box = box(shell, true)) {
                box.script("modsave", "#!/bin/sh\necho saved >>$BOXWALL_TEST/saved\n");
                String token = box.scripted("rc.boxwall", "token").out();
                assertEquals("saved\n", NetBox.read(box.folder.resolve("saved")));
                assertEquals(token, box.scripted("rc.boxwall", "token").out());
                assertEquals("saved\n", NetBox.read(box.folder.resolve("saved")), "once");
                box.scripted("rc.boxwall", "token", "new");
                assertEquals("saved\nsaved\n", NetBox.read(box.folder.resolve("saved")));
            }
        });
    }

    /** Freetz itself loads packages without a verb. */
    @Test
    void aPersonWithoutAVerbGetsTheUsage() {
        inBothShells(shell -> {
            try (NetBox box = box(shell, false)) {
                String typed = "script -qec '" + box.command("rc.boxwall") + "' /dev/null </dev/null";
                NetBox.Answer first = box.sh(typed);
                assertFalse(first.out().contains("record DIR"), first.out());
                NetBox.Answer second = box.sh(typed);
                assertTrue(second.out().contains("load (or nothing) | unload"), second.out() + second.err());
                assertFalse(box.scripted("rc.boxwall").err().contains("record DIR"), "nobody at a terminal");
            }
        });
    }
}
