package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * How many programs each verb starts. On the box one start takes ten milliseconds and more, so the programs, not the
 * rules, determine the duration of boot and try. Programs are counted instead of measuring time: the numbers are the
 * same on every machine. Sleeps do not count: they cost nothing, and a busy machine needs more of them. A repeated
 * identical mv or rm does not count either: the lock's folder is removed again if the guard has just written into it,
 * and the guard repeats the commands of a verb that takes longer than three seconds.
 */
class ProgramsTest {
    private static final String COUNTER =
            "#!/bin/sh\nname=${0##*/}\n[ ! -e $BOXWALL_TEST/counted ] || echo $name \"$*\" >>$BOXWALL_TEST/counted\n"
                    + "for f in $BOXWALL_TEST/real /usr/sbin /usr/bin /sbin /bin; do [ ! -x $f/$name ] ||"
                    + " PATH=/usr/sbin:/usr/bin:/sbin:/bin exec $f/$name \"$@\"; done\nexec busybox $name \"$@\"\n";

    private static final String CREATE_MODULES = "echo 'kdsldmod 9 2 - Live 0x0' >$BOXWALL_PROC/modules";

    /** A box that records every program that is started. */
    private static NetBox countingBox(String shell) {
        NetBox box = new NetBox(shell);
        box.fakeProc();
        box.settings.put("BOXWALL_WITNESS", "no");
        box.script("counter", COUNTER);
        NetBox.Answer made =
                box.sh("busybox ip link set lo up; cd $BOXWALL_BIN && mkdir ../real && mv ip* mod* rmmod ../real/"
                        + " && printf 'ip_tables\\nxt_tcpudp\\n' >../loadable && " + CREATE_MODULES
                        + " && for c in $(busybox --list | grep -v -x -e sh -e ash -e '\\[*' -e test -e ping) $(ls ../real); do [ -e $c ] ||"
                        + " ln -s counter $c || exit; done");
        assertEquals(0, made.status(), made.err());
        box.script("ping",
                "#!/bin/sh\n[ ! -e $BOXWALL_TEST/counted ] || echo ping >>$BOXWALL_TEST/counted\nexec /bin/busybox ping \"$@\"\n");
        return box;
    }

