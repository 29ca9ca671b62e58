package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;
import boxwall.sys.Sys;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the port over real sockets on loopback, with a handler that echoes the request. */
class PortTest {
    private static final String TOKEN = "0123456789abcdef";

    private Port port;
    private int number;
    private final TestPort.Events events = new TestPort.Events();
    private volatile String token = TOKEN;
    private volatile long now = 1;
    private volatile String page = "page";
    private final java.util.concurrent.atomic.AtomicInteger working = new java.util.concurrent.atomic.AtomicInteger();
    private final java.util.concurrent.CountDownLatch hanging = new java.util.concurrent.CountDownLatch(1);

    @BeforeEach
    void open() throws IOException {
        number = TestPort.unusedNumber();
        port = port();
        port.serve(new Echo());
        port.admit(accessControl());
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
    }

    private Port port() {
        Sys sys = new ClockAndToken(() -> now, () -> token);
        return new Port(number, sys, ClockAndToken.FILE, events);
    }

    @AfterEach
    void close() {
        hanging.countDown();
        port.close();
    }

    private AccessControl accessControl() { return new AccessControl(List.of("127.0.0.1", "fritz.box"), null, null); }

    @Test
    void connectionIsReleasedBeforeClientSeesEndOfReply() throws IOException {
        for (int i = 0; i < 2000; i++) {
            assertStatus(204, get("/ok", ""));
            assertEquals(0, port.dispatcher.limit.count(), "connections after the end of reply " + i);
        }
    }

    @Test
    void endedListenerIsOpenedAgain() throws IOException {
        assertTrue(port.isListening());
        port.listeners.values().forEach(Listener::stop);
        assertFalse(port.isListening());
        try (ServerSocket other = new ServerSocket(number, 1, InetAddress.getByName("127.0.0.1"))) {
            assertEquals(1, port.listen(port.addresses()).size(), () -> "the port is in use by " + other);
            assertFalse(port.isListening(), "the next call must try again");
        }
        assertEquals(List.of(), port.listen(port.addresses()));
        assertTrue(port.isListening());
        assertTrue(get("/ok", "").startsWith("HTTP/1.1 204 "));
    }

    @Test
    void okNeedsNoToken() throws IOException { assertTrue(get("/ok", "").startsWith("HTTP/1.1 204 ")); }

    /**
     * The port is open while the daemon is still being loaded: it accepts connections at once, and answers when the
     * daemon is ready.
     */
    @Test
    void requestBeforeDaemonIsReadyWaitsForIt() throws Exception {
        port.close();
        port = port();
        port.admit(accessControl());
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
        assertStatus(204, get("/ok", ""));
        assertStatus(401, get("/facts", ""));
        java.util.concurrent.FutureTask<String> early = new java.util.concurrent.FutureTask<>(() -> get("/status", ""));
        new Thread(early, "early request").start();
        while (port.dispatcher.limit.count() == 0 && !early.isDone()) {
            Thread.onSpinWait();
        }
        port.serve(new Echo());
        // without a reply the timeout of the socket ends the wait
        assertTrue(early.get().endsWith("{\"long\":false}\n"));
        // only here the clock of this test advances: if the daemon never starts, the reply is 503
        port.close();
        port = port();
        port.admit(accessControl());
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
        java.util.concurrent.FutureTask<String> unanswered =
                new java.util.concurrent.FutureTask<>(() -> get("/status", ""));
        new Thread(unanswered, "unanswered request").start();
        while (!unanswered.isDone()) {
            now += 61_000;
            Thread.sleep(10);
        }
        assertStatus(503, unanswered.get());
    }

    @Test
    void statusIsShortWithoutTokenAndLongWithToken() throws IOException {
        assertTrue(get("/status", "").endsWith("{\"long\":false}\n"));
        assertTrue(get("/status", bearer(TOKEN)).endsWith("{\"long\":true}\n"));
        assertTrue(get("/status", bearer(TOKEN + "x")).endsWith("{\"long\":false}\n"));
    }

    @Test
    void crossSiteNavigationIsAllowedToPageOnly() throws IOException {
        String link = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
        assertStatus(200, get("/", link));
        assertStatus(403, get("/", link.replace("document", "iframe")));
        assertStatus(403, get("/", link.replace("navigate", "cors")));
        assertStatus(403, get("/status", link));
    }

