package boxwall.script;

import static boxwall.script.SideBySide.inBothShells;
import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Obstacles to a change other than a failing command: another change, full memory, invalid settings, commands with
 * wrong results, a stick with boxwall.off.
 */
class AdverseConditionsTest {
    private static final String BLOCKED_MODSAVE =
            "#!/bin/sh\n: >$BOXWALL_TEST/saving\nwhile [ ! -e $BOXWALL_TEST/saved ]; do sleep 0.1; done\n";

    private static NetBox.Answer applyTry(NetBox box, String id, int port, int seconds) {
        NetBox.Answer answer = box.tryPlan(new PlanFolder(id, port), seconds, "--replace");
        assertEquals(0, answer.status(), answer.out() + answer.err());
        return answer;
    }

    private static void assertRestored(NetBox box, String before) {
        assertTrue(Wait.until(() -> box.tables().equals(before) && !Files.exists(box.run.resolve("tx"))),
                () -> box.tables() + box.apply("status").out());
    }

    @Test
    void revertDoesNotTouchTheNextChange() {
        withBothShells(box -> {
            String id = applyTry(box, "one", 1111, 60).get("id");
            Path two = box.write(new PlanFolder("two", 2222));
            // the next change gets the lock while revert still waits for the guard to end
            Process revert = box.start("sh", "-c", "exec " + box.command("boxwall-apply") + " revert " + id);
            NetBox.Answer next = box.sh("n=0; until " + box.command("boxwall-apply") + " try " + two
                    + " 60 --replace || [ $n = 99 ]; do n=$((n+1)); done");
            assertTrue(next.out().contains("state=pending\n"), next.out() + next.err());
            assertEquals(0, revert.waitFor());
            NetBox.Answer status = box.apply("status");
            assertEquals("pending two", status.get("state") + " " + status.get("plan"), status.out());
            assertTrue(box.tables().contains("2222"), box.tables());
        });
    }

    @Test
    void fullRunFolderDoesNotPreventUndo() {
        withBothShells(box -> {
            box.sh("mkdir $BOXWALL_RUN && mount -t tmpfs -o size=512k,mode=700 none $BOXWALL_RUN");
            box.loadForeignRules();
            // creates all tables
            assertEquals(0, box.tryPlan(new PlanFolder("mixed", 1111), 60, "--replace").status());
            assertEquals(0, box.apply("revert", "--now").status());
            String before = box.tables();

            assertEquals(0, box.tryPlan(new PlanFolder("one", 1111), 2, "--replace").status());
            box.sh("cat /dev/zero >$BOXWALL_RUN/filler");
            box.advanceClock(2);
            assertTrue(Wait.until(() -> box.tables().equals(before)), box::tables);
            box.sh("rm $BOXWALL_RUN/filler");
            assertTrue(Wait.until(() -> box.sh("[ ! -e $BOXWALL_RUN/tx ]").status() == 0), "the lock must be released");
            assertEquals("not-confirmed", box.apply("status").get("reason"), box.apply("status").out());

            box.sh("cat /dev/zero >$BOXWALL_RUN/filler");
            NetBox.Answer refused = box.tryPlan(new PlanFolder("two", 2222), 2, "--replace");
            assertEquals(3, refused.status(), refused.out() + refused.err());
            assertEquals(before, box.tables());
            NetBox.Answer open = box.apply("open");
            assertEquals(0, open.status(), open.out() + open.err());
            assertFalse(box.tables().contains("\n-A") || box.tables().contains(" DROP"), box.tables());
        });
    }

    @Test
    void invalidHangSecondsDoNotDisableTheGuard() {
        inBothShells(shell -> {
            for (String invalid : new String[] {"20s", "5.5", "08"}) {
                try (NetBox box = new NetBox(shell)) {
                    box.useFakeHangClock(invalid);
                    box.loadForeignRules();
                    applyTry(box, "first", 1111, 1);
                    box.advanceClock(1);
                    assertTrue(Wait.until(() -> !Files.exists(box.run.resolve("tx"))), invalid);
                    assertFalse(box.tables().contains("1111"), invalid);
                }
            }
        });
    }

    @Test
    void tryWhoseGuardWasKilledIsUndone() {
        withBothShells(box -> {
            box.loadForeignRules();
            applyTry(box, "first", 1111, 60);
            assertEquals(0, box.apply("revert", "--now").status());
            String before = box.tables();
            box.script("ip6tables-restore",
                    "#!/bin/sh\n{ read -r guard _ <$BOXWALL_RUN/tx/guard; } 2>/dev/null && kill -9 $guard\n"
                            + "exec /usr/sbin/xtables-legacy-multi ip6tables-restore \"$@\"\n");
            NetBox.Answer answer = box.tryPlan(new PlanFolder("two", 2222), 60, "--replace");
            assertEquals("4 interrupted", answer.status() + " " + answer.get("reason"), answer.out() + answer.err());
            assertRestored(box, before);
        });
    }

