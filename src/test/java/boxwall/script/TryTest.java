package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
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
 * What boxwall-apply try, confirm and revert leave in the kernel, with real iptables and both shells that run the
 * scripts.
 */
class TryTest {
    private static final PlanFolder NEW = new PlanFolder("aaaa-1111", 1111);

    private static Path plan(NetBox box, PlanFolder plan) {
        return plan.write(box.folder.resolve("plan-" + plan.id()));
    }

    private static NetBox.Answer tried(NetBox box, PlanFolder plan, int seconds, String... more) {
        String[] arguments = new String[3 + more.length];
        System.arraycopy(new String[] {"try", plan(box, plan).toString(), "" + seconds}, 0, arguments, 0, 3);
        System.arraycopy(more, 0, arguments, 3, more.length);
        return box.apply(arguments);
    }

    private static void assertQuiet(NetBox box) {
        assertTrue(Wait.until(() -> box.processCount() == 0), () -> "still running: " + box.sh("ps -ef").out());
        assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), "the lock is still there");
    }

    @Test
    void whatIsConfirmedStays() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                NetBox.Answer answer = tried(box, NEW, 30);
                assertEquals(0, answer.status(), answer.err());
                assertEquals("pending", answer.get("state"));
                assertEquals("aaaa-1111", answer.get("plan"));
                String live = box.tables();
                assertTrue(live.contains("-A mine -j LOG --log-prefix \"a word, \"\n"), live);
                assertTrue(live.split("--dport 1111", -1).length == 4, live);
                assertEquals(3, box.apply("confirm", "0000").status());

                NetBox.Answer confirmed = box.apply("confirm", answer.get("id"));
                assertEquals(0, confirmed.status(), confirmed.err());
                assertEquals("active", confirmed.get("state"));
                assertEquals("modsave flash\n", box.calls());
                assertEquals("# the source of aaaa-1111\n", NetBox.read(box.state.resolve("rules")));
                assertTrue(Files.exists(box.state.resolve("boot.new/stamp")));
                assertQuiet(box);
                assertEquals(live, box.tables());
                assertEquals("active", box.apply("revert", answer.get("id")).get("state"),
                        "too late to revert, and harmless");
                assertEquals(live, box.tables());
            }
        });
    }

    @Test
    void revertPutsBackWhatWasThere() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                String before = box.tables();
                NetBox.Answer refused = tried(box, NEW, 30);
                assertEquals(3, refused.status(), "rules that nobody knows are not thrown away unasked");
                assertEquals("foreign-rules", refused.get("reason"));
                assertEquals(before, box.tables());
                assertQuiet(box);

                NetBox.Answer answer = tried(box, NEW, 30, "--replace");
                assertEquals(0, answer.status(), answer.err());
                assertNotEquals(before, box.tables());
                assertEquals(6, tried(box, new PlanFolder("b", 2222), 30, "--replace").status());
                NetBox.Answer reverted = box.apply("revert", answer.get("id"));
                assertEquals(0, reverted.status(), reverted.err());
                assertEquals("reverted", reverted.get("reason"));
                assertEquals("inactive", reverted.get("state"));
                assertEquals(before + emptyMangle(), ordered(box.tables()));
                assertTrue(box.sh(box.bin + "/iptables-save -c -t filter").out()
                        .contains("[7:700] -A old -s 10.0.0.0/8 -j DROP"), "counters");
                assertEquals(0, box.apply("revert", answer.get("id")).status(), "twice is harmless");
                assertEquals(3, box.apply("revert", "1234").status());
                assertEquals(3, box.apply("confirm", answer.get("id")).status());
                assertQuiet(box);
            }
        });
    }

    /** A table that a try made the kernel make can't be unmade where it is built in; it is left empty and accepting. */
    private static String emptyMangle() {
        return "*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n";
    }

    private static String ordered(String tables) {
        return tables.replace(emptyMangle(), "") + (tables.contains(emptyMangle()) ? emptyMangle() : "");
    }

    @Test
    void withoutConfirmTheOldRulesComeBack() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                String before = box.tables();
                NetBox.Answer answer = tried(box, NEW, 2, "--replace");
                assertNotEquals(before, box.tables());
                box.advanceClock(2);
                assertTrue(Wait.until(() -> ordered(box.tables()).equals(before + emptyMangle())), box::tables);
                assertQuiet(box);
                assertEquals("not-confirmed", box.apply("status").get("reason"));
                assertEquals(3, box.apply("confirm", answer.get("id")).status(), "too late");
                assertEquals(0, tried(box, NEW, 30, "--replace").status(), "the next try works");
            }
        });
    }

    @Test
    void theTimerOutlivesTheSession() {
        // the caller and its parent are killed; HUP and TERM go to the whole group; a descriptor of the caller's must
        // not be held
        SideBySide.runParallel(TryTest::outlive, "dash: %s & wait; kill -9 $$", "busybox sh: %s & wait; kill -9 $$",
                "dash: %s; kill -HUP 0", "busybox sh: %s; kill -HUP 0", "dash: %s; kill -TERM 0",
                "dash: %s 3>&1 4>&1 5>&1 6>&1 7>&1 8>&1 9>&1 >/dev/null",
                "busybox sh: %s 3>&1 4>&1 5>&1 6>&1 7>&1 8>&1 9>&1 10>&1 11>&1 12>&1 13>&1 14>&1 >/dev/null");
    }

    private static void outlive(String how) {
        String[] parts = how.split(": ", 2);
        try (NetBox box = new NetBox(parts[0])) {
            String line = String.format(parts[1], box.command("boxwall-apply") + " try " + plan(box, NEW) + " 2");
            box.sh("setsid sh -c '" + line + "'");
            assertTrue(box.tables().contains("1111"), "the session's end came before that of the time");
            box.advanceClock(2);
            assertTrue(Wait.until(() -> !box.tables().contains("1111")), box::tables);
            assertTrue(Wait.until(() -> box.apply("status").get("reason").equals("not-confirmed")),
                    () -> box.apply("status").out());
            assertTrue(box.tables().lines().noneMatch(l -> l.startsWith("-A") || l.endsWith("DROP")), box.tables());
            assertQuiet(box);
        }
    }

    /** How often the guard slept before it looked again. */
    private static long looks(NetBox box) {
        return NetBox.read(box.folder.resolve("slept")).lines().count();
    }

    @Test
    void onlyTheUptimeCounts() {
        try (NetBox box = new NetBox("dash")) {
            box.script("sleep", "#!/bin/sh\necho >>$BOXWALL_TEST/slept\nexec /bin/sleep \"$@\"\n");
            NetBox.Answer answer = tried(box, NEW, 2);
            assertEquals("1002", answer.get("deadline"), answer.err());
            long looks = looks(box);
            assertTrue(Wait.until(() -> looks(box) > looks + 3), "the guard goes on looking, once a second");
            assertTrue(box.tables().contains("1111"), "three seconds by any other clock");
            box.advanceClock(1);
            long more = looks(box);
            assertTrue(Wait.until(() -> looks(box) > more + 1), "and on");
            assertTrue(box.tables().contains("1111"), "one second of two");
            box.advanceClock(1);
            assertTrue(Wait.until(() -> !box.tables().contains("1111")), box::tables);
            assertQuiet(box);
        }
    }

    @Test
    void aScriptKilledAtWorkIsUndone() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                String before = box.tables();
                // IPv4 is in; then the restore of IPv6 kills the script that called it, and goes on
                box.script("ip6tables-restore",
                        "#!/bin/sh\nkill -9 $(cut -d' ' -f1 <" + box.run + "/tx/worker)\nexec sleep 100\n");
                assertEquals(137, tried(box, NEW, 30, "--replace").status());
                box.useRealTool("ip6tables-restore");
                assertTrue(Wait.until(() -> ordered(box.tables()).equals(before + emptyMangle())), box::tables);
                assertQuiet(box);
                assertEquals("interrupted", box.apply("status").get("reason"));
            }
        });
    }

    @Test
    void aRefusedRestoreRollsBackBothFamilies() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                String before = box.tables();
                PlanFolder bad = new PlanFolder("bad", 1111).with("restore6", "-j ACCEPT", "-j NOSUCH");
                NetBox.Answer answer = tried(box, bad, 30, "--replace");
                assertEquals(4, answer.status());
                assertEquals("restore-failed", answer.get("reason"));
                assertTrue(answer.get("error").contains("ip6tables-restore -c: status 2 | "), answer.get("error"));
                assertEquals(before + emptyMangle(), ordered(box.tables()));
                assertQuiet(box);
            }
        });
    }

    @Test
    void whatHangsIsEnded() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.useFakeHangClock("20");
                box.script("ip6tables-restore", "#!/bin/sh\n" + NetBox.HANG_COMMAND);
                NetBox.Answer answer = tried(box, NEW, 30);
                assertEquals(4, answer.status(), answer.err());
                assertTrue(
                        answer.get("error").contains(
                                "ip6tables-restore -c: ended after 20 s; another program holds xtables' lock?"),
                        answer.get("error"));
                assertTrue(box.tables().lines().noneMatch(line -> line.startsWith("-A")));
                assertQuiet(box);
            }
        });
    }

    @Test
    void aLockThatAnotherProgramHoldsIsNamed() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.useFakeHangClock("20");
                box.blockRestoresOnLock(100);
                box.sh(NetBox.HOLD_LOCK);
                NetBox.Answer answer = tried(box, NEW, 30);
                assertEquals(4, answer.status(), answer.err());
                assertEquals("restore-failed", answer.get("reason"), answer.out());
                assertTrue(
                        answer.get("error").contains(
                                "iptables-restore -c: ended after 20 s; another program holds xtables' lock?"),
                        answer.get("error"));
                box.sh("kill $(cat $BOXWALL_TEST/holder)");
                assertTrue(box.tables().lines().noneMatch(line -> line.startsWith("-A")));
                assertQuiet(box);
            }
        });
    }

    @Test
    void anUndoThatFailsSaysSo() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                NetBox.Answer answer = tried(box, NEW, 30, "--replace");
                box.script("iptables-restore", "#!/bin/sh\necho broken >&2\nexit 1\n");
                NetBox.Answer reverted = box.apply("revert", "--now");
                assertEquals(5, reverted.status(), reverted.out());
                assertEquals("rollback-failed", reverted.get("state"));
                assertTrue(reverted.get("reason").contains("4.filter"), reverted.get("reason"));
                assertTrue(reverted.get("reason").contains("broken"), reverted.get("reason"));
                assertTrue(Files.exists(box.run.resolve("lost/4.filter")),
                        "what could not be put back is kept for a person");
                assertTrue(box.tables().contains("-A INPUT -i six -j DROP"), "the other family is back");
                assertEquals(answer.get("id"), reverted.get("id"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"stamp", "modules", "restore4", "restore6", "origin", "pa", "notes"})
    void aDamagedPlanTouchesNothing(String file) throws IOException {
        try (NetBox box = new NetBox(file.equals("stamp") ? "busybox sh" : "dash")) {
            Path plan = plan(box, NEW);
            String text = Files.readString(plan.resolve(file));
            String body = text.replaceFirst("# end .*\n", "");
            String end = "# end " + file + " ";
            for (String torn : new String[] {body, "x" + text, text.substring(0, text.length() - 1), "", text + "x\n",
                    text + end + "0 0\n", body + "# end\n", body + end + "1\n", body + end + "1 2 3\n",
                    body + end + "08 09\n", body + end + "-1 1\n", body + end + "99999999999999999999 1\n",
                    text.replace(end, "# end "), text.replace(end, "# end other ")}) {
                Files.writeString(plan.resolve(file), torn);
                NetBox.Answer answer = box.apply("try", plan.toString(), "30");
                assertEquals(3, answer.status(), torn);
                assertEquals("plan-damaged", answer.get("reason"));
            }
            assertEquals("iptables\nip6tables\n", box.tables(), "no table was named");
            assertQuiet(box);
        }
    }

    @Test
    void aFileInThePlaceOfAnotherTouchesNothing() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                Path plan = plan(box, NEW);
                for (String[] swapped : new String[][] {{"restore4", "restore6"}, {"modules", "pa"},
                        {"restore6", "notes"}}) {
                    Path there = plan.resolve(swapped[0]);
                    String text = Files.readString(there);
                    String other = Files.readString(plan.resolve(swapped[1]));
                    Files.writeString(there, other);
                    NetBox.Answer answer = box.apply("try", plan.toString(), "30");
                    assertEquals("3 plan-damaged", answer.status() + " " + answer.get("reason"),
                            String.join(" is ", swapped));
                    Files.writeString(there, other.replace("# end " + swapped[1], "# end " + swapped[0])); // counted
                                                                                                           // and named
                                                                                                           // anew
                    answer = box.apply("try", plan.toString(), "30");
                    assertEquals("3 plan-damaged", answer.status() + " " + answer.get("reason"),
                            String.join(" is ", swapped));
                    assertTrue(answer.get("error").contains("sha1"), answer.get("error"));
                    Files.writeString(there, text);
                }
                assertEquals("iptables\nip6tables\n", box.tables(), "no table was named");
                assertEquals(0, box.apply("try", plan.toString(), "30").status());
            }
        });
    }

    @Test
    void whoMayBeLockedOutIsAskedToForce() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                PlanFolder unsure = new PlanFolder("unsure", 1111).with("stamp", "admin=proved", "admin=unknown");
                assertEquals("lockout", tried(box, unsure, 30).get("reason"));
                assertEquals(3, tried(box, unsure, 61, "--force").status());
                NetBox.Answer forced = tried(box, unsure, 60, "--force");
                assertEquals(0, forced.status(), forced.err());
                box.apply("revert", forced.get("id"));

                box.settings.put("SSH_CLIENT", "192.168.179.20 50000 22");
                assertEquals("lockout", tried(box, NEW, 30).get("reason"), "the plan was proved for another net");
                box.settings.put("SSH_CLIENT", "192.168.178.20 50000 22");
                assertEquals(0, tried(box, NEW, 30).status());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"try", "try /x", "try /x 0", "try /x 1h", "try /x 20 --hard", "confirm", "revert",
            "boot now", "", "undo"})
    void wrongUseIsSaid(String line) {
        try (NetBox box = new NetBox("dash")) {
            NetBox.Answer answer = box.apply(line.isEmpty() ? new String[0] : line.split(" "));
            assertEquals(2, answer.status(), answer.err());
            assertTrue(answer.err().contains("try DIR SECONDS [--force] [--replace]"), answer.err());
        }
    }
}
