package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** rc.boxwall with a stub of modlibrc and a stub JVM that ends on INT. */
class RcTest {
    /** A box with everything that rc.boxwall needs: modlibrc, the scripts, a jar, a launcher and start-stop-daemon. */
    private static NetBox box(String shell, boolean withJvm) throws IOException {
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
        // its command line contains the jar's name, as a JVM's does
        box.script("boxwall", "#!/bin/sh\nexec " + box.bin + "/jvm boxwall.jar \"$@\"\n");
        if (withJvm) {
            box.script("jvm",
                    "#!/bin/sh\ntrap 'echo ended >" + box.folder + "/ended; exit' INT\nwhile :; do sleep 1; done\n");
        }
        return box;
    }

    @Test
    void loadAppliesRulesAndStartsDaemonAndStopKeepsRules() {
        withBothShells(shell -> box(shell, true), box -> {
            box.storePlan("boot", new PlanFolder("old", 1111));
            assertEquals(3, box.runScript("rc.boxwall", "status").status());
            NetBox.Answer load = box.runScript("rc.boxwall");
            assertEquals(0, load.status(), load.out() + load.err());
            String live = box.tables();
            assertTrue(live.contains("1111"), load.out() + load.err());
            assertTrue(Wait.until(() -> box.runScript("rc.boxwall", "status").status() == 0), load.out() + load.err());
            assertEquals("running\n", box.runScript("rc.boxwall", "status").out());
            assertEquals("rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(box.state.resolve("token"))));
            String token = NetBox.read(box.state.resolve("token"));
            assertTrue(token.matches("[0-9a-f]{32}\n"), token);

            NetBox.Answer stop = box.runScript("rc.boxwall", "stop");
            assertEquals(0, stop.status(), stop.err());
            assertEquals("ended\n", NetBox.read(box.folder.resolve("ended")), "INT, not TERM");
            assertEquals(3, box.runScript("rc.boxwall", "status").status());
            assertEquals(live, box.tables());
            assertEquals(0, box.runScript("rc.boxwall", "restart").status());
            assertEquals(token, box.runScript("rc.boxwall", "token").out(), "the existing token is kept");
            NetBox.Answer typo = box.runScript("rc.boxwall", "token", "neu");
            assertEquals("1  rc.boxwall: found 'token neu', expected token, or token new\n",
                    typo.status() + " " + typo.out() + " " + typo.err());
            assertFalse(token.equals(box.runScript("rc.boxwall", "token", "new").out()));
            NetBox.Answer record = box.runScript("rc.boxwall", "record");
            assertTrue(record.status() == 2 && record.err().contains("record DIR"), record.err());
            assertEquals(0, box.runScript("rc.boxwall", "unload").status());
            assertEquals(live, box.tables());
        });
    }

    @Test
    void stopSparesTheTrialAndSavesWhatIsUnsaved() {
        withBothShells(shell -> box(shell, true), box -> {
            box.storePlan("boot", new PlanFolder("old", 1111));
            assertEquals(0, box.runScript("rc.boxwall").status());
            assertEquals(0, box.runScript("rc.boxwall", "stop").status());
            Files.writeString(box.state.resolve("trial"), "id=x\nspared=0\n");
            assertEquals(0, box.runScript("rc.boxwall", "stop").status(), "a second stop is harmless");
            assertEquals("spared=1\n", NetBox.read(box.state.resolve("trial")),
                    "an orderly shutdown does not fail a trial");
            Files.delete(box.state.resolve("trial"));
            int saves = saves(box);
            assertEquals(0, box.runScript("rc.boxwall", "stop").status());
            assertEquals(saves, saves(box), "nothing is unsaved");
            Files.writeString(box.run.resolve("unsaved"), "flash\n");
            assertEquals(0, box.runScript("rc.boxwall", "stop").status());
            assertEquals(saves + 1, saves(box), "saves what could not be saved before");
            assertEquals("", NetBox.read(box.run.resolve("unsaved")));
        });
    }

    private static int saves(NetBox box) { return (int) box.calls().lines().filter("modsave flash"::equals).count(); }

    @Test
    void loadAppliesRulesWithoutJvm() {
        withBothShells(shell -> box(shell, false), box -> {
            box.storePlan("boot", new PlanFolder("old", 1111));
            NetBox.Answer load = box.runScript("rc.boxwall", "load");
            assertEquals(0, load.status(), load.err());
            assertTrue(load.out().contains("no JVM"), load.out());
            assertTrue(box.tables().contains("1111"));
            assertEquals(0, box.runScript("rc.boxwall", "open").status());
            assertFalse(box.tables().contains("1111"));
            assertEquals(0, box.runScript("rc.boxwall", "lock").status());
            assertTrue(box.tables().contains(":INPUT DROP"));
        });
    }

    @Test
    void disabledServiceLoadsNothing() {
        withBothShells(shell -> box(shell, true), box -> {
            box.settings.put("BOXWALL_ENABLED", "no");
            box.storePlan("boot", new PlanFolder("old", 1111));
            assertEquals(1, box.runScript("rc.boxwall", "load").status(), "the status of modlibrc");
            assertEquals("iptables\nip6tables\n", box.tables());
            assertEquals(3, box.runScript("rc.boxwall", "status").status());
        });
    }

    /** A box with the real launcher; its JVM is a script. */
    private static NetBox launcherBox(String shell, String jvmScript) throws IOException {
        NetBox box = box(shell, true);
        box.script("jamvm", "#!/bin/sh\n" + jvmScript);
        box.settings.put("BOXWALL_JVM", box.bin.resolve("jamvm").toString());
        // like Freetz', modlibrc clears the environment
        String settings =
                box.settings.entrySet().stream().map(e -> "export " + e.getKey() + "='" + e.getValue() + "'\n")
                        .collect(java.util.stream.Collectors.joining());
        box.script("boxwall", "#!/bin/sh\n" + settings + "exec " + box.command("boxwall") + " \"$@\"\n");
        return box;
    }

    private static String pid(NetBox box) { return NetBox.read(box.run.resolve("daemon.pid")).split(" ")[0]; }

    @Test
    void endedDaemonIsRestartedAndCounted() {
        withBothShells(shell -> launcherBox(shell, "trap 'exit 0' INT\nwhile :; do sleep 1; done\n"), box -> {
            NetBox.Answer start = box.runScript("rc.boxwall", "start");
            assertEquals(0, start.status(), start.out() + start.err());
            assertTrue(Wait.until(() -> !pid(box).isEmpty()), start.err());
            String first = pid(box);
            assertEquals("", box.runScript("rc.boxwall", "status").err());
            box.sh("kill -9 " + first);
            assertTrue(Wait.until(() -> !pid(box).isEmpty() && !pid(box).equals(first)),
                    "no daemon again after " + first);
            assertEquals("1\n", NetBox.read(box.run.resolve("restarts")));
            NetBox.Answer status = box.runScript("rc.boxwall", "status");
            assertEquals("running\n", status.out());
            assertTrue(status.err().contains("restarts: 1"), status.err());
            // the launcher may be killed, too
            String orphan = pid(box);
            box.sh("read -r keeper _ <$BOXWALL_RUN/keeper.pid; kill -9 $keeper");
            Files.delete(box.folder.resolve("boxwall.pid")); // otherwise start would find it running
            assertEquals(0, box.runScript("rc.boxwall", "start").status());
            assertTrue(Wait.until(() -> !pid(box).equals(orphan) && !pid(box).isEmpty()));
            assertEquals("", box.sh("kill -0 " + orphan + " && echo two").out(), "the first daemon must be gone");
            String lastPid = pid(box);
            assertEquals(0, box.runScript("rc.boxwall", "stop").status());
            assertEquals(3, box.runScript("rc.boxwall", "status").status());
            assertEquals("", box.sh("kill -0 " + lastPid + " && echo there").out(), "stop ends daemon and launcher");
        });
    }

    @Test
    void restartsOfAFailingDaemonBackOff() {
        withBothShells(shell -> launcherBox(shell, "echo start >>$BOXWALL_TEST/starts\nexit 1\n"), box -> {
            // records each wait and ends it at once; the eighth wait lasts until it is stopped
            box.script("sleep",
                    "#!/bin/sh\necho $1 >>$BOXWALL_TEST/waits\n[ \"$(wc -l <$BOXWALL_TEST/waits)\" -lt 8 ] || exec /bin/sleep 600\n");
            Process loop = box.start(Stream.concat(Stream.of("env", "BOXWALL_LOG=" + box.run.resolve("daemon.log")),
                    Stream.of((box.command("boxwall") + " daemon").split(" "))).toArray(String[]::new));
            assertTrue(Wait.until(() -> NetBox.read(box.folder.resolve("waits")).lines().count() == 8),
                    NetBox.read(box.folder.resolve("waits")));
            assertEquals("5 10 20 40 60 60 60 60", NetBox.read(box.folder.resolve("waits")).trim().replace("\n", " "));
            assertEquals("7\n", NetBox.read(box.run.resolve("restarts")));
            assertEquals(8, NetBox.read(box.folder.resolve("starts")).lines().count());
            box.sh("for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline) in *'boxwall daemon ') kill -INT ${p#/proc/} ;; esac; done");
            assertTrue(loop.waitFor(60, java.util.concurrent.TimeUnit.SECONDS), "stops during a wait");
        });
    }

    @Test
    void tokenIsSavedToFlashOnceWhenShown() {
        withBothShells(shell -> box(shell, true), box -> {
            box.script("modsave", "#!/bin/sh\necho saved >>$BOXWALL_TEST/saved\n");
            String token = box.runScript("rc.boxwall", "token").out();
            assertEquals("saved\n", NetBox.read(box.folder.resolve("saved")));
            assertEquals(token, box.runScript("rc.boxwall", "token").out());
            assertEquals("saved\n", NetBox.read(box.folder.resolve("saved")), "saved only once");
            box.runScript("rc.boxwall", "token", "new");
            assertEquals("saved\nsaved\n", NetBox.read(box.folder.resolve("saved")));
        });
    }

    /** Freetz itself loads packages without a verb. */
    @Test
    void missingVerbPrintsUsageOnATerminalOnly() {
        withBothShells(shell -> box(shell, false), box -> {
            String commandLine = "script -qec '" + box.command("rc.boxwall") + "' /dev/null </dev/null";
            NetBox.Answer first = box.sh(commandLine);
            assertFalse(first.out().contains("record DIR"), first.out());
            NetBox.Answer second = box.sh(commandLine);
            assertTrue(second.out().contains("load (or nothing) | unload"), second.out() + second.err());
            assertFalse(box.runScript("rc.boxwall").err().contains("record DIR"), "no usage without a terminal");
        });
    }
}
