package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The jar as a daemon in a namespace with a LAN, real iptables and the real scripts: what it does about what others do. */
class DaemonIT {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String RULES = """
            iptables -P INPUT DROP
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            iptables -A INPUT -i $GUEST_IF -p udp --dport 53 -j ACCEPT
            """;

    private final NetBox box = new NetBox("dash");
    private Process daemon;

    @BeforeEach
    void start() throws IOException {
        sh("ip link set lo up; ip link add lan type veth peer name lanpeer; ip link set lan up; ip link set lanpeer up; ip addr add 192.168.178.1/24 dev lan;"
                + " ip link add dsl type veth peer name dslpeer; ip link set dsl up; ip link set dslpeer up; ip addr add 203.0.113.2/24 dev dsl;"
                + " ip route add default via 203.0.113.1");
        Files.writeString(box.state.resolve("token"), TOKEN + "\n");
        Files.writeString(box.state.resolve("rules"), RULES);
        box.script("boxwall-apply", "#!/bin/sh\nexec " + box.command("boxwall-apply") + " \"$@\"\n");
        // the seconds of a period, so that only a poke brings a look
        box.settings.put("BOXWALL_DRIFT", "3600");
        box.settings.put("BOXWALL_STATEFUL", "no");
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        daemon = box.start("sh", "-c", "exec " + java + " -Xmx32m -jar " + System.getProperty("user.dir") + "/target/boxwall.jar daemon >"
                + box.folder.resolve("daemon.log"));
        assertTrue(NetBox.within(60, () -> http("GET /ok", "").contains(" 204 ")), () -> "the daemon answers: " + log());
    }

    @AfterEach
    void stop() {
        daemon.destroyForcibly();
        box.close();
    }

    private void sh(String line) {
        NetBox.Answer answer = box.sh("set -e; " + line);
        assertEquals(0, answer.status(), answer.err());
    }

    private String log() {
        return NetBox.read(box.folder.resolve("daemon.log"));
    }

    private String http(String request, String body) {
        return http("127.0.0.1", request, body);
    }

    private String http(String address, String request, String body) {
        try {
            Files.write(box.folder.resolve("request"), (request + " HTTP/1.1\r\nHost: " + address + "\r\nAuthorization: Bearer " + TOKEN
                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return box.sh("busybox nc " + address + " 8181 <" + box.folder.resolve("request")).out();
    }

    private void applyAndConfirm() {
        String tried = http("POST /apply?confirm=60", "");
        assertTrue(tried.contains(" 202 "), tried);
        String id = tried.replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
        String confirmed = http("POST /confirm/" + id, "");
        assertTrue(confirmed.contains("\"active\""), confirmed);
    }

    private void look() {
        try {
            Files.writeString(box.run.resolve("changed"), "online " + System.nanoTime() + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** iptables takes the rule, the kernel doesn't: it is named, the old rules are back, and of the search nothing is left. */
    @Test
    void aRuleThatTheKernelRefusesIsNamed() {
        applyAndConfirm();
        String before = box.tables();
        String put = http("PUT /rules", RULES + "iptables -A INPUT -p udp -m mark --mark 1 -j DROP\niptables -A INPUT -j LED --led-trigger-id none\n");
        assertTrue(put.contains(" 200 "), put);
        String tried = http("POST /apply?confirm=60", "");
        assertTrue(tried.contains(" 422 ") && tried.contains("\"rule-refused\"") && tried.contains("\"where\":\"rules:6\""), tried + log());
        assertEquals(before, box.tables());
    }

    @Test
    void whatAnotherProgramDoesIsDrift() {
        applyAndConfirm();
        assertTrue(http("GET /status", "").contains("\"state\":\"active\""));
        sh("/usr/sbin/xtables-legacy-multi iptables -I INPUT -s 198.51.100.0/24 -j ACCEPT");
        assertTrue(http("GET /diff", "").contains(" 200 "), this::log);
        String status = http("GET /status", "");
        assertTrue(status.contains("\"state\":\"drifted\"") && status.contains("added: -A INPUT -s 198.51.100.0/24 -j ACCEPT"), status);
        assertEquals(0, box.apply("again").status());
        look();
        assertTrue(NetBox.within(30, () -> http("GET /status", "").contains("\"state\":\"active\"")), this::log);
    }

    @Test
    void theRulesAndThePortFollowTheLansNewAddress() {
        applyAndConfirm();
        String before = box.tables();
        assertTrue(before.contains("-A INPUT -s 192.168.178.0/24 -i lan -j ACCEPT"), before);
        sh("ip addr del 192.168.178.1/24 dev lan; ip addr add 10.11.12.1/24 dev lan");
        look();
        assertTrue(NetBox.within(60, () -> http("10.11.12.1", "GET /ok", "").contains(" 204 ")), this::log);
        String after = box.tables();
        assertEquals(before.replace("192.168.178.0/24", "10.11.12.0/24"), after);
        String status = http("10.11.12.1", "GET /status", "");
        assertTrue(status.contains("\"state\":\"active\"") && !status.contains("address-changed"), status);
        assertTrue(log().contains("followed [$LAN_NET was 192.168.178.0/24 and is 10.11.12.0/24]"), log());
        assertTrue(Files.exists(box.state.resolve("boot.new/stamp")), "it is what the box boots with next");
    }

    @Test
    void theGuestNetworkGetsItsRulesWhenItGoesOnAndLosesThemWhenItGoesOff() {
        applyAndConfirm();
        assertFalse(box.tables().contains("guest"));
        sh("ip link add guest type veth peer name guestpeer; ip link set guest up; ip link set guestpeer up; ip addr add 192.168.179.1/24 dev guest");
        look();
        assertTrue(NetBox.within(60, () -> box.tables().contains("-A INPUT -i guest -p udp")), this::log);
        sh("ip link del guest");
        look();
        assertTrue(NetBox.within(60, () -> !box.tables().contains("guest")), this::log);
    }
}
