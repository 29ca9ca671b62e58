package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What ordinary people want, by the page alone: picked, tried, confirmed, proved by connections of hosts in the home
 * network, among the guests and in the Internet, each in a namespace of its own behind the box's real iptables, and
 * taken back.
 */
class PageUseCaseIT {
    private static final String PAGE = "http://" + DaemonBox.LAN + ":" + DaemonBox.PORT + "/";
    private static final String PC = "192.168.178.30";
    private static final String SERVER = "203.0.113.1";

    private DaemonBox box;
    private Browser browser;

    @BeforeEach
    void start() throws IOException {
        box = new DaemonBox("");
        Files.delete(box.box.state.resolve("rules"));
        box.sh("ip link add guest type veth peer name guestpeer; ip link set guest up; ip addr add 192.168.179.1/24 dev guest; echo 1 >/proc/sys/net/ipv4/ip_forward;"
                + peer("pc", "lanpeer", PC + "/24", "192.168.178.1")
                + peer("visitor", "guestpeer", "192.168.179.20/24", "192.168.179.1")
                + peer("net", "dslpeer", SERVER + "/24", "203.0.113.2")
                + " ip netns exec net busybox httpd -p 443 -h /usr/share; ip netns exec pc busybox httpd -p 8443 -h /usr/share");
        box.start();
    }

    private static String peer(String name, String link, String address, String router) {
        return " ip netns add " + name + "; ip link set " + link + " netns " + name + "; ip -n " + name
                + " link set lo up; ip -n " + name + " addr add " + address + " dev " + link + "; ip -n " + name
                + " link set " + link + " up; ip -n " + name + " route add default via " + router + ";";
    }

    @AfterEach
    void stop() {
        if (browser != null) { browser.close(); }
        box.close();
    }

    /** Whether a host gets a connection; what is dropped is sent again only after a second. */
    private boolean reaches(String from, String address, int port) {
        return box.box
                .sh("ip netns exec " + from + " timeout 3 bash -c 'exec 3<>/dev/tcp/" + address + "/" + port + "'")
                .status() == 0;
    }

    private void open(String language, int width) throws IOException {
        browser = new Browser(box.box, language);
        browser.size(width, 800);
        browser.open(PAGE);
        browser.write("token", DaemonBox.TOKEN);
        browser.value("document.getElementById('key-form').requestSubmit()");
        assertTrue(browser.until(
                "document.getElementById('in-use').children.length && document.getElementById('preset').options.length"),
                () -> text("wrong"));
    }

    private String text(String id) { return browser.text("document.getElementById('" + id + "').textContent"); }

    private void keep(String kept) {
        assertTrue(browser.until("!document.getElementById('confirm').disabled"),
                () -> "it is live: " + text("checked") + text("check-list"));
        browser.click("confirm");
        assertTrue(browser.until("document.getElementById('ended').textContent === '" + kept
                + "' && document.getElementById('draft').hidden"), () -> text("ended"));
    }

    private void tryAndKeep(String fine, String kept) {
        assertTrue(
                browser.until("document.getElementById('checked').textContent.startsWith('" + fine
                        + "') && !document.getElementById('try').disabled"),
                () -> text("checked") + text("check-list"));
        browser.click("try");
        keep(kept);
    }

    private void pick(String preset, String... values) {
        browser.value("(s => { s.value = '" + preset + "'; s.onchange(); })(document.getElementById('preset'))");
        for (int i = 0; i < values.length; i += 2) {
            browser.value(
                    "document.querySelector('#fields [data-name=" + values[i] + "]').value = '" + values[i + 1] + "'");
        }
        browser.click("add");
    }

    /** The button of a preset in use. */
    private void inUse(String preset, String button) {
        browser.value("[...document.querySelectorAll('#in-use li')].find(l => l.textContent.includes('" + preset
                + "')).querySelectorAll('button').forEach(b => { if (b.textContent === '" + button
                + "') b.click(); })");
    }

    private void assertFits(int width) {
        assertEquals(width, browser.value("document.documentElement.scrollWidth").asInt(),
                () -> "nothing sticks out, but " + browser
                        .text("[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > "
                                + (width + 1) + " && !e.closest('.wide')).map(e => e.tagName + '#' + e.id).join(' ')"));
    }