    @Test
    void requestIsCheckedForPathMethodHostAndTokenInThisOrder() throws IOException {
        assertStatus(404, get("/nothing", "Host: evil.example\r\n"));
        assertStatus(405, send("DELETE /status HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        assertStatus(403, send("GET /facts HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        String without = get("/facts", "Authorization: " + TOKEN + "\r\n");
        assertStatus(401, without);
        assertTrue(without.contains("send the header 'Authorization: Bearer TOKEN'"), without);
        String wrong = get("/facts", bearer("wrong"));
        assertStatus(401, wrong);
        assertTrue(wrong.contains("is not this box's"), wrong);
        assertStatus(200, get("/facts", bearer(TOKEN)));
    }

    @Test
    void replyToWrongMethodListsAllowedMethods() throws IOException {
        assertTrue(send("POST /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                .contains("\r\nAllow: GET, HEAD, PUT, DELETE\r\n"));
    }

    @Test
    void foreignHostOriginAndSiteAreRefused() throws IOException {
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
    void onlyAllowedNetworksAreAcceptedAndGuestsAreRefused() {
        Network lan = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.0"), 23);
        Network guest = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.179.0"), 24);
        AccessControl accessControl = new AccessControl(List.of("192.168.178.1"), lan, guest);
        assertEquals(null, accessControl.refuseSource(from("192.168.178.20")));
        assertEquals(403, accessControl.refuseSource(from("192.168.179.20")).status);
        assertEquals(403, accessControl.refuseSource(from("203.0.113.1")).status);
    }

    private static Request from(String address) {
        return TestRequest.of("GET", "/status", java.util.Map.of(), java.util.Map.of("host", "192.168.178.1"),
                new Client(Addresses.parse(address), 1), "");
    }

    @Test
    void bodyIsReceivedCompletelyAndSizeIsLimited() throws IOException {
        String body = "iptables -A INPUT -m comment --comment \"\u00e4\u00f6\" -j ACCEPT\n".repeat(50);
        int bytes = body.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: " + bytes
                + "\r\n\r\n" + body).endsWith("{\"bytes\":" + bytes + "}\n"));
        assertStatus(413,
                send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 262145\r\n\r\n"));
        assertStatus(400,
                send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: abc\r\n\r\n"));
        assertStatus(411, send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN)
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    }

    @Test
    void tooLongHeaderGetsOneReply() throws IOException {
        String answer = send("GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "a".repeat(9000) + "\r\n\r\n");
        assertStatus(431, answer);
        assertEquals(answer.indexOf("HTTP/1.1"), answer.lastIndexOf("HTTP/1.1"));
    }

    @Test
    void connectionHandlesOneRequest() throws IOException {
        String answer =
                send("GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertEquals(answer.indexOf("HTTP/1.1"), answer.lastIndexOf("HTTP/1.1"));
    }

    @Test
    void idMayContainOnlyHexDigitsAndDashes() throws IOException {
        assertTrue(send(
                "POST /confirm/1f-2a HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 0\r\n\r\n")
                .endsWith("{\"confirm\":\"1f-2a\"}\n"));
        assertStatus(404, send("POST /confirm/..%2f..%2fetc HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
        assertStatus(404, send("POST /confirm/1f;reboot HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
        String literal = send("POST /confirm/ID HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n");
        assertStatus(404, literal);
        assertTrue(literal.contains("for ID write the id that POST /apply answered"), literal);
    }

    @Test
    void replyToHeadHasNoBody() throws IOException {
        String answer = send("HEAD /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void exceptionInHandlerGivesServerErrorAndDaemonContinues() throws IOException {
        assertStatus(500, get("/findings", bearer(TOKEN)));
        assertStatus(204, get("/ok", ""));
    }

    @Test
    void stackOverflowInHandlerGives503AndDaemonContinues() throws IOException {
        assertStatus(503, get("/rules", bearer(TOKEN)));
        assertStatus(204, get("/ok", ""));
    }

    @Test
    void malformedRequestsGetCorrectStatus() throws IOException {
        String host = "Host: 127.0.0.1\r\n";
        assertStatus(400, send("nonsense\r\n\r\n"));
        assertStatus(400, send("GET ok HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(400, send("GET http://127.0.0.1/ok HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(505, send("GET /ok HTTP/2.0\r\n" + host + "\r\n"));
        assertStatus(400, send("GET /ok HTTP/1.1\r\n" + host + "no colon\r\n\r\n"));
        assertStatus(400, send("GET /ok HTTP/1.1\r\n" + host + " folded: x\r\n\r\n"));
        assertStatus(400, send("GET /ok HTTP/1.1\r\n" + host + host + "\r\n"));
        assertStatus(400, send("GET /%zz HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(400, send("GET /ok?a=1&a=2 HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(400, send("GET /ok HTTP/1.1\r\n" + host + "X: a\0b\r\n\r\n"));
        assertStatus(400, send("PUT /rules HTTP/1.1\r\n" + host + bearer(TOKEN) + "Content-Length: -1\r\n\r\n"));
        assertStatus(400, send("PUT /rules HTTP/1.1\r\n" + host + bearer(TOKEN)
                + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"));
        assertStatus(414, send("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(405, send("BREW /ok HTTP/1.1\r\n" + host + "\r\n"));
        assertStatus(204, send("\r\nGET /ok HTTP/1.0\n" + "Host: 127.0.0.1\n\n"));
        assertEquals("", send(""));
    }

    /** A mistyped or misplaced parameter would have no effect: the change would get another deadline than asked for. */
    @Test
    void unknownParameterAndParameterInBodyAreRefused() throws IOException {
        hanging.countDown();
        String post = "POST /apply%s HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN);
        assertStatus(202, send(post.formatted("?confirm=60&force=1&replace=1") + "\r\n"));
        String unknown = send(post.formatted("?confim=60") + "\r\n");
        assertStatus(400, unknown);
        assertTrue(unknown.contains("/apply takes confirm, force, replace, not confim"), unknown);
        String form = send(post.formatted("")
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\nconfirm=60");
        assertStatus(400, form);
        assertTrue(form.contains("/apply?confirm=N"), form);
        assertStatus(401, send("POST /apply?confim=60 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        // where no parameter has an effect, an unknown one has none either
        assertStatus(200, get("/?utm=1", ""));
        assertStatus(200, send(
                "POST /confirm/1?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 2\r\n\r\n{}"));
    }

    @Test
    void bodyOfOtherMediaTypeIsRefused() throws IOException {
        for (String type : List.of("multipart/form-data; boundary=x", "application/json", "image/png")) {
            assertStatus(415, put("Content-Type: " + type + "\r\n", "iptables"));
        }
        assertStatus(415, put("Content-Encoding: gzip\r\n", "iptables"));
        assertStatus(200, put("Content-Type: text/plain; charset=utf-8\r\n", "iptables"));
        assertStatus(200, put("Content-Type: application/x-www-form-urlencoded\r\n", "iptables -P INPUT DROP\n"));
    }

    /**
     * curl -d removes the line ends of a file; {@code --data-binary} declares a form too, but sends the file unchanged.
     */
    @Test
    void formAndTextWithoutLineEndsAreRefusedWithRemedy() throws IOException {
        String file =
                "# my rules\niptables -P INPUT DROP\niptables -A INPUT -i lan -m comment --comment \"as iptables -L shows\" -j ACCEPT\ninclude lan-admin\n";
        String form = "Content-Type: application/x-www-form-urlencoded\r\n";
        assertStatus(200, put(form, file));
        for (String type : List.of(form, "", "Content-Type: text/plain\r\n")) {
            for (String lost : List.of(file, file.substring(file.indexOf('\n') + 1),
                    "*filter\n:INPUT DROP [0:0]\nCOMMIT\n",
                    "LAN=10.0.0.0/8\n/sbin/iptables -P INPUT DROP\n" + "/sbin/iptables -A INPUT -s $LAN -j ACCEPT\n",
                    "modprobe x\r\nip6tables -P INPUT DROP\r\n")) {
                String answer = put(type, lost.replace("\n", "").replace("\r", ""));
                assertStatus(415, answer);
                assertTrue(answer.contains("line ends are gone") && answer.contains("-T FILE or --data-binary"),
                        answer);
            }
            for (String single : List.of("iptables -P INPUT DROP", "/sbin/iptables -P INPUT DROP",
                    "iptables -A INPUT -m comment --comment 'iptables -L' -j DROP", "include lan-admin")) {
                assertStatus(200, put(type, single));
            }
        }
        assertStatus(415, put(form, "# a comment, and then rules that nobody sees: include lan-admin"));
        for (String fields : List.of("rules=iptables+-P+INPUT+DROP%0A",
                "iptables%20-P%20INPUT%20DROP%0Aiptables%20-A%20INPUT", "a=1&b=2")) {
            String answer = put(form, fields);
            assertStatus(415, answer);
            assertTrue(answer.contains("a form") && answer.contains("-T FILE or --data-binary"), answer);
        }
    }

    private String put(String headers, String body) throws IOException {
        return send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    @Test
    void refusalIsSentWhileBodyIsStillBeingSent() throws IOException {
        assertStatus(413, put("", "x".repeat(300_000)));
        assertStatus(401,
                send("PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000)));
        assertStatus(400, sendAndEnd(
                "PUT /rules HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "Content-Length: 200\r\n\r\nshort"));
    }

    @Test
    void expect100ContinueIsAnswered() throws IOException {
        String answer = put("Expect: 100-continue\r\n", "iptables");
        assertTrue(answer.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "), answer);
    }

    @Test
    void repliesHaveSecurityHeadersAndNoToken() throws IOException {
        for (String answer : List.of(get("/status", ""), get("/nothing", ""), get("/facts", ""))) {
            for (String header : List.of("Cache-Control: no-store", "X-Content-Type-Options: nosniff",
                    "Content-Security-Policy: default-src 'none'")) {
                assertTrue(answer.contains("\r\n" + header), answer);
            }
            assertFalse(answer.contains("Access-Control"), answer);
            assertFalse(answer.contains(TOKEN), answer);
        }
    }

    @Test
    void fiveWrongTokensBlockAllButConfirmAndRevertForOneMinute() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertStatus(401, get("/facts", bearer("wrong" + i)));
        }
        String refused = get("/facts", bearer(TOKEN));
        assertStatus(429, refused);
        assertTrue(refused.contains("\r\nRetry-After: "), refused);
        assertTrue(get("/status", bearer(TOKEN)).endsWith("{\"long\":false}\n"), "further tokens are not checked");
        assertStatus(204, get("/ok", ""));
        assertStatus(200, post("/confirm/1a", bearer(TOKEN)));
        assertStatus(200, send("DELETE /apply/1a HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
        assertStatus(429, post("/confirm/1a", bearer("wrong")));
        now += 61_000;
        assertStatus(200, get("/facts", bearer(TOKEN)));
        assertEquals(List.of("wrong tokens from 127.0.0.1: refused for a minute"), events.all,
                "the log contains no token");
    }

    private String post(String path, String headers) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "Content-Length: 0\r\n\r\n");
    }

    @Test
    void newTokenReplacesOldOneImmediately() throws IOException {
        assertStatus(200, get("/facts", bearer(TOKEN)));
        token = "fedcba9876543210";
        assertStatus(401, get("/facts", bearer(TOKEN)));
        assertStatus(200, get("/facts", bearer("fedcba9876543210")));
        token = null;
        assertStatus(401, get("/facts", bearer("fedcba9876543210")));
        assertStatus(401, get("/facts", bearer("")));
    }

    @Test
    void outOfMemoryInHandlerGives503AndDaemonContinues() throws IOException {
        assertStatus(503, get("/counters", bearer(TOKEN)));
        assertStatus(204, get("/ok", ""));
    }

    /** Opens silent connections one after the other, so that the port knows their order. */
    private void openSilent(List<Socket> sockets, int client, int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            int before = port.dispatcher.limit.count();
            sockets.add(from(client));
            waitFor(() -> port.dispatcher.limit.count() == before + 1);
        }
    }

    @Test
    void clientAtLimitDisplacesItsOldestSilentConnection() throws IOException, InterruptedException {
        port.dispatcher.limit.crowdedSeconds = 100_000;
        List<Socket> silent = new java.util.ArrayList<>();
        try {
            openSilent(silent, 3, 1);
            openSilent(silent, 2, 4);
            try (Socket fifth = from(2)) {
                assertEquals(-1, silent.get(1).getInputStream().read(), "the oldest of this client was not closed");
                assertStatus(204, answer(fifth, "GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            }
            waitFor(() -> port.dispatcher.limit.count() == 4);
            // the other connections, as many as the client may have, are still open and answered
            assertStatus(204, answer(silent.get(0), "GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            assertStatus(204, answer(silent.get(4), "GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        } finally {
            close(silent);
        }
        waitFor(() -> port.dispatcher.limit.count() == 0);
    }

    @Test
    void newClientDisplacesOldestSilentConnectionIfAllAreInUse() throws IOException, InterruptedException {
        port.dispatcher.limit.crowdedSeconds = 100_000;
        List<Socket> silent = new java.util.ArrayList<>();
        try {
            openSilent(silent, 3, 3);
            openSilent(silent, 2, 4);
            try (Socket eighth = from(4)) {
                assertEquals(-1, silent.get(0).getInputStream().read(), "the oldest of all was not closed");
                assertStatus(204, answer(eighth, "GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            }
        } finally {
            close(silent);
        }
        waitFor(() -> port.dispatcher.limit.count() == 0);
    }

    @Test
    void headTimeoutIsOneSecondIfAllConnectionsAreInUse() throws IOException, InterruptedException {
        List<Socket> silent = new java.util.ArrayList<>();
        long start = System.nanoTime();
        try {
            openSilent(silent, 3, 3);
            openSilent(silent, 2, 4);
            // only one is closed: then the others have ten seconds again
            waitFor(() -> port.dispatcher.limit.count() < 7);
            double seconds = (System.nanoTime() - start) / 1e9;
            assertTrue(seconds > 0.9 && seconds < 9, "cut after " + seconds + " s instead of 1 s");
        } finally {
            close(silent);
        }
    }

    /** Opens connections with a request that the daemon processes, from a client with the token. */
    private void openWorking(List<Socket> sockets, int client, int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            int before = working.get();
            sockets.add(from(client));
            sockets.get(sockets.size() - 1).getOutputStream()
                    .write(("POST /apply HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n").getBytes());
            waitFor(() -> working.get() == before + 1);
        }
    }

    @Test
    void eachClientHasExtraConnectionForShortRequestsIfAllAreWorking() throws IOException, InterruptedException {
        port.dispatcher.limit.crowdedSeconds = 100_000;
        List<Socket> sockets = new java.util.ArrayList<>();
        try {
            openWorking(sockets, 2, 4);
            openWorking(sockets, 3, 3);
            for (int client = 2; client < 5; client++) {
                for (String request : List.of("POST /confirm/1a", "DELETE /apply/1a", "GET /status")) {
                    try (Socket more = from(client)) {
                        assertStatus(200,
                                answer(more, request + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
                    }
                    waitFor(() -> port.dispatcher.limit.count() == 7);
                }
                try (Socket more = from(client)) {
                    assertStatus(429,
                            answer(more, "GET /facts HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
                }
                waitFor(() -> port.dispatcher.limit.count() == 7);
            }
            // a silent extra connection blocks no other client, and not its own
            openSilent(sockets, 4, 1);
            for (int client = 4; client < 6; client++) {
                try (Socket more = from(client)) {
                    assertStatus(200,
                            answer(more, "POST /confirm/1a HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
                }
            }
            hanging.countDown();
            for (Socket socket : sockets.subList(0, 7)) {
                assertStatus(202, answer(socket, ""));
            }
        } finally {
            close(sockets);
        }
    }

    @Test
    void clientsThatDoNotReadRepliesBlockNobody() throws IOException, InterruptedException {
        page = "x".repeat(8 << 20);
        List<Socket> nonReading = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < 7; i++) {
                int before = port.dispatcher.limit.count();
                nonReading.add(from(2 + i / 4));
                nonReading.get(i).getOutputStream().write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes());
                waitFor(() -> port.dispatcher.limit.count() == before + 1);
                assertEquals('H', nonReading.get(i).getInputStream().read(), "the reply has started");
            }
            try (Socket eighth = from(4)) {
                assertStatus(200,
                        answer(eighth, "GET /facts HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n"));
            }
        } finally {
            close(nonReading);
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void slowAndSilentConnectionsAreClosedAfterTenSeconds() throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (Socket silent = from(2); Socket slow = from(3); Socket nonReading = from(4)) {
            nonReading.getOutputStream()
                    .write(("GET /log HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n").getBytes());
            Thread slowSender = new Thread(() -> {
                try {
                    for (byte b : ("GET /ok HTTP/1.1\r\nX: " + "y".repeat(200)).getBytes()) {
                        slow.getOutputStream().write(b);
                        Thread.sleep(100);
                    }
                } catch (IOException | InterruptedException e) {
                    return;
                }
            });
            slowSender.start();
            assertStatus(408, answer(silent, ""));
            assertStatus(408, answer(slow, ""));
            double seconds = (System.nanoTime() - start) / 1e9;
            assertTrue(seconds > 9 && seconds < 13, "cut after " + seconds + " s");
            waitFor(() -> port.dispatcher.limit.count() == 0);
            slowSender.join();
        }
    }

    @Test
    void confirmIsAnsweredDuringHangingApply() throws IOException, InterruptedException {
        try (Socket hanging = new Socket("127.0.0.1", number)) {
            hanging.getOutputStream()
                    .write(("POST /apply HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(TOKEN) + "\r\n").getBytes());
            waitFor(() -> port.dispatcher.limit.count() == 1);
            assertStatus(200, post("/confirm/1a", bearer(TOKEN)));
            this.hanging.countDown();
            assertStatus(202, answer(hanging, ""));
        }
    }

    /** A connection from 127.0.0.N: a separate client. */
    private Socket from(int n) throws IOException {
        Socket socket = new Socket(java.net.InetAddress.getByName("127.0.0.1"), number,
                java.net.InetAddress.getByName("127.0.0." + n), 0);
        socket.setSoTimeout(20000);
        return socket;
    }

    private static String answer(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void waitFor(java.util.function.BooleanSupplier what) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!what.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 20 s");
            Thread.sleep(10); // polling interval; the limit is above
        }
    }

    private String sendAndEnd(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", number)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tokenComparisonReadsAllCharacters() {
        assertTrue(AccessControl.sameText("abc", "abc"));
        String token = "0123456789abcdef0123456789abcdef";
        int[] all = comparedCharacters(token, token);
        for (int wrong = 0; wrong < token.length(); wrong++) {
            String other = token.substring(0, wrong) + "x" + token.substring(wrong + 1);
            assertFalse(AccessControl.sameText(token, other));
            assertArrayEquals(all, comparedCharacters(token, other),
                    "the number of compared characters depends on the first wrong one: " + wrong);
        }
        assertFalse(AccessControl.sameText("abc", "abcabc"));
        assertFalse(AccessControl.sameText("abc", "ab"));
        assertFalse(AccessControl.sameText("abc", ""));
        assertFalse(AccessControl.sameText("abc", "abd"));
    }

    private static String bearer(String token) { return "Authorization: Bearer " + token + "\r\n"; }

    private String get(String path, String headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\n"
                + (headers.contains("Host:") ? "" : "Host: 127.0.0.1:" + number + "\r\n") + headers + "\r\n");
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", number)) {
            socket.setSoTimeout(15000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            if (request.isEmpty()) { socket.shutdownOutput(); }
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    private final class Echo implements Handler {
        @Override
        public Reply answer(Route route, Request request, boolean withToken) {
            switch (route) {
                case PAGE :
                    return Reply.bytes("text/html; charset=utf-8", Words.utf8(page + "\n"));
                case STATUS :
                    return Reply.json(200, "{\"long\":" + withToken + "}");
                case FINDINGS :
                    throw new IllegalStateException("a bug on purpose");
                case EXPLAIN :
                    return Reply.json(200, "{\"dst\":\"" + request.query.get("dst") + "\"}");
                case RULES :
                    throw new StackOverflowError("on purpose");
                case PUT_RULES :
                    return Reply.json(200, "{\"bytes\":" + request.body.length() + "}");
                case APPLY :
                    working.incrementAndGet();
                    try {
                        hanging.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return Reply.json(202, "{}");
                case CONFIRM :
                    return Reply.json(200, "{\"confirm\":\"" + route.id(request) + "\"}");
                case COUNTERS :
                    throw new OutOfMemoryError("on purpose");
                case LOG :
                    return Reply.json(200, "{\"big\":\"" + "x".repeat(8 << 20) + "\"}");
                case METRICS :
                    return Reply.bytes("text/plain", new byte[0]);
                case RECORD :
                    return Reply.bytes("application/x-tar", new byte[0]);
                default :
                    return Reply.json(200, "{}");
            }
        }
    }

    /** The number of characters of the secret and of the given text that a comparison reads. */
    private static int[] comparedCharacters(String secret, String given) {
        int[] counts = new int[2];
        AccessControl.sameText(counted(secret, counts, 0), counted(given, counts, 1));
        return counts;
    }

    private static CharSequence counted(String text, int[] counts, int which) {
        return (CharSequence) java.lang.reflect.Proxy.newProxyInstance(PortTest.class.getClassLoader(),
                new Class<?>[] {CharSequence.class}, (proxy, method, arguments) -> {
                    counts[which] += method.getName().equals("charAt") ? 1 : 0;
                    return method.invoke(text, arguments);
                });
    }
}
