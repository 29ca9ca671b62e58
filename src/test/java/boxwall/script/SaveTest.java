package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Concurrent saves: flash holds one of the plans completely, and no process reports a save that did not happen.
 */
class SaveTest {
    private static final int ROUNDS = Boolean.getBoolean("boxwall.long") ? 50 : 4;
    private static final String SLOW_MODSAVE = "#!/bin/sh\necho saving >>$BOXWALL_TEST/saves\nsleep 0.3\n";
    private static final String HANGING_MODSAVE = "#!/bin/sh\necho saving >>$BOXWALL_TEST/saves\nexec sleep 1000\n";

    private static Process start(NetBox box, String script, String verb, String argument) throws IOException {
        return box.start("sh", "-c",
                "exec " + box.command(script) + " " + verb + " " + argument + " >$BOXWALL_TEST/said-$$ 2>&1");
    }

    private static int saves(NetBox box) { return (int) NetBox.read(box.folder.resolve("saves")).lines().count(); }

    /** Checks that boot.new is complete and belongs to one plan; returns its id. */
    private static String assertComplete(NetBox box, int round) {
        Path boot = box.state.resolve("boot.new");
        for (String file : List.of("stamp", "modules", "restore4", "restore6", "origin", "pa", "notes")) {
            assertTrue(
                    NetBox.read(boot.resolve(file)).contains("\n# end ")
                            || NetBox.read(boot.resolve(file)).startsWith("# end "),
                    "round " + round + ": " + file + " is missing or truncated");
        }
        String id = NetBox.read(boot.resolve("stamp")).lines().filter(line -> line.startsWith("id=")).findFirst()
                .orElse("").substring(3);
        assertTrue(NetBox.read(boot.resolve("restore4")).contains("--dport " + (id.equals("one") ? 1111 : 2222)),
                "files of two plans in one folder");
        return id;
    }

    @Test
    void concurrentKeepsLeaveOneCompletePlan() {
        withBothShells(box -> {
            box.script("modsave", SLOW_MODSAVE);
            String one = box.write(new PlanFolder("one", 1111)).toString();
            String two = box.write(new PlanFolder("two", 2222)).toString();
            for (int round = 0; round < ROUNDS; round++) {
                Process first = start(box, "boxwall-keep", "keep", one);
                Process second = start(box, "boxwall-keep", "keep", round % 2 == 0 ? two : one);
                assertEquals("0 0", first.waitFor() + " " + second.waitFor(), "round " + round);
                assertComplete(box, round);
                try (Stream<Path> files = Files.list(box.state)) {
                    assertEquals(List.of(),
                            files.filter(path -> path.getFileName().toString().startsWith("new.")).toList());
                }
            }
        });
    }

    @Test
    void lockOfKilledProcessIsReleased() {
        withBothShells(box -> {
            box.script("modsave", HANGING_MODSAVE);
            for (String verb : List.of("keep " + box.write(new PlanFolder("one", 1111)), "mark one", "promote",
                    "keep " + box.write(new PlanFolder("one", 1111)), "drop", "off")) {
                int before = saves(box);
                box.start("sh", "-c",
                        "echo $$ >$BOXWALL_TEST/keeper; exec " + box.command("boxwall-keep") + " " + verb);
                assertTrue(Wait.until(() -> saves(box) > before), verb);
                assertEquals(0, box.sh("read -r keeper <$BOXWALL_TEST/keeper && kill -9 $keeper").status(), verb);
            }
            box.script("modsave", SLOW_MODSAVE);
            NetBox.Answer answer =
                    box.runScript("boxwall-keep", "keep", box.write(new PlanFolder("two", 2222)).toString());
            assertEquals(0, answer.status(), answer.err());
            assertEquals("two", assertComplete(box, 0));
        });
    }

