package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
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
 * Limits the programs that the daemon starts (each takes a box some hundredths of a second, on JamVM far more), and the
 * bytes that a frequent request allocates in its small heap. Runs the whole daemon except its port, on a box that
 * counts the programs.
 */
class ExecBudgetTest {
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n";

    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private final Config config = Config.parse(null, Map.of("BOXWALL_SYSLOG", "no"));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Daemon daemon = new Daemon(sys, config, new PrintStream(log, true));
    private Api api;
    private BoxState box;

    /** A daemon that has read its box once and compared its rules. */
    @BeforeEach
    void start() {
        String table = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        sys.booted("", table, table);
        api = daemon.api(5000);
        box = api.box;
        daemon.watch.compare(box.box());
        assertEquals(List.of("probe"), sys.verbs);
        sys.verbs.clear();
        advanceClock();
    }

    /** Advances the clock so far that no earlier reading counts as fresh. */
    private void advanceClock() {
        sys.uptimeMillis += 10 * BoxState.SHARED_MILLIS;
    }

    private Request request(String method, String path, Map<String, String> query, String body) {
        advanceClock();
        return TestRequest.fromLan(method, path, query, body, sys.uptimeMillis);
    }

    /** While a slow box is read for the first time, the short status reports what is known so far, with a note. */
    @Test
    void shortStatusDoesNotWaitForFirstReading() {
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
     * The guard restores old rules without the daemon, and a slow box is read for minutes: the status must not report
     * the number of the removed rules.
     */
    @Test
    void shortStatusCountsLiveRulesRightAfterRollback() {
        api.answer(Route.PUT_RULES,
                request("PUT", "/rules", Map.of(), RULES + "iptables -A INPUT -p tcp --dport 7 -j DROP\n"), true);
        api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        assertTrue(body(api.answer(Route.STATUS, null, false)).contains("\"rules\":{\"ipv4\":3,"),
                "rules of the pending change");
        sys.verbs.clear();
        sys.run(List.of("boxwall-apply", "revert", "t1"), "", 1);
        // the real boxwall-apply writes the restored rules there
        sys.files.put(FakeBox.RUN + "/live/4.filter", "-A INPUT -i lo -j ACCEPT\n");
        String status = body(api.answer(Route.STATUS, null, false));
        assertTrue(status.startsWith("{\"state\":\"active\",\"rules\":{\"ipv4\":1,"), status);
        assertEquals(List.of("revert t1"), sys.verbs, "the status reads nothing");
    }

    private static String body(Reply reply) { return new String(reply.body, java.nio.charset.StandardCharsets.UTF_8); }

    /** An hour of the watch without changes and without drift checks. */
    @Test
    void idleWatchStartsNoProgram() {
        for (int round = 0; round < 720; round++) {
            sys.uptimeMillis += 5000;
            daemon.watch.readOutcome();
            if (round == 700 && Budgets.isBroken("idle.execs")) { box.read(); }
        }
        Budgets.hold("idle.execs", sys.verbs.size());
    }

    @Test
    void driftCheckIsOneProbe() {
        daemon.watch.compare(null);
        if (Budgets.isBroken("drift.execs")) { daemon.watch.compare(null); }
        assertEquals(List.of(), daemon.watch.findings);
        Budgets.hold("drift.execs", sys.verbs.size());
        sys.verbs.clear();
        assertTrue(daemon.watch.isUnchanged());
        assertEquals(List.of("probe drift"), sys.verbs);
    }

    @Test
    void statusStartsNoProgram() {
        for (boolean token : new boolean[] {false, true}) {
            advanceClock();
            assertEquals(200, api.answer(Route.STATUS, null, token).status);
        }
        if (Budgets.isBroken("status.execs")) { box.live(); }
        Budgets.hold("status.execs", sys.verbs.size());
    }

    @Test
    void applyStartsAtMostTwoPrograms() {
        assertEquals(200, api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true).status);
        assertEquals(List.of(), sys.verbs, "a candidate is checked from memory");
        Reply applied =
                api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        assertEquals(202, applied.status, () -> log.toString());
        if (Budgets.isBroken("apply.execs")) { box.readTables(); }
        assertEquals(1, sys.verbs.stream().filter(verb -> verb.startsWith("try ")).count(),
                "one program applies the change");
        Budgets.hold("apply.execs", sys.verbs.size());
    }

    /**
     * The rules that boxwall-apply read back are the result; the whole box is read only if modules or addresses
     * changed.
     */
    @Test
    void applyReadsWholeBoxOnlyAfterChangeOfModulesOrAddresses() {
        assertEquals(List.of("probe addresses"), probesOfApply());
        sys.files.put("/proc/modules", sys.files.get("/proc/modules") + "xt_new 16384 0 - Live 0x00000000\n");
        assertEquals(List.of("probe addresses", "probe"), probesOfApply());
        assertEquals(List.of("probe addresses"), probesOfApply());
        sys.commands.replaceAll((name, text) -> text.replace("192.168.178.1 ", "192.168.178.9 ")
                .replace("192.168.178.1/", "192.168.178.9/"));
        assertEquals(List.of("probe addresses", "probe"), probesOfApply());
    }

    /** The probes of one apply, which is then reverted. */
    private List<String> probesOfApply() {
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
    void confirmStartsOneProgram() {
        api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true);
        api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        sys.verbs.clear();
        assertEquals(200, api.answer(Route.CONFIRM, request("POST", "/confirm/t1", Map.of(), ""), true).status,
                () -> log.toString());
        if (Budgets.isBroken("confirm.execs")) { box.readTables(); }
        Budgets.hold("confirm.execs", sys.verbs.size());
        assertEquals(204, api.answer(Route.RULES, request("GET", "/rules", Map.of("draft", "1"), ""), true).status,
                "the confirmed text is no draft");
    }

    /** A draft that was sent while a change was pending is not the confirmed text. */
    @Test
    void confirmKeepsLaterDraft() {
        api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true);
        api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
        String later = RULES + "# later\n";
        api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), later), true);
        assertEquals(200, api.answer(Route.CONFIRM, request("POST", "/confirm/t1", Map.of(), ""), true).status,
                () -> log.toString());
        assertEquals(later, body(api.answer(Route.RULES, request("GET", "/rules", Map.of("draft", "1"), ""), true)));
    }

    /**
     * The minimum of 20 rounds: the first rounds create objects that are kept, and the JIT compiler only adds
     * allocations.
     */
    @Test
    void statusBytesStayWithinBudget() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long smallest = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            Reply reply = api.answer(Route.STATUS, null, false);
            if (Budgets.isBroken("status.bytes")) { api.answer(Route.STATUS, null, true); }
            smallest = Math.min(smallest, threads.getCurrentThreadAllocatedBytes() - before);
            assertTrue(reply.status == 200 && smallest > 0);
        }
        Budgets.hold("status.bytes", smallest);
    }
}