    @Test
    void threeQuestionsThenADeviceIsBlockedInGermanOnAPhone() throws IOException {
        open("de", 360);
        assertTrue(browser.until("!document.getElementById('start').hidden"), () -> text("status-h"));
        assertEquals("Nicht geschützt: Es sind keine Regeln geladen.", text("status-h"));
        assertEquals("include home-basic", text("start-lines").strip());
        assertTrue(reaches("net", PC, 8443), "an open box");
        assertFits(360);
        browser.picture("page-start-360");
        browser.click("begin");
        keep("Die neuen Regeln bleiben.");
        assertTrue(browser.until(
                "/^Geschützt seit [0-9]{2}:[0-9]{2} Uhr\\.$/.test(document.getElementById('status-h').textContent)"),
                () -> text("status-h"));
        assertTrue(browser.until(
                "/^1 Dienst der Box, nicht aus dem Internet erreichbar\\.$/.test(document.getElementById('services-now').textContent)"),
                () -> text("services-now"));
        assertTrue(browser.value("document.getElementById('start').hidden").asBoolean());
        assertTrue(reaches("pc", SERVER, 443) && reaches("visitor", SERVER, 443), "home and guests have the Internet");
        assertTrue(!reaches("net", PC, 8443) && !reaches("visitor", PC, 8443)
                && !reaches("net", "203.0.113.2", DaemonBox.PORT), "nothing comes in");

        assertTrue(browser.until("document.querySelector('#devices li button')"), "the PC has been seen");
        assertTrue(text("devices").contains(PC), text("devices"));
        browser.value("[...document.querySelectorAll('#devices li')].find(l => l.textContent.includes('" + PC
                + "')).querySelector('button').click()");
        assertTrue(browser
                .until("document.getElementById('line-diff').textContent.startsWith('+ include block-device DEVICE=')"),
                () -> text("line-diff"));
        tryAndKeep("Keine Fehler", "Die neuen Regeln bleiben.");
        assertTrue(!reaches("pc", SERVER, 443), "no Internet for it");
        assertTrue(reaches("pc", DaemonBox.LAN, DaemonBox.PORT) && reaches("visitor", SERVER, 443),
                "the box, and others, go on");
        assertTrue(text("in-use").contains("Gerät sperren"), text("in-use"));
        assertFits(360);
        browser.picture("page-blocked-360");
        inUse("Gerät sperren", "Entfernen");
        tryAndKeep("Keine Fehler", "Die neuen Regeln bleiben.");
        assertTrue(reaches("pc", SERVER, 443), "taken back");
    }

    @Test
    void aPortIsOpenedInEnglishAtTheDesk() throws IOException {
        box.http("PUT /rules", "include home-basic\n");
        box.applyAndConfirm();
        open("en", 1280);
        assertTrue(!reaches("net", PC, 8443), "closed");
        pick("open-port", "HOST", PC, "PORTS", "8443");
        assertTrue(browser.until("document.getElementById('line-diff').textContent === '+ include open-port HOST=" + PC
                + " PORTS=8443'"), () -> text("line-diff"));
        tryAndKeep("No errors", "The new rules are kept.");
        assertTrue(reaches("net", PC, 8443), "open");
        assertTrue(!reaches("visitor", PC, 8443), "for the Internet only");
        assertTrue(browser
                .value("[...document.querySelectorAll('#in-use pre')].some(p => p.textContent.includes('-d " + PC
                        + " -p tcp -m multiport --dports 8443 -j ACCEPT') && p.textContent.includes('expect ACCEPT'))")
                .asBoolean(), () -> "its lines and its proof: " + text("in-use"));
        browser.picture("page-open-port");
        // README's, by bin/picture
        browser.size(900, 640);
        browser.value("scrollTo(0, 0)");
        browser.view("readme");
        assertTrue(Files.size(Path.of("target/screenshots/readme.png")) <= 100 * 1024, "small enough for README");
        browser.size(1280, 800);
        // switched off, not removed
        browser.value(
                "[...document.querySelectorAll('#in-use li')].find(l => l.textContent.includes('Open a port')).querySelector('input').click()");
        tryAndKeep("No errors", "The new rules are kept.");
        assertTrue(!reaches("net", PC, 8443), "closed again");
        assertTrue(browser.value(
                "[...document.querySelectorAll('#in-use li')].some(l => l.textContent.includes('Open a port') && !l.querySelector('input').checked)")
                .asBoolean(), text("in-use"));
    }
}
