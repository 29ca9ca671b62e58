package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The port over real sockets on loopback, with a control that only says what it was asked. */
class PortTest {
    private static final String TOKEN = "0123456789abcdef";

    private Port port;
    private int number;

    @BeforeEach
    void open() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            number = free.getLocalPort();
        }
        port = new Port(number, new Echo(), System.err);
        port.admit(gate(List.of()));
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
    }

    @AfterEach
    void close() {
        port.close();
    }

    private static Gate gate(List<Network> refused) {
        return new Gate(List.of("127.0.0.1", "fritz.box"), List.of(), refused, TOKEN);
    }

    @Test
    void okNeedsNothing() throws IOException {
        assertTrue(get("/ok", "").startsWith("HTTP/1.1 204 "));
    }

    @Test
    void statusIsShortWithoutTheTokenAndLongWithIt() throws IOException {
        assertTrue(get("/status", "").endsWith("{\"long\":false}"));
        assertTrue(get("/status", bearer(TOKEN)).endsWith("{\"long\":true}"));
        assertTrue(get("/status", bearer(TOKEN + "x")).endsWith("{\"long\":false}"));
    }

    @Test
    void refusalsComeInTheirOrder() throws IOException {
        assertStatus(404, get("/nothing", "Host: evil.example\r\n"));
        assertStatus(405, send("DELETE /status HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        assertStatus(403, send("GET /facts HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        assertStatus(401, get("/facts", ""));
        assertStatus(401, get("/facts", bearer("wrong")));
        assertStatus(200, get("/facts", bearer(TOKEN)));
    }

    @Test
    void aWrongMethodNamesTheRightOnes() throws IOException {
        assertTrue(send("POST /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").contains("\r\nAllow: GET, HEAD, PUT\r\n"));
    }

    @Test
    void foreignHostsAndPagesAreRefused() throws IOException {
        assertStatus(403, send("GET /status HTTP/1.1\r\n\r\n"));
        assertStatus(403, send("GET /status HTTP/1.1\r\nHost: 127.0.0.1.evil.example:" + number + "\r\n\r\n"));
        assertStatus(200, send("GET /status HTTP/1.1\r\nHost: FRITZ.box:99\r\n\r\n"));
        assertStatus(403, get("/status", "Origin: http://evil.example\r\n"));
        assertStatus(403, get("/status", "Origin: null\r\n"));
        assertStatus(200, get("/status", "Origin: http://127.0.0.1:" + number + "\r\n"));
        assertStatus(403, get("/status", "Sec-Fetch-Site: cross-site\r\n"));
        assertStatus(200, get("/status", "Sec-Fetch-Site: same-origin\r\n"));
    }

    @Test
    void onlyLoopbackAndWelcomeNetworksMayAskAndGuestsNever() {
        Network lan = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.0"), 23);
        Network guest = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.179.0"), 24);
        Gate gate = new Gate(List.of("192.168.178.1"), List.of(lan), List.of(guest), TOKEN);
        assertEquals(null, gate.refuseSource(from("192.168.178.20")));
        assertEquals(403, gate.refuseSource(from("192.168.179.20")).status());
        assertEquals(403, gate.refuseSource(from("203.0.113.1")).status());
    }

    private static Request from(String address) {
        byte[] box = Addresses.parse("192.168.178.1");
        return new Request("GET", "/status", java.util.Map.of(), java.util.Map.of("host", "192.168.178.1"),
                new Client(Addresses.parse(address), box, 1), "");
    }

    @Test
    void aBodyArrivesToTheByteAndIsBounded() throws IOException {
        String body = "iptables -A INPUT -m comment --comment \"\u00e4\u00f6\" -j ACCEPT\n".repeat(50);
        int bytes = body.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: " + bytes + "\r\n\r\n" + body)
                .endsWith("{\"bytes\":" + bytes + "}"));
        assertStatus(413, send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 262145\r\n\r\n"));
        assertStatus(400, send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: abc\r\n\r\n"));
        assertStatus(411, send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN)
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    }

    @Test
    void aLongHeaderIsAnsweredOnceAndCut() throws IOException {
        String answer = send("GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "a".repeat(9000) + "\r\n\r\n");
        assertStatus(431, answer);
        assertEquals(answer.indexOf("HTTP/1.1"), answer.lastIndexOf("HTTP/1.1"));
    }

    @Test
    void aConnectionCarriesOneRequest() throws IOException {
        String answer = send("GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertEquals(answer.indexOf("HTTP/1.1"), answer.lastIndexOf("HTTP/1.1"));
    }

    @Test
    void idsAreHexDigitsAndDashesOnly() throws IOException {
        assertTrue(send("POST /confirm/1f-2a HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 0\r\n\r\n")
                .endsWith("{\"confirm\":\"1f-2a\"}"));
        assertStatus(404, send("POST /confirm/..%2f..%2fetc HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
        assertStatus(404, send("POST /confirm/1f;reboot HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
    }

    @Test
    void headHasNoBody() throws IOException {
        String answer = send("HEAD /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void aBugIsAnsweredAndTheDaemonLives() throws IOException {
        assertStatus(500, get("/findings", bearer(TOKEN)));
        assertStatus(204, get("/ok", ""));
    }

    @Test
    void aRulesetThatIsTooDeepIsAnsweredAndTheDaemonLives() throws IOException {
        assertStatus(503, get("/rules", bearer(TOKEN)));
        assertStatus(204, get("/ok", ""));
    }

    @Test
    void tokensAreComparedWhole() {
        assertTrue(Gate.sameText("abc", "abc"));
        assertFalse(Gate.sameText("abc", "abcabc"));
        assertFalse(Gate.sameText("abc", "ab"));
        assertFalse(Gate.sameText("abc", ""));
        assertFalse(Gate.sameText("abc", "abd"));
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private String get(String path, String headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\n" + (headers.contains("Host:") ? "" : "Host: 127.0.0.1:" + number + "\r\n")
                + headers + "\r\n");
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", number)) {
            socket.setSoTimeout(15000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    private static final class Echo implements Control {
        @Override
        public long uptimeMillis() {
            return 1;
        }

        @Override
        public Reply status(boolean withToken) {
            return Reply.json(200, "{\"long\":" + withToken + "}");
        }

        @Override
        public Reply facts() {
            return Reply.json(200, "{}");
        }

        @Override
        public Reply findings() {
            throw new IllegalStateException("a bug on purpose");
        }

        @Override
        public Reply explain(Request request) {
            return Reply.json(200, "{\"dst\":\"" + request.query().get("dst") + "\"}");
        }

        @Override
        public Reply exposure() {
            return Reply.json(200, "{}");
        }

        @Override
        public Reply diff() {
            return Reply.json(200, "{}");
        }

        @Override
        public Reply rules() {
            throw new StackOverflowError("on purpose");
        }

        @Override
        public Reply putRules(Request request) {
            return Reply.json(200, "{\"bytes\":" + request.body().length() + "}");
        }

        @Override
        public Reply apply(Request request) {
            return Reply.json(202, "{}");
        }

        @Override
        public Reply confirm(Request request, String id) {
            return Reply.json(200, "{\"confirm\":\"" + id + "\"}");
        }

        @Override
        public Reply revert(Request request, String id) {
            return Reply.json(200, "{}");
        }
    }
}
