package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * The self-test: a ping to lo is counted before the first rule is loaded. A stub of iptables simulates a netfilter that
 * does not see packets.
 */
class WitnessTest {
    private static final PlanFolder PLAN = new PlanFolder("seen", 1111);
    /** A stub that changes the counters of a listing as modules with another structure layout do. */
    private static final String IPTABLES_WITH_COUNTERS =
            "#!/bin/sh\ncase \" $* \" in *' -L boxwall-witness '*) /usr/sbin/xtables-legacy-multi iptables \"$@\" |"
                    + " sed 's/^ *[0-9]* *[0-9]* ACCEPT/ %s ACCEPT/' ;; *) exec /usr/sbin/xtables-legacy-multi iptables \"$@\" ;; esac\n";

    private static NetBox box(String shell) {
        NetBox box = new NetBox(shell);
        box.settings.put("BOXWALL_WITNESS", "yes");
        box.script("ping", "#!/bin/sh\nexec busybox ping \"$@\"\n");
        assertEquals(0, box.sh("busybox ip link set lo up").status());
        return box;
    }

    @Test
    void pingIsCountedOncePerBootAndLeavesNoRules() {
        withBothShells(WitnessTest::box, box -> {
            box.loadForeignRules();
            assertEquals(0, box.sh("/usr/sbin/xtables-legacy-multi iptables -P OUTPUT DROP").status(),
                    "foreign rules do not disturb the ping");
            box.tryPlan(PLAN, 30, "--replace");
            box.apply("revert", "--now");
            Files.delete(box.run.resolve("witness"));
            String before = box.tables();
            NetBox.Answer answer = box.tryPlan(PLAN, 30, "--replace");
            assertEquals(0, answer.status(), answer.out() + answer.err());
            assertEquals("2 168\n", NetBox.read(box.run.resolve("witness")));
            assertFalse(box.tables().contains("boxwall-witness"), box.tables());
            box.apply("revert", "--now");
            assertEquals(before, box.tables());
            box.script("ping", "#!/bin/sh\necho asked >>$BOXWALL_TEST/pings\n");
            assertEquals(0, box.tryPlan(PLAN, 30, "--replace").status());
            assertFalse(Files.exists(box.folder.resolve("pings")), "no second ping");
        });
    }

    @Test
    void netfilterWithoutCorrectCountersIsRefused() {
        withBothShells(WitnessTest::box, box -> {
            String before = box.tables();
            for (String[] row : new String[][] {{"0 0", "netfilter-sees-nothing", "0 packets, 0 bytes"},
                    {"2 0", "netfilter-layout-mismatch", "2 packets, 0 bytes"},
                    {"1 80", "netfilter-layout-mismatch", "1 packets, 80 bytes"}}) {
                box.script("iptables", IPTABLES_WITH_COUNTERS.formatted(row[0]));
                NetBox.Answer answer = box.tryPlan(PLAN, 30, "--replace");
                assertEquals(4, answer.status(), answer.out() + answer.err());
                assertEquals(row[1], answer.get("reason"));
                assertEquals("counting rule for ICMP on lo: " + row[2] + "; sent 2 packets, 168 bytes",
                        answer.get("error"));
            }
            // rules that match nothing and a policy of DROP would lock everybody out, so not even the closed set is
            // loaded
            box.storePlan("boot", PLAN);
            NetBox.Answer answer = box.apply("boot");
            assertEquals("failed", answer.get("state"), answer.out());
            assertEquals("netfilter-layout-mismatch", answer.get("reason"));
            assertFalse(box.tables().contains("DROP"), box.tables());
            assertTrue(before.lines().noneMatch(line -> line.contains("DROP")));
            box.useRealTool("iptables");
            assertEquals(0, box.tryPlan(PLAN, 30, "--replace").status(), "the next try tests again");
        });
    }

    @Test
    void withoutPingPlansWithLogAreRefused() {
        withBothShells(WitnessTest::box, box -> {
            assertEquals(0, box.sh("busybox ip link set lo down").status());
            NetBox.Answer answer = box.tryPlan(PLAN, 30, "--replace");
            assertEquals(4, answer.status(), answer.out());
            assertEquals("netfilter-unproved", answer.get("reason"));
            assertFalse(box.tables().contains("boxwall-witness"), box.tables());
            PlanFolder withoutLog =
                    new PlanFolder("quiet", 1111).with("restore4", "-A mine -j LOG --log-prefix \"a word, \"\n", "");
            assertEquals(0, box.tryPlan(withoutLog, 30, "--replace").status());
        });
    }

    @Test
    void selfTestRunsOnlyOnKernelVersionsOfBoxes() {
        withBothShells(WitnessTest::box, box -> {
            box.settings.remove("BOXWALL_WITNESS");
            boolean boxKernel =
                    NetBox.read(java.nio.file.Path.of("/proc/sys/kernel/osrelease")).matches("(?s)[2-5]\\..*");
            assertEquals(0, box.tryPlan(PLAN, 30, "--replace").status());
            assertEquals(boxKernel, Files.exists(box.run.resolve("witness")));
        });
    }
}
