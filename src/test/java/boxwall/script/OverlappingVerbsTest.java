package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Two verbs overlap at the worst moment: a stub stops the first one there, and the second one runs meanwhile.
 */
class OverlappingVerbsTest {
    private static final PlanFolder ONE = new PlanFolder("one", 1111);
    private static final PlanFolder TWO = new PlanFolder("two", 2222);

    /** Stops the first call of a command whose arguments match until {@link #release}; after it has run, if asked. */
    private static void stop(NetBox box, String command, String arguments, String real) {
        box.script(command,
                "#!/bin/sh\ncase \"$*\" in " + arguments + ")\nif mkdir $BOXWALL_TEST/reached 2>/dev/null; then\n"
                        + "until [ -e $BOXWALL_TEST/go ]; do /bin/sleep 0.1; done\nfi ;;\nesac\nexec " + real
                        + " \"$@\"\n");
    }

    /** Starts a verb of boxwall-apply and returns when it has been stopped. */
    private static CompletableFuture<NetBox.Answer> startAndAwaitStop(NetBox box, String... verb) {
        return startAndAwaitStop(box, () -> box.apply(verb));
    }

    private static CompletableFuture<NetBox.Answer> startAndAwaitStop(NetBox box, Supplier<NetBox.Answer> verb) {
        CompletableFuture<NetBox.Answer> answer = CompletableFuture.supplyAsync(verb);
        assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("reached")) || answer.isDone()),
                () -> box.describe());
        assertFalse(answer.isDone(), () -> answer.join().toString());
        return answer;
    }

    private static void release(NetBox box) throws IOException { Files.createFile(box.folder.resolve("go")); }

    private static String stateAndPlan(NetBox box) {
        NetBox.Answer status = box.apply("status");
        return status.get("state") + " " + status.get("plan");
    }

    private static void keep(NetBox box, PlanFolder plan) {
        NetBox.Answer pending = box.tryPlan(plan, 60, "--replace");
        assertEquals("active", box.apply("confirm", pending.get("id")).get("state"), pending.out() + pending.err());
    }

    /** The plan that again reloads is the live one when it begins to load, not when it began. */
    @Test
    void againDoesNotUndoAnOpenThatWasFaster() {
        withBothShells(box -> {
            keep(box, ONE);
            stop(box, "ls", "*-ld*", "/bin/ls");
            CompletableFuture<NetBox.Answer> again = startAndAwaitStop(box, "again");
            assertEquals("open", box.apply("open").get("state"));
            String open = box.tables();
            release(box);
            assertEquals(3, again.join().status(), again.join().out());
            assertEquals(open, box.tables());
            assertEquals("open", box.apply("status").get("state"));
        });
    }

    /** Nothing has changed, so the change that is live can still be saved. */
    @Test
    void killedAgainIsNoUndoneChange() {
        withBothShells(box -> {
            box.script("modsave", "#!/bin/sh\nexit 1\n");
            String id = box.tryPlan(ONE, 60).get("id");
            assertEquals("unsaved", box.apply("confirm", id).get("state"));
            box.script("ip6tables-restore",
                    "#!/bin/sh\nread -r worker _ <$BOXWALL_RUN/tx/worker; kill -9 $worker\nexec /bin/sleep 600\n");
            box.apply("again");
            box.useRealTool("ip6tables-restore");
            assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), () -> box.describe());
            box.script("modsave", "#!/bin/sh\n");
            NetBox.Answer confirm = box.apply("confirm", id);
            assertEquals("0 active", confirm.status() + " " + confirm.get("state"), confirm.out());
        });
    }

    /** The guard finishes a kept change only if nobody works on it any more. */
    @Test
    void slowConfirmIsNotFinishedTwice() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            box.script("rm",
                    "#!/bin/sh\ncase $* in *run/plan) ! mkdir $BOXWALL_TEST/reached 2>/dev/null || /bin/sleep 6 ;; esac\n"
                            + "exec /bin/rm \"$@\"\n");
            NetBox.Answer confirmed = box.apply("confirm", id);
            assertEquals("0 active", confirmed.status() + " " + confirmed.get("state"),
                    confirmed.out() + confirmed.err());
            assertTrue(Files.exists(box.folder.resolve("reached")), "it was slow");
            assertEquals("active one", stateAndPlan(box));
        });
    }

    /** A confirm that stopped after its decision must not decide about the next change. */
    @Test
    void slowConfirmDoesNotKeepTheNextChange() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            box.script("ln",
                    "#!/bin/sh\n/bin/ln \"$@\" || exit\nmkdir $BOXWALL_TEST/reached 2>/dev/null || exit 0\n/bin/sleep 6\n");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            // as soon as the lock is free
            NetBox.Answer[] tried = new NetBox.Answer[1];
            assertTrue(Wait.until(() -> (tried[0] = box.tryPlan(TWO, 60, "--replace")).status() != 6));
            confirm.join();
            assertEquals("pending two", stateAndPlan(box), tried[0].out() + tried[0].err());
            box.advanceClock(60);
            assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), () -> box.describe());
            assertEquals("active one", stateAndPlan(box));
            assertTrue(box.tables().contains("1111"), box.tables());
        });
    }

    /** Without a guard the next verb finishes a change, but not one whose confirm is still at work. */
    @Test
    void statusDuringAConfirmWithoutGuardLeavesTheConfirmAlone() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            box.sh("read -r guard _ <$BOXWALL_RUN/tx/guard; kill -9 $guard");
            stop(box, "rm", "*run/plan", "/bin/rm");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            assertEquals("unsaved", box.apply("status").get("state"));
            release(box);
            assertEquals("active", confirm.join().get("state"), confirm.join().out() + confirm.join().err());
            assertEquals("active one", stateAndPlan(box));
        });
    }

    /** open ends the change, and a confirm that is still writing. */
    @Test
    void openDuringAConfirmStaysOpen() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            stop(box, "mv", "*result.new*", "/bin/mv");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            NetBox.Answer open = box.apply("open");
            assertEquals("0 open", open.status() + " " + open.get("state"), open.out() + open.err());
            release(box);
            confirm.join();
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
            assertEquals("open ", stateAndPlan(box));
            assertFalse(box.tables().contains("1111"), box.tables());
        });
    }

    /** Else the daemon, which compares the live rules with those read back, would see a drift. */
    @Test
    void resultNamesAKeptChangeOnlyWhenItsReadBackIsStored() {
        withBothShells(box -> {
            keep(box, ONE);
            String id = box.tryPlan(TWO, 60, "--replace").get("id");
            stop(box, "mv", "*tx/live/*", "/bin/mv");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            assertEquals("pending two", stateAndPlan(box));
            release(box);
            assertEquals("active", confirm.join().get("state"), confirm.join().err());
            assertTrue(NetBox.read(box.run.resolve("live/4.filter")).contains("2222"));
        });
    }

    /** The id can be read a moment before the change can be confirmed. */
    @Test
    void confirmBeforeTheDeadlineIsWrittenIsNotTooLate() {
        withBothShells(box -> {
            stop(box, "mv", "*deadline.new*", "/bin/mv");
            CompletableFuture<NetBox.Answer> tried = startAndAwaitStop(box, "try", box.write(ONE).toString(), "60");
            NetBox.Answer status = box.apply("status");
            assertEquals("pending", status.get("state"));
            NetBox.Answer confirm = box.apply("confirm", status.get("id"));
            assertEquals("6 pending", confirm.status() + " " + confirm.get("reason"), confirm.err());
            release(box);
            assertEquals(0, tried.join().status());
            assertEquals("active", box.apply("confirm", status.get("id")).get("state"));
        });
    }

    @Test
    void revertOfAnOldChangeWhileTheNextIsLoadedConcernsTheOld() {
        withBothShells(box -> {
            keep(box, ONE);
            String old = box.apply("status").get("id");
            stop(box, "ip6tables-restore", "*", "/usr/sbin/xtables-legacy-multi ip6tables-restore");
            CompletableFuture<NetBox.Answer> tried =
                    startAndAwaitStop(box, "try", box.write(TWO).toString(), "60", "--replace");
            NetBox.Answer revert = box.apply("revert", old);
            assertEquals("0 active", revert.status() + " " + revert.get("state"), revert.err());
            release(box);
            assertEquals("pending", tried.join().get("state"));
        });
    }

    /** The save of a change ends while the next one is pending. */
    @Test
    void stateAfterAnUndoKnowsOfASaveMeanwhile() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            stop(box, "modsave", "*", "true");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            NetBox.Answer next = box.tryPlan(TWO, 60, "--replace");
            assertEquals("pending", next.get("state"), next.out() + next.err());
            release(box);
            assertEquals(0, confirm.join().status());
            assertEquals("pending two", stateAndPlan(box));
            assertEquals(0, box.apply("revert", next.get("id")).status());
            assertEquals("active one", stateAndPlan(box));
        });
    }

    /** The save of a change ends while the next one is undone. */
    @Test
    void stateAfterAnUndoKnowsOfASaveDuringTheUndo() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            stop(box, "modsave", "*", "true");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            assertEquals("pending", box.tryPlan(TWO, 60, "--replace").get("state"));
            box.script("iptables-restore",
                    "#!/bin/sh\nmkdir $BOXWALL_TEST/undoing\n"
                            + "until [ -e $BOXWALL_TEST/saved ]; do /bin/sleep 0.1; done\n"
                            + "exec /usr/sbin/xtables-legacy-multi iptables-restore \"$@\"\n");
            CompletableFuture<NetBox.Answer> revert = CompletableFuture.supplyAsync(() -> box.apply("revert", "--now"));
            assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("undoing"))), () -> box.describe());
            release(box);
            assertEquals(0, confirm.join().status(), confirm.join().err());
            Files.createFile(box.folder.resolve("saved"));
            assertEquals(0, revert.join().status(), revert.join().err());
            assertEquals("active one", stateAndPlan(box));
        });
    }

    /** A confirm counts over a connection that is newer than that time. */
    @Test
    void rulesProtectOnlyAfterAcceleratedConnectionsAreFlushed() {
        withBothShells(box -> {
            String control = box.fakeProc().resolve("net/avm_pa/control").toString();
            box.sh("rm " + control + "; mkfifo " + control);
            String plan = box.write(ONE).toString();
            CompletableFuture<NetBox.Answer> tried = CompletableFuture.supplyAsync(() -> box.apply("try", plan, "60"));
            assertTrue(Wait.until(() -> box.tables().split("1111", -1).length == 4 || tried.isDone()),
                    () -> box.tables());
            box.sh("/bin/sleep 0.5");
            box.advanceClock(5);
            assertEquals("flush\n", box.sh("cat " + control).out());
            assertEquals("1005.00", tried.join().get("protected"), tried.join().err());
        });
    }

    /** The next change is pending before the confirm has begun to save. */
    @Test
    void keptChangeIsSavedThoughTheNextOneIsPending() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            box.script("rm",
                    "#!/bin/sh\n/bin/rm \"$@\"\ncase $* in *run/tx) if mkdir $BOXWALL_TEST/reached 2>/dev/null; then\n"
                            + "until [ -e $BOXWALL_TEST/go ]; do /bin/sleep 0.1; done\nfi ;;\nesac\n");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            NetBox.Answer next = box.tryPlan(TWO, 60, "--replace");
            assertEquals("pending", next.get("state"), next.out() + next.err());
            release(box);
            assertEquals(0, confirm.join().status(), confirm.join().err());
            assertTrue(NetBox.read(box.state.resolve("boot.new/stamp")).contains("id=one\n"));
            assertEquals(0, box.apply("revert", next.get("id")).status());
            assertEquals("active one", stateAndPlan(box));
        });
    }

    /** The result is replaced while it is read. */
    @Test
    void readerOfTheResultSeesOneOfTwoResults() {
        withBothShells(box -> {
            String line = "for key in state id deadline plan protected reason error; do echo $key=$0; done";
            NetBox.Answer answer = box.sh("mkdir -p $BOXWALL_RUN && cd $BOXWALL_RUN && sh -c '" + line
                    + "' one >one && sh -c '" + line + "' two >two && cp one result\n"
                    + "while [ ! -e enough ]; do for n in one two; do cp $n new; mv new result; done; done &\n"
                    + "writer=$!; cd " + System.getProperty("user.dir")
                    + "/init.d; . ./boxwall-common; RUN=$BOXWALL_RUN\n"
                    + "n=0; while [ $n -lt 1000 ]; do n=$((n + 1)); read_result; case $state$id$deadline$plan$protected$reason$error in"
                    + " oneoneoneoneoneoneone | twotwotwotwotwotwotwo) ;; *) echo mixed: $state $id $plan ;; esac; done; >$RUN/enough; wait $writer");
            assertEquals("", answer.out());
        });
    }

    /** status undoes a change without a guard; a try that begins meanwhile must not be undone with it. */
    @Test
    void tryWaitsForTheUndoOfAnAbandonedChange() {
        withBothShells(box -> {
            keep(box, ONE);
            box.tryPlan(TWO, 60, "--replace");
            box.sh("read -r guard _ <$BOXWALL_RUN/tx/guard; kill -9 $guard");
            stop(box, "iptables-restore", "*", "/usr/sbin/xtables-legacy-multi iptables-restore");
            CompletableFuture<NetBox.Answer> status = startAndAwaitStop(box, "status");
            String plan = box.write(new PlanFolder("three", 3333)).toString();
            CompletableFuture<NetBox.Answer> tried =
                    CompletableFuture.supplyAsync(() -> box.apply("try", plan, "60", "--replace"));
            Wait.until(5, tried::isDone);
            release(box);
            assertEquals("active one", status.join().get("state") + " " + status.join().get("plan"));
            assertEquals("0 pending", tried.join().status() + " " + tried.join().get("state"), tried.join().err());
            assertEquals("pending three", stateAndPlan(box));
            assertTrue(box.tables().contains("3333") && !box.tables().contains("1111"), box.tables());
            assertEquals(0, box.apply("revert", "--now").status());
            assertEquals("active one", stateAndPlan(box));
            assertTrue(box.tables().contains("1111"), box.tables());
        });
    }

    /** open ends such an undo. */
    @Test
    void openEndsTheUndoOfAnAbandonedChange() {
        withBothShells(box -> {
            keep(box, ONE);
            box.tryPlan(TWO, 60, "--replace");
            box.sh("read -r guard _ <$BOXWALL_RUN/tx/guard; kill -9 $guard");
            stop(box, "ip6tables-restore", "*", "/usr/sbin/xtables-legacy-multi ip6tables-restore");
            CompletableFuture<NetBox.Answer> status = startAndAwaitStop(box, "status");
            assertOpenStaysOpen(box);
            status.join();
            assertFalse(box.tables().contains("1111"), box.tables());
        });
    }

    /** open ends a change that began after it had looked for one, too. */
    @Test
    void openIsNotRefusedForAChangeThatBeginsMeanwhile() {
        withBothShells(box -> {
            keep(box, ONE);
            stop(box, "ls", "*-ld*", "/bin/ls");
            CompletableFuture<NetBox.Answer> open = startAndAwaitStop(box, "open");
            assertEquals(0, box.tryPlan(TWO, 60, "--replace").status());
            release(box);
            assertEquals("0 open", open.join().status() + " " + open.join().get("state"), open.join().err());
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
            assertEquals("open ", stateAndPlan(box));
            assertFalse(box.tables().contains("2222"), box.tables());
        });
    }

    /** A confirm that could not save knows the result before open and may not write it afterwards. */
    @Test
    void openAfterASaveStaysOpen() {
        withBothShells(box -> {
            box.script("modsave", "#!/bin/sh\nexit 1\n");
            String id = box.tryPlan(ONE, 60).get("id");
            stop(box, "tr", "*", "/usr/bin/tr");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            assertOpenStaysOpen(box);
            confirm.join();
        });
    }

    private static void assertOpenStaysOpen(NetBox box) throws IOException {
        NetBox.Answer open = box.apply("open");
        assertEquals("0 open", open.status() + " " + open.get("state"), open.out() + open.err());
        release(box);
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
        assertEquals("open ", stateAndPlan(box));
    }

    /** The same for a trial that could not be saved as proven. */
    @Test
    void openAfterAPromotionStaysOpen() {
        withBothShells(box -> {
            box.settings.put("BOXWALL_PROVE_SECONDS", "1");
            box.storePlan("boot.new", ONE);
            box.script("modsave", "#!/bin/sh\n[ ! -e $BOXWALL_STATE/boot ]\n");
            stop(box, "tr", "*", "/usr/bin/tr");
            assertEquals("active", box.apply("boot").get("state"));
            assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("reached"))), () -> box.describe());
            assertOpenStaysOpen(box);
        });
    }

    /** The save of a change ends while the next one becomes pending: both write the result. */
    @Test
    void changeThatBecomesPendingAtTheEndOfASaveStaysPending() {
        withBothShells(box -> {
            String id = box.tryPlan(ONE, 60).get("id");
            stop(box, "modsave", "*", "true");
            CompletableFuture<NetBox.Answer> confirm = startAndAwaitStop(box, "confirm", id);
            box.script("mv", "#!/bin/sh\ncase $* in *result.new*) if mkdir $BOXWALL_TEST/written 2>/dev/null; then\n"
                    + "until [ -e $BOXWALL_TEST/end ]; do /bin/sleep 0.1; done\nfi ;;\nesac\nexec /bin/mv \"$@\"\n");
            String plan = box.write(TWO).toString();
            CompletableFuture<NetBox.Answer> next =
                    CompletableFuture.supplyAsync(() -> box.apply("try", plan, "60", "--replace"));
            assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("written"))), () -> box.describe());
            release(box);
            Wait.until(3, confirm::isDone);
            Files.createFile(box.folder.resolve("end"));
            assertEquals("0 pending", next.join().status() + " " + next.join().get("state"), next.join().err());
            assertEquals(0, confirm.join().status(), confirm.join().err());
            assertEquals("pending two", stateAndPlan(box));
            assertEquals("active", box.apply("confirm", next.join().get("id")).get("state"));
            assertEquals("active two", stateAndPlan(box));
        });
    }

    /** Each compiles its plan before it waits for the lock. */
    @Test
    void tryOfARulesetLoadsItsOwnPlan() {
        withBothShells(box -> {
            box.settings.put("BOXWALL_SBIN", System.getProperty("user.dir") + "/init.d");
            box.settings.put("BOXWALL_JAR", "/dev/null");
            box.settings.put("BOXWALL_JVM", box.folder.resolve("bin/compiler").toString());
            // … compile RULES --out DIR, where RULES has the path of the finished plan
            box.script("compiler", "#!/bin/sh\nwhile [ $1 != compile ]; do shift; done\nexec cp -r $(cat $2) $4\n");
            box.sh("echo " + box.write(ONE) + " >$BOXWALL_TEST/one; echo " + box.write(TWO) + " >$BOXWALL_TEST/two");
            String[] rules = {box.folder.resolve("one").toString(), box.folder.resolve("two").toString()};
            stop(box, "mkdir", "*/tx", "/bin/mkdir");
            CompletableFuture<NetBox.Answer> first =
                    startAndAwaitStop(box, () -> box.runScript("boxwall", "try", rules[0], "60"));
            NetBox.Answer second = box.runScript("boxwall", "try", rules[1], "60");
            assertEquals("two", second.get("plan"), second.out() + second.err());
            assertEquals(0, box.apply("revert", "--now").status());
            release(box);
            assertEquals("one", first.join().get("plan"), first.join().out() + first.join().err());
            assertEquals(0, box.apply("revert", "--now").status());
            assertEquals("two", box.runScript("boxwall", "try", rules[1], "60").get("plan"));
            assertEquals("1\n", box.sh("ls -d $BOXWALL_RUN/try* | grep -c .").out(), "only the last one's is left");
        });
    }

    /** Of two requests at once, the one that restores AVM's printk may end the process that the other one needs. */
    @Test
    void kernelMessagesNeverStayDiverted() {
        withBothShells(box -> {
            box.settings.put("BOXWALL_DEBUG", box.folder.resolve("debug").toString());
            box.sh(">$BOXWALL_DEBUG");
            assertEquals(0, box.apply("printk", "600").status());
            box.script("sleep",
                    "#!/bin/sh\n[ $1 != 1 ] || ! mkdir $BOXWALL_TEST/reached 2>/dev/null || exec /bin/sleep 4\nexec /bin/sleep \"$@\"\n");
            CompletableFuture<NetBox.Answer> diverted = startAndAwaitStop(box, "printk", "500");
            assertEquals(0, box.apply("printk", "0").status());
            diverted.join();
            assertEquals("AVM_PRINTK\n", NetBox.read(box.folder.resolve("debug")));
        });
    }
}
