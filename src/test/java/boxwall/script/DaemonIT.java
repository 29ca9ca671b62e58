package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The jar as a daemon in a namespace with a LAN, real iptables and the real scripts: its reactions to other programs
 * and to changes of the box.
 */
class DaemonIT {
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            iptables -A INPUT -i $GUEST_IF -p udp --dport 53 -j ACCEPT
            """;

    private DaemonBox daemon;
    private NetBox box;

    @BeforeEach
    void start() throws IOException {
        daemon = new DaemonBox(RULES);
        box = daemon.box;
        daemon.start();
    }

    @AfterEach
    void stop() { daemon.close(); }

    private String http(String request) { return daemon.http(request, "").toString(); }

    private String log() { return daemon.log(); }

    /**
     * iptables accepts the rule, the kernel does not: the rule is reported, and the old rules are restored exactly.
     */
    @Test
    void ruleRefusedByTheKernelIsReported() {
        daemon.applyAndConfirm();
        String before = box.tables();
        String put = daemon.http("PUT /rules", RULES
                + "iptables -A INPUT -p udp -m mark --mark 1 -j DROP\niptables -A INPUT -j LED --led-trigger-id none\n")
                .toString();
        assertTrue(put.contains(" 200 "), put);
        String applied = daemon.http("POST /apply?confirm=60", "").toString();
        assertTrue(applied.contains(" 422 ") && applied.contains("\"rule-refused\"")
                && applied.contains("\"where\":\"rules:6\""), applied + log());
        assertEquals(before, box.tables());
    }

    @Test
    void changeByAnotherProgramIsDrift() {
        daemon.applyAndConfirm();
        assertTrue(http("GET /status").contains("\"state\":\"active\""));
        daemon.sh("/usr/sbin/xtables-legacy-multi iptables -I INPUT -s 198.51.100.0/24 -j ACCEPT");
        // a reading is valid for one second
        assertTrue(Wait.until(() -> daemon.http("GET /diff", "").status() == 200
                && http("GET /status").contains("\"state\":\"drifted\"")), this::log);
        String status = http("GET /status");
        assertTrue(status.contains("added: -A INPUT -s 198.51.100.0/24 -j ACCEPT"), status);
        assertEquals(0, box.apply("again").status());
        daemon.requestReread();
        assertTrue(Wait.until(() -> http("GET /status").contains("\"state\":\"active\"")), this::log);
    }

    /** A second daemon, started by hand or with other settings, reports the first one and changes nothing. */
    @Test
    void secondDaemonEndsAndChangesNothing() throws Exception {
        assertEquals(200, daemon.http("GET /facts", "").status(), "the first daemon has read the box");
        // as the launcher does
        daemon.sh(". " + System.getProperty("user.dir") + "/init.d/boxwall-common; write_pid_file " + box.run
                + "/daemon.pid " + daemon.pid());
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String jar = Path.of("target/boxwall.jar").toAbsolutePath().toString();
        box.settings.put("BOXWALL_JVM", java);
        box.settings.put("BOXWALL_JAR", jar);
        String before = box.sh("ls -lR --time-style=full-iso " + box.run + " " + box.state).out();
        NetBox.Answer second = box.runScript("boxwall", "daemon");
        assertEquals("3 boxwall: a daemon is already running (process " + daemon.pid()
                + "); stop it first: rc.boxwall stop\n", second.status() + " " + second.err());
        assertEquals(before, box.sh("ls -lR --time-style=full-iso " + box.run + " " + box.state).out());
        box.settings.put("BOXWALL_RUN", box.folder.resolve("other").toString());
        Process samePort = box.start("sh", "-c", "exec " + java + " -jar " + jar + " daemon 2>&1");
        String output = new String(samePort.getInputStream().readAllBytes());
        assertEquals(3, samePort.waitFor(), output);
        assertTrue(
                output.contains(
                        "port 8181 is in use: another boxwall daemon, or another program, has it; this one ends"),
                output);
        assertEquals(204, daemon.http("GET /ok", "").status());
    }

    /** A real JVM under the launcher: after a kill it is restarted and counted, and the state is still active. */
    @Test
    void killedJvmIsRestarted() throws Exception {
        daemon.applyAndConfirm();
        daemon.sh("kill -9 " + daemon.pid());
        box.settings.put("BOXWALL_JVM", Path.of(System.getProperty("java.home"), "bin/java").toString());
        box.settings.put("BOXWALL_JAR", Path.of("target/boxwall.jar").toAbsolutePath().toString());
        box.settings.put("BOXWALL_HEAP", "32m");
        box.settings.put("BOXWALL_LOG", box.run.resolve("daemon.log").toString());
        Process loop = box.start((box.command("boxwall") + " daemon").split(" "));
        assertTrue(Wait.until(() -> daemon.answersAt("127.0.0.1")), () -> NetBox.read(box.run.resolve("daemon.log")));
        assertEquals(0, daemon.http("GET /status", "").json().getInt("restarts", -1));
        daemon.sh("read -r pid since <" + box.run + "/daemon.pid; kill -9 $pid");
        assertTrue(Wait.until(() -> !daemon.answersAt("127.0.0.1")));
        assertTrue(Wait.until(() -> daemon.answersAt("127.0.0.1")), () -> NetBox.read(box.run.resolve("daemon.log")));
        JsonObject status = daemon.http("GET /status", "").json();
        assertEquals(1, status.getInt("restarts", -1), status.toString());
        assertEquals("active", status.getString("state", ""), status.toString());
        daemon.sh("read -r keeper since <" + box.run + "/keeper.pid; read -r pid since <" + box.run
                + "/daemon.pid; kill -INT $keeper $pid");
        assertTrue(loop.waitFor(60, java.util.concurrent.TimeUnit.SECONDS));
    }

    /** Like after a reboot, the history comes only from what the scripts wrote to flash; here only the daemon ends. */
    @Test
    void historyOfRulesetsSurvivesTheDaemon() throws IOException {
        daemon.applyAndConfirm();
        daemon.sh("touch -d '2025-01-02 03:04:05' " + box.state + "/rules");
        applyRuleFor(7);
        assertEquals(List.of("kept", "kept"), outcomes());
        daemon.http("PUT /rules", RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n");
        assertEquals(200, daemon.http("DELETE /apply/" + daemon.apply(), "").status());
        assertEquals(List.of("kept", "kept"), outcomes(),
                "a later, reverted try of the same rules does not change the outcome");
        assertEquals(0, box.runScript("boxwall-keep", "promote").status());
        applyRuleFor(9);
        String id = box.sh("sed -n 's/^id=//p' " + box.state + "/boot.new/stamp").out().trim();
        assertEquals(0, box.runScript("boxwall-keep", "mark", id).status());
        assertEquals(0, box.runScript("boxwall-keep", "drop").status());
        daemon.sh("kill -9 " + daemon.pid());
        daemon.start();
        assertEquals(List.of("fell-back", "proven", "kept"), outcomes());
        String oldest = rulesets().get(2).asObject().getString("saved", "");
        assertTrue(oldest.startsWith("Thu Jan  2 03:04:05 ") && oldest.endsWith(" 2025"), oldest);
    }

    private void applyRuleFor(int port) {
        daemon.http("PUT /rules", RULES + "iptables -A INPUT -p tcp --dport " + port + " -j DROP\n");
        daemon.applyAndConfirm();
    }

    private JsonArray rulesets() { return daemon.http("GET /history", "").json().get("rulesets").asArray(); }

    private List<String> outcomes() {
        return rulesets().values().stream().map(ruleset -> ruleset.asObject().getString("outcome", "")).toList();
    }

    @Test
    void rulesAndPortFollowANewLanAddress() {
        daemon.applyAndConfirm();
        String before = box.tables();
        assertTrue(before.contains("-A INPUT -s 192.168.178.0/24 -i lan -j ACCEPT"), before);
        daemon.sh("ip addr del 192.168.178.1/24 dev lan; ip addr add 10.11.12.1/24 dev lan");
        daemon.requestReread();
        assertTrue(Wait.until(() -> daemon.answersAt("10.11.12.1")), this::log);
        String after = box.tables();
        assertEquals(before.replace("192.168.178.0/24", "10.11.12.0/24"), after);
        String status = daemon.at("10.11.12.1", "GET /status", "").body();
        assertTrue(status.contains("\"state\":\"active\"") && !status.contains("address-changed"), status);
        assertTrue(log().contains("followed [$LAN_NET was 192.168.178.0/24 and is 10.11.12.0/24]"), log());
        assertTrue(Files.exists(box.state.resolve("boot.new/stamp")), "the new rules are saved for the next boot");
    }

    @Test
    void guestRulesFollowTheStateOfTheGuestNetwork() {
        daemon.applyAndConfirm();
        assertFalse(box.tables().contains("guest"));
        daemon.sh(
                "ip link add guest type veth peer name guestpeer; ip link set guest up; ip link set guestpeer up; ip addr add 192.168.179.1/24 dev guest");
        daemon.requestReread();
        assertTrue(Wait.until(() -> box.tables().contains("-A INPUT -i guest -p udp")), this::log);
        daemon.sh("ip link del guest");
        daemon.requestReread();
        assertTrue(Wait.until(() -> !box.tables().contains("guest")), this::log);
    }
}
