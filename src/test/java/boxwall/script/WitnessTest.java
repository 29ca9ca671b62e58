package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * A ping to lo is counted before the first rule is loaded; what a blind netfilter would say is played by a stand-in of
 * iptables.
 */
class WitnessTest {
    private static final PlanFolder PLAN = new PlanFolder("seen", 1111);
    /** Counters of a listing changed as modules of another layout show them. */
    private static final String BLIND =
            "#!/bin/sh\ncase \" $* \" in *' -L boxwall-witness '*) /usr/sbin/xtables-legacy-multi iptables \"$@\" |"
                    + " sed 's/^ *[0-9]* *[0-9]* ACCEPT/ %s ACCEPT/' ;; *) exec /usr/sbin/xtables-legacy-multi iptables \"$@\" ;; esac\n";

    private static NetBox box(String shell) {
        NetBox box = new NetBox(shell);
        box.settings.put("BOXWALL_WITNESS", "yes");
        box.script("ping", "#!/bin/sh\nexec busybox ping \"$@\"\n");
        assertEquals(0, box.sh("busybox ip link set lo up").status());
        return box;
    }

    private static NetBox.Answer tried(NetBox box, PlanFolder plan) {
        return box.apply("try", plan.write(box.folder.resolve("plan")).toString(), "30", "--replace");
    }

    @Test
    void aPingIsCountedOnceABootAndLeavesNoTrace() {
        inBothShells(shell -> {
            try (NetBox box = box(shell)) {
                box.loadForeignRules();
                assertEquals(0, box.sh("/usr/sbin/xtables-legacy-multi iptables -P OUTPUT DROP").status(),
                        "others' rules don't disturb it");
                tried(box, PLAN);
                box.apply("revert", "--now");
                Files.delete(box.run.resolve("witness"));
                String before = box.tables();
                NetBox.Answer answer = tried(box, PLAN);
                assertEquals(0, answer.status(), answer.out() + answer.err());
                assertEquals("2 168\n", NetBox.read(box.run.resolve("witness")));
                assertFalse(box.tables().contains("boxwall-witness"), box.tables());
                box.apply("revert", "--now");
                assertEquals(before, box.tables());
                box.script("ping", "#!/bin/sh\necho asked >>$BOXWALL_TEST/pings\n");
                assertEquals(0, tried(box, PLAN).status());
                assertFalse(Files.exists(box.folder.resolve("pings")), "it isn't asked again");
            }
        });
    }

    @Test
    void whatSeesNothingIsRefusedBeforeAnyRule() {
        inBothShells(shell -> {
            try (NetBox box = box(shell)) {
                String before = box.tables();
                for (String[] row : new String[][] {{"0 0", "netfilter-sees-nothing", "0 packets, 0 bytes"},
                        {"2 0", "netfilter-layout-mismatch", "2 packets, 0 bytes"},
                        {"1 80", "netfilter-layout-mismatch", "1 packets, 80 bytes"}}) {
                    box.script("iptables", BLIND.formatted(row[0]));
                    NetBox.Answer answer = tried(box, PLAN);
                    assertEquals(4, answer.status(), answer.out() + answer.err());
                    assertEquals(row[1], answer.get("reason"));
                    assertEquals("counting rule for ICMP on lo: " + row[2] + "; sent 2 packets, 168 bytes",
                            answer.get("error"));
                }
                // with rules that match nothing a policy of DROP would keep everybody out: not even the closed set is
                // loaded
                box.storePlan("boot", PLAN);
                NetBox.Answer answer = box.apply("boot");
                assertEquals("failed", answer.get("state"), answer.out());
                assertEquals("netfilter-layout-mismatch", answer.get("reason"));
                assertFalse(box.tables().contains("DROP"), box.tables());
                assertTrue(before.lines().noneMatch(line -> line.contains("DROP")));
                box.useRealTool("iptables");
                assertEquals(0, tried(box, PLAN).status(), "it is asked again");
            }
        });
    }

    @Test
    void withoutAPingOnlyLogIsRefused() {
        inBothShells(shell -> {
            try (NetBox box = box(shell)) {
                assertEquals(0, box.sh("busybox ip link set lo down").status());
                NetBox.Answer answer = tried(box, PLAN);
                assertEquals(4, answer.status(), answer.out());
                assertEquals("netfilter-unproved", answer.get("reason"));
                assertFalse(box.tables().contains("boxwall-witness"), box.tables());
                PlanFolder quiet = new PlanFolder("quiet", 1111).with("restore4",
                        "-A mine -j LOG --log-prefix \"a word, \"\n", "");
                assertEquals(0, tried(box, quiet).status());
            }
        });
    }

    @Test
    void aKernelThatNoBoxHasIsNotAsked() {
        inBothShells(shell -> {
            try (NetBox box = box(shell)) {
                box.settings.remove("BOXWALL_WITNESS");
                boolean boxes =
                        NetBox.read(java.nio.file.Path.of("/proc/sys/kernel/osrelease")).matches("(?s)[2-5]\\..*");
                assertEquals(0, tried(box, PLAN).status());
                assertEquals(boxes, Files.exists(box.run.resolve("witness")));
            }
        });
    }
}
