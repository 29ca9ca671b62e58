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
 * The page in a real browser with the daemon in a namespace with real iptables. The screenshots are in
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
    /** The browser runs on the box itself, so its packets arrive at lo. */
    private static final String LOCKED_OUT =
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

    private void signInAndWaitForRules() {
        browser.write("token", DaemonBox.TOKEN);
        browser.value("document.getElementById('key-form').requestSubmit()");
        assertTrue(browser.waitUntil("document.getElementById('text').value.includes('LAN_NET')"),
                "the ruleset must be in the editor");
    }

    private String text(String id) { return browser.text("document.getElementById('" + id + "').textContent"); }

    private void assertCheckResult(String words) {
        assertTrue(browser.waitUntil("document.getElementById('checked').textContent.includes('" + words + "')"),
                () -> words + " is not in the result: " + text("checked"));
    }

    @Test
    void lockingOutChangeIsRolledBackAndAGoodOneIsKept() throws IOException {
        open("en");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'protected'"), text("state"));
        assertTrue(browser.value("document.getElementById('rules').hidden").asBoolean(), "no rules without the token");
        signInAndWaitForRules();
        browser.picture("page-light");

        browser.write("text", RULES + "iptables -A INPUT -s -j ACCEPT\niptables -A NOWHERE -j ACCEPT\n");
        assertCheckResult("ruleset refused: nothing was changed");
        assertTrue(browser.value("document.getElementById('check-list').children.length").asInt() >= 2,
                text("check-list"));
        assertTrue(browser.value("document.getElementById('try').disabled").asBoolean());
        String before = box.box.tables();

        browser.write("text", LOCKED_OUT);
        browser.write("seconds", "8");
        assertCheckResult("No errors");
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
        assertTrue(browser.waitUntil("!document.getElementById('pending').hidden"), text("checked"));
        assertTrue(browser.waitUntil("!document.getElementById('lost').hidden"),
                "the page must report the lost connection");
        browser.picture("page-lost");
        assertTrue(browser.waitUntil("document.getElementById('pending').hidden"), "the page must notice the rollback");
        assertTrue(
                browser.waitUntil("/^Rolled back at [0-9:]+[.] The old rules are back[.] This line would have kept you"
                        + " out: .*policy DROP/.test(document.getElementById('ended').textContent)"),
                () -> "the line that locked out the browser: " + text("ended"));
        assertTrue(browser.waitUntil("window.later > 0"), "the answer to the try arrives after the rollback");
        assertEquals(0, browser.value("window.forgot").asInt(), "the rollback is reported once");
        assertEquals(before, box.box.tables());

        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        browser.write("seconds", "60");
        assertCheckResult("No errors");
        browser.click("try");
        assertTrue(browser.waitUntil(
                "!document.getElementById('confirm').disabled && Number(document.getElementById('left').textContent) > 30"),
                text("left"));
        assertTrue(browser.value("document.getElementById('left').textContent <= 60").asBoolean(), text("left"));
        for (int width : new int[] {400, 1100}) {
            browser.size(width, 900);
            for (String place : new String[] {"0", "document.body.scrollHeight / 2", "document.body.scrollHeight"}) {
                browser.value("scrollTo(0, " + place + ")");
                assertEquals("confirm,revert,left", browser.text(
                        "['confirm', 'revert', 'left'].filter(id => (r => document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2) === $(id))($(id).getBoundingClientRect()))"),
                        "visible and not covered, " + width + " wide at " + place);
            }
        }
        browser.picture("page-pending");
        browser.click("confirm");
        assertTrue(
                browser.waitUntil("document.getElementById('ended').textContent.startsWith('The new rules are kept.')"),
                () -> text("ended"));
        assertTrue(box.box.tables().contains("--dport 4711"), box.box.tables());
        assertEquals("", browser.errors().lines().filter(l -> !l.contains("net::ERR") && !l.contains("422")).toList()
                .toString().replace("[]", ""));
    }

    /** Five wrong tokens in a minute block a client; requests of the page itself must not count. */
    @Test
    void wrongTokenIsReportedAtTheFieldAndCountsOnce() throws IOException {
        open("en");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'protected'"), text("state"));
        for (int i = 0; i < 4; i++) {
            signIn("wrong" + i);
            assertTrue(browser.waitUntil(
                    "document.getElementById('wrong').textContent === 'This token is wrong.' && document.getElementById('use').getAttribute('aria-busy') === null"),
                    () -> text("wrong"));
            assertEquals("token", browser.text("document.activeElement.id"));
            browser.value("document.getElementById('wrong').textContent = ''");
        }
        signInAndWaitForRules();
        browser.value("sessionStorage.removeItem('boxwall.token')");
        browser.reload();
        assertTrue(browser.waitUntil(
                "document.getElementById('key') && !document.getElementById('key').hidden && document.getElementById('state').textContent === 'protected'"),
                "signed out");
        signIn("wrong5");
        assertTrue(browser.waitUntil("document.getElementById('wrong').textContent === 'This token is wrong.'"),
                () -> text("wrong"));
        signIn("wrong6");
        assertTrue(browser.waitUntil(
                "/Try again in [1-9][0-9]* seconds/.test(document.getElementById('wrong').textContent) && document.getElementById('use').disabled"),
                () -> text("wrong"));
    }

    private void signIn(String token) {
        browser.write("token", token);
        browser.value("document.getElementById('key-form').requestSubmit()");
    }

    /** Another tab, or curl, changes the rules: the page updates badge, title, countdown and the final message. */
    @Test
    void changeByAnotherClientIsShown() throws IOException {
        open("en");
        signInAndWaitForRules();
        box.http("PUT /rules", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        String id = box.apply();
        assertTrue(browser.waitUntil(
                "document.getElementById('state').textContent === 'waiting' && / s · boxwall$/.test(document.title) && !document.getElementById('pending').hidden"),
                () -> text("state"));
        box.http("DELETE /apply/" + id, "");
        assertTrue(
                browser.waitUntil(
                        "document.title === 'protected · boxwall' && document.getElementById('pending').hidden"),
                () -> browser.text("document.title"));
        assertTrue(browser.waitUntil(
                "/^Rolled back at .* The old rules are back/.test(document.getElementById('ended').textContent)"),
                () -> text("ended"));
        assertTrue(browser.waitUntil("document.getElementById('line-diff').textContent.includes('4711')"),
                "the draft is kept, but not live: " + text("line-diff"));
        browser.click("discard");
        assertTrue(browser.waitUntil("document.getElementById('draft').hidden"), "the draft must be discarded");
        assertEquals(204, box.http("GET /rules?draft=1", "").status(), "also on the box");
        box.http("PUT /rules", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        box.apply();
        assertTrue(browser.waitUntil("!document.getElementById('pending').hidden"), () -> text("state"));
        box.box.apply("open");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'open'"), () -> text("state"));
        browser.value("pause(500)");
        assertEquals("", text("ended"), "the old rules are not back");
    }

    /** A running request can be cancelled; a change is sent once, even after a double click. */
    @Test
    void doubleClickSendsOnceAndRequestCanBeCancelled() throws IOException {
        open("en");
        signInAndWaitForRules();
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value(
                "window.sent = []; window.real = window.fetch; window.fetch = (path, o) => { sent.push(o.method + ' ' + path); return path !== '/exposure' ? real(path, o)"
                        + " : new Promise((yes, no) => o.signal.addEventListener('abort', () => no(new Error('ended')))); }; 0");
        browser.click("expose");
        assertTrue(browser.waitUntil("document.querySelector('#asks button')"), "a running request must be shown");
        browser.value("document.querySelector('#asks button').click()");
        assertTrue(browser.waitUntil(
                "document.getElementById('exposed').textContent === 'Cancelled.' && document.getElementById('asked').hidden"),
                () -> text("exposed"));
        // a confirm is repeated if its apply has not ended yet
        browser.value("window.fetch = async (path, o) => { const reply = await real(path, o);"
                + " if (reply.status !== 409) sent.push(o.method + ' ' + path); return reply; }; 0");
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        assertCheckResult("No errors");
        browser.value("document.getElementById('try').click(); document.getElementById('try').click()");
        assertTrue(browser.waitUntil("!document.getElementById('confirm').disabled"), () -> text("checked"));
        browser.value("document.getElementById('confirm').click(); document.getElementById('confirm').click()");
        assertTrue(
                browser.waitUntil("document.getElementById('ended').textContent.startsWith('The new rules are kept.')"),
                () -> text("ended"));
        assertEquals(1, browser.value("sent.filter(s => s.startsWith('POST /apply')).length").asInt());
        assertEquals(1, browser.value("sent.filter(s => s.startsWith('POST /confirm')).length").asInt());
    }

    /** A status can show the end of a change before the reply to the confirm or revert that ended it. */
    @Test
    void replyToConfirmAndRevertCountsEvenIfTheStatusWasFaster() throws IOException {
        open("en");
        signInAndWaitForRules();
        browser.value("""
                {
                    const real = window.fetch;
                    window.sent = [];
                    window.fetch = async (path, o) => {
                        sent.push(o.method + ' ' + path.replace(/[0-9a-f-]{36}/, 'ID'));
                        const reply = await real(path, o);
                        const decided = reply.ok && /^\\/(apply|confirm)\\//.test(path);
                        while (decided && last.state === 'pending') await status();
                        return reply;
                    };
                }
                0""");
        for (String line : new String[] {"iptables -A INPUT -p tcp --dport 4711 -j DROP",
                "iptables -A INPUT -p tcp --dport 4712 -j DROP"}) {
            boolean confirms = line.contains("4711");
            browser.write("text", RULES + line + "\n");
            assertCheckResult("No errors");
            browser.click("try");
            browser.click(confirms ? "confirm" : "revert");
            String end = confirms ? "The new rules are kept. New: " : "The old rules are back.";
            assertTrue(
                    browser.waitUntil("document.getElementById('ended').textContent.startsWith('" + end
                            + "') && document.getElementById('confirm').disabled"),
                    () -> text("ended") + browser.text("sent"));
            assertEquals(confirms, box.box.tables().contains(line.substring(12).replace("-p tcp", "-p tcp -m tcp")),
                    box.box.tables());
        }
        assertEquals("POST /confirm/ID,DELETE /apply/ID",
                browser.text("[...new Set(sent.filter(s => /ID|history/.test(s)))]"),
                "the page need not ask how a change ended that it ended itself");
    }

    /**
     * Lets the test lose, refuse, hold back or delay single replies. To save time, the page asks for the status more
     * often, and repeats a request or check sooner.
     */
    private void interceptReplies() { browser
            .value("""
                    window.faults = [];
                    {
                        const real = window.fetch, timer = window.setTimeout;
                        const busy = () => looking || faults.some(f => f.times && f.request === 'GET /status');
                        window.setTimeout = (work, ms) => timer(work, [1000, 1200, 5000].includes(ms) ? ms / 10 : ms);
                        setInterval(() => { if (!busy()) status(); }, 400);
                        window.fetch = async (path, o) => {
                            const request = o.method + ' ' + path;
                            const fault = faults.find(f => f.times && request.startsWith(f.request)) || {};
                            const hold = async () => { fault.held = true; while (fault.held) await pause(20); };
                            fault.times--;
                            if (fault.how === 'lost') throw new TypeError('lost');
                            if (fault.how > 0) {
                                return new Response('{"title":"No","detail":"not now"}',
                                    { status: fault.how, headers: { 'Content-Type': 'application/problem+json' } });
                            }
                            if (fault.how === 'held back') await hold();
                            const reply = await real(path, o);
                            if (fault.how === 'late') await hold();
                            if (fault.how === 'never') {
                                await new Promise((yes, no) => o.signal.addEventListener('abort', () => no(new Error('ended'))));
                            }
                            return reply;
                        };
                    }
                    0"""); }

    /**
     * What happens to the next requests that begin so: the request is "lost" or "held back", its reply is "late" or
     * "never" comes, or the box refuses it with a status.
     */
    private void fault(int times, String request, String how) {
        browser.value("faults.unshift({ times: " + times + ", request: '" + request + "', how: '" + how + "' })");
    }

    private void waitUntilHeld(String request) {
        assertTrue(browser.waitUntil("faults.some(f => f.held && f.request === '" + request + "')"), request);
    }

    /** Lets go of a request or reply, and waits for the page to read it. */
    private void free(String request) {
        browser.value("faults.find(f => f.held && f.request === '" + request + "').held = false; pause(200)");
    }

    private void assertShown(String id, String words) {
        assertTrue(browser.waitUntil("document.getElementById('" + id + "').textContent.includes('" + words + "')"),
                () -> words + " is not in " + id + ": " + text(id));
    }

    /** The page asks again for what it needs, and reports what else was lost or refused. */
    @Test
    void lostAndRefusedRepliesAreAskedAgainOrReported() throws IOException {
        open("en");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'protected'"), text("state"));
        interceptReplies();
        fault(1, "GET /status", "503");
        browser.value("status()");
        assertEquals("protected", text("state"), "a refused status tells no state");
        fault(1, "GET /rules", "429");
        signIn(DaemonBox.TOKEN);
        assertShown("wrong", "No: not now");
        assertFalse(browser.value("document.getElementById('use').disabled").asBoolean(), "the token was not wrong");
        fault(1, "GET /presets", "500");
        fault(1, "GET /devices", "500");
        signInAndWaitForRules();
        assertTrue(
                browser.waitUntil("!document.getElementById('home').hidden && document.getElementById('preset').value"),
                "presets and devices are asked again");
        fault(3, "GET /rules", "lost");
        // as after another start of the daemon
        browser.value("token = ''; status()");
        assertTrue(browser.waitUntil("token"), "the token is used again");

        fault(1, "GET /counters", "500");
        browser.value("$('live').open = true");
        assertShown("counters", "No: not now");

        fault(99, "PUT /rules", "lost");
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        assertCheckResult("no connection");
        browser.value("faults = []; 0");
        assertCheckResult("No errors");
        fault(1, "DELETE /rules", "503");
        browser.click("discard");
        assertCheckResult("No: not now");
        fault(1, "POST /apply", "lost");
        browser.click("try");
        assertShown("ended", "no connection");
        assertTrue(browser.value("document.getElementById('pending').hidden").asBoolean(), "nothing is tried");
        box.http("DELETE /rules", "");
        browser.click("try");
        assertCheckResult("Somebody else changed the rules");
        browser.click("try");
        browser.click("confirm");
        assertShown("ended", "The new rules are kept. New: ");
        fault(99, "GET /rules?draft=1", "500");
        browser.click("undo");
        assertShown("ended", "No: not now");
        assertFalse(text("line-diff").contains("not now"), "a refusal is no draft");
        browser.value("faults = []; 0");
        box.http("PUT /rules", RULES);
        box.applyAndConfirm();
        assertTrue(browser.waitUntil("document.getElementById('undo').hidden"), "the last change is another one now");
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4713 -j DROP\n");
        assertTrue(browser.waitUntil("!document.getElementById('try').disabled"), () -> text("checked"));
        fault(1, "POST /apply", "401");
        browser.click("try");
        assertShown("wrong", "This token is wrong.");
        assertTrue(browser.waitUntil("document.getElementById('draft').hidden"), "signed out");

        signIn(DaemonBox.TOKEN);
        browser.click("try");
        assertTrue(browser.waitUntil("!document.getElementById('confirm').disabled"), () -> text("checked"));
        // another program of this client; the box still takes a confirm and a revert
        browser.value("(async () => { for (const n of [1, 2, 3, 4, 5])"
                + " await fetch('/rules', { headers: { Authorization: 'Bearer wrong' + n } }); await status(); })()");
        assertShown("wrong", "Try again in ");
        assertEquals("false true", browser.text("$('key').hidden + ' ' + !!kept()"), "the token is not wrong");
        browser.click("confirm");
        assertShown("ended", "The new rules are kept. New: ");
    }

    /** What a late reply says is about the text, packet or rules of its request. */
    @Test
    void lateRepliesAreAboutTheirRequest() throws IOException {
        String open = "iptables -A INPUT -i $WAN_IF -p tcp --dport 8181 -j ACCEPT\n";
        open("en");
        signInAndWaitForRules();
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        interceptReplies();
        // one for each request, because the second may begin before the first is let go
        fault(1, "PUT /rules", "late");
        fault(1, "PUT /rules", "late");
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4710 -j DROP\n");
        waitUntilHeld("PUT /rules");
        browser.write("text", RULES + open);
        free("PUT /rules");
        assertTrue(browser.value("document.getElementById('try').disabled").asBoolean(),
                "this text is not checked yet");
        waitUntilHeld("PUT /rules");
        free("PUT /rules");
        assertCheckResult("No errors");

        fault(1, "GET /diff", "late");
        browser.value("$('compare').open = true");
        waitUntilHeld("GET /diff");
        browser.write("text", RULES + "iptables -A INPUT -s -j ACCEPT\n");
        assertCheckResult("ruleset refused: nothing was changed");
        assertEquals("", text("diff-list"), "nothing is known of these rules");
        free("GET /diff");
        assertEquals("", text("diff-list"), "it is about the earlier text");
        fault(1, "GET /diff", "500");
        browser.write("text", RULES + open);
        assertShown("diff-list", "No: not now");

        fault(1, "GET /exposure", "late");
        browser.click("expose");
        waitUntilHeld("GET /exposure");
        fault(1, "POST /apply", "late");
        browser.click("try");
        waitUntilHeld("POST /apply");
        assertTrue(browser.waitUntil("pending.id"), "the status tells the id");
        browser.value("window.end = pending.end; 0");
        free("POST /apply");
        assertTrue(browser.value("pending.end <= end").asBoolean(), "the countdown goes down only");
        browser.write("text", RULES + open + "iptables -A INPUT -p tcp --dport 4712 -j DROP\n");
        browser.click("confirm");
        assertShown("ended", "The new rules are kept. New: ");
        assertTrue(text("ended").endsWith(open.trim()), () -> "what was tried: " + text("ended"));
        assertTrue(browser.waitUntil("last.state === 'active'"), () -> text("state"));
        assertEquals("", text("services-now"), "unknown of the new rules");
        free("GET /exposure");
        assertShown("services-now", "1 reachable from the Internet");
        assertShown("line-diff", "4712");

        assertCheckResult("No errors");
        fault(1, "POST /confirm", "held back");
        browser.click("try");
        browser.click("confirm");
        waitUntilHeld("POST /confirm");
        box.http("DELETE /apply/" + browser.text("pending.id"), "");
        browser.value("pending.end = Date.now() - 5000; 0");
        assertShown("ended", "Rolled back at ");
        free("POST /confirm");
        assertTrue(browser.waitUntil("!document.getElementById('confirm').hasAttribute('aria-busy')"));
        assertTrue(text("ended").startsWith("Rolled back at "), () -> text("ended"));

        fault(1, "GET /history", "late");
        browser.click("try");
        assertTrue(browser.waitUntil("!document.getElementById('confirm').disabled"), () -> text("checked"));
        box.http("DELETE /apply/" + browser.text("pending.id"), "");
        waitUntilHeld("GET /history");
        browser.click("try");
        browser.click("confirm");
        assertShown("ended", "The new rules are kept. New: ");
        free("GET /history");
        assertTrue(text("ended").startsWith("The new rules are kept. New: "),
                () -> "the history was about the earlier change: " + text("ended"));

        fault(1, "GET /explain", "late");
        for (String port : new String[] {"4712", "22"}) {
            browser.value("button('why', () => why({ in: 'lo', src: '192.168.178.1', dst: '192.168.178.1', proto: "
                    + (port.equals("22") ? "'udp'" : "'tcp'") + ", dport: '" + port + "' }), 'verdict').click()");
            if (port.equals("4712")) { waitUntilHeld("GET /explain"); }
        }
        assertShown("remarked", "dport=22");
        String verdict = text("verdict");
        free("GET /explain");
        assertShown("remarked", "dport=22");
        assertEquals(verdict, text("verdict"), "the newer question was not cancelled");
        assertEquals(List.of(), browser.errors().lines().filter(l -> !l.contains("\"network\"")).toList());
    }

    /** The form shows a device by its name and uses its MAC; if several devices share a MAC, its address. */
    @Test
    void deviceIsShownByNameAndIdentifiedByMacOrAddress() throws IOException {
        open("de");
        signInAndWaitForRules();
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
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
            assertTrue(
                    browser.waitUntil("document.getElementById('line-diff').textContent.includes('block-device DEVICE="
                            + device[1] + "')"),
                    () -> text("line-diff"));
            assertTrue(text("changes").contains("Neu: Gerät sperren – " + device[0]), text("changes"));
        }
        browser.value("document.querySelector('#devices button').click()");
        assertEquals(2, text("line-diff").split("block-device", -1).length - 1, "nothing is added twice");
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
        assertTrue(browser.waitUntil("document.getElementById('verdict').textContent.includes('192.168.178.999')"),
                () -> "the error must stay: " + text("verdict"));
        assertEquals("[]", browser.value(
                "[...document.querySelectorAll('nav a, input[type=checkbox]')].map(e => e.getBoundingClientRect()).filter(r => r.height && (r.height < 24 || r.width < 24)).map(r => r.height)")
                .toString(), "large enough for touch");
    }

    private String write(String field, String words) {
        return browser.text("(e => { e.value = '" + words
                + "'; e.dispatchEvent(new Event('input')); return e.validity.valid + ' ' + e.validationMessage + ' ' + e.read(); })("
                + field + ")");
    }

    /**
     * A try that is not proved to let the administrator in is refused. The page offers to force it with a warning; the
     * user can revert it at once.
     */
    @Test
    void lockingOutTryNeedsExplicitForce() throws IOException {
        open("en");
        signInAndWaitForRules();
        browser.write("text", "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n");
        assertCheckResult("No errors");
        assertTrue(browser.value("document.getElementById('forced').hidden").asBoolean());
        tryUntilRefused();
        assertTrue(text("forced").contains("You may lose this page and the box for up to 60 seconds"), text("forced"));
        interceptReplies();
        fault(1, "POST /apply", "never");
        browser.click("force");
        assertTrue(browser.waitUntil("!document.getElementById('revert').disabled"), () -> text("checked"));
        assertEquals("", text("checked"), "the refusal was about the try before");
        assertEquals("true", browser.text("$('draft').hidden"), "these rules are live");
        assertShown("asks", "usually under 20 s");
        assertEquals(0, box.box.apply("revert", "--now").status());
        assertShown("ended", "Rolled back at ");
        assertTrue(browser.waitUntil("!asks.some(a => a.what === 'try') && !$('try').hasAttribute('aria-busy')"),
                "the reply to the try was lost with its connection: " + text("asks"));
        assertEquals("false", browser.text("$('draft').hidden"), "the draft is a draft again");
        tryUntilRefused();
        fault(1, "POST /apply", "never");
        fault(2, "GET /counters", "never");
        browser.click("force");
        browser.value("$('live').open = true");
        assertTrue(browser.waitUntil("busy === 2"), "the box answers no reads either");
        fault(999, "GET /status", "lost");
        assertTrue(Wait.until(() -> box.box.apply("status").get("state").equals("pending")), box::log);
        assertEquals(0, box.box.apply("revert", "--now").status());
        browser.value("pending.end = Date.now() - 5000; faults = []; 0");
        assertShown("ended", "Rolled back at ");
        assertTrue(browser.waitUntil("!asks.some(a => a.what === 'try')"),
                "no status showed the change: " + text("asks"));
        tryUntilRefused();
        browser.click("force");
        browser.click("revert");
        assertTrue(browser.waitUntil("document.getElementById('ended').textContent === 'The old rules are back.'"),
                () -> text("ended"));
    }

    private void tryUntilRefused() {
        browser.click("try");
        assertTrue(browser.waitUntil("!document.getElementById('forced').hidden"), () -> text("checked"));
    }

    @Test
    void findingLinksToItsLineAndItsRemedyIsApplied() throws IOException {
        open("en");
        signInAndWaitForRules();
        browser.write("text", RULES + "iptables -A NOWHERE -j ACCEPT\n");
        assertTrue(browser.waitUntil("document.querySelector('#check-list a')"), () -> text("checked"));
        browser.value("document.querySelector('#check-list a').click()");
        assertEquals("iptables -A NOWHERE -j ACCEPT", browser
                .text("(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.getElementById('text'))"));
        assertEquals("6", browser.text("document.getElementById('numbers').textContent.split('\\n').pop()"));
        browser.write("text", RULES + "iptables -A INPUT -p tcp --dport 4711 -j DROP\n");
        assertCheckResult("No errors");
        assertTrue(browser.waitUntil("document.getElementById('draft').textContent.includes('log-unlimited')"),
                "advice must be shown after the check");
        browser.value(
                "[...document.querySelectorAll('#draft li')].find(l => l.textContent.includes('log-unlimited')).querySelector('button').click()");
        assertTrue(browser.waitUntil(
                "document.getElementById('line-diff').textContent.includes('\\n+ iptables -A INPUT -m limit --limit 10/min -j LOG')"),
                () -> text("line-diff"));
        assertTrue(text("line-diff").startsWith("\u2212 iptables -A INPUT -j LOG --log-prefix"), text("line-diff"));
        assertCheckResult("No errors");
        browser.write("text", RULES);
        assertTrue(Wait.until(() -> box.http("GET /rules?draft=1", "").status() == 204),
                "a draft that is the live text again is discarded");
    }

    /** Lines may move before a finding's remedy or an edited line is used. */
    @Test
    void remedyAndEditedLineReplaceTheirOwnLine() throws IOException {
        open("en");
        signInAndWaitForRules();
        String limitless = RULES.replace("-j LOG --log-prefix \"<b>in</b> \"", "-p tcp --dport 9 -j LOG");
        browser.write("text", limitless);
        String remedy =
                "[...document.querySelectorAll('#draft li')].find(l => /log-unlimited.*line 4/.test(l.textContent))";
        assertTrue(browser.waitUntil(remedy), () -> text("draft"));
        // at once, before a check draws the findings again
        browser.value(
                "(e => { e.value = 'iptables -A INPUT -p udp --dport 5 -j DROP\\n' + e.value; e.oninput(); })($('text')); "
                        + remedy + ".querySelector('button').click()");
        assertShown("line-diff", "-m limit");
        assertFalse(text("line-diff").contains("-i $LAN_IF"), () -> "the line before it stays: " + text("line-diff"));

        String block = "include block-device DEVICE=192.168.178.";
        browser.write("text", RULES + block + "31\n" + block + "32\n" + block + "33\n");
        for (String[] each : new String[][] {{"32", "Edit"}, {"31", "Remove"}}) {
            browser.value(
                    "[...[...document.getElementById('in-use').children].find(l => l.textContent.includes('." + each[0]
                            + "')).querySelectorAll('button')].find(b => b.textContent === '" + each[1] + "').click()");
        }
        browser.value("document.querySelector('#fields [data-name=DEVICE]').value = '192.168.178.40'");
        browser.click("add");
        assertShown("line-diff", "+ " + block + "40\\n+ " + block + "33");
    }

    /** A finding may have several lines: each has a link, and one line that is not live keeps the finding unfolded. */
    @Test
    void findingLinksEachLineAndIsFoldedOnlyIfAllLinesAreLive() throws IOException {
        String unreachable = "iptables -A INPUT -j DROP\niptables -A INPUT -p tcp --dport 7 -j ACCEPT\n";
        box.http("PUT /rules", RULES + unreachable);
        box.applyAndConfirm();
        open("en");
        signInAndWaitForRules();
        String second = "iptables -A INPUT -p tcp --dport 9 -j ACCEPT";
        browser.write("text", RULES + unreachable + second + "\n");
        String unfoldedFinding =
                "[...document.querySelectorAll('#check-list li')].find(l => l.textContent.includes('rule-unreachable'))";
        assertTrue(browser.waitUntil(unfoldedFinding), () -> text("draft"));
        assertEquals("line 6,line 7", browser.text(
                "[..." + unfoldedFinding + ".querySelectorAll('p:first-child a')].map(a => a.textContent).join()"));
        browser.value(unfoldedFinding + ".querySelectorAll('a')[1].click()");
        assertEquals(second, browser
                .text("(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.getElementById('text'))"));
        browser.write("text", RULES + "iptables -A INPUT -p udp --dport 9 -j DROP\n" + unreachable);
        assertTrue(
                browser.waitUntil("document.querySelector('#check-notes').textContent.includes('rule-unreachable') && !"
                        + unfoldedFinding),
                () -> text("draft"));
    }

    @Test
    void explainsImportsAndEscapesTexts() throws IOException {
        open("de");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'geschützt'"), text("state"));
        signInAndWaitForRules();
        browser.value("document.getElementById('live').open = true");
        assertTrue(browser.waitUntil("document.getElementById('counters').rows.length >= 3"),
                "the live rules must be shown");
        assertTrue(text("counters").contains(EVIL), text("counters"));
        assertTrue(browser.waitUntil("document.querySelector('[name=in]').options.length > 2"),
                "interfaces must be selectable");
        browser.value(
                "document.querySelector('[name=in]').value = 'dsl'; document.querySelector('[name=dst]').value = '203.0.113.2';"
                        + " document.querySelector('[name=src]').value = '198.51.100.7'; document.querySelector('[name=dport]').value = 'http';"
                        + " document.getElementById('explain-form').requestSubmit()");
        assertTrue(browser.waitUntil("document.getElementById('verdict').textContent.startsWith('verworfen')"),
                () -> text("verdict"));
        assertTrue(text("trail").contains("<b>in</b>") && text("trail").contains("policy DROP"), text("trail"));
        assertTrue(browser.waitUntil("document.querySelector('#counters tr.lit')"),
                "the trail must be highlighted in the rules");
        assertEquals("Internet,AVMs Firewall,iptables,Die Box",
                browser.text("[...document.querySelectorAll('#way strong')].map(e => e.textContent)"));
        assertEquals("iptables", browser.text("document.querySelector('#way li.bad strong').textContent"),
                "the step that drops the packet");
        assertTrue(browser.value("document.querySelector('#way li:last-child').className === 'after'").asBoolean(),
                "the packet does not reach the step");
        assertTrue(text("way").contains("nicht bekannt: ar7.cfg wurde nicht gelesen"), text("way"));
        browser.click("allow");
        assertTrue(browser.waitUntil(
                "document.getElementById('line-diff').textContent === '+ iptables -I INPUT 1 -i $WAN_IF -s 198.51.100.7 -p tcp --dport 80 -j ACCEPT'"),
                () -> text("line-diff"));
        browser.click("discard");
        browser.click("expose");
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value("document.getElementById('history-all').open = true");
        assertTrue(browser.waitUntil("document.getElementById('past').children.length > 0"), () -> text("past"));
        browser.value("document.getElementById('log-all').open = true");
        assertTrue(browser.waitUntil(
                "document.getElementById('logged').textContent !== '' || document.getElementById('log-lines').children.length > 0"),
                "the log must be shown");
        browser.value("document.getElementById('import-all').open = true");
        browser.write("old", """
                #!/bin/sh
                LAN=10.1.0.0/16
                iptables -A INPUT -s $LAN -j ACCEPT
                echo 1 > /proc/sys/net/ipv4/ip_forward
                case $1 in
                start) iptables -A INPUT -i $UNKNOWN -j DROP ;;
                stop) iptables -F ;;
                esac
                """);
        browser.click("take");
        assertTrue(browser.waitUntil(
                "document.getElementById('text').value.includes('-j ACCEPT') && document.getElementById('remarks').children.length > 0"),
                () -> text("taken"));
        assertEquals("Umgewandelt; fehlende Regeln: 1; Anmerkungen: 4", text("taken"));
        assertEquals(List.of("Zeile 4: setzt /proc/sys/net/ipv4/ip_forward – die Firmware leitet schon weiter",
                "Zeile 5: Gelesen als Aufruf: Argument start – für ein anderes auf der Box: boxwall import DATEI WORT",
                "Zeile 7: nicht ausgeführt: ein anderer Zweig gilt"),
                browser.text(
                        "[...$('remarks').children].map(r => r.textContent).filter(r => r.startsWith('Zeile') && !r.includes('UNKNOWN')).join('\\n')")
                        .lines().toList());
        assertTrue(browser.text("$('remarks').firstChild.textContent")
                .startsWith("Lässt ein, was das Skript verwirft oder verwerfen kann: "), "the missing rule drops");
        assertEquals(0, browser.value("document.querySelectorAll('img, b').length").asInt(),
                "no text of the box is interpreted as markup");
        assertFalse(browser.text("document.title").equals("1"));
        browser.write("text", "");
        assertShown("check-list", "Dieses Regelwerk ist leer");
        assertCheckResult("Abgelehnt: nichts wurde geändert");
        browser.write("text", "iptables -P OUTPUT DROP\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n");
        assertCheckResult("Keine Fehler");
        assertShown("check-list", "Diese Regeln sperren Sie aus. lockout");
        assertShown("check-list", "in OUTPUT die Antworten");
        browser.click("try");
        assertTrue(browser.waitUntil("!$('forced').hidden"), () -> text("checked"));
        assertEquals("Abgelehnt, nichts verändert", text("checked"), "the page has a button to force it");
        browser.click("language");
        assertEquals("protected", text("state"));
        assertEquals("protected · boxwall", browser.text("document.title"));
        assertEquals("en", browser.text("document.documentElement.lang"));
        for (String[] answer : new String[][] {{"checked", "No errors"}, {"past", " lines"}, {"logged", "Nothing."}}) {
            assertShown(answer[0], answer[1]);
        }
    }

    /**
     * Another program of the same client uses all its connections: the page reports it, and works when they are free
     * again.
     */
    @Test
    void reportsWhenNoConnectionIsFree() throws IOException {
        open("en");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'protected'"), text("state"));
        signInAndWaitForRules();
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        // a header with the token holds a connection until the port closes it, 10 s later; then the next one follows
        String head = "PUT /rules HTTP/1.1\\r\\nHost: " + DaemonBox.LAN + ":" + DaemonBox.PORT
                + "\\r\\nAuthorization: Bearer " + DaemonBox.TOKEN + "\\r\\nContent-Length: 9\\r\\n\\r\\n";
        Process otherProgram = box.box.start("bash", "-c", "hold() { while :; do exec 3<>/dev/tcp/" + DaemonBox.LAN
                + "/" + DaemonBox.PORT + " && printf '" + head
                + "' >&3 && read -r -t 60 -u 3; exec 3>&-; sleep 0.1; done; }; for n in 1 2 3 4 5 6; do hold & done"
                + " 2>/dev/null; echo held; wait");
        try {
            assertEquals('h', otherProgram.getInputStream().read());
            assertTrue(Wait.until(() -> {
                browser.click("expose");
                return browser.waitUntil("!document.getElementById('exposed').textContent.startsWith('Checking')")
                        && browser.value("document.getElementById('exposed').className === 'bad'").asBoolean();
            }), () -> "the page must report it: " + text("exposed"));
        } finally {
            otherProgram.descendants().forEach(ProcessHandle::destroyForcibly);
            otherProgram.destroyForcibly();
        }
        assertTrue(Wait.until(() -> {
            browser.click("expose");
            return browser.waitUntil("!document.getElementById('exposed').textContent.startsWith('Checking')")
                    && browser.value("document.getElementById('services').rows.length > 0").asBoolean();
        }), () -> text("exposed"));
    }

    @Test
    void isAccessibleOnNarrowScreensInDarkModeAndByKeyboard() throws IOException {
        open("en");
        signInAndWaitForRules();
        browser.value("document.getElementById('live').open = true");
        assertTrue(browser.waitUntil("document.getElementById('counters').rows.length >= 3"),
                "the live rules must be shown");
        browser.click("expose");
        assertTrue(browser.waitUntil("document.getElementById('services').rows.length > 0"), () -> text("exposed"));
        browser.value(new String(PageIT.class.getResourceAsStream("/axe.min.js").readAllBytes(), StandardCharsets.UTF_8)
                + "; 0");
        for (String scheme : new String[] {"light", "dark"}) {
            browser.scheme(scheme);
            assertEquals(List.of(), seriousViolations(), scheme);
        }
        browser.size(360, 700);
        assertEquals(360, browser.value("document.documentElement.scrollWidth").asInt(),
                () -> "nothing may overflow, but " + browser.text(
                        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.wide')).map(e => e.tagName + '#' + e.id + '.' + e.className).join(' ')"));
        assertEquals(List.of(), seriousViolations(), "narrow");
        browser.picture("page-360-dark");
        List<String> inaccessible = new ArrayList<>();
        for (JsonValue each : browser
                .value("[...document.querySelectorAll('button, input, select, textarea, summary, a[href]')]"
                        + ".filter(e => e.offsetParent && (e.tabIndex < 0 || !(e.textContent.trim() || e.labels && e.labels.length || e.getAttribute('aria-label')))).map(e => e.id || e.outerHTML)")
                .asArray()) {
            inaccessible.add(each.toString());
        }
        assertEquals(List.of(), inaccessible, "every control is reachable by keyboard and has a name");
    }

    /** The serious or critical violations that axe-core finds, as "rule: place". */
    private List<String> seriousViolations() {
        List<String> found = new ArrayList<>();
        JsonObject result = browser.value(
                "axe.run().then(r => ({violations: r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')"
                        + ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; ')), passes: r.passes.length}))")
                .asObject();
        result.get("violations").asArray().forEach(v -> found.add(v.asString()));
        assertTrue(result.getInt("passes", 0) > 10, "axe must have run");
        return found;
    }

    @Test
    void stateIsReadableWithoutJavaScript() throws IOException {
        browser = new Browser(box.box, "de");
        browser.withoutScripts(true);
        browser.open(PAGE);
        assertTrue(browser.text("document.body.innerText").contains("Diese Box ist geschützt (active)."),
                browser.text("document.body.innerText"));
        browser.picture("page-without-javascript");
    }
}
