package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
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
 * How many programs each verb starts. On the box one start takes ten milliseconds and more, so this, and not the rules,
 * is what boot and try cost. Programs are counted, not time: the numbers are the same on every machine. Sleeps are left
 * out: they cost nothing, and a busy machine makes more of them. So is an mv or rm that was there before, word for
 * word: the lock's folder is removed once more when the guard has just written into it, and the guard finishes by the
 * same commands what takes longer than three seconds.
 */
class ProgramsTest {
    private static final String COUNTER =
            "#!/bin/sh\nname=${0##*/}\n[ ! -e $BOXWALL_TEST/counted ] || echo $name \"$*\" >>$BOXWALL_TEST/counted\n"
                    + "for f in $BOXWALL_TEST/real /usr/sbin /usr/bin /sbin /bin; do [ ! -x $f/$name ] ||"
                    + " PATH=/usr/sbin:/usr/bin:/sbin:/bin exec $f/$name \"$@\"; done\nexec busybox $name \"$@\"\n";

    private static final String MODULES = "echo 'kdsldmod 9 2 - Live 0x0' >$BOXWALL_PROC/modules";

    /** A box that writes down each program that is started, whichever it is. */
    private static NetBox counting(String shell) {
        NetBox box = new NetBox(shell);
        box.pretendProc();
        box.settings.put("BOXWALL_WITNESS", "no");
        box.script("counter", COUNTER);
        NetBox.Answer made =
                box.sh("busybox ip link set lo up; cd $BOXWALL_BIN && mkdir ../real && mv ip* mod* rmmod ../real/"
                        + " && printf 'ip_tables\\nxt_tcpudp\\n' >../loadable && " + MODULES
                        + " && for c in $(busybox --list | grep -v -x -e sh -e ash -e '\\[*' -e test -e ping) $(ls ../real); do [ -e $c ] ||"
                        + " ln -s counter $c || exit; done");
        assertEquals(0, made.status(), made.err());
        box.script("ping",
                "#!/bin/sh\n[ ! -e $BOXWALL_TEST/counted ] || echo ping >>$BOXWALL_TEST/counted\nexec /bin/busybox ping \"$@\"\n");
        return box;
    }

    /**
     * Runs a verb and counts its programs, those of its guard too.
     * @param budget that is to hold them; where it is to be broken, the box's settings start programs
     */
    private static int counted(NetBox box, String budget, String... verb) {
        box.sh("/bin/rm -f $BOXWALL_TEST/counted; : >$BOXWALL_TEST/counted; echo 'date; date; date' >$BOXWALL_TEST/dear.cfg");
        box.settings.put("BOXWALL_CONF",
                Budgets.isBroken(budget) ? box.folder.resolve("dear.cfg").toString() : "/nonexistent");
        NetBox.Answer answer = box.apply(verb);
        box.settings.put("BOXWALL_CONF", "/nonexistent");
        assertEquals(0, answer.status(), String.join(" ", verb) + ": " + answer.out() + answer.err());
        assertTrue(Wait.until(() -> box.living() == 0 || answer.out().contains("state=pending")),
                () -> "the guard's end: " + box.alive());
        List<String> names = names(NetBox.read(box.folder.resolve("counted")));
        box.sh("/bin/rm -f $BOXWALL_TEST/counted");
        System.out.println(budget + ": "
                + names.stream().collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting())));
        assertTrue(names.size() >= Budgets.limit(budget) / 2,
                String.join(" ", verb) + ": only " + names.size() + " programs were seen: " + names);
        return names.size();
    }

    /**
     * The programs that count among those that were started. Not the guard's freeing of the reserve: on a busy machine
     * its second is over before the confirm has ended, and then it does that once more.
     */
    private static List<String> names(String started) {
        Set<String> moved = new HashSet<>();
        return started.lines()
                .filter(line -> !line.startsWith("sleep ") && !line.equals("rm -rf ./reserve")
                        && (!line.matches("(mv|rm) .*") || moved.add(line)))
                .map(line -> line.replaceFirst(" .*", "")).toList();
    }

    @Test
    void onlyStepsCount() {
        assertEquals(List.of("mv", "rm", "cat", "cat"),
                names("mv a b\nrm -rf ./reserve\nrm -rf tx\nsleep 1\ncat x\nrm -rf tx\nmv a b\ncat x\n"));
    }

    private static String plan(NetBox box, String id, int port) {
        return new PlanFolder(id, port).with("modules", "ip_tables\nxt_tcpudp\n")
                .write(box.folder.resolve("plan-" + id)).toString();
    }

    /** Two modules and three tables that are new to the kernel; then three that hold rules. */
    @Test
    void aChange() {
        inBothShells(shell -> {
            try (NetBox box = counting(shell)) {
                Budgets.hold("status.programs", counted(box, "status.programs", "status"));
                Budgets.hold("try.programs", counted(box, "try.programs", "try", plan(box, "one", 1111), "60"));
                Budgets.hold("revert.programs", counted(box, "revert.programs", "revert", "--now"));
                NetBox.Answer pending = box.apply("try", plan(box, "one", 1111), "60");
                Budgets.hold("confirm.programs", counted(box, "confirm.programs", "confirm", pending.get("id")));
                Budgets.hold("try.again.programs",
                        counted(box, "try.again.programs", "try", plan(box, "two", 2222), "60"));
                box.apply("revert", "--now");
                Budgets.hold("probe.programs", counted(box, "probe.programs", "probe"));
                Budgets.hold("probe.addresses.programs",
                        counted(box, "probe.addresses.programs", "probe", "addresses"));
            }
        });
    }

    /** The same at boot: bare; with the ping that is counted; with the trial of another plan. */
    @Test
    void aBoot() {
        inBothShells(shell -> {
            try (NetBox box = counting(shell)) {
                box.stored("boot", new PlanFolder("old", 1111).with("modules", "ip_tables\nxt_tcpudp\n"));
                Budgets.hold("boot.programs", counted(box, "boot.programs", "boot"));
                box.cut();
                box.sh("busybox ip link set lo up; " + MODULES);
                box.settings.put("BOXWALL_WITNESS", "yes");
                Budgets.hold("boot.witness.programs", counted(box, "boot.witness.programs", "boot"));
                box.cut();
                box.settings.put("BOXWALL_WITNESS", "no");
                box.settings.put("BOXWALL_PROVE_SECONDS", "1");
                box.stored("boot.new", new PlanFolder("new", 2222));
                Budgets.hold("boot.trial.programs", counted(box, "boot.trial.programs", "boot"));
            }
        });
    }
}
