package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
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
 * Others are at the tables, or at boxwall, at the same time: a clear refusal or a clean result, never a mix; and
 * nothing piles up.
 */
class ContentionTest {
    private static final PlanFolder PLAN = new PlanFolder("mine", 1111);

    private static NetBox.Answer tried(NetBox box, PlanFolder plan, String... more) {
        String folder = plan.write(box.folder.resolve("plan-" + plan.id())).toString();
        return box.apply(Stream.concat(Stream.of("try", folder, "60"), Stream.of(more)).toArray(String[]::new));
    }

    private static void assertNothingLeft(NetBox box) throws IOException {
        assertTrue(Wait.until(() -> box.living() == 0), () -> box.sh("ps -ef").out());
        try (Stream<Path> files = Files.list(box.run)) {
            String left = files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(" "));
            assertTrue(left.matches("(live |plan )*result( saved)?( saving\\.\\d+)?( unsaved)?"), left);
        }
    }

    /** Has the lock held until the file "free" is there; waits until it is held, so that what comes next meets it. */
    private static void lock(NetBox box) throws IOException {
        box.start("flock", "/run/xtables.lock", "sh", "-c",
                "echo >$BOXWALL_TEST/locked; until [ -e $BOXWALL_TEST/free ]; do /bin/sleep 0.1; done");
        assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("locked"))), () -> "lock " + box.alive());
    }

    @Test
    void aLockThatIsHeldIsWaitedFor() {
        SideBySide.play(shell -> {
            try (NetBox box = new NetBox(shell)) {
                box.givenRules();
                lock(box);
                box.script("iptables-restore",
                        "#!/bin/sh\n: >$BOXWALL_TEST/restoring\nexec /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
                CompletableFuture<NetBox.Answer> waits =
                        CompletableFuture.supplyAsync(() -> tried(box, PLAN, "--replace"));
                assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("restoring")) || waits.isDone()),
                        () -> box.alive().toString());
                assertFalse(waits.isDone(), "it waits");
                Files.createFile(box.folder.resolve("free"));
                NetBox.Answer answer = waits.get();
                assertEquals(0, answer.status(), answer.out() + answer.err());
                assertEquals(0, box.apply("revert", "--now").status());
                String before = box.tables();

                Files.delete(box.folder.resolve("free"));
                Files.delete(box.folder.resolve("locked"));
                lock(box);
                box.hangClock("20");
                box.script("iptables-restore",
                        "#!/bin/sh\nexec $BOXWALL_BIN/hang /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
                answer = tried(box, PLAN, "--replace");
                assertEquals(4, answer.status(), answer.out());
                assertEquals("restore-failed", answer.get("reason"));
                assertTrue(answer.get("error").contains("iptables-restore"), answer.get("error")); // it waits, and is
                                                                                                   // ended
                assertEquals(before, box.tables());
            }
        }, "dash", "busybox sh");
    }

    @Test
    void whoeverAddsRulesMeanwhileGetsNoMix() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                Process writer = box.start("sh", "-c",
                        "while [ ! -e $BOXWALL_TEST/enough ]; do iptables=/usr/sbin/xtables-legacy-multi;"
                                + " $iptables iptables -A FORWARD -s 10.9.9.9 -j ACCEPT; $iptables iptables -D FORWARD -s 10.9.9.9 -j ACCEPT; done 2>/dev/null");
                int clean = 0;
                for (int turn = 0; turn < 5; turn++) {
                    NetBox.Answer answer = tried(box, PLAN, "--replace");
                    int mine = box.tables().split("1111", -1).length - 1;
                    if (answer.status() == 0) {
                        clean++;
                        assertEquals(3, mine, answer.out());
                        answer = box.apply("revert", "--now");
                        mine = box.tables().split("1111", -1).length - 1;
                    } else {
                        assertTrue(answer.status() == 4 || answer.status() == 5, answer.out() + answer.err());
                        assertTrue(!answer.get("error").isEmpty() || answer.get("reason").contains("not undone"),
                                answer.out());
                    }
                    assertEquals(0, answer.status() == 5 ? 0 : mine, answer.out());
                }
                System.out.println("ContentionTest: " + shell + ": " + clean + " of 5 tries were live beside a writer");
                Files.writeString(box.folder.resolve("enough"), "");
                writer.waitFor();
                assertEquals(0, tried(box, PLAN, "--replace").status(), "alone again");
                assertEquals(0, box.apply("revert", "--now").status());
                box.sh("rm -rf $BOXWALL_RUN/lost");
                assertNothingLeft(box);
            }
        });
    }

    @Test
    void ofTwoTriesAtOnceOneIsRefused() {
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                for (int turn = 0; turn < 3; turn++) {
                    CompletableFuture<NetBox.Answer> one = CompletableFuture.supplyAsync(() -> tried(box, PLAN));
                    NetBox.Answer other = tried(box, new PlanFolder("other", 2222));
                    NetBox.Answer first = one.get();
                    assertEquals(6, first.status() + other.status(),
                            first.out() + first.err() + other.out() + other.err());
                    String winner = first.status() == 0 ? "1111" : "2222";
                    assertEquals(3, box.tables().split(winner, -1).length - 1, box.tables());
                    assertTrue(!box.tables().contains(first.status() == 0 ? "2222" : "1111"), box.tables());
                    assertEquals(0, box.apply("revert", "--now").status());
                }
                assertNothingLeft(box);
            }
        });
    }

    @Test
    void manyTriesLeaveNothing() {
        int tries = Boolean.getBoolean("boxwall.long") ? 200 : 10;
        inBothShells(shell -> {
            try (NetBox box = new NetBox(shell)) {
                long descriptors = box.sh("ls /proc/1/fd | wc -l").out().hashCode();
                for (int turn = 1; turn <= tries; turn++) {
                    NetBox.Answer answer = tried(box, new PlanFolder("turn" + turn, 1000 + turn));
                    assertEquals(0, answer.status(), turn + ": " + answer.out() + answer.err());
                    String[] end = turn % 2 == 0 ? new String[] {"revert", "--now"}
                            : new String[] {"confirm", answer.get("id")};
                    answer = box.apply(end);
                    assertEquals(0, answer.status(), turn + ": " + answer.out() + answer.err());
                    // more than these: the last second's sleeps
                    assertTrue(Wait.until(() -> box.living() < 20), () -> "they pile up: " + box.sh("ps -ef").out());
                }
                assertNothingLeft(box);
                assertEquals(descriptors, box.sh("ls /proc/1/fd | wc -l").out().hashCode());
            }
        });
    }
}