    @Test
    void concurrentConfirmsSaveOnceAndBothSucceed() {
        withBothShells(box -> {
            box.script("modsave", SLOW_MODSAVE);
            for (int round = 0; round < ROUNDS; round++) {
                boolean even = round % 2 == 0;
                NetBox.Answer pending = box.tryPlan(new PlanFolder(even ? "one" : "two", even ? 1111 : 2222), 60);
                assertEquals(0, pending.status(), pending.out() + pending.err());
                int before = saves(box);
                Process first = start(box, "boxwall-apply", "confirm", pending.get("id"));
                Process second = start(box, "boxwall-apply", "confirm", pending.get("id"));
                assertEquals("0 0", first.waitFor() + " " + second.waitFor(),
                        "round " + round + ": " + box.sh("cat $BOXWALL_TEST/said-*").out());
                assertEquals("active", box.apply("status").get("state"));
                assertEquals(even ? "one" : "two", assertComplete(box, round));
                assertEquals(1, saves(box) - before, "one save for each change");
                NetBox.Answer again = box.apply("confirm", pending.get("id"));
                assertEquals("0 active", again.status() + " " + again.get("state"), "a third confirm changes nothing");
                assertEquals(1, saves(box) - before);
            }
        });
    }

    /**
     * A plan that was kept during the trial of another plan is untested, so it is not promoted in its place.
     */
    @Test
    void promoteDoesNotPromoteAnotherPlan() {
        withBothShells(box -> {
            box.script("modsave", SLOW_MODSAVE);
            box.storePlan("boot.new", new PlanFolder("one", 1111));
            Process keep = start(box, "boxwall-keep", "keep", box.write(new PlanFolder("two", 2222)).toString());
            assertTrue(Wait.until(() -> saves(box) == 1), "the other plan is being kept");
            NetBox.Answer promote = box.runScript("boxwall-keep", "promote", "one");
            assertEquals(0, keep.waitFor());
            assertEquals(3, promote.status(), promote.err());
            assertEquals("two", assertComplete(box, 0));
            assertTrue(!Files.exists(box.state.resolve("boot")), "nothing was promoted");
        });
    }

    /** modsave exceeds the limit for commands: it is killed, the rules stay in force and are reported as unsaved. */
    @Test
    void hangingModsaveIsKilledAndReportedAsUnsaved() {
        withBothShells(box -> {
            box.settings.put("BOXWALL_HANG_SECONDS", "2");
            box.script("modsave", HANGING_MODSAVE);
            String id = box.tryPlan(new PlanFolder("one", 1111), 60).get("id");
            NetBox.Answer confirmed = box.apply("confirm", id);
            assertEquals("0 unsaved", confirmed.status() + " " + confirmed.get("state"),
                    confirmed.out() + confirmed.err());
            assertTrue(confirmed.get("error").contains("kept in RAM only"), confirmed.out());
            assertTrue(box.tables().contains("1111"), "the rules stay");
            box.script("modsave", SLOW_MODSAVE);
            confirmed = box.apply("confirm", id);
            assertEquals("0 active", confirmed.status() + " " + confirmed.get("state"),
                    confirmed.out() + confirmed.err());
            assertEquals("one", assertComplete(box, 0));
        });
    }

    /**
     * Depending on the order, the plan on trial becomes proven and the other is tried next, or the other replaces it.
     */
    @Test
    void concurrentPromoteAndKeepLoseNoPlan() {
        int[] promoted = new int[2];
        withBothShells(box -> {
            box.script("modsave", SLOW_MODSAVE);
            String two = box.write(new PlanFolder("two", 2222)).toString();
            for (int round = 0; round < ROUNDS; round++) {
                box.sh("rm -rf $BOXWALL_STATE/* $BOXWALL_RUN/saved");
                box.storePlan("boot", new PlanFolder("old", 9999));
                box.storePlan("boot.new", new PlanFolder("one", 1111));
                boolean first = round % 2 == 0;
                Process one =
                        first ? start(box, "boxwall-keep", "promote", "one") : start(box, "boxwall-keep", "keep", two);
                Process other =
                        first ? start(box, "boxwall-keep", "keep", two) : start(box, "boxwall-keep", "promote", "one");
                Process promote = first ? one : other;
                assertEquals(0, (first ? other : one).waitFor(), "round " + round);
                boolean wasPromoted = promote.waitFor() == 0;
                assertTrue(wasPromoted || promote.exitValue() == 3, "round " + round + ": " + promote.exitValue());
                assertEquals("two", assertComplete(box, round));
                String boot = NetBox.read(box.state.resolve("boot/restore4"));
                assertTrue(boot.contains(wasPromoted ? "--dport 1111" : "--dport 9999"),
                        "round " + round + ": " + boot);
                synchronized (promoted) {
                    promoted[wasPromoted ? 0 : 1]++;
                }
            }
        });
        System.out.println("promotes beside a keep: " + promoted[0] + " came first, " + promoted[1] + " came too late");
    }

