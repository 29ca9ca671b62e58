package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which rules a box boots with for each content of its flash folder, and how a confirmed plan becomes proven. */
class BootTest {
    private static final PlanFolder OLD = new PlanFolder("old", 1111);
    private static final PlanFolder NEW = new PlanFolder("new", 2222);

    private static void assertClosed(NetBox box) {
        String live = box.tables();
        assertTrue(live.contains(
                ":INPUT DROP\n:FORWARD DROP\n:OUTPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n"),
                live);
        assertEquals(3, live.split(":INPUT DROP", -1).length, "the policy of both families");
    }

    private static void assertProcessesEnd(NetBox box) {
        assertTrue(Wait.until(() -> box.processCount() == 0), () -> box.commandLines().toString());
    }

    @Test
    void bootWithoutPlanLoadsNoRules() {
        withBothShells(box -> {
            NetBox.Answer answer = box.apply("boot");
            assertEquals(0, answer.status(), answer.err());
            assertEquals("inactive", answer.get("state"));
            assertEquals("iptables\nip6tables\n", box.tables());
        });
    }

    @Test
    void provenPlanIsLoadedWithoutWritingFlash() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            NetBox.Answer answer = box.apply("boot");
            assertEquals(0, answer.status(), answer.err());
            assertEquals("active", answer.get("state"));
            assertEquals("old", answer.get("plan"));
            assertTrue(answer.get("protected").matches("\\d+\\.\\d\\d"), answer.out());
            assertTrue(
                    answer.out()
                            .matches("(?s)boxwall: active, plan old, protected at [0-9.]+ s, boot took \\d+ ms\n.*"),
                    answer.out());
            String live = box.tables();
            assertEquals(0, box.apply("boot").status());
            assertEquals(live, box.tables(), "a second boot changes nothing");
            assertFalse(box.calls().contains("modsave"), box.calls());
            assertProcessesEnd(box);
        });
    }

    @Test
    void confirmedPlanIsTriedAtBootAndBecomesProven() {
        withBothShells(box -> {
            box.blockSleep(600);
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            NetBox.Answer answer = box.apply("boot");
            assertEquals("new", answer.get("plan"), answer.out() + answer.err());
            assertTrue(box.tables().contains("2222"));
            assertFalse(box.tables().contains("1111"));
            assertEquals("yes", box.apply("status").get("trial"));
            assertEquals("modsave flash\n", box.calls(), "the mark is saved to flash");
            box.releaseSleep();
            assertTrue(Wait.until(() -> NetBox.read(box.state.resolve("boot/stamp")).startsWith("id=new\n")),
                    () -> box.commandLines().toString());
            assertProcessesEnd(box);
            assertFalse(Files.exists(box.state.resolve("trial")) || Files.exists(box.state.resolve("boot.new")));
            assertEquals("modsave flash\nmodsave flash\n", box.calls());
        });
    }

    @Test
    void trialThatTheBoxDidNotSurviveIsNotRepeated() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            assertEquals("new", box.apply("boot").get("plan"));
            box.cutPower();
            NetBox.Answer answer = box.apply("boot");
            assertEquals("active", answer.get("state"), answer.err());
            assertEquals("old", answer.get("plan"));
            assertEquals("boot-fell-back", answer.get("reason"));
            assertTrue(box.tables().contains("1111"));
            assertTrue(Files.exists(box.state.resolve("boot.bad/stamp")));
            box.cutPower();
            assertEquals("", box.apply("boot").get("reason"), "reported only once");
        });
    }

    /** The mark is that of this boot: the box is alive. */
    @Test
    void bootRepeatedWithoutARebootDoesNotFailTheTrial() {
        withBothShells(box -> {
            box.settings.put("BOXWALL_PROVE_SECONDS", "1");
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            assertEquals("new", box.apply("boot").get("plan"));
            assertEquals("open", box.apply("open").get("state"));
            assertProcessesEnd(box);
            NetBox.Answer again = box.apply("boot");
            assertEquals("active new ", again.get("state") + " " + again.get("plan") + " " + again.get("reason"));
            assertProcessesEnd(box);
            assertTrue(NetBox.read(box.state.resolve("boot/stamp")).contains("id=new\n"), "it becomes proven");
        });
    }

    @Test
    void orderlyShutdownDoesNotFailATrialUpToThreeTimes() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            for (int bootNumber = 1; bootNumber <= 4; bootNumber++) {
                assertEquals("new", box.apply("boot").get("plan"), "boot " + bootNumber);
                NetBox.Answer spared = box.runScript("boxwall-keep", "spare");
                assertEquals(0, spared.status(), spared.err());
                String mark = NetBox.read(box.state.resolve("trial"));
                assertEquals(bootNumber < 4 ? "spared=" + bootNumber + "\n" : "id=new\nspared=3\n", mark);
                assertEquals("yes", box.apply("status").get("trial"), "the trial continues while the box runs");
                box.cutPower();
            }
            assertEquals("old boot-fell-back", box.apply("boot").get("plan") + " " + box.apply("status").get("reason"));
            assertEquals(0, box.runScript("boxwall-keep", "spare").status(), "does nothing without a mark");
            assertEquals(8, box.calls().lines().filter("modsave flash"::equals).count(),
                    "four marks, three removed, one trial given up");
        });
    }

    @Test
    void sparedTrialBecomesProvenWhenTheBoxSurvives() {
        withBothShells(box -> {
            box.blockSleep(600);
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            assertEquals("new", box.apply("boot").get("plan"));
            assertEquals(0, box.runScript("boxwall-keep", "spare").status());
            box.releaseSleep();
            assertTrue(Wait.until(() -> NetBox.read(box.state.resolve("boot/stamp")).startsWith("id=new\n")
                    && box.processCount() == 0), () -> box.commandLines().toString());
            assertFalse(Files.exists(box.state.resolve("trial")) || Files.exists(box.state.resolve("boot.new")));
        });
    }

    /** The flash still has the trial's mark: without another save the next boot would drop the proven plan. */
    @Test
    void unsavedPromotionIsSavedAtOrderlyShutdown() {
        withBothShells(box -> {
            Path flash = box.folder.resolve("flash");
            box.script("modsave", "#!/bin/sh\n[ -e $BOXWALL_TEST/sick ] && exit 1\nrm -rf " + flash
                    + "\ncp -r $BOXWALL_STATE " + flash + "\n");
            box.blockSleep(600);
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            assertEquals("new", box.apply("boot").get("plan"));
            Files.createFile(box.folder.resolve("sick"));
            box.releaseSleep();
            assertTrue(Wait.until(() -> box.apply("status").get("reason").equals("unsaved")),
                    () -> box.apply("status").out());
            assertTrue(Files.exists(flash.resolve("trial")), "flash still has the mark");
            Files.delete(box.folder.resolve("sick"));
            NetBox.Answer spared = box.runScript("boxwall-keep", "spare");
            assertEquals(0, spared.status(), spared.err());
            box.sh("rm -rf $BOXWALL_STATE; cp -r " + flash + " $BOXWALL_STATE");
            box.cutPower();
            NetBox.Answer next = box.apply("boot");
            assertEquals("active new ", next.get("state") + " " + next.get("plan") + " " + next.get("reason"));
        });
    }

    @Test
    void newPlanThatFailsToLoadLeavesOldPlan() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", new PlanFolder("worse", 2222).with("restore6", "-j ACCEPT", "-j NOSUCH"));
            NetBox.Answer answer = box.apply("boot");
            assertEquals("old", answer.get("plan"), answer.out());
            assertEquals("trial-failed", answer.get("reason"));
            assertTrue(answer.get("error").startsWith("restore-failed: "), answer.get("error"));
            assertTrue(box.tables().contains("1111"));
            assertFalse(box.tables().contains("2222"));
            assertFalse(Files.exists(box.state.resolve("trial")));
        });
    }

    @Test
    void trialThatCannotBeMarkedIsNotStarted() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            Files.writeString(box.folder.resolve("modsave.says"), "Concurrent update?\n");
            NetBox.Answer answer = box.apply("boot");
            assertEquals("old", answer.get("plan"), answer.out());
            assertEquals("trial-not-marked", answer.get("reason"));
            assertTrue(answer.get("error").contains("Concurrent update?"), answer.get("error"));
            assertTrue(box.tables().contains("1111"));
        });
    }

    @Test
    void damagedPlanFallsBackToStatelessFormThenToClosedSet() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.storePlan("boot.safe", NEW);
            Files.writeString(box.state.resolve("boot/restore4"), "*filter\n");
            NetBox.Answer answer = box.apply("boot");
            assertEquals("fallback", answer.get("state"), answer.err());
            assertEquals("plan-damaged", answer.get("reason"));
            assertEquals("new", answer.get("plan"));

            box.storePlan("boot.safe",
                    new PlanFolder("else", 3333).with("stamp", "kernel=unknown", "kernel=2.6.32.61"));
            box.cutPower();
            answer = box.apply("boot");
            assertEquals("fallback", answer.get("state"));
            assertEquals("", answer.get("plan"));
            assertEquals("plan-damaged", answer.get("reason"));
            assertTrue(Double.parseDouble(answer.get("protected")) > 0);
            assertClosed(box);
        });
    }

    @Test
    void guardFinishesKilledBoot() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.script("ip6tables-restore",
                    "#!/bin/sh\n[ -e $BOXWALL_TEST/once ] && exec " + box.bin + "/real/ip6tables-restore \"$@\"\n"
                            + ": >$BOXWALL_TEST/once\nkill -9 $(cut -d' ' -f1 <" + box.run
                            + "/tx/worker)\nexec sleep 100\n");
            box.sh("mkdir " + box.bin + "/real; ln -s /usr/sbin/xtables-legacy-multi " + box.bin
                    + "/real/ip6tables-restore");
            assertEquals(137, box.apply("boot").status());
            assertTrue(Wait.until(() -> box.apply("status").get("state").equals("active")),
                    () -> box.apply("status").out());
            assertEquals(4, box.tables().split("1111", -1).length);
            assertProcessesEnd(box);
        });
    }

    /** The first restore, or each of five, waits for xtables' lock until it is killed; then the lock is released. */
    @Test
    void planIsLoadedWhenXtablesLockIsFreed() {
        inBothShells(shell -> {
            for (int blocked : new int[] {1, 5}) {
                try (NetBox box = new NetBox(shell)) {
                    box.useFakeHangClock("20");
                    box.blockRestoresOnLock(blocked);
                    box.sh(NetBox.HOLD_LOCK);
                    box.storePlan("boot", OLD);
                    NetBox.Answer answer = box.apply("boot");
                    assertEquals(blocked, NetBox.read(box.folder.resolve("held")).lines().count() - 1,
                            "restores that waited for the lock");
                    assertEquals("active old ",
                            answer.get("state") + " " + answer.get("plan") + " " + answer.get("reason"),
                            answer.out() + answer.err());
                    assertEquals(4, box.tables().split("1111", -1).length, box.tables());
                    assertProcessesEnd(box);
                }
            }
        });
    }

    @Test
    void trialBlockedByXtablesLockIsRetried() {
        withBothShells(box -> {
            box.blockSleep(600);
            box.useFakeHangClock("20");
            box.storePlan("boot", OLD);
            box.storePlan("boot.new", NEW);
            box.blockRestoresOnLock(1);
            box.script("modsave", "#!/bin/sh\n[ -e $BOXWALL_TEST/holder ] || " + NetBox.HOLD_LOCK);
            NetBox.Answer answer = box.apply("boot");
            assertEquals("active new ", answer.get("state") + " " + answer.get("plan") + " " + answer.get("reason"),
                    answer.out() + answer.err());
            assertFalse(Files.exists(box.state.resolve("boot.bad")));
            box.releaseSleep();
            assertProcessesEnd(box);
        });
    }

    @Test
    void bootLoadsNothingWithBoxwallOffOnAStick() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.sh("mkdir -p $BOXWALL_MEDIA/uStor01; : >$BOXWALL_MEDIA/uStor01/boxwall.off");
            NetBox.Answer answer = box.apply("boot");
            assertEquals("inactive", answer.get("state"));
            assertEquals("boxwall.off", answer.get("reason"));
            assertEquals("iptables\nip6tables\n", box.tables());
        });
    }

    @Test
    void lockAndOpenWorkWithoutFlashAndEndAPendingTry() {
        withBothShells(box -> {
            box.storePlan("boot", OLD);
            box.apply("boot");
            box.sh("rm -rf $BOXWALL_STATE");
            NetBox.Answer pending = box.tryPlan(NEW, 2);
            assertEquals(0, pending.status(), pending.err());
            NetBox.Answer lock = box.apply("lock");
            assertEquals(0, lock.status(), lock.err());
            assertEquals("locked", lock.get("state"));
            assertClosed(box);
            box.advanceClock(3);
            assertTrue(Wait.until(() -> box.processCount() == 0),
                    () -> "no process is left that could undo it: " + box.commandLines());
            assertEquals("locked", box.apply("status").get("state"), "the pending try has ended for good");
            assertClosed(box);
            NetBox.Answer open = box.apply("open");
            assertEquals(0, open.status(), open.err());
            assertEquals("open", open.get("state"));
            assertEquals("", box.sh("cat $BOXWALL_RUN/live/[46].*").out(), "the rules that the daemon counts");
            assertTrue(box.tables().lines().noneMatch(line -> line.startsWith("-A") || line.contains("DROP")),
                    box.tables());
            assertProcessesEnd(box);
        });
    }
}
