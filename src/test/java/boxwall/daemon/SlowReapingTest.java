package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import boxwall.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * GNU Classpath's waitFor() takes a second for each program, however short. On such a box an apply still takes less
 * than three seconds: the output of a program shows whether it succeeded, and its status is read only if it failed.
 * Times are those of the simulated clock of the box.
 */
class SlowReapingTest {
    private static final int REAPING_MILLIS = 1000;
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n";

    private final FakeBox box = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private int waits;
    /** Runs when the rules of a try are live and its id can be read, but the daemon does not know its end yet. */
    private Runnable beforeTryEnds = () -> {};
    /** A Sys as of such a JVM. */
    private final Sys slow = new Sys() {
        @Override
        public CommandResult run(List<String> command, String stdin, int limitSeconds) {
            CommandResult quick = box.run(command, stdin, limitSeconds);
            if (command.get(1).equals("try")) { beforeTryEnds.run(); }
            return new EndedCommand(command, quick.out, quick.err, 0) {
                @Override
                public int status() {
                    waits++;
                    box.uptimeMillis += REAPING_MILLIS;
                    return quick.status();
                }
            };
        }

        @Override
        public String read(String path, int limitBytes) { return box.read(path, limitBytes); }

        @Override
        public void write(String path, String text) { box.write(path, text); }

        @Override
        public List<String> list(String directory) { return box.list(directory); }

        @Override
        public long uptimeMillis() { return box.uptimeMillis; }
    };
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Api api =
            new Daemon(slow, Config.parse(null, Map.of("BOXWALL_SYSLOG", "no")), new PrintStream(log, true)).api(5000);

    SlowReapingTest() {
        String table = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        box.booted("", table, table);
        assertEquals(200, api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), RULES), true).status);
    }

    /** A request over a connection opened at the moment when the previous request was answered. */
    private Request request(String method, String path, Map<String, String> query, String body) {
        return TestRequest.fromLan(method, path, query, body, box.uptimeMillis);
    }

    private Reply apply() {
        return api.answer(Route.APPLY, request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), true);
    }

    @Test
    void applyAndConfirmReadNoExitStatus() throws BoxException {
        long start = box.uptimeMillis;
        assertEquals(202, apply().status, () -> log.toString());
        assertEquals(200, api.answer(Route.CONFIRM, request("POST", "/confirm/t1", Map.of(), ""), true).status,
                () -> log.toString());
        if (Budgets.isBroken("apply.waits")) { slow.run(List.of("/usr/sbin/boxwall-apply", "probe"), "", 1).status(); }
        assertTrue(box.uptimeMillis - start < 3000, "it took " + (box.uptimeMillis - start) + " ms of the box's time");
        Budgets.hold("apply.waits", waits);
    }

    /** The status tells the id earlier than the daemon knows when the rules were loaded. */
    @Test
    void confirmBeforeItsApplyHasEndedDoesNotCount() throws BoxException {
        Request early = request("POST", "/confirm/t1", Map.of(), "");
        beforeTryEnds = () -> {
            assertEquals(409, api.answer(Route.CONFIRM, early, true).status);
            box.uptimeMillis += REAPING_MILLIS;
        };
        assertEquals(202, apply().status, () -> log.toString());
        assertTrue(box.files.get(FakeBox.RUN + "/result").startsWith("state=pending"), () -> log.toString());
        assertEquals(409, api.answer(Route.CONFIRM, early, true).status, "its connection is older than the rules");
        Request late = request("POST", "/confirm/t1", Map.of(), "");
        assertEquals(200, api.answer(Route.CONFIRM, late, true).status, () -> log.toString());
    }

    @Test
    void refusedApplyReadsAtMostTwoExitStatuses() throws BoxException {
        box.tryError = "iptables-restore: line 3 failed";
        long start = box.uptimeMillis;
        assertEquals(422, apply().status, () -> log.toString());
        if (Budgets.isBroken("refused.apply.waits")) {
            slow.run(List.of("/usr/sbin/boxwall-apply", "probe"), "", 1).status();
        }
        assertTrue(box.uptimeMillis - start < 3000 || Budgets.isBroken("refused.apply.waits"),
                "it took " + (box.uptimeMillis - start) + " ms of the box's time");
        Budgets.hold("refused.apply.waits", waits);
    }
}