    @Test
    void killedModsaveIsReportedAndTheNextConfirmSaves() {
        withBothShells(box -> {
            box.script("modsave", "#!/bin/sh\nkill -9 $$\n");
            String id = box.tryPlan(new PlanFolder("one", 1111), 60).get("id");
            NetBox.Answer confirmed = box.apply("confirm", id);
            assertEquals("0 unsaved", confirmed.status() + " " + confirmed.get("state"),
                    confirmed.out() + confirmed.err());
            assertTrue(confirmed.get("error").contains("status 137") && box.tables().contains("1111"), confirmed.out());
            box.script("modsave", SLOW_MODSAVE);
            assertEquals("active", box.apply("confirm", id).get("state"));
            assertEquals("one", assertComplete(box, 0));
        });
    }

    /**
     * Scripts use the uptime and the order in which rulesets were kept. Only history uses dates: it prints those of
     * files.
     */
    @Test
    void wallClockHasNoEffect() {
        withBothShells(box -> {
            box.script("modsave", "#!/bin/sh\n");
            box.script("date", "#!/bin/sh\necho \"$*\" >>$BOXWALL_TEST/dates\nexec /bin/date \"$@\"\n");
            int round = 0;
            for (String time : List.of("204001010000", "197001010001", "203801190314")) {
                PlanFolder plan = new PlanFolder("plan" + ++round, 1110 + round);
                NetBox.Answer pending = box.tryPlan(plan, 60, "--replace");
                assertEquals("pending", pending.get("state"), pending.out() + pending.err());
                box.sh("find $BOXWALL_RUN $BOXWALL_STATE -exec touch -h -t " + time + " {} +");
                box.advanceClock(59);
                assertEquals("active", box.apply("confirm", pending.get("id")).get("state"),
                        "in time by the uptime, " + time);
                box.sh("find $BOXWALL_STATE -exec touch -h -t " + time + " {} +");
            }
            assertEquals("", NetBox.read(box.folder.resolve("dates")));
            for (int n = 0; n < 3; n++) {
                assertEquals("# the source of plan" + (3 - n) + "\n",
                        NetBox.read(box.state.resolve(n == 0 ? "rules" : "rules." + n)));
            }
            List<String> names =
                    box.runScript("boxwall-keep", "history").out().lines().map(line -> line.split(" ")[0]).toList();
            assertEquals(List.of("rules", "rules.1", "rules.2"), names);
            NetBox.Answer restored = box.runScript("boxwall-keep", "restore", "2");
            assertEquals(
                    "0 rules.2 is the saved ruleset now, but not loaded, nor at the next boot; to load it: boxwall try "
                            + box.state + "/rules\n",
                    restored.status() + " " + restored.out());
            for (String number : List.of("9", "x", "1/../../rules.1")) {
                NetBox.Answer missing = box.runScript("boxwall-keep", "restore", number);
                assertEquals(
                        "2 boxwall-keep: there is no rules." + number + "; boxwall-keep history lists the rulesets\n",
                        missing.status() + " " + missing.err());
            }
            assertEquals("# the source of plan1\n", NetBox.read(box.state.resolve("rules")));
            NetBox.Answer pending = box.tryPlan(new PlanFolder("last", 4444), 60, "--replace");
            box.sh("find $BOXWALL_RUN -exec touch -h -t 204001010000 {} +");
            box.advanceClock(60);
            assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), "too late by the uptime");
            assertEquals("3 too-late", box.apply("confirm", pending.get("id")).status() + " "
                    + box.apply("confirm", pending.get("id")).get("reason"));
        });
    }
}
