package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
import boxwall.http.Client;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The programs that the daemon starts for what it does: each takes a box some hundredths of a second, on JamVM far
 * more; and the bytes that an often asked question costs its small heap. The whole daemon but for its port, on a box
 * that counts.
 */
class ExecBudgetTest {
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n";
    private static final byte[] PC = {(byte) 192, (byte) 168, (byte) 178, 20};

    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private final Config config = Config.parse(null, Map.of("BOXWALL_SYSLOG", "no"));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Daemon daemon = new Daemon(sys, config, new PrintStream(log, true));
    private Api api;
    private BoxState box;

    /** A daemon that has read its box once and looked at its rules. */
    @BeforeEach
    void start() {
        String table = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        sys.booted("", table, table);
        api = daemon.api(5000);
        box = api.box;
        daemon.watch.compare(box.box());
        assertEquals(List.of("probe"), sys.verbs);
        sys.verbs.clear();
        later();
    }

    /** So long after the last reading that nothing of it counts as new. */
    private void later() {
        sys.uptimeMillis += 10 * BoxState.SHARED_MILLIS;
    }

    private Request request(String method, String path, Map<String, String> query, String body) {
        later();
        return TestRequest.of(method, path, query, Map.of(), new Client(PC, sys.uptimeMillis), body);
    }

    /** Whoever asks in the seconds in which a slow box is read gets what is known without it, and is told so. */
    @Test
    void theShortStatusDoesNotWaitForTheFirstReading() {
        String table = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\nCOMMIT\n";
        sys.booted("", table, "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
        Api fresh = new Daemon(sys, config, new PrintStream(log, true)).api(5000);
        String unread = body(fresh.answer(Route.STATUS, null, false));
        assertTrue(unread.startsWith("{\"state\":\"active\",\"rules\":{\"ipv4\":2,\"ipv6\":0}"), unread);
        assertTrue(unread.contains("[{\"code\":\"box-unread\",\"severity\":\"note\"}]"), unread);
        assertEquals(List.of(), sys.verbs);
        String whole = body(fresh.answer(Route.STATUS, null, true));
        assertTrue(whole.contains("\"facts\":{\"kernel\"") && !whole.contains("box-unread"), whole);
        assertEquals(List.of("probe"), sys.verbs);
        assertTrue(!body(fresh.answer(Route.STATUS, null, false)).contains("box-unread"));
    }

    /**
     * A guard puts old rules back without the daemon, and a slow box is read for minutes: nobody is told the number of
     * the rules that are gone.
     */
    @Test
    void theShortStatusCountsWhatIsLiveAsSoonAsAChangeIsGone() {
        api.answer(Route.PUT_RULES,
                request("PUT", "/rules", Map.of(), RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n"), true);
        api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        assertTrue(body(api.answer(Route.STATUS, null, false)).contains("\"rules\":{\"ipv4\":3,"), "tried");
        sys.verbs.clear();
        sys.run(List.of("boxwall-apply", "revert", "t1"), "", 1);
        // the real one leaves there what it put back
        sys.files.put(FakeBox.RUN + "/live/4.filter", "-A INPUT -i lo -j ACCEPT\n");
        String status = body(api.answer(Route.STATUS, null, false));
        assertTrue(status.startsWith("{\"state\":\"active\",\"rules\":{\"ipv4\":1,"), status);
        assertEquals(List.of("revert t1"), sys.verbs, "nothing is read for it");
    }

    private static String body(Reply reply) { return new String(reply.body, java.nio.charset.StandardCharsets.UTF_8); }

    /** What the watch does as long as nothing has happened, an hour of it but for the drift checks. */
    @Test
    void idle() {
        for (int round = 0; round < 720; round++) {
            sys.uptimeMillis += 5000;
            daemon.watch.readOutcome();
            if (round == 700 && Budgets.isBroken("idle.execs")) { box.read(); }
        }
        Budgets.hold("idle.execs", sys.verbs.size());
    }

    @Test
    void drift() {
        daemon.watch.compare(null);
        if (Budgets.isBroken("drift.execs")) { daemon.watch.compare(null); }
        assertEquals(List.of(), daemon.watch.findings);
        Budgets.hold("drift.execs", sys.verbs.size());
        sys.verbs.clear();
        assertTrue(daemon.watch.isUnchanged());
        assertEquals(List.of("probe drift"), sys.verbs);
    }

    @Test
    void status() {
        for (boolean token : new boolean[] {false, true}) {
            later();
            assertEquals(200, api.answer(Route.STATUS, null, token).status);
        }
        if (Budgets.isBroken("status.execs")) { box.live(); }
        Budgets.hold("status.execs", sys.verbs.size());
    }

    @Test
    void apply() {
        assertEquals(200, api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true).status);
        assertEquals(List.of(), sys.verbs, "a candidate is checked from memory");
        Reply applied =
                api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        assertEquals(202, applied.status, () -> log.toString());
        if (Budgets.isBroken("apply.execs")) { box.readTables(); }
        assertEquals(1, sys.verbs.stream().filter(verb -> verb.startsWith("try ")).count(),
                "one program makes the change");
        Budgets.hold("apply.execs", sys.verbs.size());
    }

    /** What boxwall-apply read back is the result; a whole reading is for a box whose modules or addresses changed. */
    @Test
    void anApplyReadsTheWholeBoxOnlyForOtherModulesOrAddresses() {
        assertEquals(List.of("probe addresses"), readForAnApply());
        sys.files.put("/proc/modules", sys.files.get("/proc/modules") + "xt_new 16384 0 - Live 0x00000000\n");
        assertEquals(List.of("probe addresses", "probe"), readForAnApply());
        assertEquals(List.of("probe addresses"), readForAnApply());
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.1 ", "192.168.178.9 ")
                .replace("192.168.178.1/", "192.168.178.9/"));
        assertEquals(List.of("probe addresses", "probe"), readForAnApply());
    }

    /** The probes of one apply, which is reverted after it. */
    private List<String> readForAnApply() {
        api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true);
        sys.verbs.clear();
        Reply applied =
                api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        assertEquals(202, applied.status, () -> log.toString());
        List<String> probes = sys.verbs.stream().filter(verb -> verb.startsWith("probe")).toList();
        sys.run(List.of("boxwall-apply", "revert", "--now"), "", 1);
        return probes;
    }

    @Test
    void confirm() {
        api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true);
        api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        sys.verbs.clear();
        assertEquals(200, api.answer(Route.CONFIRM, request("POST", "/confirm/t1", Map.of(), ""), true).status,
                () -> log.toString());
        if (Budgets.isBroken("confirm.execs")) { box.readTables(); }
        Budgets.hold("confirm.execs", sys.verbs.size());
    }

    /**
     * After some rounds, so that what is made once is made; the least of some, as a compiler at work only ever
     * allocates more.
     */
    @Test
    void statusBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            Reply reply = api.answer(Route.STATUS, null, false);
            if (Budgets.isBroken("status.bytes")) { api.answer(Route.STATUS, null, true); }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertTrue(reply.status == 200 && least > 0);
        }
        Budgets.hold("status.bytes", least);
    }
}
