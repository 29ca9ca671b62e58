package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Rules that let only connections through which are there already: the page that tried them gets no confirm through.
 * With real connection tracking.
 */
class PageLockOutIT {
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            """;
    /**
     * The browser is on the box itself: what comes from it comes in at lo, of which the proof for the LAN's
     * administrator says nothing.
     */
    private static final String ESTABLISHED = RULES.replace("-i lo -j", "-i lo -m state --state ESTABLISHED -j");

    @Test
    void rulesThatLetOnlyEstablishedThroughCantBeConfirmedFromThePage() throws IOException {
        try (DaemonBox box = new DaemonBox(RULES)) {
            box.box.settings.put("BOXWALL_STATEFUL", "yes");
            box.start();
            box.applyAndConfirm();
            String before = box.box.tables();
            try (Browser browser = new Browser(box.box, "en")) {
                browser.open("http://" + DaemonBox.LAN + ":" + DaemonBox.PORT + "/");
                browser.write("token", DaemonBox.TOKEN);
                browser.value("document.getElementById('key-form').requestSubmit()");
                assertTrue(browser.until("document.getElementById('text').value.includes('LAN_NET')"),
                        "the ruleset is in the editor");
                browser.write("text", ESTABLISHED);
                browser.write("seconds", "600");
                assertTrue(browser.until("!document.getElementById('try').disabled"),
                        () -> browser.text("document.getElementById('checked').textContent"));
                browser.click("try");
                assertTrue(Wait.until(
                        () -> box.box.tables().contains("-A INPUT -i lo -m state --state ESTABLISHED -j ACCEPT")),
                        () -> box.box.tables() + box.log());
                assertTrue(browser.until("!document.getElementById('lost').hidden"),
                        "it says that the connection is lost");
                // as one would who doesn't read; the button may be off, and what it sends is dropped as the page's
                // other questions are
                long dropped = dropped(box);
                browser.click("confirm");
                assertTrue(Wait.until(() -> dropped(box) > dropped), "the page asks, and isn't heard");
                assertEquals("pending", box.box.apply("status").get("state"), box.log());
                assertEquals(0, box.box.apply("revert", "--now").status());
                assertEquals(before, box.box.tables());
                assertTrue(browser.until("document.getElementById('pending').hidden"), "it notices the return");
            }
        }
    }

    /** Packets that came to INPUT's end, which is a DROP. */
    private static long dropped(DaemonBox box) {
        String policy = box.sh("/usr/sbin/xtables-legacy-multi iptables -nvxL INPUT").lines().findFirst().orElseThrow();
        return Long.parseLong(policy.replaceAll(".*policy DROP ([0-9]+) packets.*", "$1"));
    }
}
