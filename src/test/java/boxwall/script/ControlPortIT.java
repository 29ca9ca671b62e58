package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonObject;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * All operations of the control port, from the jar, over real sockets, on a box with real iptables. All tests share one
 * daemon; each test restores its state.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlPortIT {
    static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -m comment --comment "the box \\"itself\\"" -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            iptables -A INPUT -i $GUEST_IF -j ACCEPT
            iptables -A INPUT -i $WAN_IF -p tcp --dport 8181 -j ACCEPT
            iptables -A INPUT -p tcp --dport 23 -j LOG --log-prefix "[IPT] telnet "
            """;
    static final String LOG =
            "[ 12.345678] [IPT] telnet IN=dsl OUT= MAC=aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:08:00 SRC=198.51.100.7 DST=203.0.113.2 LEN=60"
                    + " TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=40000 DPT=23 WINDOW=64240 RES=0x00 SYN URGP=0";
    private static final List<String> WITHOUT_TOKEN = List.of("GET /", "GET /ok", "GET /status");

    private static DaemonBox daemon;
    private static OpenApi api;
    private static final Set<String> testedOperations = new TreeSet<>();

    @BeforeAll
    static void start() throws IOException {
        daemon = new DaemonBox(RULES);
        // the kernel does not log packets of a namespace; the lines have its format
        daemon.box.script("dmesg",
                "#!/bin/sh\ncat <<'E'\n[ 1.0] Linux\n" + LOG + "\n"
                        + LOG.replace("12.345678", "13.5").replace("100.7", "100.8") + "\n"
                        + LOG.replace("12.345678", "14").replace("[IPT] telnet", "other") + "\n"
                        + LOG.replace("12.345678", "15.25") + "\nE\n");
        daemon.box.script("logger", "#!/bin/sh\necho \"$*\" >>" + daemon.box.folder.resolve("syslog") + "\n");
        daemon.box.settings.put("BOXWALL_SYSLOG", "yes");
        daemon.box.settings.put("BOXWALL_DEBUG", daemon.box.folder.resolve("debug").toString());
        Files.writeString(daemon.box.folder.resolve("debug"), "");
        daemon.sh(
                "ip link add guest type veth peer name guestpeer; ip link set guest up; ip addr add 192.168.179.1/24 dev guest");
        daemon.start();
        daemon.applyAndConfirm();
        api = new OpenApi(daemon.http("GET /openapi.json", "").body());
    }

    @AfterAll
    static void stop() { daemon.close(); }

    private static DaemonBox.Answer ask(String operation, String request, String body) {
        DaemonBox.Answer answer = daemon.http(request, body);
        assertEquals(List.of(), api.differences(operation, answer));
        assertFalse(answer.body().contains(DaemonBox.TOKEN), "the token is in the answer to " + operation);
        assertFalse(answer.body().contains("aa:bb:cc:dd:ee:ff"), "a MAC address is in the answer to " + operation);
        testedOperations.add(operation);
        return answer;
    }

    private static DaemonBox.Answer ask(String operation) {
        DaemonBox.Answer answer = ask(operation, operation, "");
        assertEquals(operation.equals("GET /ok") ? 204 : 200, answer.status(), answer + daemon.log());
        return answer;
    }

    @Test
    @Order(1)
    void getAnswersMatchTheirDescription() {
        for (String operation : api.operations()) {
            if (operation.startsWith("GET ") && !operation.equals("GET /explain")) {
                ask(operation);
                DaemonBox.Answer head = daemon.http(operation.replace("GET", "HEAD"), "");
                assertEquals("", head.body());
                assertEquals(operation.equals("GET /ok") ? 204 : 200, head.status());
            }
        }
        ask("GET /explain", "GET /explain?in=dsl&src=198.51.100.7&dst=203.0.113.2&proto=tcp&dport=22", "");
        assertEquals(400, ask("GET /explain", "GET /explain?nonsense=1", "").status());
    }

    @Test
    @Order(2)
    void wrongMethodTokenHostOrOriginIsRefusedEverywhere() {
        for (String operation : api.operations()) {
            String target = operation.replace("{id}", "1-a").replace("{number}", "1");
            String wrong = target.replaceFirst("^[A-Z]+", "PATCH");
            DaemonBox.Answer method = ask(operation, wrong, "");
            assertEquals(405, method.status(), wrong);
            assertTrue(method.header("Allow").contains(operation.split(" ")[0]), method.head());
            String token = "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n";
            assertRefused(operation, 403, DaemonBox.request("evil.example", target, token, ""));
            assertRefused(operation, 403,
                    DaemonBox.request("127.0.0.1:8181", target, token + "Origin: http://evil.example\r\n", ""));
            assertRefused(operation, 403,
                    DaemonBox.request("127.0.0.1:8181", target, token + "Sec-Fetch-Site: cross-site\r\n", ""));
            if (!WITHOUT_TOKEN.contains(operation)) {
                assertRefused(operation, 401, DaemonBox.request("127.0.0.1:8181", target, "", ""));
            }
        }
    }

    private static void assertRefused(String operation, int status, String request) {
        DaemonBox.Answer answer = daemon.raw("0.0.0.0", "127.0.0.1", request);
        assertEquals(status, answer.status(), request + answer.body());
        assertEquals(List.of(), api.differences(operation, answer));
    }

    @Test
    @Order(3)
    void countersCountPerUserLine() {
        daemon.sh("busybox ping -c 3 127.0.0.1 >/dev/null");
        assertTrue(Wait.until(() -> rule(2).getLong("packets", 0) >= 6), () -> ask("GET /counters").body());
        JsonObject lo = rule(2);
        assertEquals("the box \"itself\"", lo.getString("comment", ""));
        assertEquals("rules", lo.getString("file", ""));
        assertEquals(1, lo.getInt("number", 0));
        daemon.sh("/usr/sbin/xtables-legacy-multi iptables -I INPUT -s 10.9.8.7 -j DROP");
        assertTrue(Wait.until(() -> rule(2).getInt("number", 0) == 2), "a foreign rule before it changes its number");
        daemon.sh("/usr/sbin/xtables-legacy-multi iptables -D INPUT -s 10.9.8.7 -j DROP");
        assertTrue(Wait.until(() -> rule(2).getInt("number", 0) == 1));
        assertTrue(Wait.until(() -> ask("GET /counters", "GET /counters?samples=1", "").json().get("sampled_at")
                .asArray().size() >= 3));
    }

    private static JsonObject rule(int line) {
        for (var rule : ask("GET /counters").json().get("rules").asArray()) {
            if (rule.asObject().get("line").toString().equals(String.valueOf(line))) { return rule.asObject(); }
        }
        throw new AssertionError("no rule of line " + line);
    }

    /** Debian's python3-prometheus-client: the parser that the Prometheus project publishes. */
    @Test
    @Order(4)
    void prometheusParserReadsTheMetrics() throws IOException {
        DaemonBox.Answer answer = ask("GET /metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.header("Content-Type"));
        Path metrics = Files.write(daemon.box.folder.resolve("metrics"), answer.bytes());
        String read = daemon.sh("/usr/bin/python3 -c 'import sys\n"
                + "from prometheus_client.parser import text_string_to_metric_families as read\n"
                + "for f in read(open(sys.argv[1], encoding=\"utf-8\").read()):\n  for s in f.samples: print(f.type, s.name, sorted(s.labels.items()), s.value)' "
                + metrics);
        assertTrue(read.contains(
                "counter boxwall_rule_packets_total [('chain', 'INPUT'), ('comment', 'the box \"itself\"'), ('family', 'ipv4'), ('table', 'filter'), ('verdict', 'ACCEPT')]"),
                read);
        assertTrue(read.contains("gauge boxwall_build_info [('version', '0.1')] 1.0"), read);
        assertTrue(read.contains("gauge boxwall_state [('state', 'active')] 1.0"), read);
        assertTrue(read.contains("summary boxwall_apply_duration_seconds_count [] 1.0"), read);
        assertTrue(
                read.contains("gauge boxwall_drift [] 0.0") && read.contains("gauge boxwall_protected_uptime_seconds"),
                read);
        assertTrue(read.contains("gauge boxwall_findings [('severity', 'note')]"), read);
    }

    @Test
    @Order(4)
    void logIsNewestFirstAndCountedByRuleAndSource() {
        JsonObject log = ask("GET /log").json();
        assertEquals("dmesg", log.getString("source", ""));
        assertEquals(3, log.get("entries").asArray().size(), log.toString());
        JsonObject newest = log.get("entries").asArray().get(0).asObject();
        assertEquals("15.25", newest.get("uptime").toString());
        assertEquals("[IPT] telnet", newest.getString("prefix", ""));
        assertEquals(23, newest.getInt("dport", 0));
        assertEquals(6, newest.get("rules").asArray().get(0).asObject().getInt("line", 0));
        assertEquals("{\"src\":\"198.51.100.7\",\"packets\":2}", log.get("by_source").asArray().get(0).toString());
        assertEquals(3, log.get("by_rule").asArray().get(0).asObject().getInt("packets", 0));
        assertEquals(1, log.getInt("others", 0));
        assertEquals(1, ask("GET /log", "GET /log?lines=1", "").json().get("entries").asArray().size());
        assertEquals(400, ask("GET /log", "GET /log?lines=x", "").status());
    }

    @Test
    @Order(5)
    void etagPreventsOverwritingOfRules() {
        DaemonBox.Answer first = ask("GET /rules");
        String etag = first.header("ETag");
        assertEquals(RULES, first.body());
        assertEquals(304, askWithHeader("GET /rules", "GET /rules", "If-None-Match: " + etag, "").status());
        DaemonBox.Answer draftOfFirst =
                askWithHeader("PUT /rules", "PUT /rules", "If-Match: " + etag, RULES + "# mine\n");
        assertEquals(200, draftOfFirst.status(), draftOfFirst.body());
        assertEquals(412,
                askWithHeader("PUT /rules", "PUT /rules", "If-Match: " + etag, RULES + "# theirs\n").status());
        assertEquals(412, askWithHeader("POST /apply", "POST /apply?confirm=60", "If-Match: " + etag, "").status());
        DaemonBox.Answer draft = ask("GET /rules", "GET /rules?draft=1", "");
        assertTrue(draft.body().endsWith("# mine\n") && draft.header("Boxwall-Rules").equals("draft"),
                draft.toString());
        DaemonBox.Answer live = ask("GET /rules");
        assertEquals(RULES, live.body(), "a check does not change the live rules");
        assertEquals("live", live.header("Boxwall-Rules"));
        assertEquals(422, askWithHeader("PUT /rules", "PUT /rules", "If-Match: *", "iptables -A NOWHERE\n").status());
        assertEquals(200,
                askWithHeader("PUT /rules", "PUT /rules", "If-Match: " + draftOfFirst.header("ETag"), RULES).status());
        assertEquals(415, askWithHeader("PUT /rules", "PUT /rules", "Content-Type: application/json", "{}").status());
        assertEquals(412,
                askWithHeader("DELETE /rules", "DELETE /rules", "If-Match: " + draftOfFirst.header("ETag"), "")
                        .status(),
                "the draft has changed");
        assertEquals(204, ask("DELETE /rules", "DELETE /rules", "").status());
        DaemonBox.Answer none = ask("GET /rules", "GET /rules?draft=1", "");
        assertTrue(none.status() == 204 && none.header("Boxwall-Rules").equals("none"), none.toString());
        assertEquals(200, askWithHeader("PUT /rules", "PUT /rules", "If-Match: " + etag, RULES).status(),
                "the ETag of the live rules is valid again");
    }

    /** With the token MAC addresses are shown; names come from the box's leases. */
    @Test
    @Order(4)
    void devicesAreListedWithNamesFromLeases() {
        daemon.sh("ip neigh replace 192.168.178.30 lladdr 00:00:5e:00:53:2a dev lan nud permanent");
        assertEquals("", daemon.sh("ls /var/tmp"));
        String list = ask("GET /devices").body();
        daemon.sh("echo '0 00:00:5e:00:53:2a 192.168.178.30 printer *' >/var/tmp/dnsmasq.leases");
        String named = ask("GET /devices").body();
        daemon.sh("ip neigh del 192.168.178.30 dev lan; rm /var/tmp/dnsmasq.leases");
        assertTrue(list.contains(
                "{\"address\":\"192.168.178.30\",\"name\":null,\"mac\":\"00:00:5e:00:53:2a\",\"interface\":\"lan\"}"),
                list);
        assertTrue(named.contains("{\"address\":\"192.168.178.30\",\"name\":\"printer\","), named);
    }

    @Test
    @Order(4)
    void presetsAreThoseOfTheCommand() {
        String list = ask("GET /presets").body();
        assertEquals(daemon.sh("java -jar " + Path.of("target/boxwall.jar").toAbsolutePath() + " presets --json"),
                list);
        assertTrue(list.contains("\"name\":\"block-device\"") && list.endsWith("}\n"), list);
    }

    private static DaemonBox.Answer askWithHeader(String operation, String request, String header, String body) {
        DaemonBox.Answer answer = daemon.raw("0.0.0.0", "127.0.0.1", DaemonBox.request("127.0.0.1", request,
                "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n" + header + "\r\n", body));
        assertEquals(List.of(), api.differences(operation, answer));
        testedOperations.add(operation);
        return answer;
    }

    @Test
    @Order(6)
    void changeIsAppliedRevertedConfirmedAndInTheHistory() {
        assertEquals(200,
                ask("PUT /rules", "PUT /rules", RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n").status());
        DaemonBox.Answer applied = ask("POST /apply", "POST /apply?confirm=60", "");
        assertEquals(202, applied.status(), applied.body());
        String id = applied.json().getString("id", "");
        assertEquals(409, ask("POST /apply", "POST /apply?confirm=60", "").status());
        DaemonBox.Answer live = ask("GET /rules");
        assertTrue(live.body().endsWith("--dport 7 -j DROP\n") && live.header("Boxwall-Rules").equals("live"),
                "the pending rules are live");
        JsonObject status = ask("GET /status").json();
        assertEquals("pending", status.getString("state", ""));
        assertEquals(6, status.get("rules").asObject().getInt("ipv4", 0));
        DaemonBox.Answer unknown = ask("POST /confirm/{id}", "POST /confirm/1-a", "");
        assertEquals("409 unknown-id: the status has the id of the pending change",
                unknown.status() + " " + unknown.json().getString("detail", ""));
        DaemonBox.Answer reverted = ask("DELETE /apply/{id}", "DELETE /apply/" + id, "");
        assertEquals(200, reverted.status(), reverted.body());
        assertEquals(5, ask("GET /status").json().get("rules").asObject().getInt("ipv4", 0));
        assertEquals(RULES, ask("GET /rules").body());
        daemon.applyAndConfirm();
        testedOperations.add("POST /confirm/{id}");
        JsonObject history = ask("GET /history").json();
        assertEquals("[\"iptables -A INPUT -p tcp --dport 7 -j DROP\"]",
                history.get("rulesets").asArray().get(1).asObject().get("added").toString());
        assertEquals(List.of("kept", "taken-back", "kept"), history.get("changes").asArray().values().stream()
                .map(c -> c.asObject().getString("state", "")).toList());
        assertFalse(history.get("rulesets").asArray().get(0).asObject().get("saved").isNull());
        assertEquals(404, ask("POST /history/{number}", "POST /history/3", "").status());
        assertEquals(200, ask("POST /history/{number}", "POST /history/1", "").status());
        assertEquals(RULES, ask("GET /rules", "GET /rules?draft=1", "").body());
        assertTrue(ask("GET /rules").body().endsWith("--dport 7 -j DROP\n"), "an older ruleset becomes a draft");
        daemon.applyAndConfirm();
        assertEquals(RULES, ask("GET /rules").body());
        String log = daemon.log();
        assertTrue(log.contains("of \"") && log.contains("asked by 127.0.0.1 for 60 s") && log.contains("id " + id)
                && log.contains("revert of " + id), log);
        assertTrue(
                Wait.until(
                        () -> NetBox.read(daemon.box.folder.resolve("syslog")).contains("-t boxwall revert of " + id)),
                "syslog must have the line, too");
        assertFalse(log.contains(DaemonBox.TOKEN));
        assertEquals(200, ask("PUT /rules", "PUT /rules", "iptables -P INPUT DROP\n").status());
        DaemonBox.Answer lockout = ask("POST /apply", "POST /apply?confirm=60", "");
        assertEquals("422 lockout: these rules lock the administrator out; use force=1 and at most 60 seconds",
                lockout.status() + " " + lockout.json().getString("detail", ""));
        assertEquals(200,
                ask("PUT /rules", "PUT /rules", RULES + "iptables -t mangle -A FORWARD -j ACCEPT\n").status());
        daemon.sh("/usr/sbin/xtables-legacy-multi iptables -t mangle -A FORWARD -p tcp --dport 4444 -j DROP");
        DaemonBox.Answer foreign = ask("POST /apply", "POST /apply?confirm=60", "");
        daemon.sh("/usr/sbin/xtables-legacy-multi iptables -t mangle -D FORWARD -p tcp --dport 4444 -j DROP");
        assertTrue(foreign.status() == 422 && foreign.body().contains("replace=1"), foreign.toString());
        assertEquals(204, ask("DELETE /rules", "DELETE /rules", "").status());
    }

    @Test
    @Order(7)
    void connectionFromBeforeTheChangeCannotConfirmIt() throws IOException {
        try (SocketChannel old = daemon.connect("127.0.0.9", "127.0.0.1")) {
            String id = daemon.apply();
            DaemonBox.Answer answer = DaemonBox.exchange(old, DaemonBox.request("127.0.0.1", "POST /confirm/" + id,
                    "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n", ""));
            assertEquals(409, answer.status(), answer.toString());
            assertTrue(answer.body().contains("old connection"));
            assertEquals(200, ask("DELETE /apply/{id}", "DELETE /apply/" + id, "").status());
        }
    }

    @Test
    @Order(8)
    void switchesRecordAndImportWork() throws IOException {
        assertEquals(409, ask("POST /pa", "POST /pa?state=flush", "").status(), "no Packet Acceleration");
        assertEquals(400, ask("POST /pa", "POST /pa?state=off", "").status());
        assertEquals(400, ask("POST /printk", "POST /printk?seconds=9999", "").status());
        assertEquals(200, ask("POST /printk", "POST /printk?seconds=2", "").status());
        Path debug = daemon.box.folder.resolve("debug");
        assertEquals("STD_PRINTK\n", NetBox.read(debug));
        assertTrue(Wait.until(() -> NetBox.read(debug).equals("AVM_PRINTK\n")), "AVM's setting must return");
        DaemonBox.Answer record = ask("POST /record", "POST /record", "");
        assertEquals(200, record.status());
        Path tar = Files.write(daemon.box.folder.resolve("record.tar"), record.bytes());
        assertTrue(daemon.sh("tar tf " + tar).contains("boxwall-record/commands/iptables-save\n"));
        JsonObject imported = ask("POST /import", "POST /import",
                "#!/bin/sh\niptables -A INPUT -i lan -j ACCEPT\niptables -A INPUT -j \"$(uname)\"\n").json();
        assertTrue(imported.getString("rules", "").contains("iptables -A INPUT -i lan -j ACCEPT\n"),
                imported.toString());
        assertFalse(imported.getBoolean("whole", true));
    }

    @Test
    @Order(9)
    void guestsAndInternetAreRefusedEvenIfRouted() {
        String request = "GET /status HTTP/1.1\\r\\nHost: " + DaemonBox.LAN + "\\r\\nAuthorization: Bearer "
                + DaemonBox.TOKEN + "\\r\\n\\r\\n";
        // the namespaces exist as long as the box: deleting one would also delete the other ends of its interfaces
        for (String[] peer : new String[][] {{"lanpeer", "192.168.178.20/24", "192.168.178.1", "200"},
                {"guestpeer", "192.168.179.20/24", "192.168.179.1", "403"},
                {"dslpeer", "203.0.113.1/24", "203.0.113.2", "403"}}) {
            String answer = daemon.sh("unshare -n sh -c 'echo $$ >" + daemon.box.folder
                    + "/peer; while :; do sleep 0.2; done' >/dev/null 2>&1 </dev/null & p=$!;" + " until [ -s "
                    + daemon.box.folder + "/peer ]; do sleep 0.1; done; n=$(cat " + daemon.box.folder + "/peer); rm "
                    + daemon.box.folder + "/peer;" + " ip link set " + peer[0]
                    + " netns $n; nsenter -t $n -n sh -c 'ip link set " + peer[0] + " up; ip addr add " + peer[1]
                    + " dev " + peer[0] + "; ip route add default via " + peer[2] + "; printf \"" + request
                    + "\" | timeout 10 busybox nc " + DaemonBox.LAN + " 8181'");
            assertTrue(answer.startsWith("HTTP/1.1 " + peer[3] + " "), peer[0] + ": " + answer);
            assertFalse(answer.contains(DaemonBox.TOKEN));
        }
    }

    @Test
    @Order(10)
    void newTokenIsValidAtOnce() throws IOException {
        Files.writeString(daemon.box.state.resolve("token"), "fedcba9876543210fedcba9876543210\n");
        assertEquals(401, daemon.http("GET /facts", "").status());
        Files.writeString(daemon.box.state.resolve("token"), DaemonBox.TOKEN + "\n");
        assertEquals(200, daemon.http("GET /facts", "").status());
    }

    @Test
    @Order(11)
    void everyOperationWasTested() { assertEquals(new TreeSet<>(api.operations()), testedOperations); }
}