    @Test
    void slowConfirmDoesNotOverwriteALaterOpen() {
        withBothShells(box -> {
            box.script("modsave", BLOCKED_MODSAVE);
            String id = applyTry(box, "one", 1111, 60).get("id");
            Process confirm = box.start("sh", "-c", "exec " + box.command("boxwall-apply") + " confirm " + id);
            assertTrue(Wait.until(() -> Files.exists(box.folder.resolve("saving"))));
            assertEquals(0, box.apply("open").status());
            Files.createFile(box.folder.resolve("saved"));
            assertEquals(0, confirm.waitFor());
            NetBox.Answer status = box.apply("status");
            assertEquals("open", status.get("state"), status.out());
            assertEquals(3, box.apply("again").status());
            assertFalse(box.tables().contains("1111"), box.tables());
        });
    }

    @Test
    void openWorksWithFailingSaveAndLockClearsOtherTables() {
        withBothShells(box -> {
            applyTry(box, "one", 1111, 60);
            box.script("iptables-save", "#!/bin/sh\nexit 1\n");
            NetBox.Answer open = box.apply("open");
            assertEquals(0, open.status(), open.out());
            assertFalse(box.tables().contains("\n-A"), box.tables());
            assertFalse(box.tables().contains(" DROP"), box.tables());
            box.useRealTool("iptables-save");

            PlanFolder forwardDropped =
                    new PlanFolder("shut", 1111).with("restore4", "*mangle\n", "*mangle\n:FORWARD ACCEPT [0:0]\n")
                            .with("restore4", "-A PREROUTING ", "-A PREROUTING -i lan -j DROP\n-A PREROUTING ");
            assertEquals(0, box.tryPlan(forwardDropped, 60, "--replace").status());
            assertEquals(0, box.apply("lock").status());
            assertFalse(box.tables().contains("-A PREROUTING"), box.tables());
            assertTrue(box.tables().contains(":INPUT DROP"), box.tables());
        });
    }

    @Test
    void invalidLanNetInStampDoesNotFailBoot() {
        inBothShells(shell -> {
            for (String net : new String[] {"192.168.178.0/255.255.255.0", "192.168.178.0/08", "192.168.178.0/33",
                    "192.168.08.0/24", "10.0.0.0/"}) {
                try (NetBox box = new NetBox(shell)) {
                    box.sh("ip link add lan type veth peer name other && ip link set lan up && ip addr add 192.168.178.1/24 dev lan");
                    box.storePlan("boot", new PlanFolder("odd", 1111).with("stamp", "lan.if=lan\n",
                            "lan.if=lan\nname.LAN_NET=" + net + "\n"));
                    NetBox.Answer boot = box.apply("boot");
                    assertEquals("0 active", boot.status() + " " + boot.get("state"),
                            net + ": " + boot.out() + boot.err());
                    // when in doubt, the LAN is accepted
                    assertTrue(box.tables().contains("-A INPUT -i lan -j ACCEPT"), net + ": " + box.tables());
                }
            }
        });
    }

    @Test
    void moduleThatCannotBeUnloadedDoesNotBlock() {
        withBothShells(box -> {
            Path proc = box.fakeProc();
            box.sh("echo xt_stuck >$BOXWALL_TEST/loadable; echo 'kdsldmod 9 2 - Live 0x0' >" + proc + "/modules");
            box.script("modprobe", "#!/bin/sh\necho \"$1 1000 0 - Live 0x0\" >>" + proc + "/modules\n");
            box.script("rmmod", "#!/bin/sh\necho \"rmmod $*\" >>$BOXWALL_TEST/taken\n");
            PlanFolder stuck = new PlanFolder("stuck", 1111).with("modules", "xt_stuck\n");
            assertEquals(0, box.tryPlan(stuck, 60).status());
            assertEquals(0, box.apply("revert", "--now").status());
            long tries = NetBox.read(box.folder.resolve("taken")).lines().count();
            assertTrue(tries >= 1 && tries <= 4, tries + " times");
            assertEquals(0, box.tryPlan(new PlanFolder("next", 2222), 60).status());
        });
    }

    @Test
    void guardObeysBoxwallOffOnAStick() {
        withBothShells(box -> {
            box.storePlan("boot", new PlanFolder("stored", 1111));
            Files.createDirectories(box.folder.resolve("media"));
            Files.createFile(box.folder.resolve("media/boxwall.off"));
            // boot is killed when it releases the lock, so the guard finishes it
            box.script("mv",
                    "#!/bin/sh\ncase $* in */kept) { read -r worker _ <$BOXWALL_RUN/tx/worker; } 2>/dev/null && kill -9 $worker && exit 1 ;; esac\nexec /bin/mv \"$@\"\n");
            box.apply("boot");
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0 && !Files.exists(box.run.resolve("tx"))),
                    () -> box.describe());
            assertFalse(box.tables().contains("1111"), box.tables());
            assertEquals("inactive boxwall.off",
                    box.apply("status").get("state") + " " + box.apply("status").get("reason"));
        });
    }

    @Test
    void truncatedConfigurationDoesNotFailAnyVerb() throws IOException {
        withBothShells(box -> {
            Path conf = Files.writeString(box.folder.resolve("torn.cfg"),
                    "export BOXWALL_ENABLED='yes'\nexport BOXWALL_PORT='81");
            box.settings.put("BOXWALL_CONF", conf.toString());
            applyTry(box, "one", 1111, 60);
            assertEquals(0, box.apply("open").status());
            assertEquals(0, box.runScript("boxwall-keep", "history").status());
        });
    }
}
