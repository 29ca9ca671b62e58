package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Keys;
import boxwall.http.AccessControl;
import boxwall.sys.EventLog;
import boxwall.http.Port;
import boxwall.http.TestPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * No request with the token gives a server error ("a bug in boxwall"): random requests of valid words in the wrong
 * order and number.
 */
class NoServerErrorTest {
    private static final int REQUESTS = Boolean.getBoolean("boxwall.long") ? 20_000 : 1_000;
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n"
                    + "iptables -A FORWARD -p tcp --dport 80 -j DROP\nip6tables -P INPUT DROP\nip6tables -A INPUT -i $LAN_IF -j ACCEPT\n";
    private static final String[] VALUES = {"", ",", ",,", "-", "/", ":", "::", ":::", "lan", "dsl", "guest", "wan",
            "lo", "in", "0", "1", "-1", "00", "65535", "65536", "99999999999999999999", "1.2.3.4", "1.2.3.4/", "/24",
            "1.2.3.4/33", "1.2.3.4/24", "1.2.3", "1.2.3.4-1.2.3.9", "1.2.3.9-1.2.3.4", "::/0", "::1", "fe80::1%lan",
            "2001:db8::/129", "tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "256", "SYN", "SYN,ACK", "NONE", "ALL", "8",
            "8/0", "8/", "8/0/0", "echo-request", "NEW", "ESTABLISHED", "new", "yes", "no", "0x", "0x1", "0x1/0x2",
            "80-", "-80", "80-70", "80:90", "1-65535", "00:11:22:33:44:55", "00:11", "ipv4", "ipv6", "4", "6", "INPUT",
            "OUTPUT", "PREROUTING", "flush", "*", "$LAN_IF", "%", "\u0000", "\u00ff", " ", "+", "'", "\"",
            "x".repeat(300)};
    private static final String[] PATHS = {"GET /", "GET /status", "GET /facts", "GET /findings", "GET /counters",
            "GET /log", "GET /metrics", "GET /exposure", "GET /diff", "GET /rules", "GET /rules", "DELETE /rules",
            "GET /presets", "GET /history", "GET /openapi.json", "POST /apply", "POST /confirm/1-a",
            "DELETE /apply/1-a", "POST /history/1", "POST /history/9", "POST /record"};
    private static final String[] KEYS =
            {"lines", "samples", "confirm", "force", "replace", "state", "seconds", "draft", "x", ""};
    private static final String[] WORDS = {"iptables", "ip6tables", "ip46tables", "iptables-restore", "-t", "nat",
            "filter", "-A", "-I", "-N", "-P", "-i-lan", "INPUT", "OUTPUT", "X", "!", "-s", "-d", "A,B", "1.2.3.4",
            "0/0", "::/0", "-p", "tcp", "icmp", "--dport", "80", "1:2", "-m", "state", "--state", "NEW", "multiport",
            "--dports", "1,2", "limit", "--limit", "1/s", "-j", "ACCEPT", "DROP", "LOG", "--log-prefix", "x", "-g",
            "-i", "$LAN_IF", "${WAN_IF", "-o", "lo", "include", "lan-admin", "LAN=lan", "expect", "in=lan", "dst=",
            "keep", "own", "modprobe", "*filter", "*filter6", ":INPUT", "[0:0]", "COMMIT", "[1:2]", "\"", "'", "\\",
            "\\\n", "#", ";", "&&", "$(", ")", "`", "if", "then", "fi", "for", "in", "do", "done", "case", "esac", "{",
            "}", "<<E", "E", "f()", "$1", "${x#y}", "\n", "\n", "\n", "\t", "\u0000", "\u00e4"};

    private final List<String> bugs = new CopyOnWriteArrayList<>();
    private final FakeBox box = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private Port port;
    private int number;

    @BeforeEach
    void open() throws IOException {
        number = TestPort.unusedNumber();
        port = new Port(number, box, "/token", new EventLog(null, null, null) {
            @Override
            public void event(String words) { return; }

            @Override
            public void bug(Throwable bug) {
                List<String> trace = new ArrayList<>(List.of(bug.toString()));
                for (StackTraceElement element : bug.getStackTrace()) {
                    trace.add(element.toString());
                }
                bugs.add(String.join("\n  ", trace.subList(0, Math.min(6, trace.size()))));
            }
        });
        box.booted("", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n",
                "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
        box.files.put(FakeBox.STATE + "/rules", RULES);
        box.files.put("/token", "t\n");
        port.serve(new Daemon(box, Config.parse(null, Map.of("BOXWALL_SYSLOG", "no")),
                new PrintStream(new ByteArrayOutputStream(), true)).api(5000));
        port.admit(new AccessControl(List.of("127.0.0.1"), null, null));
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
    }

    @AfterEach
    void close() { port.close(); }

    private static <T> T one(Random random, T[] of) { return of[random.nextInt(of.length)]; }

    private static String value(Random random) {
        StringBuilder value = new StringBuilder(one(random, VALUES));
        while (random.nextInt(3) == 0) {
            value.append(one(random, new String[] {",", "-", "/", ":", ""})).append(one(random, VALUES));
        }
        return value.toString();
    }

    private static String query(Random random, String[] names, int max) {
        StringBuilder query = new StringBuilder();
        List<String> seen = new ArrayList<>();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            String name = one(random, names);
            if (!seen.contains(name)) {
                seen.add(name);
                query.append(query.length() == 0 ? "?" : "&").append(name).append('=')
                        .append(URLEncoder.encode(value(random), StandardCharsets.ISO_8859_1));
            }
        }
        return query.toString();
    }

    private static String body(Random random) {
        StringBuilder body = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            body.append(one(random, WORDS)).append(random.nextInt(9) == 0 ? "" : " ");
        }
        return body.append('\n').toString();
    }

    private void assertNoServerError(String request, String body, String seed) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", number)) {
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 ") && !answer.startsWith("HTTP/1.1 500"),
                    () -> seed + ": " + request + "\n" + body + "\n" + answer + bugs);
        }
        assertEquals(List.of(), bugs, () -> seed + ": " + request + "\n" + body);
        box.uptimeMillis += 10_000;
    }

    @Test
    void randomQueryGivesNoServerError() throws IOException {
        Random random = seeded();
        assertNoServerError("GET /explain?in=,", "", "");
        String[] keys = Keys.NAMES.toArray(new String[0]);
        for (int i = 0; i < REQUESTS; i++) {
            assertNoServerError("GET /explain" + query(random, keys, 6), "", seed);
            if (i % 4 == 0) { assertNoServerError(one(random, PATHS) + query(random, KEYS, 3), "", seed); }
        }
    }

    @Test
    void randomBodyGivesNoServerError() throws IOException {
        Random random = seeded();
        for (int i = 0; i < REQUESTS; i++) {
            assertNoServerError(random.nextBoolean() ? "PUT /rules" : "POST /import", body(random), seed);
        }
    }

    private String seed;

    private Random seeded() {
        long number = Long.getLong("boxwall.seed", System.nanoTime());
        seed = "seed " + number;
        System.out.println("requests without a server error, " + seed);
        return new Random(number);
    }
}
