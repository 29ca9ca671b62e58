package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Changes by several clients, by the box's command line and by the daemon itself, at the worst moment of each other.
 */
class OverlappingChangesTest {
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n";
    private static final String RESULT = FakeBox.RUN + "/result";

    /** Runs when a verb has done its work, before the daemon has its output. */
    private Runnable afterTry = () -> {};
    /** The output and status of a confirm and a revert; null for those of the box. */
    private String answer;
    private int status;
    private final FakeBox box = new FakeBox(Path.of("src/test/resources/boxes/virtual")) {
        @Override
        public CommandResult run(List<String> command, String stdin, int limitSeconds) {
            if (answer != null && List.of("confirm", "revert").contains(command.get(1))) {
                return new EndedCommand(command, answer, "", status);
            }
            CommandResult result = super.run(command, stdin, limitSeconds);
            if (command.get(1).equals("try")) { afterTry.run(); }
            return result;
        }
    };
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Daemon daemon =
            new Daemon(box, Config.parse(null, Map.of("BOXWALL_SYSLOG", "no")), new PrintStream(log, true));
    private Api api = daemon.api(5000);

    OverlappingChangesTest() {
        String table = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        box.booted("", table, table);
        assertEquals(200, send(Route.PUT_RULES, "PUT", "/rules", RULES).status);
    }

    private Request request(String method, String path, String body) {
        return TestRequest.fromLan(method, path, Map.of("force", "1", "replace", "1"), body, box.uptimeMillis);
    }

    private Reply send(Route route, String method, String path, String body) {
        return api.answer(route, request(method, path, body), true);
    }

    private Reply apply() { return send(Route.APPLY, "POST", "/apply", ""); }

    private static String text(Reply reply) { return new String(reply.body, StandardCharsets.UTF_8); }

    /** A page sends each version of a text and abandons the one before; both wait, and the older may come last. */
    @Test
    void abandonedDraftDoesNotReplaceALaterOneOrComeBackAfterTheEnd() {
        Request old = request("PUT", "/rules", RULES + RULES);
        box.uptimeMillis += 10;
        assertEquals(200, send(Route.PUT_RULES, "PUT", "/rules", RULES).status);
        Reply late = api.answer(Route.PUT_RULES, TestRequest.abandoned(old), true);
        assertEquals(503, late.status, text(late));
        assertEquals(RULES, text(draft()));
        assertEquals(204, send(Route.DISCARD, "DELETE", "/rules", "").status);
        assertEquals(503, api.answer(Route.PUT_RULES, TestRequest.abandoned(old), true).status);
        assertEquals(204, draft().status);
        box.uptimeMillis += 10;
        Request newest = request("PUT", "/rules", RULES);
        assertEquals(200, api.answer(Route.PUT_RULES, TestRequest.abandoned(newest), true).status,
                "some clients close their sending side and read the reply");
        assertEquals(200, api.answer(Route.PUT_RULES, old, true).status, "its client still waits");
    }

    private Reply draft() {
        return api.answer(Route.RULES, TestRequest.fromLan("GET", "/rules", Map.of("draft", "1"), "", 1), true);
    }

    /** The words of boxwall-apply when it refuses a verb: the state as it is, without an id. */
    private void refuse(String state, String reason) {
        answer = "state=" + state + "\nid=\ndeadline=\nplan=p0\nprotected=\nreason=" + reason + "\nerror=\n";
        status = 3;
    }

    @Test
    void confirmThatIsRefusedIsNoSuccessThoughAnEarlierChangeIsUnsaved() {
        refuse("unsaved", "too-late");
        Reply reply = send(Route.CONFIRM, "POST", "/confirm/t1", "");
        assertEquals(409, reply.status, text(reply));
    }

    /** Another client was faster, and the new rules stay. */
    @Test
    void revertOfAChangeThatWasKeptIsNoSuccess() {
        for (String[] kept : new String[][] {{"active", ""}, {"unsaved", "unsaved"}}) {
            answer = "state=" + kept[0] + "\nid=t1\ndeadline=\nplan=p1\nprotected=\nreason=" + kept[1] + "\nerror=\n";
            status = 0;
            Reply reply = send(Route.REVERT, "DELETE", "/apply/t1", "");
            assertEquals(409, reply.status, text(reply));
        }
    }

    /** The guard was faster: the old rules are back, as requested. */
    @Test
    void revertOfAChangeThatWasUndoneSucceeds() {
        for (String reason : List.of("reverted", "not-confirmed", "interrupted")) {
            answer = "state=unsaved\nid=t1\ndeadline=\nplan=p0\nprotected=\nreason=" + reason + "\nerror=\n";
            status = 0;
            Reply reply = send(Route.REVERT, "DELETE", "/apply/t1", "");
            assertEquals(200, reply.status, text(reply));
        }
    }

    /** The command line tried the rules, or the daemon was restarted since: it knows of no try. */
    @Test
    void connectionOlderThanTheRulesOfAnotherTryConfirmsNothing() {
        Request early = request("POST", "/confirm/t9", "");
        box.uptimeMillis += 2000;
        String pending = "state=pending\nid=t9\ndeadline=999\nplan=p9\nprotected=" + (box.uptimeMillis / 1000)
                + ".55\nreason=\nerror=\n";
        box.files.put(RESULT, pending);
        box.uptimeMillis += 2000;
        Reply reply = api.answer(Route.CONFIRM, early, true);
        assertEquals(409, reply.status, text(reply));
        assertEquals(pending, box.files.get(RESULT));
        assertEquals(200, send(Route.CONFIRM, "POST", "/confirm/t9", "").status, "a new connection");
    }

    /** The command line confirmed it, and no request came until the next apply. */
    @Test
    void historyOfAChangeThatEndedUnseenIsNotPending() {
        apply();
        box.files.put(RESULT, box.files.get(RESULT).replace("state=pending", "state=active"));
        apply();
        String history = text(send(Route.HISTORY, "GET", "/history", ""));
        assertTrue(history.contains("\"id\":\"t1\",\"state\":\"kept\""), history);
    }

    /** A revert can end the change before the daemon has noted its try. */
    @Test
    void historyOfAChangeThatEndsAtOnceIsNotPending() {
        afterTry = () -> assertEquals(200, send(Route.REVERT, "DELETE", "/apply/t1", "").status);
        apply();
        String history = text(send(Route.HISTORY, "GET", "/history", ""));
        assertTrue(history.contains("\"id\":\"t1\",\"state\":\"taken-back\""), history);
    }
}
