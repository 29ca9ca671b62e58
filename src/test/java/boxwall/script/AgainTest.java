package boxwall.script;

import static boxwall.script.SideBySide.withBothShells;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** boxwall-apply again: reloads the live plan after another program has changed its tables. */
class AgainTest {
    @Test
    void againReloadsTheLivePlanUnlessOpen() {
        withBothShells(box -> {
            assertEquals(3, box.apply("again").status(), "no plan to load");
            PlanFolder plan = new PlanFolder("aaaa-1111", 1111);
            NetBox.Answer pending = box.tryPlan(plan, 30);
            assertEquals(3, box.apply("again").status(), "refused while a try is pending");
            assertEquals(0, box.apply("confirm", pending.get("id")).status());
            String live = box.tables();
            assertEquals(0, box.sh(
                    "for c in 'iptables -F INPUT' 'iptables -P INPUT ACCEPT' 'ip6tables -A INPUT -j ACCEPT'; do /usr/sbin/xtables-legacy-multi $c || exit; done")
                    .status());
            assertNotEquals(live, box.tables());
            NetBox.Answer again = box.apply("again");
            assertEquals(0, again.status(), again.err());
            assertEquals("active", again.get("state"));
            assertEquals("aaaa-1111", again.get("plan"));
            assertEquals(live, box.tables());
            assertEquals("modsave flash\n", box.calls(), "no second save");
            assertEquals(0, box.apply("open").status());
            String open = box.tables();
            assertEquals(3, box.apply("again").status());
            assertEquals(open, box.tables());
        });
    }
}
