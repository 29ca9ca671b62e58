package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The use cases of ordinary users with the page alone: each is added, tried, confirmed, verified by packets and
 * removed. The packets come from hosts in the home network, the guest network and the Internet, each in its own
 * namespace, through the box's real iptables. German on a phone, English on a PC.
 */
class PageUseCaseIT {
    private static final String PAGE = "http://" + DaemonBox.LAN + ":" + DaemonBox.PORT + "/";
    private static final String PC = "192.168.178.30";
    private static final String SERVER = "203.0.113.1";
    private static final String OTHER = "203.0.113.77";
    private static final String BOX = "203.0.113.2";
    /** The browser's time zone: not that of the kernel's clock, and with an offset of half an hour. */
    private static final String ZONE = "Asia/Kolkata";

    /**
     * One use case: the form's values, and packets as "FROM ADDRESS PORT" (a UDP port as "udp/53"): those that it
     * stops, those that it lets through, those that always arrive, and those that never arrive.
     */
    private record Case(String preset, String german, String english, List<String> values, List<String> stops,
            List<String> opens, List<String> stays, List<String> never) {
        static Case of(String preset, String german, String english, String... values) {
            return new Case(preset, german, english, List.of(values), new ArrayList<>(), new ArrayList<>(),
                    new ArrayList<>(), new ArrayList<>());
        }

        Case stops(String... packets) { return with(stops, packets); }

        Case opens(String... packets) { return with(opens, packets); }

        Case stays(String... packets) { return with(stays, packets); }

        Case never(String... packets) { return with(never, packets); }

        private Case with(List<String> list, String... packets) {
            list.addAll(Arrays.asList(packets));
            return this;
        }

        /** Whether each packet arrives, with the use case or without. */
        Map<String, Boolean> expected(boolean live) {
            Map<String, Boolean> all = new LinkedHashMap<>();
            stops.forEach(p -> all.put(p, !live));
            opens.forEach(p -> all.put(p, live));
            stays.forEach(p -> all.put(p, true));
            never.forEach(p -> all.put(p, false));
            return all;
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of("block-device", "Gerät sperren", "Block a device", "DEVICE", PC)
                    .stops("pc " + SERVER + " 443", "pc " + SERVER + " udp/53")
                    .stays("pc " + DaemonBox.LAN + " " + DaemonBox.PORT, "visitor " + SERVER + " 443"),
            Case.of("open-port", "Port öffnen", "Open a port", "HOST", PC, "PORTS", "8443").opens("net " + PC + " 8443")
                    .never("visitor " + PC + " 8443", "net " + PC + " 9100"),
            Case.of("allow-service", "Dienst der Box öffnen", "Open a service of the box", "PORTS", "imaps")
                    .opens("net " + BOX + " 993").stays("pc " + DaemonBox.LAN + " 993")
                    .never("visitor 192.168.179.1 993", "net " + BOX + " " + DaemonBox.PORT),
            Case.of("guest-may", "Gäste dürfen ein Gerät nutzen", "Guests may use a device", "HOST", PC)
                    .opens("visitor " + PC + " 9100").stays("visitor " + SERVER + " 443")
                    .never("visitor " + PC + " 8443", "net " + PC + " 9100"),
            Case.of("only-ports", "Nur bestimmte Ports", "Only some ports", "DEVICE", PC, "TCP", "http,https")
                    .stops("pc " + SERVER + " 8080", "pc " + SERVER + " udp/9999")
                    .stays("pc " + SERVER + " 443", "pc " + SERVER + " udp/53", "visitor " + SERVER + " 8080"),
            Case.of("block-address", "Adressen sperren", "Block addresses", "TO", OTHER)
                    .stops("pc " + OTHER + " 443", "box " + OTHER + " 443", "visitor " + OTHER + " 443")
                    .stays("pc " + SERVER + " 443", "box " + SERVER + " 443"),
            Case.of("no-call-home", "Die Box ruft nicht nach Hause", "The box does not call home", "ALLOW", "8080")
                    .stops("box " + SERVER + " 443")
                    .stays("box " + SERVER + " 8080", "box " + SERVER + " udp/53", "pc " + SERVER + " 443"));

    private DaemonBox box;
    private Browser browser;
    private boolean german;

    @BeforeEach
    void start() throws IOException {
        box = new DaemonBox("");
        Files.delete(box.box.state.resolve("rules"));
        // the kernel does not log packets of a namespace; the line has its format
        box.box.script("dmesg", "#!/bin/sh\necho '[ 12.5] [IPT] DENY-FWD-ACCESS IN=dsl OUT=lan MAC= SRC=" + SERVER
                + " DST=" + PC
                + " LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=40000 DPT=8443 WINDOW=64240 RES=0x00 SYN URGP=0'\n");
        box.sh("ip link add guest type veth peer name guestpeer; ip link set guest up; ip addr add 192.168.179.1/24 dev guest; echo 1 >/proc/sys/net/ipv4/ip_forward;"
                + peer("pc", "lanpeer", PC + "/24", "192.168.178.1")
                + peer("visitor", "guestpeer", "192.168.179.20/24", "192.168.179.1")
                + peer("net", "dslpeer", SERVER + "/24", BOX) + " ip -n net addr add " + OTHER + "/24 dev dslpeer;"
                + listen("ip netns exec net ", 443, 8080) + listen("ip netns exec pc ", 8443, 9100) + listen("", 993));
        box.start();
        browser = new Browser(box.box, "de");
        browser.zone(ZONE);
        browser.size(360, 800);
        german = true;
        browser.open(PAGE);
        browser.write("token", DaemonBox.TOKEN);
        browser.value("document.getElementById('key-form').requestSubmit()");
        assertTrue(
                browser.waitUntil(
                        "!document.getElementById('start').hidden && document.getElementById('preset').value"),
                () -> text("wrong"));
    }

    private static String peer(String name, String link, String address, String router) {
        return " ip netns add " + name + "; ip link set " + link + " netns " + name + "; ip -n " + name
                + " link set lo up; ip -n " + name + " addr add " + address + " dev " + link + "; ip -n " + name
                + " link set " + link + " up; ip -n " + name + " route add default via " + router + ";";
    }

    private static String listen(String where, int... ports) {
        return Arrays.stream(ports).mapToObj(p -> " " + where + "busybox httpd -p " + p + " -h /usr/share;")
                .collect(Collectors.joining());
    }

    @AfterEach
    void stop() {
        if (browser != null) { browser.close(); }
        box.close();
    }

    private String text(String id) { return browser.text("document.getElementById('" + id + "').textContent"); }

    private String either(String inGerman, String inEnglish) { return german ? inGerman : inEnglish; }

    /** Switches the language, and the width with it. */
    private void language(boolean toGerman) {
        if (german != toGerman) {
            german = toGerman;
            browser.click("language");
            browser.size(german ? 360 : 1280, 800);
        }
    }

    /**
     * Sends all packets at once; returns the differences from the expectation. A packet that should arrive has 20 s; a
     * dropped one is repeated only after a second. A UDP port without listener answers with an ICMP error.
     */
    private String wrong(Map<String, Boolean> expected) {
        StringBuilder all = new StringBuilder();
        expected.forEach((packet, arrives) -> {
            String[] words = packet.split(" ");
            boolean udp = words[2].startsWith("udp/");
            String seconds = arrives ? "20" : "1.2";
            String socket = "/dev/" + (udp ? "udp/" : "tcp/") + words[1] + "/" + words[2].replace("udp/", "");
            String send = udp ? "exec 3<>" + socket + "; echo >&3; read -t " + seconds + " -u 3; test $? = 1"
                    : "exec 3<>" + socket;
            all.append("{ ").append(words[0].equals("box") ? "" : "ip netns exec " + words[0] + " ").append("timeout ")
                    .append(seconds).append(" bash -c '").append(send).append("' && echo '").append(packet)
                    .append("'; } 2>/dev/null & ");
        });
        TreeSet<String> arrived = new TreeSet<>(box.box.sh(all + "wait").out().lines().toList());
        return expected.entrySet().stream().filter(e -> e.getValue() != arrived.contains(e.getKey()))
                .map(e -> e.getKey() + (e.getValue() ? " does not arrive" : " arrives"))
                .collect(Collectors.joining(", "));
    }

    private void confirm() {
        assertTrue(browser.waitUntil("!document.getElementById('confirm').disabled"),
                () -> "the rules must be live: " + text("checked") + text("check-list"));
        browser.click("confirm");
        assertTrue(browser.waitUntil("/^"
                + either("Die neuen Regeln bleiben. (Neu|Entfernt): ", "The new rules are kept. (New|Removed): ")
                + "/.test(document.getElementById('ended').textContent) && document.getElementById('draft').hidden"),
                () -> text("ended"));
    }

    private void applyAndConfirm() {
        assertTrue(
                browser.waitUntil("document.getElementById('checked').textContent.startsWith('"
                        + either("Keine Fehler", "No errors") + "') && !document.getElementById('try').disabled"),
                () -> text("checked") + text("check-list"));
        browser.click("try");
        confirm();
    }

    private void assertDraft(String lines) {
        assertTrue(browser.waitUntil("document.getElementById('line-diff').textContent === '" + lines + "'"),
                () -> text("line-diff"));
    }

    private void field(String name, String value) {
        browser.value("document.querySelector('#fields [data-name=" + name + "]').value = '" + value + "'");
    }

    private void addPreset(String preset, List<String> values) {
        browser.value("(s => { s.value = '" + preset + "'; s.onchange(); })(document.getElementById('preset'))");
        for (int i = 0; i < values.size(); i += 2) {
            field(values.get(i), values.get(i + 1));
        }
        browser.click("add");
    }

    /** Clicks a button or check box in the rows of a list with these words, as soon as they have it. */
    private void clickInRow(String list, String words, String control) {
        String controls = "[...document.querySelectorAll('#" + list + " > *')].filter(l => l.textContent.includes('"
                + words + "')).map(l => [...l.querySelectorAll('button, input')].find(b => '" + control
                + "' === (b.textContent || b.type)))";
        // after a change of the language the list is drawn again
        assertTrue(browser.waitUntil("(all => all.length && all.every(c => c))(" + controls + ")"),
                () -> control + ": " + text(list));
        browser.value(controls + ".forEach(c => c.click())");
    }

    private void remove(String title) {
        // removed in German, switched off in English
        clickInRow("in-use", title, german ? "Entfernen" : "checkbox");
        applyAndConfirm();
    }

    private void assertFits(int width) {
        assertTrue(browser.value("document.documentElement.scrollWidth <= " + width).asBoolean(),
                () -> "nothing may overflow, but " + browser
                        .text("[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > "
                                + (width + 1) + " && !e.closest('.wide')).map(e => e.tagName + '#' + e.id).join(' ')"));
    }

    @Test
    void everyUseCaseIsAppliedVerifiedAndRemovedInBothLanguages() throws IOException {
        Map<String, Boolean> open = Map.of("net " + PC + " 8443", true, "visitor " + PC + " 9100", true);
        assertEquals("", wrong(open), "without rules");
        answerStartQuestions(open);
        Map<String, Boolean> base = new LinkedHashMap<>();
        CASES.forEach(c -> base.putAll(c.expected(false)));
        assertEquals("", wrong(base), "with home-basic alone");
        List<String> deviations = new ArrayList<>();
        for (Case each : CASES) {
            for (boolean inGerman : new boolean[] {true, false}) {
                language(inGerman);
                addPreset(each.preset, each.values);
                assertTrue(browser.waitUntil("document.getElementById('line-diff').textContent.startsWith('+ include "
                        + each.preset + " ')"), () -> text("picked") + text("line-diff"));
                assertTrue(text("changes").startsWith(either("Neu: " + each.german, "New: " + each.english)),
                        text("changes"));
                applyAndConfirm();
                addDeviation(deviations, each, "live", wrong(each.expected(true)));
                if (each.preset.equals("allow-service")) {
                    // a burst of 12, then 6 a minute
                    String arrived = box.box
                            .sh("for n in $(seq 20); do { ip netns exec net timeout 0.9 bash -c 'exec 3<>/dev/tcp/"
                                    + BOX + "/993' && echo x; } 2>/dev/null & done; wait")
                            .out();
                    addDeviation(deviations, each, "limit",
                            arrived.lines().count() < 20 ? "" : "no limit: all of 20 connections at once");
                }
                String title = either(each.german, each.english);
                assertTrue(text("in-use").contains(title), text("in-use"));
                browser.picture("page-" + each.preset + (german ? "-360" : ""));
                assertFits(german ? 360 : 1280);
                if (each.preset.equals("open-port") && !german) { takeReadmePicture(); }
                remove(title);
                addDeviation(deviations, each, "removed", wrong(each.expected(false)));
            }
        }
        assertEquals(List.of(), deviations);
        blockDeviceDaily();
        allowFromLogAndUndo();
    }

    private void addDeviation(List<String> deviations, Case each, String when, String difference) {
        if (!difference.isEmpty()) {
            deviations.add(each.preset + either(" (de) ", " (en) ") + when + ": " + difference);
        }
    }

    /**
     * The start: with the default and reverted, then with a yes to each question and confirmed, then without the
     * extras.
     */
    private void answerStartQuestions(Map<String, Boolean> open) throws IOException {
        assertEquals("Nicht geschützt: Es sind keine Regeln geladen.", text("status-h"));
        assertEquals("include home-basic", text("start-lines").strip());
        assertFits(360);
        browser.picture("page-start-360");
        browser.click("begin");
        assertTrue(browser.waitUntil("!document.getElementById('revert').disabled"), () -> text("started"));
        assertEquals("", wrong(Map.of("pc " + SERVER + " 443", true, "visitor " + SERVER + " 443", true,
                "net " + PC + " 8443", false, "visitor " + PC + " 9100", false, "net " + BOX + " 993", false)));
        browser.click("revert");
        assertTrue(browser.waitUntil("document.getElementById('state').textContent === 'nicht geschützt'"),
                () -> text("ended"));
        assertEquals("", wrong(open), "without rules again");
        assertTrue(
                browser.waitUntil(
                        "document.getElementById('in-use').textContent.includes('Grundschutz noch nicht aktiv')"),
                () -> text("in-use"));
        browser.click("discard");
        assertTrue(browser.waitUntil("!document.getElementById('start').hidden"), () -> text("ended"));

        language(false);
        for (String name : new String[] {"outside", "guests", "phone"}) {
            browser.value("document.querySelector('[name=" + name + "]').click()");
        }
        browser.write("start-host", PC);
        browser.write("start-ports", "8443");
        browser.write("start-print", PC);
        assertEquals("include home-basic\ninclude open-port HOST=" + PC + " PORTS=8443\ninclude guest-may HOST=" + PC
                + "\ninclude no-telephony", text("start-lines"));
        browser.click("begin");
        confirm();
        assertEquals("", wrong(Map.of("net " + PC + " 8443", true, "visitor " + PC + " 9100", true,
                "net " + PC + " 9100", false, "visitor " + PC + " 8443", false, "net " + BOX + " udp/5060", false)));
        assertTrue(browser.waitUntil(
                "/^Protected since [0-9]{2}:[0-9]{2}\\.$/.test(document.getElementById('status-h').textContent)"),
                () -> text("status-h"));
        assertTrue(browser.waitUntil(
                "document.getElementById('services-now').textContent === 'Services of the box: 2, none reachable from the Internet.'"),
                () -> text("services-now"));
        assertEquals("Open to the Internet, if AVM’s page forwards it, too: 8443 → " + PC, text("opened"));
        for (String title : new String[] {"Open a port", "Guests may use a device", "No telephony"}) {
            clickInRow("in-use", title, "Remove");
        }
        applyAndConfirm();
        assertEquals("", wrong(Map.of("net " + PC + " 8443", false, "visitor " + PC + " 9100", false,
                "net " + BOX + " udp/5060", true)), "home-basic alone, with telephony");
    }

    private void takeReadmePicture() throws IOException {
        assertTrue(browser
                .value("[...document.querySelectorAll('#in-use pre')].some(p => p.textContent.includes('-d " + PC
                        + " -p tcp -m multiport --dports 8443 -j ACCEPT') && p.textContent.includes('expect ACCEPT'))")
                .asBoolean(), () -> "its lines and its expect line: " + text("in-use"));
        // the README's picture, made by bin/picture
        browser.size(900, 640);
        browser.value("scrollTo(0, 0)");
        browser.view("readme");
        assertTrue(Files.size(Path.of("target/screenshots/readme.png")) <= 100 * 1024, "small enough for the README");
        browser.size(1280, 800);
    }

    /** Blocks a device from the list for some hours in the user's time zone; then changes the hours. */
    private void blockDeviceDaily() throws IOException {
        language(true);
        assertTrue(text("devices").contains(PC), text("devices"));
        Map<String, Boolean> stopped = CASES.get(0).expected(true);
        for (int from : new int[] {-1, 1}) {
            if (from < 0) {
                clickInRow("devices", PC, "Abends sperren …");
            } else {
                clickInRow("in-use", "Gerät sperren", "Bearbeiten");
                assertTrue(browser.waitUntil("document.getElementById('add').textContent === 'Ändern'"),
                        () -> text("pick"));
                assertFits(360);
                browser.picture("page-edit-360");
            }
            LocalTime now = LocalTime.now(ZoneOffset.UTC).withSecond(0).withNano(0);
            LocalTime here = LocalTime.now(ZoneId.of(ZONE)).withSecond(0).withNano(0);
            assertTrue(Duration.between(now, here).toMinutes() % 60 != 0, "a time zone with minutes");
            browser.value("[...document.querySelectorAll('#fields input[type=time]')].forEach((e, i) => { e.value = ['"
                    + here.plusHours(from) + "', '" + here.plusHours(from + 2) + "'][i]; })");
            browser.click("add");
            String times = " WHEN=" + now.plusHours(from) + "-" + now.plusHours(from + 2);
            assertTrue(
                    browser.waitUntil("/\\+ include block-device DEVICE=[0-9A-F:]{17}" + times
                            + "$/i.test(document.getElementById('line-diff').textContent)"),
                    () -> times + text("line-diff"));
            applyAndConfirm();
            assertEquals("", wrong(from < 0 ? stopped : CASES.get(0).expected(false)), times);
            assertTrue(text("in-use").contains(here.plusHours(from) + "–" + here.plusHours(from + 2)),
                    () -> "the user's time: " + text("in-use"));
            assertTrue(!text("draft").contains("time-is-utc"), text("draft"));
            clickInRow("devices", PC, "Warum?");
            String rule = "„Gerät sperren – " + PC + ", täglich ";
            String answer = from < 0 ? "verworfen durch Ihre Regel " + rule : "erlaubt durch Ihre Regel „Grundschutz“";
            assertTrue(browser.waitUntil("document.getElementById('verdict').textContent.startsWith('" + answer + "')"),
                    () -> text("verdict"));
            assertTrue(text("verdict").matches(".* · " + rule + "[^“]*“ gilt jetzt" + (from < 0 ? "." : " nicht.")),
                    text("verdict"));
            assertEquals(from > 0, browser.value("document.getElementById('amend').hidden").asBoolean(),
                    "a rule without values cannot be edited");
            if (from < 0) {
                browser.click("amend");
                assertEquals("block-device " + PC, browser.text(
                        "document.getElementById('preset').value + ' ' + document.querySelector('#fields [data-name=DEVICE]').value"));
                browser.click("cancel");
            }
        }
        remove("Gerät sperren");
        assertEquals("", text("verdict"), "the verdict about old rules is cleared");
        clickInRow("devices", PC, "Warum?");
        assertEquals("lan " + PC, browser
                .text("(f => f.in.value + ' ' + f.src.value)(document.getElementById('explain-form').elements)"));
    }

    /** Explains a dropped packet of the log, allows it, and undoes the change by the history. */
    private void allowFromLogAndUndo() {
        addPreset("call-home-log", List.of());
        applyAndConfirm();
        for (boolean inGerman : new boolean[] {true, false}) {
            language(inGerman);
            Map<String, Boolean> packet = Map.of("net " + PC + " 8443", true);
            browser.value(
                    "document.getElementById('log-all').open = false; document.getElementById('log-lines').textContent = '';"
                            + " document.getElementById('log-all').open = true");
            // the first answer may still use the tables from before the change
            assertTrue(Wait.until(() -> {
                browser.click("read-log");
                return browser.value("document.getElementById('log-lines').children.length > 0").asBoolean();
            }), () -> text("logged"));
            clickInRow("log-lines", SERVER, either("Warum?", "Why?"));
            assertTrue(
                    browser.waitUntil("document.getElementById('verdict').textContent.startsWith('"
                            + either("verworfen", "dropped") + "') && !document.getElementById('allow').hidden"),
                    () -> text("verdict"));
            assertEquals(
                    either("Internet,AVMs Firewall,iptables,Heimnetz", "Internet,AVM’s firewall,iptables,Home network"),
                    browser.text("[...document.querySelectorAll('#way strong')].map(e => e.textContent)"));
            browser.click("allow");
            assertDraft("+ iptables -I FORWARD 1 -i $WAN_IF -o $LAN_IF -s " + SERVER + " -d " + PC
                    + " -p tcp --dport 8443 -j ACCEPT");
            applyAndConfirm();
            assertEquals("", wrong(packet));
            assertTrue(text("in-use").contains(either("Eigene Zeile: ", "Own line: ") + SERVER + " \u2192 " + PC
                    + ", tcp 8443: " + either("erlaubt", "allowed")), text("in-use"));
            if (german) {
                browser.click("undo");
            } else {
                browser.value("document.getElementById('history-all').open = true");
                assertTrue(browser.waitUntil(
                        "[...document.querySelectorAll('#past pre')].some(p => p.textContent.includes('8443'))"),
                        () -> text("past"));
                browser.value("document.querySelector('#past button').click()");
            }
            assertDraft("\u2212 iptables -I FORWARD 1 -i $WAN_IF -o $LAN_IF -s " + SERVER + " -d " + PC
                    + " -p tcp --dport 8443 -j ACCEPT");
            applyAndConfirm();
            assertEquals("", wrong(Map.of("net " + PC + " 8443", false)), "after the undo");
        }
    }
}
