package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Rules of other packages: the try is refused, or they are kept or replaced, as the ruleset says. */
class ForeignRulesTest {
    private static final String ADD_VPN_RULES =
            "for c in '-N VPN.1' '-A VPN.1 -s 10.8.0.0/24 -j ACCEPT' '-A VPN.1 -j LOG' '-I INPUT -j VPN.1' '-I FORWARD 1 -i tun0 -g VPN.1'; do "
                    + "/usr/sbin/xtables-legacy-multi iptables $c || exit; done";

    private static PlanFolder plan(String id, int port, String moreStamp) {
        return new PlanFolder(id, port).with("stamp", "lan.if=lan\n", "lan.if=lan\n" + moreStamp);
    }

    @Test
    void keptForeignRulesStayUnchanged() {
        withBothShells(box -> {
            assertEquals(0, box.sh(ADD_VPN_RULES).status());
            String before = box.tables();
            NetBox.Answer refused = box.tryPlan(plan("none", 1111, ""), 30);
            assertEquals("foreign-rules", refused.get("reason"), refused.out());
            NetBox.Answer answer = box.tryPlan(plan("kept", 1111, "keep.filter=OTHER VPN.1\n"), 30);
            assertEquals(0, answer.status(), answer.err());
            String live = box.tables();
            for (String line : before.lines().filter(l -> l.contains("VPN.1")).toList()) {
                assertTrue(live.contains(line + "\n"), line + " is missing in " + live);
            }
            assertTrue(live.contains("-A INPUT -j VPN.1\n-A INPUT -i lo -j ACCEPT\n"), live);
            assertTrue(live.contains(":INPUT DROP"), live);
            assertEquals(0, box.apply("confirm", answer.get("id")).status());
            assertFalse(NetBox.read(box.state.resolve("boot.new/restore4")).contains("VPN"),
                    "foreign rules are not saved");

            // its owner changes the chain; the next try keeps the changed chain
            assertEquals(0, box.sh("/usr/sbin/xtables-legacy-multi iptables -A VPN.1 -j DROP").status());
            NetBox.Answer next = box.tryPlan(plan("next", 2222, "keep.filter=VPN.1\n"), 30);
            assertEquals(0, next.status(), next.err());
            assertTrue(box.tables().contains("-A VPN.1 -j LOG\n-A VPN.1 -j DROP\n"), box.tables());
            assertEquals(0, box.apply("revert", next.get("id")).status());
            assertTrue(box.tables().contains("--dport 1111") && box.tables().contains("-A VPN.1 -j DROP\n"),
                    box.tables());
        });
    }

    @Test
    void failedComparisonRefusesTry() {
        withBothShells(box -> {
            assertEquals(0, box.sh(ADD_VPN_RULES).status());
            String before = box.tables();
            box.script("grep", "#!/bin/sh\ncase $1 in -hvxF) exit 1 ;; esac\nexec /bin/grep \"$@\"\n");
            NetBox.Answer refused = box.tryPlan(plan("blind", 1111, ""), 30);
            assertEquals("3 snapshot-failed", refused.status() + " " + refused.get("reason"), refused.out());
            assertEquals(before, box.tables());
            assertTrue(Wait.until(() -> box.outsideProcessCount() == 0), () -> box.describe());
        });
    }

    @Test
    void ownedTableIsReplaced() {
        withBothShells(box -> {
            assertEquals(0, box.sh(ADD_VPN_RULES).status());
            NetBox.Answer answer = box.tryPlan(plan("owned", 1111, "own=filter raw\n"), 30);
            assertEquals(0, answer.status(), answer.err());
            assertFalse(box.tables().contains("VPN"), box.tables());
        });
    }

    @Test
    void bootWithAnotherLanAddressAcceptsTheLan() {
        withBothShells(box -> {
            box.storePlan("boot", plan("booted", 1111, "name.LAN_NET=192.168.178.0/24\n"));
            assertEquals(0, box.sh(
                    "ip link add lan type veth peer name other && ip link set lan up && ip addr add 10.11.12.1/24 dev lan")
                    .status());
            NetBox.Answer boot = box.apply("boot");
            assertEquals("active address-changed", boot.get("state") + " " + boot.get("reason"), boot.out());
            String live = box.tables();
            assertEquals(3, live.split("-A INPUT -i lan -j ACCEPT\n", -1).length, live);
            assertEquals(3, live.split("-A OUTPUT -o lan -j ACCEPT\n", -1).length, live);
            assertTrue(NetBox.read(box.run.resolve("live/4.filter")).contains("-A INPUT -i lan -j ACCEPT\n"),
                    "the added rule is not drift");
            // the added rules do not count as foreign: the next plan is accepted
            assertEquals(0, box.tryPlan(plan("next", 2222, ""), 30).status());
            assertFalse(box.tables().contains("-i lan"), box.tables());

            box.cutPower();
            assertEquals(0, box.sh(
                    "ip link add lan type veth peer name other && ip link set lan up && ip addr add 192.168.178.1/24 dev lan")
                    .status());
            NetBox.Answer bootWithSameAddress = box.apply("boot");
            assertEquals("active ", bootWithSameAddress.get("state") + " " + bootWithSameAddress.get("reason"),
                    bootWithSameAddress.out());
            assertFalse(box.tables().contains("-i lan"), box.tables());
        });
    }
}