    /**
     * Runs a verb and counts its programs, including those of its guard.
     * @param budget that limits them; if the budget test breaks it on purpose, the box's settings start more programs
     */
    private static int countPrograms(NetBox box, String budget, String... verb) {
        box.sh("/bin/rm -f $BOXWALL_TEST/counted; : >$BOXWALL_TEST/counted; echo 'date; date; date' >$BOXWALL_TEST/dear.cfg");
        box.settings.put("BOXWALL_CONF",
                Budgets.isBroken(budget) ? box.folder.resolve("dear.cfg").toString() : "/nonexistent");
        NetBox.Answer answer = box.apply(verb);
        box.settings.put("BOXWALL_CONF", "/nonexistent");
        assertEquals(0, answer.status(), String.join(" ", verb) + ": " + answer.out() + answer.err());
        assertTrue(Wait.until(() -> box.outsideProcessCount() == 0 || answer.out().contains("state=pending")),
                () -> "the guard must end: " + box.commandLines());
        List<String> countedNames = countedNames(NetBox.read(box.folder.resolve("counted")));
        box.sh("/bin/rm -f $BOXWALL_TEST/counted");
        System.out.println(budget + ": " + countedNames.stream()
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting())));
        assertTrue(countedNames.size() >= Budgets.limit(budget) / 2,
                String.join(" ", verb) + ": only " + countedNames.size() + " programs were recorded: " + countedNames);
        return countedNames.size();
    }

    /**
     * The started programs that count. Without the guard's removal of the reserve: on a busy machine the guard repeats
     * it before the confirm has ended.
     */
    private static List<String> countedNames(String started) {
        Set<String> seenCommands = new HashSet<>();
        return started.lines()
                .filter(line -> !line.startsWith("sleep ") && !line.equals("rm -rf ./reserve")
                        && (!line.matches("(mv|rm) .*") || seenCommands.add(line)))
                .map(line -> line.replaceFirst(" .*", "")).toList();
    }

    @Test
    void sleepsAndRepeatedCleanupsAreNotCounted() {
        assertEquals(List.of("mv", "rm", "cat", "cat"),
                countedNames("mv a b\nrm -rf ./reserve\nrm -rf tx\nsleep 1\ncat x\nrm -rf tx\nmv a b\ncat x\n"));
    }

    /** Runs a scenario in a counting box for each shell. */
    private static void inBoxes(SideBySide.BoxScenario scenario, String... shells) {
        SideBySide.runParallel(shell -> {
            try (NetBox box = countingBox(shell)) {
                scenario.run(box);
            }
        }, shells);
    }

    private static String plan(NetBox box, String id, int port) {
        return box.write(new PlanFolder(id, port).with("modules", "ip_tables\nxt_tcpudp\n")).toString();
    }

    /** Two modules and three tables that are new to the kernel; then three tables with rules. */
    @Test
    void changeHoldsItsBudgets() {
        inBoxes(box -> {
            Budgets.hold("status.programs", countPrograms(box, "status.programs", "status"));
            Budgets.hold("try.programs", countPrograms(box, "try.programs", "try", plan(box, "one", 1111), "60"));
            Budgets.hold("revert.programs", countPrograms(box, "revert.programs", "revert", "--now"));
            NetBox.Answer pending = box.apply("try", plan(box, "one", 1111), "60");
            Budgets.hold("confirm.programs", countPrograms(box, "confirm.programs", "confirm", pending.get("id")));
            Budgets.hold("try.again.programs",
                    countPrograms(box, "try.again.programs", "try", plan(box, "two", 2222), "60"));
            box.apply("revert", "--now");
            Budgets.hold("probe.programs", countPrograms(box, "probe.programs", "probe"));
            Budgets.hold("probe.addresses.programs",
                    countPrograms(box, "probe.addresses.programs", "probe", "addresses"));
        }, "dash", "busybox sh");
    }

    /** Boot alone; with the self-test's ping; with a trial of another plan. */
    @Test
    void bootHoldsItsBudgets() {
        inBoxes(box -> {
            box.storePlan("boot", new PlanFolder("old", 1111).with("modules", "ip_tables\nxt_tcpudp\n"));
            Budgets.hold("boot.programs", countPrograms(box, "boot.programs", "boot"));
            box.cutPower();
            box.sh("busybox ip link set lo up; " + CREATE_MODULES);
            box.settings.put("BOXWALL_WITNESS", "yes");
            Budgets.hold("boot.witness.programs", countPrograms(box, "boot.witness.programs", "boot"));
            box.cutPower();
            box.settings.put("BOXWALL_WITNESS", "no");
            box.settings.put("BOXWALL_PROVE_SECONDS", "1");
            box.storePlan("boot.new", new PlanFolder("new", 2222));
            Budgets.hold("boot.trial.programs", countPrograms(box, "boot.trial.programs", "boot"));
        }, "dash", "busybox sh");
    }

    /**
     * The quotes are tested and removed, and the tables, which then read back with other texts, are compared by counts.
     */
    @Test
    void restoreThatLosesQuotesHoldsItsBudgets() {
        inBoxes(box -> {
            Budgets.hold("try.quotes.programs",
                    countPrograms(box, "try.quotes.programs", "try", plan(box, "one", 1111), "60"));
            Budgets.hold("revert.quotes.programs", countPrograms(box, "revert.quotes.programs", "revert", "--now"));
            box.storePlan("boot", new PlanFolder("old", 1111).with("modules", "ip_tables\nxt_tcpudp\n"));
            Budgets.hold("boot.quotes.programs", countPrograms(box, "boot.quotes.programs", "boot"));
        }, "busybox sh, " + NetBox.OLD_IPTABLES);
    }
}
