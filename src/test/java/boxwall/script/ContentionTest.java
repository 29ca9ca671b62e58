package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Other programs change the tables, or run boxwall, at the same time: boxwall refuses or succeeds completely, never
 * mixes rules, and leaves no processes or files behind.
 */
class ContentionTest {
    private static final PlanFolder PLAN = new PlanFolder("mine", 1111);

    private static void assertNothingLeft(NetBox box) throws IOException {
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
        try (Stream<Path> files = Files.list(box.run)) {
            String names = files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(" "));
            assertTrue(names.matches("(live |plan )*result( saved)?( saving\\.\\d+)?( unsaved)?( writer)?"), names);
        }
    }

    /** Starts a process that holds the lock until the file "free" exists; returns when the lock is held. */
    private static void holdLock(NetBox box) throws IOException {
        box.start("flock", "/run/xtables.lock", "sh", "-c",
                "echo >$BOXWALL_TEST/locked; until [ -e $BOXWALL_TEST/free ]; do /bin/sleep 0.1; done");
        assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("locked"))), () -> "lock " + box.commandLines());
    }

    @Test
    void tryWaitsForXtablesLockAndGivesUpAtTheLimit() {
        SideBySide.runParallel(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.loadForeignRules();
                holdLock(box);
                box.script("iptables-restore",
                        "#!/bin/sh\n: >$BOXWALL_TEST/restoring\nexec /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
                CompletableFuture<NetBox.Answer> waiting =
                        CompletableFuture.supplyAsync(() -> box.tryPlan(PLAN, 60, "--replace"));
                assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("restoring")) || waiting.isDone()),
                        () -> box.commandLines().toString());
                assertFalse(waiting.isDone(), "it must wait for the lock");
                Files.createFile(box.folder.resolve("free"));
                NetBox.Answer answer = waiting.get();
                assertEquals(0, answer.status(), answer.out() + answer.err());
                assertEquals(0, box.apply("revert", "--now").status());
                String before = box.tables();

                Files.delete(box.folder.resolve("free"));
                Files.delete(box.folder.resolve("locked"));
                holdLock(box);
                box.useFakeHangClock("20");
                box.script("iptables-restore",
                        "#!/bin/sh\nexec $BOXWALL_BIN/hang /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
                answer = box.tryPlan(PLAN, 60, "--replace");
                assertEquals(4, answer.status(), answer.out());
                assertEquals("restore-failed", answer.get("reason"));
                // killed while it waits
                assertTrue(answer.get("error").contains("iptables-restore"), answer.get("error"));
                assertEquals(before, box.tables());
            }
        }, "dash", "busybox sh");
    }

    @Test
    void concurrentWriterNeverLeavesMixedRules() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                Process writer = box.start("sh", "-c",
                        "while [ ! -e $BOXWALL_TEST/enough ]; do iptables=/usr/sbin/xtables-legacy-multi;"
                                + " $iptables iptables -A FORWARD -s 10.9.9.9 -j ACCEPT; $iptables iptables -D FORWARD -s 10.9.9.9 -j ACCEPT; done 2>/dev/null");
                int liveTries = 0;
                for (int round = 0; round < 5; round++) {
                    NetBox.Answer answer = box.tryPlan(PLAN, 60, "--replace");
                    int rulesOfPlan = box.tables().split("1111", -1).length - 1;
                    if (answer.status() == 0) {
                        liveTries++;
                        assertEquals(3, rulesOfPlan, answer.out());
                        answer = box.apply("revert", "--now");
                        rulesOfPlan = box.tables().split("1111", -1).length - 1;
                    } else {
                        assertTrue(answer.status() == 4 || answer.status() == 5, answer.out() + answer.err());
                        assertTrue(!answer.get("error").isEmpty() || answer.get("reason").contains("not undone"),
                                answer.out());
                    }
                    assertEquals(0, answer.status() == 5 ? 0 : rulesOfPlan, answer.out());
                }
                System.out.println(
                        "ContentionTest: " + shell + ": " + liveTries + " of 5 tries succeeded beside a writer");
                Files.writeString(box.folder.resolve("enough"), "");
                writer.waitFor();
                assertEquals(0, box.tryPlan(PLAN, 60, "--replace").status(), "a try without the writer");
                assertEquals(0, box.apply("revert", "--now").status());
                box.sh("rm -rf $BOXWALL_RUN/lost");
                assertNothingLeft(box);
            }
        });
    }

    @Test
    void oneOfTwoConcurrentTriesIsRefused() {
        withBothShells(box -> {
            for (int round = 0; round < 3; round++) {
                CompletableFuture<NetBox.Answer> one = CompletableFuture.supplyAsync(() -> box.tryPlan(PLAN, 60));
                NetBox.Answer other = box.tryPlan(new PlanFolder("other", 2222), 60);
                NetBox.Answer first = one.get();
                assertEquals(6, first.status() + other.status(), first.out() + first.err() + other.out() + other.err());
                String winner = first.status() == 0 ? "1111" : "2222";
                assertEquals(3, box.tables().split(winner, -1).length - 1, box.tables());
                assertTrue(!box.tables().contains(first.status() == 0 ? "2222" : "1111"), box.tables());
                assertEquals(0, box.apply("revert", "--now").status());
            }
            assertNothingLeft(box);
        });
    }

    @Test
    void manyTriesLeaveNoProcessesOrFiles() {
        int tries = Boolean.getBoolean("boxwall.long") ? 200 : 10;
        withBothShells(box -> {
            for (int round = 1; round <= tries; round++) {
                NetBox.Answer answer = box.tryPlan(new PlanFolder("turn" + round, 1000 + round), 60);
                assertEquals(0, answer.status(), round + ": " + answer.out() + answer.err());
                String[] verb =
                        round % 2 == 0 ? new String[] {"revert", "--now"} : new String[] {"confirm", answer.get("id")};
                answer = box.apply(verb);
                assertEquals(0, answer.status(), round + ": " + answer.out() + answer.err());
                // sleeps of the last second may still run
                assertTrue(Wait.until(() -> box.outsideProcessCount() < 20),
                        () -> "processes pile up: " + box.describe());
            }
            assertNothingLeft(box);
        });
    }
}
