package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Rules that accept only established connections: the page that tried them cannot confirm them. With real connection
 * tracking.
 */
class PageLockOutIT {
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            """;
    /**
     * The browser runs on the box itself: its packets arrive at lo, which the proof for the LAN's administrator does
     * not cover.
     */
    private static final String ESTABLISHED = RULES.replace("-i lo -j", "-i lo -m state --state ESTABLISHED -j");

    @Test
    void rulesForEstablishedConnectionsOnlyCannotBeConfirmedFromThePage() throws IOException {
        try (DaemonBox box = new DaemonBox(RULES)) {
            box.box.settings.put("BOXWALL_STATEFUL", "yes");
            box.start();
            box.applyAndConfirm();
            String before = box.box.tables();
            try (Browser browser = new Browser(box.box, "en")) {
                browser.open("http://" + DaemonBox.LAN + ":" + DaemonBox.PORT + "/");
                browser.write("token", DaemonBox.TOKEN);
                browser.value("document.getElementById('key-form').requestSubmit()");
                assertTrue(browser.waitUntil("document.getElementById('text').value.includes('LAN_NET')"),
                        "the ruleset must be in the editor");
                browser.write("text", ESTABLISHED);
                browser.write("seconds", "600");
                assertTrue(browser.waitUntil("!document.getElementById('try').disabled"),
                        () -> browser.text("document.getElementById('checked').textContent"));
                browser.click("try");
                assertTrue(Wait.until(
                        () -> box.box.tables().contains("-A INPUT -i lo -m state --state ESTABLISHED -j ACCEPT")),
                        () -> box.box.tables() + box.log());
                assertTrue(browser.waitUntil("!document.getElementById('lost').hidden"),
                        "the page must report the lost connection");
                // like a user who ignores the message; the button may be disabled, and requests of the page are dropped
                // anyway
                long dropped = dropped(box);
                browser.value("document.getElementById('confirm').click()");
                assertTrue(Wait.until(() -> dropped(box) > dropped), "the page's request must be dropped");
                assertEquals("pending", box.box.apply("status").get("state"), box.log());
                assertEquals(0, box.box.apply("revert", "--now").status());
                assertEquals(before, box.box.tables());
                assertTrue(browser.waitUntil("document.getElementById('pending').hidden"),
                        "the page must notice the rollback");
            }
        }
    }

    /** Packets that reached INPUT's policy, which is DROP. */
    private static long dropped(DaemonBox box) {
        String policy = box.sh("/usr/sbin/xtables-legacy-multi iptables -nvxL INPUT").lines().findFirst().orElseThrow();
        return Long.parseLong(policy.replaceAll(".*policy DROP ([0-9]+) packets.*", "$1"));
    }
}
