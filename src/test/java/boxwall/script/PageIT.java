package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page in a real browser, against the daemon in a namespace with real iptables. Its pictures are in
 * target/screenshots.
 */
class PageIT {
    private static final String PAGE = "http://" + DaemonBox.LAN + ":" + DaemonBox.PORT + "/";
    private static final String EVIL = "<img src=x onerror=document.title=1>";
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -m comment --comment "%s" -j ACCEPT
            iptables -A INPUT -j LOG --log-prefix "<b>in</b> "
            """.formatted(EVIL);
    /** The browser is on the box itself, so a packet of its own comes in at lo. */
    private static final String LOCKED =
            RULES.replace("iptables -A INPUT -i lo -j ACCEPT\n", "iptables -A INPUT -i lo -p udp -j ACCEPT\n");

    private DaemonBox box;
    private Browser browser;

    @BeforeEach
    void start() throws IOException {
        box = new DaemonBox(RULES);
        box.start();
        box.applyAndConfirm();
    }

    @AfterEach
    void stop() {
        if (browser != null) { browser.close(); }
        box.close();
    }

    private void open(String language) throws IOException {
        browser = new Browser(box.box, language);
        browser.size(1100, 900);
        browser.open(PAGE);
    }

    private void showToken() {
        browser.write("token", DaemonBox.TOKEN);
        browser.value("document.getElementById('key-form').requestSubmit()");
        assertTrue(browser.until("document.getElementById('text').value.includes('LAN_NET')"),
                "the ruleset is in the editor");
    }

    private String text(String id) { return browser.text("document.getElementById('" + id + "').textContent"); }

    private void assertChecked(String words) {
        assertTrue(browser.until("document.getElementById('checked').textContent.includes('" + words + "')"),
                () -> words + " is not what it says: " + text("checked"));
    }

    @Test
    void aChangeIsTriedLostAndBackThenTriedAndKept() throws IOException {
        open("en");
        assertTrue(browser.until("document.getElementById('state').textContent === 'protected'"), text("state"));
        assertTrue(browser.value("document.getElementById('rules').hidden").asBoolean(), "nothing without the token");
        showToken();
        browser.picture("page-light");

        browser.write("text", RULES + "iptables -A INPUT -s -j ACCEPT\niptables -A NOWHERE -j ACCEPT\n");
        assertChecked("Refused");
        assertTrue(browser.value("document.getElementById('check-list').children.length").asInt() >= 2,
                text("check-list"));
        assertTrue(browser.value("document.getElementById('try').disabled").asBoolean());
        String before = box.box.tables();

        browser.write("text", LOCKED);
        browser.write("seconds", "8");
        assertChecked("No errors");
        browser.value("""
                window.told = window.forgot = window.late = window.later = 0;
                {
                    const said = $('ended'), real = window.fetch;
                    new MutationObserver(() => said.textContent ? told++ : forgot += told && 1)
                        .observe(said, { childList: true });
                    window.fetch = async (path, o) => {
                        const reply = await real(path, o);
                        if (late && path === '/status') later++;
                        if (path.startsWith('/apply?')) { while (!told) await pause(100); late = 1; }
                        return reply;
                    };
                }
                0""");
        browser.click("try");
        assertTrue(browser.until("!document.getElementById('pending').hidden"), text("checked"));
        assertTrue(browser.until("!document.getElementById('lost').hidden"), "it says that the connection is lost");
        browser.picture("page-lost");
        assertTrue(browser.until("document.getElementById('pending').hidden"), "it notices the return");
        assertTrue(
                browser.until("/^Rolled back at [0-9:]+[.] The old rules are back[.] This line would have kept you"
                        + " out: .*policy DROP/.test(document.getElementById('ended').textContent)"),
                () -> "who locked out whom: " + text("ended"));
        assertTrue(browser.until("window.later > 0"), "the answer to the try comes after the end");
        assertEquals(0, browser.value("window.forgot").asInt(), "the end is told once");
        assertEquals(before, box.box.tables());

        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        browser.write("seconds", "60");
        assertChecked("No errors");
        browser.click("try");
        assertTrue(browser.until(
                "!document.getElementById('confirm').disabled && Number(document.getElementById('left').textContent) > 30"),
                text("left"));
        assertTrue(browser.value("document.getElementById('left').textContent <= 60").asBoolean(), text("left"));
        for (int width : new int[] {400, 1100}) {
            browser.size(width, 900);
            for (String place : new String[] {"0", "document.body.scrollHeight / 2", "document.body.scrollHeight"}) {
                browser.value("scrollTo(0, " + place + ")");
                assertEquals("confirm,revert,left", browser.text(
                        "['confirm', 'revert', 'left'].filter(id => (r => document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2) === $(id))($(id).getBoundingClientRect()))"),
                        "in view and not covered, " + width + " wide at " + place);
            }
        }
        browser.picture("page-pending");
        browser.click("confirm");
        assertTrue(browser.until("document.getElementById('ended').textContent.startsWith('The new rules are kept.')"),
                () -> text("ended"));
        assertTrue(box.box.tables().contains("--dport 4711"), box.box.tables());
        assertEquals("", browser.complaints().lines().filter(l -> !l.contains("net::ERR") && !l.contains("422"))
                .toList().toString().replace("[]", ""));
    }

    /** Five wrong tokens in a minute bar a PC: what the page sends by itself must not be among them. */
    @Test
    void aWrongTokenIsSaidAtItsFieldAndCostsOneTry() throws IOException {
        open("en");
        assertTrue(browser.until("document.getElementById('state').textContent === 'protected'"), text("state"));
        for (int i = 0; i < 4; i++) {
            signIn("wrong" + i);
            assertTrue(browser.until(
                    "document.getElementById('wrong').textContent === 'This token is wrong.' && document.getElementById('use').getAttribute('aria-busy') === null"),
                    () -> text("wrong"));
            assertEquals("token", browser.text("document.activeElement.id"));
            browser.value("document.getElementById('wrong').textContent = ''");
        }
        showToken();
        browser.value("sessionStorage.removeItem('boxwall.token')");
        browser.reload();
        assertTrue(browser.until(
                "document.getElementById('key') && !document.getElementById('key').hidden && document.getElementById('state').textContent === 'protected'"),
                "signed out");
        signIn("wrong5");
        assertTrue(browser.until("document.getElementById('wrong').textContent === 'This token is wrong.'"),
                () -> text("wrong"));
        signIn("wrong6");
        assertTrue(browser.until(
                "/Try again in [1-9][0-9]* seconds/.test(document.getElementById('wrong').textContent) && document.getElementById('use').disabled"),
                () -> text("wrong"));
    }

    private void signIn(String token) {
        browser.write("token", token);
        browser.value("document.getElementById('key-form').requestSubmit()");
    }

    /** Another tab, or curl, changes the rules: badge, title and countdown follow; so do the words when it is over. */
    @Test
    void aChangeThatSomebodyElseMadeIsSeen() throws IOException {
        open("en");
        showToken();
        box.http("PUT /rules", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        String id = box.apply();
        assertTrue(browser.until(
                "document.getElementById('state').textContent === 'waiting' && / s · boxwall$/.test(document.title) && !document.getElementById('pending').hidden"),
                () -> text("state"));
        box.http("DELETE /apply/" + id, "");
        assertTrue(
                browser.until("document.title === 'protected · boxwall' && document.getElementById('pending').hidden"),
                () -> browser.text("document.title"));
        assertTrue(browser.until(
                "/^Rolled back at .* The old rules are back/.test(document.getElementById('ended').textContent)"),
                () -> text("ended"));
        assertTrue(browser.until("document.getElementById('line-diff').textContent.includes('4711')"),
                "the draft is still there, and not live: " + text("line-diff"));
        browser.click("discard");
        assertTrue(browser.until("document.getElementById('draft').hidden"), "it is gone");
        assertEquals(204, box.http("GET /rules?draft=1", "").status(), "from the box as well");
    }

    /** What the page asks for can be ended; what changes something is sent once, however often it is pressed. */
    @Test
    void aButtonIsPressedOnceAndAQuestionIsCancelled() throws IOException {
        open("en");
        showToken();
        assertTrue(browser.until("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value(
                "window.sent = []; window.real = window.fetch; window.fetch = (path, o) => { sent.push(o.method + ' ' + path); return path !== '/exposure' ? real(path, o)"
                        + " : new Promise((yes, no) => o.signal.addEventListener('abort', () => no(new Error('ended')))); }; 0");
        browser.click("expose");
        assertTrue(browser.until("document.querySelector('#asks button')"), "it says that it runs");
        browser.value("document.querySelector('#asks button').click()");
        assertTrue(browser.until(
                "document.getElementById('exposed').textContent === 'Cancelled.' && document.getElementById('asked').hidden"),
                () -> text("exposed"));
        browser.value("window.fetch = (path, o) => { sent.push(o.method + ' ' + path); return real(path, o); }; 0");
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        assertChecked("No errors");
        browser.value("document.getElementById('try').click(); document.getElementById('try').click()");
        assertTrue(browser.until("!document.getElementById('confirm').disabled"), () -> text("checked"));
        browser.value("document.getElementById('confirm').click(); document.getElementById('confirm').click()");
        assertTrue(browser.until("document.getElementById('ended').textContent.startsWith('The new rules are kept.')"),
                () -> text("ended"));
        assertEquals(1, browser.value("sent.filter(s => s.startsWith('POST /apply')).length").asInt());
        assertEquals(1, browser.value("sent.filter(s => s.startsWith('POST /confirm')).length").asInt());
    }

    /** A device by its name in the form; where several have one MAC, by its address. */
    @Test
    void aDeviceIsCalledByItsNameAndMeantByWhatIsItsOwn() throws IOException {
        open("de");
        showToken();
        assertTrue(browser.until("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value(
                """
                        window.real = window.fetch;
                        window.fetch = (path, o) => path !== '/devices' ? real(path, o) : Promise.resolve(new Response(JSON.stringify({ devices: [
                            { address: '192.168.178.30', name: 'Tablet-Lena', mac: '00:00:5e:00:53:01' },
                            { address: '192.168.178.40', name: 'Kamera', mac: '00:00:5e:00:53:02' },
                            { address: '192.168.178.50', name: 'Drucker', mac: '00:00:5e:00:53:02' }] }), { headers: { 'Content-Type': 'application/json' } }));
                        readDevices()""");
        for (String[] device : new String[][] {{"Tablet-Lena", "00:00:5e:00:53:01"}, {"Kamera", "192.168.178.40"}}) {
            browser.value("[...document.querySelectorAll('#devices > li')].find(l => l.textContent.startsWith('"
                    + device[0] + "')).querySelector('button').click()");
            assertTrue(browser.until("document.getElementById('line-diff').textContent.includes('block-device DEVICE="
                    + device[1] + "')"), () -> text("line-diff"));
            assertTrue(text("changes").contains("Neu: Gerät sperren – " + device[0]), text("changes"));
        }
        assertTrue(text("in-use").contains("Gerät sperren – Kamera noch nicht aktiv"), text("in-use"));
        assertTrue(text("in-use").contains("Eigene Zeile: iptables -P INPUT DROP"), text("in-use"));
        browser.value(
                "[...document.querySelectorAll('#devices button')].find(b => b.textContent === 'Für Gäste freigeben').click()");
        String field = "document.querySelector('#fields [data-name=HOST]')";
        assertEquals("Tablet-Lena 192.168.178.30", browser.text(field + ".value + ' ' + " + field + ".read()"));
        assertEquals("true  192.168.178.50", write(field, "drucker"));
        assertEquals("false Ein Gerät wählen, oder die Adresse schreiben. Drucke", write(field, "Drucke"));
        String ports = "document.querySelector('#fields [data-name=PORTS]')";
        assertEquals("true  443,8000-8010", write(ports, "https 8000-8010"));
        assertEquals("false 1 – 65535 443,99999", write(ports, "https 99999"));
        browser.value(
                "document.querySelector('[name=src]').value = '192.168.178.999'; document.getElementById('ask').click()");
        assertTrue(browser.until("document.getElementById('verdict').textContent.includes('192.168.178.999')"),
                () -> "the error stays: " + text("verdict"));
        assertEquals("[]", browser.value(
                "[...document.querySelectorAll('nav a, input[type=checkbox]')].map(e => e.getBoundingClientRect()).filter(r => r.height && (r.height < 24 || r.width < 24)).map(r => r.height)")
                .toString(), "large enough for a finger");
    }

    private String write(String field, String words) {
        return browser.text("(e => { e.value = '" + words
                + "'; e.dispatchEvent(new Event('input')); return e.validity.valid + ' ' + e.validationMessage + ' ' + e.read(); })("
                + field + ")");
    }

    /**
     * A try that isn't proved to let the administrator in is refused; force is offered with what it may cost, and comes
     * back by itself or at once.
     */
    @Test
    void aTryThatLocksOutIsForcedOnlyAfterAWord() throws IOException {
        open("en");
        showToken();
        browser.write("text", "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n");
        assertChecked("No errors");
        assertTrue(browser.value("document.getElementById('forced').hidden").asBoolean());
        browser.click("try");
        assertTrue(browser.until("!document.getElementById('forced').hidden"), () -> text("checked"));
        assertTrue(text("forced").contains("You may lose this page and the box for up to 60 seconds"), text("forced"));
        browser.click("force");
        assertTrue(browser.until("!document.getElementById('revert').disabled"), () -> text("checked"));
        browser.click("revert");
        assertTrue(browser.until("document.getElementById('ended').textContent === 'The old rules are back.'"),
                () -> text("ended"));
    }

    @Test
    void aFindingLeadsToItsLineAndItsRemedyIsApplied() throws IOException {
        open("en");
        showToken();
        browser.write("text", RULES + "iptables -A NOWHERE -j ACCEPT\n");
        assertTrue(browser.until("document.querySelector('#check-list a')"), () -> text("checked"));
        browser.value("document.querySelector('#check-list a').click()");
        assertEquals("iptables -A NOWHERE -j ACCEPT", browser
                .text("(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.getElementById('text'))"));
        assertEquals("6", browser.text("document.getElementById('numbers').textContent.split('\\n').pop()"));
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        assertChecked("No errors");
        assertTrue(browser.until("document.getElementById('draft').textContent.includes('log-unlimited')"),
                "the advice comes after the answer");
        browser.value(
                "[...document.querySelectorAll('#draft li')].find(l => l.textContent.includes('log-unlimited')).querySelector('button').click()");
        assertTrue(browser.until(
                "document.getElementById('line-diff').textContent.includes('\\n+ iptables -A INPUT -m limit --limit 10/min -j LOG')"),
                () -> text("line-diff"));
        assertTrue(text("line-diff").startsWith("\u2212 iptables -A INPUT -j LOG --log-prefix"), text("line-diff"));
        assertChecked("No errors");
    }

    /** One finding may be about several lines: each has its link, and one new line is enough to keep it in sight. */
    @Test
    void linksEachLineOfAFindingAndFoldsItOnlyIfAllAreLive() throws IOException {
        String unreachable = "iptables -A INPUT -j DROP\niptables -A INPUT -p tcp --dport 7 -j ACCEPT\n";
        box.http("PUT /rules", RULES + unreachable);
        box.applyAndConfirm();
        open("en");
        showToken();
        String second = "iptables -A INPUT -p tcp --dport 9 -j ACCEPT";
        browser.write("text", RULES + unreachable + second + "\n");
        String inSight =
                "[...document.querySelectorAll('#check-list li')].find(l => l.textContent.includes('rule-unreachable'))";
        assertTrue(browser.until(inSight), () -> text("draft"));
        assertEquals("line 6,line 7", browser
                .text("[..." + inSight + ".querySelectorAll('p:first-child a')].map(a => a.textContent).join()"));
        browser.value(inSight + ".querySelectorAll('a')[1].click()");
        assertEquals(second, browser
                .text("(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.getElementById('text'))"));
        browser.write("text", RULES + "iptables -A INPUT -p udp --dport 9 -j DROP\n" + unreachable);
        assertTrue(browser.until(
                "document.querySelector('#check-notes').textContent.includes('rule-unreachable') && !" + inSight),
                () -> text("draft"));
    }

    @Test
    void itExplainsImportsAndShowsTextsAsTexts() throws IOException {
        open("de");
        assertTrue(browser.until("document.getElementById('state').textContent === 'geschützt'"), text("state"));
        showToken();
        browser.value("document.getElementById('live').open = true");
        assertTrue(browser.until("document.getElementById('counters').rows.length >= 3"), "the live rules");
        assertTrue(text("counters").contains(EVIL), text("counters"));
        assertTrue(browser.until("document.querySelector('[name=in]').options.length > 2"),
                "interfaces to choose from");
        browser.value(
                "document.querySelector('[name=in]').value = 'dsl'; document.querySelector('[name=dst]').value = '203.0.113.2';"
                        + " document.querySelector('[name=src]').value = '198.51.100.7'; document.querySelector('[name=dport]').value = 'http';"
                        + " document.getElementById('explain-form').requestSubmit()");
        assertTrue(browser.until("document.getElementById('verdict').textContent.startsWith('verworfen')"),
                () -> text("verdict"));
        assertTrue(text("trail").contains("<b>in</b>") && text("trail").contains("policy DROP"), text("trail"));
        assertTrue(browser.until("document.querySelector('#counters tr.lit')"), "the trail is lit in the rules");
        assertEquals("Internet,AVMs Firewall,iptables,Die Box",
                browser.text("[...document.querySelectorAll('#way strong')].map(e => e.textContent)"));
        assertEquals("iptables", browser.text("document.querySelector('#way li.bad strong').textContent"),
                "where the packet ends");
        assertTrue(browser.value("document.querySelector('#way li:last-child').className === 'after'").asBoolean(),
                "it doesn't get there");
        assertTrue(text("way").contains("nicht bekannt: ar7.cfg wurde nicht gelesen"), text("way"));
        browser.click("allow");
        assertTrue(browser.until(
                "document.getElementById('line-diff').textContent === '+ iptables -I INPUT 1 -i $WAN_IF -s 198.51.100.7 -p tcp --dport 80 -j ACCEPT'"),
                () -> text("line-diff"));
        browser.click("discard");
        browser.click("expose");
        assertTrue(browser.until("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value("document.getElementById('history-all').open = true");
        assertTrue(browser.until("document.getElementById('past').children.length > 0"), () -> text("past"));
        browser.value("document.getElementById('log-all').open = true");
        assertTrue(browser.until(
                "document.getElementById('logged').textContent !== '' || document.getElementById('log-lines').children.length > 0"),
                "the log");
        browser.write("old",
                "#!/bin/sh\nLAN=10.1.0.0/16\niptables -A INPUT -s $LAN -j ACCEPT\necho 1 > /proc/sys/net/ipv4/ip_forward\n");
        browser.click("take");
        assertTrue(browser.until(
                "document.getElementById('text').value.includes('-j ACCEPT') && document.getElementById('remarks').children.length > 0"),
                () -> text("taken"));
        assertTrue(text("remarks").contains("die Firmware leitet schon weiter"), text("remarks"));
        assertEquals(0, browser.value("document.querySelectorAll('img, b').length").asInt(),
                "no text of the box became markup");
        assertFalse(browser.text("document.title").equals("1"));
        browser.click("language");
        assertEquals("protected", text("state"));
        assertEquals("protected · boxwall", browser.text("document.title"));
        assertEquals("en", browser.text("document.documentElement.lang"));
    }

    /**
     * All connections that one client may have are taken by another program of his: the page says so, and works when
     * they are free.
     */
    @Test
    void aQuestionThatFindsNoConnectionIsNoSilence() throws IOException {
        open("en");
        assertTrue(browser.until("document.getElementById('state').textContent === 'protected'"), text("state"));
        showToken();
        assertTrue(browser.until("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        // a head with the token keeps its place until the port ends it, after 10 s without a body; then a new one comes
        String head = "PUT /rules HTTP/1.1\\r\\nHost: " + DaemonBox.LAN + ":" + DaemonBox.PORT
                + "\\r\\nAuthorization: Bearer " + DaemonBox.TOKEN + "\\r\\nContent-Length: 9\\r\\n\\r\\n";
        Process greedy = box.box.start("bash", "-c", "hold() { while :; do exec 3<>/dev/tcp/" + DaemonBox.LAN + "/"
                + DaemonBox.PORT + " && printf '" + head
                + "' >&3 && read -r -t 60 -u 3; exec 3>&-; sleep 0.1; done; }; for n in 1 2 3 4 5 6; do hold & done"
                + " 2>/dev/null; echo held; wait");
        try {
            assertEquals('h', greedy.getInputStream().read());
            assertTrue(Wait.until(() -> {
                browser.click("expose");
                return browser.until("!document.getElementById('exposed').textContent.startsWith('Checking')")
                        && browser.value("document.getElementById('exposed').className === 'bad'").asBoolean();
            }), () -> "not a word of it: " + text("exposed"));
        } finally {
            greedy.descendants().forEach(ProcessHandle::destroyForcibly);
            greedy.destroyForcibly();
        }
        assertTrue(Wait.until(() -> {
            browser.click("expose");
            return browser.until("!document.getElementById('exposed').textContent.startsWith('Checking')")
                    && browser.value("document.getElementById('services').rows.length > 0").asBoolean();
        }), () -> text("exposed"));
    }

    @Test
    void itIsUsableNarrowDarkAndWithoutSight() throws IOException {
        open("en");
        showToken();
        browser.value("document.getElementById('live').open = true");
        assertTrue(browser.until("document.getElementById('counters').rows.length >= 3"), "the live rules");
        browser.click("expose");
        assertTrue(browser.until("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value(new String(PageIT.class.getResourceAsStream("/axe.min.js").readAllBytes(), StandardCharsets.UTF_8)
                + "; 0");
        for (String scheme : new String[] {"light", "dark"}) {
            browser.scheme(scheme);
            assertEquals(List.of(), serious(), scheme);
        }
        browser.size(360, 700);
        assertEquals(360, browser.value("document.documentElement.scrollWidth").asInt(),
                () -> "nothing sticks out, but " + browser.text(
                        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.wide')).map(e => e.tagName + '#' + e.id + '.' + e.className).join(' ')"));
        assertEquals(List.of(), serious(), "narrow");
        browser.picture("page-360-dark");
        List<String> tabbed = new ArrayList<>();
        for (JsonValue each : browser
                .value("[...document.querySelectorAll('button, input, select, textarea, summary, a[href]')]"
                        + ".filter(e => e.offsetParent && (e.tabIndex < 0 || !(e.textContent.trim() || e.labels && e.labels.length || e.getAttribute('aria-label')))).map(e => e.id || e.outerHTML)")
                .asArray()) {
            tabbed.add(each.toString());
        }
        assertEquals(List.of(), tabbed, "all is reached by the keyboard and has a name");
    }

    /** What axe-core finds serious or critical, as rule: place. */
    private List<String> serious() {
        List<String> found = new ArrayList<>();
        JsonObject result = browser.value(
                "axe.run().then(r => ({violations: r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')"
                        + ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; ')), passes: r.passes.length}))")
                .asObject();
        result.get("violations").asArray().forEach(v -> found.add(v.asString()));
        assertTrue(result.getInt("passes", 0) > 10, "axe has looked");
        return found;
    }

    @Test
    void withoutJavaScriptTheStateIsReadable() throws IOException {
        browser = new Browser(box.box, "de");
        browser.withoutScripts(true);
        browser.open(PAGE);
        assertTrue(browser.text("document.body.innerText").contains("Diese Box ist geschützt (active)."),
                browser.text("document.body.innerText"));
        browser.picture("page-without-javascript");
    }
}
