package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules in the kernel after boxwall-apply try, confirm and revert, with real iptables and both shells.
 */
class TryTest {
    private static final PlanFolder NEW = new PlanFolder("aaaa-1111", 1111);

    private static void assertNoProcessAndNoLock(NetBox box) {
        assertTrue(Wait.until(() -> box.processCount() == 0), () -> "processes still run: " + box.describe());
        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), "the lock still exists");
    }

    @Test
    void confirmedRulesStay() {
        withBothShells(box -> {
            NetBox.Answer answer = box.tryPlan(NEW, 30);
            assertEquals(0, answer.status(), answer.err());
            assertEquals("pending", answer.get("state"));
            assertEquals("aaaa-1111", answer.get("plan"));
            String live = box.tables();
            String prefix = box.hasOldIptables ? "\"a_word,_\"" : "\"a word, \"";
            assertTrue(live.contains("-A mine -j LOG --log-prefix " + prefix + "\n"), live);
            assertTrue(live.split("--dport 1111", -1).length == 4, live);
            assertEquals(3, box.apply("confirm", "0000").status());

            NetBox.Answer confirmed = box.apply("confirm", answer.get("id"));
            assertEquals(0, confirmed.status(), confirmed.err());
            assertEquals("active", confirmed.get("state"));
            assertEquals("modsave flash\n", box.calls());
            assertEquals("# the source of aaaa-1111\n", NetBox.read(box.state.resolve("rules")));
            assertTrue(Files.exists(box.state.resolve("boot.new/stamp")));
            assertNoProcessAndNoLock(box);
            assertEquals(live, box.tables());
            NetBox.Answer late = box.apply("revert", answer.get("id"));
            assertEquals("active", late.get("state"), "a revert after confirm is harmless");
            assertEquals("boxwall-apply: nothing to roll back: no such change is pending\n", late.err());
            assertEquals(live, box.tables());
        });
    }

    @Test
    void revertRestoresPreviousRules() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            NetBox.Answer refused = box.tryPlan(NEW, 30);
            assertEquals(3, refused.status(), "unknown rules are not replaced without --replace");
            assertEquals("foreign-rules", refused.get("reason"));
            assertEquals(before, box.tables());
            assertNoProcessAndNoLock(box);

            NetBox.Answer answer = box.tryPlan(NEW, 30, "--replace");
            assertEquals(0, answer.status(), answer.err());
            assertNotEquals(before, box.tables());
            assertEquals(6, box.tryPlan(new PlanFolder("b", 2222), 30, "--replace").status());
            NetBox.Answer reverted = box.apply("revert", answer.get("id"));
            assertEquals(0, reverted.status(), reverted.err());
            assertEquals("reverted", reverted.get("reason"));
            assertEquals("inactive", reverted.get("state"));
            assertEquals(before + emptyMangle(), withMangleLast(box.tables()));
            assertTrue(box.sh(box.bin + "/iptables-save -c -t filter").out()
                    .contains("[7:700] -A old -s 10.0.0.0/8 -j DROP"), "counters");
            assertEquals("", reverted.err());
            NetBox.Answer second = box.apply("revert", answer.get("id"));
            assertEquals("0 ", second.status() + " " + second.err(), "a second revert is harmless");
            NetBox.Answer unknown = box.apply("revert", "1234");
            assertEquals("3 boxwall-apply: unknown-id: the status has the id of the pending change\n",
                    unknown.status() + " " + unknown.err());
            NetBox.Answer late = box.apply("confirm", answer.get("id"));
            assertEquals("3 not confirmed in time, or reverted: the old rules return; try the new ones again",
                    late.status() + " " + late.get("error"));
            assertNoProcessAndNoLock(box);
        });
    }

    /**
     * iptables-restore 1.4.11.1 puts parts of earlier words in the place of words in quotes, if a new compiler built
     * it; so the undo gets them without quotes.
     */
    @Test
    void textsInQuotesSurviveAnUndo() {
        withBothShells(box -> {
            String rule = "-A old -s 10.9.0.0/16 -m comment --comment ";
            box.loadForeignRules();
            box.sh(box.bin + "/iptables " + rule + "'my \"old\" rule, no. 1' -j DROP");
            String before = box.tables();
            assertTrue(before.contains(rule + "\"my \\\"old\\\" rule, no. 1\" -j DROP"), before);
            String id = box.tryPlan(NEW, 30, "--replace").get("id");
            NetBox.Answer reverted = box.apply("revert", id);
            assertEquals("reverted", reverted.get("reason"), reverted.out());
            String text = box.hasOldIptables ? "\"my__old__rule,_no._1\"" : "\"my \\\"old\\\" rule, no. 1\"";
            assertTrue(box.tables().contains(rule + text + " -j DROP"), box::tables);
        });
    }

    /** The same release built by an old compiler keeps them, also with blanks. */
    @Test
    void oldRestoreThatKeepsQuotesGetsThem() {
        try (NetBox box = new NetBox("dash, " + NetBox.OLD_IPTABLES)) {
            box.script("iptables-restore", "#!/bin/sh\nexec /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
            NetBox.Answer answer = box.tryPlan(NEW, 30);
            assertEquals("pending", answer.get("state"), answer.err());
            assertTrue(box.tables().contains("--log-prefix \"a word, \"\n"), box::tables);
            box.apply("revert", answer.get("id"));
        }
    }

    /**
     * A table that the try created; built into the kernel it cannot be removed, so it is left empty with policy ACCEPT.
     */
    private static String emptyMangle() {
        return "*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n";
    }

    private static String withMangleLast(String tables) {
        return tables.replace(emptyMangle(), "") + (tables.contains(emptyMangle()) ? emptyMangle() : "");
    }

    @Test
    void unconfirmedRulesAreRolledBack() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            NetBox.Answer answer = box.tryPlan(NEW, 2, "--replace");
            assertNotEquals(before, box.tables());
            box.advanceClock(2);
            assertTrue(Wait.until(() -> withMangleLast(box.tables()).equals(before + emptyMangle())), box::tables);
            assertNoProcessAndNoLock(box);
            assertEquals("not-confirmed", box.apply("status").get("reason"));
            assertEquals(3, box.apply("confirm", answer.get("id")).status(), "too late");
            assertEquals(0, box.tryPlan(NEW, 30, "--replace").status(), "the next try works");
        });
    }

    @Test
    void guardSurvivesTheEndOfTheSession() {
        // the caller and its parent are killed; HUP or TERM is sent to the process group; the guard must not keep
        // the caller's descriptors open
        SideBySide.runParallel(TryTest::endSession, "dash: %s & wait; kill -9 $$", "busybox sh: %s & wait; kill -9 $$",
                "dash: %s; kill -HUP 0", "busybox sh: %s; kill -HUP 0", "dash: %s; kill -TERM 0",
                "dash: %s 3>&1 4>&1 5>&1 6>&1 7>&1 8>&1 9>&1 >/dev/null",
                "busybox sh: %s 3>&1 4>&1 5>&1 6>&1 7>&1 8>&1 9>&1 10>&1 11>&1 12>&1 13>&1 14>&1 >/dev/null");
    }

    private static void endSession(String how) {
        String[] parts = how.split(": ", 2);
        try (NetBox box = new NetBox(parts[0])) {
            String line = String.format(parts[1], box.command("boxwall-apply") + " try " + box.write(NEW) + " 2");
            box.sh("setsid sh -c '" + line + "'");
            assertTrue(box.tables().contains("1111"), "the rules must survive the end of the session");
            box.advanceClock(2);
            assertTrue(Wait.until(() -> !box.tables().contains("1111")), box::tables);
            assertTrue(Wait.until(() -> box.apply("status").get("reason").equals("not-confirmed")),
                    () -> box.apply("status").out());
            assertTrue(box.tables().lines().noneMatch(l -> l.startsWith("-A") || l.endsWith("DROP")), box.tables());
            assertNoProcessAndNoLock(box);
        }
    }

    /** How often the guard has slept between two checks. */
    private static long sleeps(NetBox box) {
        return NetBox.read(box.folder.resolve("slept")).lines().count();
    }

    @Test
    void deadlineDependsOnUptimeOnly() {
        try (NetBox box = new NetBox("dash")) {
            box.script("sleep", "#!/bin/sh\necho >>$BOXWALL_TEST/slept\nexec /bin/sleep \"$@\"\n");
            NetBox.Answer answer = box.tryPlan(NEW, 2);
            assertEquals("1002", answer.get("deadline"), answer.err());
            long sleeps = sleeps(box);
            assertTrue(Wait.until(() -> sleeps(box) > sleeps + 3), "the guard checks every second");
            assertTrue(box.tables().contains("1111"), "three seconds have passed by any other clock");
            box.advanceClock(1);
            long sleepsBefore = sleeps(box);
            assertTrue(Wait.until(() -> sleeps(box) > sleepsBefore + 1), "the guard continues");
            assertTrue(box.tables().contains("1111"), "one second of two");
            box.advanceClock(1);
            assertTrue(Wait.until(() -> !box.tables().contains("1111")), box::tables);
            assertNoProcessAndNoLock(box);
        }
    }

    @Test
    void killedTryIsUndone() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            // IPv4 is loaded; then the restore of IPv6 kills its caller and continues
            box.script("ip6tables-restore",
                    "#!/bin/sh\nkill -9 $(cut -d' ' -f1 <" + box.run + "/tx/worker)\nexec sleep 100\n");
            assertEquals(137, box.tryPlan(NEW, 30, "--replace").status());
            box.useRealTool("ip6tables-restore");
            assertTrue(Wait.until(() -> withMangleLast(box.tables()).equals(before + emptyMangle())), box::tables);
            assertNoProcessAndNoLock(box);
            assertEquals("interrupted", box.apply("status").get("reason"));
        });
    }

    @Test
    void failedRestoreRollsBackBothFamilies() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            PlanFolder bad = new PlanFolder("bad", 1111).with("restore6", "-j ACCEPT", "-j NOSUCH");
            NetBox.Answer answer = box.tryPlan(bad, 30, "--replace");
            assertEquals(4, answer.status());
            assertEquals("restore-failed", answer.get("reason"));
            assertTrue(answer.get("error").contains("ip6tables-restore -c: status 2 | "), answer.get("error"));
            assertEquals(before + emptyMangle(), withMangleLast(box.tables()));
            assertNoProcessAndNoLock(box);
        });
    }

    @Test
    void hangingRestoreIsKilled() {
        withBothShells(box -> {
            box.useFakeHangClock("20");
            box.script("ip6tables-restore", "#!/bin/sh\n" + NetBox.HANG_COMMAND);
            NetBox.Answer answer = box.tryPlan(NEW, 30);
            assertEquals(4, answer.status(), answer.err());
            assertTrue(
                    answer.get("error")
                            .contains("ip6tables-restore -c: ended after 20 s; another program holds xtables' lock?"),
                    answer.get("error"));
            assertTrue(box.tables().lines().noneMatch(line -> line.startsWith("-A")));
            assertNoProcessAndNoLock(box);
        });
    }

    @Test
    void lockHeldByAnotherProgramIsReported() {
        withBothShells(box -> {
            box.useFakeHangClock("20");
            box.blockRestoresOnLock(100);
            box.sh(NetBox.HOLD_LOCK);
            NetBox.Answer answer = box.tryPlan(NEW, 30);
            assertEquals(4, answer.status(), answer.err());
            assertEquals("restore-failed", answer.get("reason"), answer.out());
            assertTrue(
                    answer.get("error")
                            .contains("iptables-restore -c: ended after 20 s; another program holds xtables' lock?"),
                    answer.get("error"));
            box.sh("kill $(cat $BOXWALL_TEST/holder)");
            assertTrue(box.tables().lines().noneMatch(line -> line.startsWith("-A")));
            assertNoProcessAndNoLock(box);
        });
    }

    @Test
    void failedUndoIsReportedAndKeepsTheOldRules() {
        withBothShells(box -> {
            box.loadForeignRules();
            NetBox.Answer answer = box.tryPlan(NEW, 30, "--replace");
            box.script("iptables-restore", "#!/bin/sh\necho broken >&2\nexit 1\n");
            NetBox.Answer reverted = box.apply("revert", "--now");
            assertEquals(5, reverted.status(), reverted.out());
            assertEquals("rollback-failed", reverted.get("state"));
            assertTrue(reverted.get("reason").contains("4.filter"), reverted.get("reason"));
            assertTrue(reverted.get("reason").contains("broken"), reverted.get("reason"));
            assertTrue(Files.exists(box.run.resolve("lost/4.filter")),
                    "rules that could not be restored are kept for the user");
            assertTrue(box.tables().contains("-A INPUT -i six -j DROP"), "the other family is restored");
            assertEquals(answer.get("id"), reverted.get("id"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"stamp", "modules", "restore4", "restore6", "origin", "pa", "notes"})
    void damagedPlanChangesNothing(String file) throws IOException {
        try (NetBox box = new NetBox(file.equals("stamp") ? "busybox sh" : "dash")) {
            Path plan = box.write(NEW);
            String text = Files.readString(plan.resolve(file));
            String body = text.replaceFirst("# end .*\n", "");
            String end = "# end " + file + " ";
            for (String damaged : new String[] {body, "x" + text, text.substring(0, text.length() - 1), "",
                    text + "x\n", text + end + "0 0\n", body + "# end\n", body + end + "1\n", body + end + "1 2 3\n",
                    body + end + "08 09\n", body + end + "-1 1\n", body + end + "99999999999999999999 1\n",
                    text.replace(end, "# end "), text.replace(end, "# end other ")}) {
                Files.writeString(plan.resolve(file), damaged);
                NetBox.Answer answer = box.apply("try", plan.toString(), "30");
                assertEquals(3, answer.status(), damaged);
                assertEquals("plan-damaged", answer.get("reason"));
            }
            assertEquals("iptables\nip6tables\n", box.tables(), "no table was created");
            assertNoProcessAndNoLock(box);
        }
    }

    @Test
    void rulesetInsteadOfPlanIsRefusedWithTheVerbThatTakesIt() throws IOException {
        try (NetBox box = new NetBox("dash")) {
            Path rules = Files.writeString(box.folder.resolve("my.rules"), "iptables -P INPUT DROP\n");
            for (String name : new String[] {rules.toString(), "/nonexistent"}) {
                NetBox.Answer answer = box.apply("try", name, "30");
                assertEquals("3 no-plan " + name + " is no folder; boxwall try compiles a ruleset's file, and tries it",
                        answer.status() + " " + answer.get("reason") + " " + answer.get("error"));
            }
            assertNoProcessAndNoLock(box);
        }
    }

    @Test
    void swappedPlanFileChangesNothing() {
        withBothShells(box -> {
            Path plan = box.write(NEW);
            for (String[] swapped : new String[][] {{"restore4", "restore6"}, {"modules", "pa"},
                    {"restore6", "notes"}}) {
                Path file = plan.resolve(swapped[0]);
                String text = Files.readString(file);
                String other = Files.readString(plan.resolve(swapped[1]));
                Files.writeString(file, other);
                NetBox.Answer answer = box.apply("try", plan.toString(), "30");
                assertEquals("3 plan-damaged", answer.status() + " " + answer.get("reason"),
                        String.join(" is ", swapped));
                // with a correct end line
                Files.writeString(file, other.replace("# end " + swapped[1], "# end " + swapped[0]));
                answer = box.apply("try", plan.toString(), "30");
                assertEquals("3 plan-damaged", answer.status() + " " + answer.get("reason"),
                        String.join(" is ", swapped));
                assertTrue(answer.get("error").contains("sha1"), answer.get("error"));
                Files.writeString(file, text);
            }
            assertEquals("iptables\nip6tables\n", box.tables(), "no table was created");
            assertEquals(0, box.apply("try", plan.toString(), "30").status());
        });
    }

    @Test
    void possibleLockoutRequiresForce() {
        withBothShells(box -> {
            PlanFolder unproved = new PlanFolder("unsure", 1111).with("stamp", "admin=proved", "admin=unknown");
            NetBox.Answer refused = box.tryPlan(unproved, 30);
            assertEquals("lockout", refused.get("reason"));
            assertEquals("these rules are not proved to let the administrator in; use --force and at most 60 seconds",
                    refused.get("error"));
            assertEquals(3, box.tryPlan(unproved, 61, "--force").status());
            NetBox.Answer forced = box.tryPlan(unproved, 60, "--force");
            assertEquals(0, forced.status(), forced.err());
            box.apply("revert", forced.get("id"));
            NetBox.Answer kept = box.apply("confirm", box.tryPlan(unproved, 60, "--force").get("id"));
            assertEquals("0 boxwall-apply: kept, but these rules are not proved to let the administrator in\n",
                    kept.status() + " " + kept.err());

            box.settings.put("SSH_CLIENT", "192.168.179.20 50000 22");
            assertEquals("lockout", box.tryPlan(NEW, 30).get("reason"), "the plan is proved for another network");
            box.settings.put("SSH_CLIENT", "192.168.178.20 50000 22");
            NetBox.Answer proved = box.tryPlan(NEW, 30);
            assertEquals(0, proved.status());
            assertEquals("", box.apply("confirm", proved.get("id")).err());
        });
    }

    @Test
    void confirmTellsThatTheRulesStopNothing() {
        withBothShells(box -> {
            PlanFolder empty = new PlanFolder("none", 1111).with("restore4", "").with("restore6", "").with("stamp",
                    "kernel", "protects=no\nkernel");
            NetBox.Answer kept = box.apply("confirm", box.tryPlan(empty, 30).get("id"));
            assertEquals("0 active empty-ruleset", kept.status() + " " + kept.get("state") + " " + kept.get("reason"));
            assertEquals("", box.apply("status").get("reason"), "it is no reason for a rollback");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"try", "try /x", "try /x 0", "try /x 1h", "try /x 20 --hard", "confirm", "revert",
            "boot now", "", "undo"})
    void wrongArgumentsPrintUsage(String line) {
        try (NetBox box = new NetBox("dash")) {
            NetBox.Answer answer = box.apply(line.isEmpty() ? new String[0] : line.split(" "));
            assertEquals(2, answer.status(), answer.err());
            assertTrue(answer.err().contains("try DIR SECONDS [--force] [--replace]"), answer.err());
        }
    }
}
