package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** If the processes of a change are killed or stopped, the old rules come back. */
class KilledProcessTest {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final String REAL_RESTORE = "exec /usr/sbin/xtables-legacy-multi ip6tables-restore \"$@\"\n";
    private static final String KILL_BOTH =
            "#!/bin/sh\nread -r guard _ <$BOXWALL_RUN/tx/guard\nread -r worker _ <$BOXWALL_RUN/tx/worker\n"
                    + "kill -9 $guard $worker\n" + REAL_RESTORE;

    /** Loads and reverts a plan, so that all its tables exist and dumps before and after a test can be compared. */
    static String loadPlanTablesAndForeignRules(NetBox box) {
        box.loadForeignRules();
        assertEquals(0, box.tryPlan(new PlanFolder("first", 1111), 60, "--replace").status());
        assertEquals(0, box.apply("revert", "--now").status());
        return box.tables();
    }

    /** Runs a try whose worker and guard are killed when all its rules are loaded. */
    private static void tryAndKillWorkerAndGuard(NetBox box) {
        box.script("ip6tables-restore", KILL_BOTH);
        box.tryPlan(new PlanFolder("two", 2222), 60, "--replace");
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), "worker and guard must be dead");
        assertTrue(box.tables().contains("2222"), "their rules must still be loaded");
        box.useRealTool("ip6tables-restore");
    }

    static void assertUndone(NetBox box, String before, String context) {
        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), () -> context + ": " + box.describe());
        assertEquals(before, box.tables(), context);
    }

    @Test
    void nextVerbUndoesAChangeWhoseWorkerAndGuardWereKilled() {
        inBothShells(shell -> {
            for (String verb : List.of("status", "revert --now", "probe", "try")) {
                try (NetBox box = new NetBox(shell)) {
                    String before = loadPlanTablesAndForeignRules(box);
                    tryAndKillWorkerAndGuard(box);
                    NetBox.Answer answer = verb.equals("try")
                            ? box.tryPlan(new PlanFolder("three", 3333), 60, "--replace") : box.apply(verb.split(" "));
                    assertEquals(0, answer.status(), verb + ": " + answer.out() + answer.err());
                    if (verb.equals("try")) {
                        assertEquals(0, box.apply("revert", "--now").status());
                    } else {
                        assertEquals("interrupted", box.apply("status").get("reason"), verb);
                    }
                    assertUndone(box, before, verb);
                }
            }
        });
    }

    /**
     * The pid file is empty, because RUN was full when it was rewritten; status and the next try must undo all the
     * same.
     */
    @Test
    void emptyPidFileDoesNotPreventUndo() {
        withBothShells(box -> {
            String before = loadPlanTablesAndForeignRules(box);
            tryAndKillWorkerAndGuard(box);
            box.sh(": >$BOXWALL_RUN/tx/worker");
            assertEquals("interrupted", box.apply("status").get("reason"));
            assertUndone(box, before, "an empty pid file");

            tryAndKillWorkerAndGuard(box);
            box.sh("mv $BOXWALL_RUN/tx $BOXWALL_RUN/left.1; : >$BOXWALL_RUN/left.1/worker");
            assertEquals(0, box.tryPlan(new PlanFolder("three", 3333), 60, "--replace").status());
            assertEquals(0, box.apply("revert", "--now").status());
            assertUndone(box, before, "an undo in progress");
            assertFalse(Files.exists(box.run.resolve("left.1")), "its folder is removed");

            box.settings.put("BOXWALL_HANG_SECONDS", "1");
            box.sh("mkdir $BOXWALL_RUN/tx; : >$BOXWALL_RUN/tx/worker");
            assertEquals(0, box.tryPlan(new PlanFolder("four", 4444), 60, "--replace").status(),
                    "a lock of a change that changed nothing is removed");
            assertEquals(0, box.apply("revert", "--now").status());
        });
    }

    @Test
    void lateConfirmUndoesAChangeWithoutGuard() {
        withBothShells(box -> {
            String before = loadPlanTablesAndForeignRules(box);
            String id = box.tryPlan(new PlanFolder("two", 2222), 60, "--replace").get("id");
            box.sh("read -r guard _ <$BOXWALL_RUN/tx/guard; kill -9 $guard");
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), "no process is left");
            box.advanceClock(60);
            NetBox.Answer confirmed = box.apply("confirm", id);
            assertEquals("3 too-late", confirmed.status() + " " + confirmed.get("reason"), confirmed.err());
            assertUndone(box, before, "confirm");
        });
    }

    @Test
    void nextVerbRepeatsAKilledUndo() {
        withBothShells(box -> {
            String before = loadPlanTablesAndForeignRules(box);
            tryAndKillWorkerAndGuard(box);
            box.script("iptables-restore", "#!/bin/sh\nkill -9 $PPID\n");
            box.apply("status");
            assertTrue(box.tables().contains("2222"), "killed before it could undo");
            box.useRealTool("iptables-restore");
            assertEquals("interrupted", box.apply("status").get("reason"));
            assertUndone(box, before, "the second undo");
        });
    }

    /** A process stopped by SIGSTOP (for example Ctrl-Z) never ends by itself. */
    @Test
    void stoppedWorkerIsKilledAndUndone() {
        withBothShells(box -> {
            String before = loadPlanTablesAndForeignRules(box);
            box.settings.put("BOXWALL_HANG_SECONDS", "2");
            box.script("ip6tables-restore",
                    "#!/bin/sh\nread -r worker _ <$BOXWALL_RUN/tx/worker\nkill -STOP $worker\nexit 0\n");
            box.sh(box.command("boxwall-apply") + " try " + box.write(new PlanFolder("two", 2222))
                    + " 60 --replace </dev/null >/dev/null 2>&1 &");
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
            box.useRealTool("ip6tables-restore");
            assertUndone(box, before, "stopped");
            assertEquals("interrupted", box.apply("status").get("reason"));
        });
    }

    /** For example pipes of a JVM, whose numbers dash cannot close. */
    @Test
    void tryWithManyOpenDescriptorsIsGuarded() {
        withBothShells(box -> {
            String before = loadPlanTablesAndForeignRules(box);
            NetBox.Answer answer = box.sh(
                    "exec busybox sh -c 'n=10; while [ $n -lt 130 ]; do eval \"exec $n</dev/null\"; n=$((n + 1)); done; exec "
                            + box.command("boxwall-apply") + " try " + box.write(new PlanFolder("two", 2222))
                            + " 2 --replace'");
            assertEquals("0 pending", answer.status() + " " + answer.get("state"), answer.out() + answer.err());
            box.advanceClock(2);
            assertUndone(box, before, "a try with 120 descriptors");
            assertEquals("not-confirmed", box.apply("status").get("reason"));
        });
    }

    @Test
    void pendingChangeDoesNotSurviveReboot() {
        withBothShells(box -> {
            box.storePlan("boot", new PlanFolder("stored", 1111));
            box.apply("boot");
            String id = box.tryPlan(new PlanFolder("two", 2222), 60).get("id");
            box.cutPower();
            assertEquals("active stored", box.apply("boot").get("state") + " " + box.apply("status").get("plan"));
            assertFalse(box.tables().contains("2222"), box.tables());
            assertEquals("3 unknown-id",
                    box.apply("confirm", id).status() + " " + box.apply("confirm", id).get("reason"));
        });
    }

    /** In every state after an undo, the undone change cannot be confirmed and nothing is saved for it. */
    @Test
    void confirmOfAnUndoneChangeIsTooLate() {
        withBothShells(box -> {
            box.loadForeignRules();
            int port = 2000;
            for (String before : List.of("inactive", "active", "unsaved")) {
                box.script("modsave", "#!/bin/sh\nexit 0\n");
                if (!before.equals("inactive")) {
                    String kept = box.tryPlan(new PlanFolder("plan" + ++port, port), 60, "--replace").get("id");
                    box.script("modsave", "#!/bin/sh\nexit " + (before.equals("active") ? 0 : 1) + "\n");
                    assertEquals(before, box.apply("confirm", kept).get("state"));
                }
                for (String how : List.of("reverted", "not-confirmed")) {
                    String id = box.tryPlan(new PlanFolder("plan" + ++port, port), 60, "--replace").get("id");
                    if (how.equals("reverted")) {
                        assertEquals(0, box.apply("revert", id).status());
                    } else {
                        box.advanceClock(60);
                        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), "the change must be undone");
                    }
                    NetBox.Answer confirm = box.apply("confirm", id);
                    assertEquals("3 too-late " + before,
                            confirm.status() + " " + confirm.get("reason") + " " + confirm.get("state"), how);
                    assertFalse(box.tables().contains("--dport " + port), how);
                    assertEquals(before + " " + how,
                            box.apply("status").get("state") + " " + box.apply("status").get("reason"));
                }
            }
        });
    }

    /**
     * Either the confirm is in time and the rules stay, or it is too late and they are undone; the answer matches the
     * rules.
     */
    @Test
    void confirmRacingTheDeadlineHasOneOutcome() {
        Random random = new Random(Long.getLong("boxwall.seed", System.nanoTime() & 0xffff));
        int[] outcomes = new int[2];
        withBothShells(box -> {
            box.useRealClock();
            box.script("modsave", "#!/bin/sh\nexit 0\n");
            String old = "9999";
            // tenths of a second after the deadline; each round aims closer to it, so it works on a machine of any
            // speed
            int aim = -4;
            for (int round = 0; round < (LONG ? 50 : 4); round++) {
                int port = 2000 + round;
                NetBox.Answer pending = box.tryPlan(new PlanFolder("plan" + port, port), 2, "--replace");
                assertEquals(0, pending.status(), pending.out() + pending.err());
                int offset;
                synchronized (random) {
                    offset = aim + random.nextInt(5) - 2;
                }
                box.sh("end=$((" + pending.get("deadline") + "00 + " + offset
                        + " * 10)); while read -r now _ </proc/uptime && [ ${now%.*}${now#*.} -lt $end ]; do :; done");
                NetBox.Answer confirm = box.apply("confirm", pending.get("id"));
                assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), "the change must be decided");
                boolean kept = confirm.status() == 0;
                if (kept) { old = "" + port; }
                aim = Math.max(-18, Math.min(3, aim + (kept ? 1 : -1)));
                synchronized (outcomes) {
                    outcomes[kept ? 0 : 1]++;
                }
                assertEquals(kept ? "active" : "3 too-late",
                        kept ? confirm.get("state") : confirm.status() + " " + confirm.get("reason"), confirm.out());
                assertEquals(kept, box.tables().contains("--dport " + port), "round " + round + ": " + confirm.out());
                assertTrue(old.equals("9999") || box.tables().contains("--dport " + old), "round " + round);
            }
        });
        System.out
                .println("confirms that raced the deadline: " + outcomes[0] + " in time, " + outcomes[1] + " too late");
        assertTrue(!LONG || outcomes[0] >= 40 && outcomes[1] >= 40,
                outcomes[0] + " in time, " + outcomes[1] + " too late");
    }
}
