package boxwall.script;

import static boxwall.script.KilledProcessTest.assertUndone;
import static boxwall.script.KilledProcessTest.loadPlanTablesAndForeignRules;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** If RUN is read-only, full or unsafe, or the clock is missing, the old rules stay or come back. */
class UnusableRunTest {
    /** Uses up the free inodes of RUN. */
    private static final String USE_ALL_INODES =
            "n=0; while true 2>/dev/null >$BOXWALL_RUN/filler$n; do n=$((n + 1)); done";
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");

    @Test
    void missingClockUndoesPendingChangeAndRefusesTry() {
        withBothShells(box -> {
            Path proc = box.fakeProc();
            String before = loadPlanTablesAndForeignRules(box);
            assertEquals(0, box.tryPlan(new PlanFolder("two", 2222), 60, "--replace").status());
            Files.delete(proc.resolve("uptime"));
            assertUndone(box, before, "a pending change whose clock is gone");
            NetBox.Answer refused = box.tryPlan(new PlanFolder("three", 3333), 60, "--replace");
            assertEquals("3 no-clock", refused.status() + " " + refused.get("reason"), refused.out() + refused.err());
            assertEquals(before, box.tables());
            box.storePlan("boot", new PlanFolder("stored", 4444));
            assertEquals("active", box.apply("boot").get("state"), "a boot still loads rules");
        });
    }

    @Test
    void guardRetriesUntilRunIsWritable() {
        withBothShells(box -> {
            box.sh("mkdir $BOXWALL_RUN && mount -t tmpfs -o mode=700 none $BOXWALL_RUN");
            String before = loadPlanTablesAndForeignRules(box);
            NetBox.Answer pending = box.tryPlan(new PlanFolder("two", 2222), 2, "--replace");
            assertEquals(0, pending.status(), pending.out() + pending.err());
            assertEquals(0, box.sh("mount -o remount,ro $BOXWALL_RUN").status());
            NetBox.Answer revert = box.apply("revert", "--now");
            assertEquals(5, revert.status(), revert.out() + revert.err());
            box.script("sleep", "#!/bin/sh\n[ $1 != 5 ] || echo >$BOXWALL_TEST/waited\nexec /bin/sleep \"$@\"\n");
            box.advanceClock(2);
            assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("waited"))),
                    "past the retries without a pause");
            assertTrue(box.tables().contains("2222"), "undo is impossible while RUN is read-only");
            assertEquals(0, box.sh("mount -o remount,rw $BOXWALL_RUN").status());
            assertTrue(Wait.until(() -> box.sh("[ ! -e $BOXWALL_RUN/tx ]").status() == 0), () -> box.describe());
            assertEquals(before, box.tables());
        });
    }

    /**
     * With any number of inodes in RUN, a try is refused before it changes a table, or it can be undone without free
     * inodes.
     */
    @Test
    void lackOfInodesDoesNotPreventUndo() {
        withBothShells(box -> {
            box.loadForeignRules();
            box.sh("mkdir $BOXWALL_RUN");
            assertEquals(0, box.tryPlan(new PlanFolder("first", 1111), 60, "--replace").status());
            assertEquals(0, box.apply("revert", "--now").status());
            String before = box.tables();
            int refused = 0;
            int tried = 0;
            for (int inodes = 12; inodes <= 96; inodes += LONG ? 1 : 7) {
                assertEquals(0,
                        box.sh("mount -t tmpfs -o mode=700,nr_inodes=" + inodes + " none $BOXWALL_RUN").status());
                NetBox.Answer answer = box.tryPlan(new PlanFolder("two", 2222), 1, "--replace");
                String context = inodes + " inodes: " + answer.status() + " " + answer.out() + answer.err();
                assertTrue(answer.status() == 0 || answer.status() == 3 || answer.status() == 4, context);
                if (answer.status() == 0) {
                    tried++;
                    box.sh(USE_ALL_INODES);
                    box.advanceClock(1);
                } else {
                    refused++;
                    assertEquals(before, box.tables(), context);
                }
                assertTrue(Wait.until(
                        () -> box.sh("[ ! -e $BOXWALL_RUN/tx ]").status() == 0 && box.outsideProcessCount() == 0),
                        () -> context + box.describe());
                assertEquals(before, box.tables(), context);
                assertEquals(0, box.sh("umount $BOXWALL_RUN").status(), context);
            }
            assertTrue(refused > 0 && tried > 0, refused + " refused, " + tried + " tried");
        });
    }

    /**
     * Another process takes the inodes reserved for the undo as soon as they are released: the guard retries until
     * there are free ones.
     */
    @Test
    void undoWithoutFreeInodesIsRetried() {
        withBothShells(box -> {
            box.loadForeignRules();
            assertEquals(0, box.sh("mkdir $BOXWALL_RUN && mount -t tmpfs -o mode=700,nr_inodes=200 none $BOXWALL_RUN")
                    .status());
            assertEquals(0, box.tryPlan(new PlanFolder("first", 1111), 60, "--replace").status());
            assertEquals(0, box.apply("revert", "--now").status());
            String before = box.tables();
            assertEquals(0, box.tryPlan(new PlanFolder("two", 2222), 1, "--replace").status());
            box.sh("cd $BOXWALL_RUN/tx && rm -rf reserve && echo 0 0 >undoer && " + USE_ALL_INODES
                    + "; rm -f $BOXWALL_RUN/filler0 && ln -s nowhere verdict");
            assertTrue(Wait.until(() -> box
                    .sh("read -r pid _ <$BOXWALL_RUN/tx/undoer && [ $pid != 0 ] && [ ! -e /proc/$pid ]").status() == 0),
                    "the guard must have tried");
            assertFalse(box.tables().equals(before), "the undo failed");
            box.sh("rm -f $BOXWALL_RUN/filler*");
            assertTrue(
                    Wait.until(
                            () -> box.sh("[ ! -e $BOXWALL_RUN/tx ]").status() == 0 && box.outsideProcessCount() == 0),
                    () -> box.describe());
            assertEquals(before, box.tables());
        });
    }

    @Test
    void runFolderWritableByOthersIsNotUsed() {
        withBothShells(box -> {
            box.loadForeignRules();
            String before = box.tables();
            Path target = Files.writeString(box.folder.resolve("target"), "untouched\n");
            for (String setUp : List.of("mkdir -m 777 $BOXWALL_RUN", "mkdir $BOXWALL_RUN && chown 1000 $BOXWALL_RUN",
                    "mkdir $BOXWALL_TEST/elsewhere && ln -s $BOXWALL_TEST/elsewhere $BOXWALL_RUN",
                    "mkdir -m 770 $BOXWALL_RUN")) {
                assertEquals(0, box.sh("rm -rf $BOXWALL_RUN $BOXWALL_TEST/elsewhere; " + setUp
                        + " && ln -s $BOXWALL_TEST/target $BOXWALL_RUN/result.new").status());
                NetBox.Answer answer = box.tryPlan(new PlanFolder("two", 2222), 60, "--replace");
                assertEquals("3 run-unsafe", answer.status() + " " + answer.get("reason"),
                        setUp + ": " + answer.out() + answer.err());
                assertEquals("untouched\n", NetBox.read(target), setUp);
                assertEquals(before, box.tables(), setUp);
            }
        });
    }
}
