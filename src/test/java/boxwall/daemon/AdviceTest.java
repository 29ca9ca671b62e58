package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.Counts;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import boxwall.netfilter.Cancelled;
import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** PUT /rules returns the deciding findings; GET /findings returns the advice, which stops for any other work. */
class AdviceTest {
    private static final String RULES = "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n"
            + "iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\niptables -A INPUT -j LOG\n"
            + "iptables -A INPUT -i lo -p tcp --dport 7 -j ACCEPT\n";

    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private final Api api = new Daemon(sys, Config.parse(null, Map.of("BOXWALL_SYSLOG", "no")),
            new PrintStream(new ByteArrayOutputStream(), true)).api(5000);

    private JsonObject request(Route route, String method, String path, String body, int status) {
        Reply reply = api.answer(route, TestRequest.fromLan(method, path, Map.of(), body, 1), true);
        String text = new String(reply.body, StandardCharsets.UTF_8);
        assertEquals(status, reply.status, text);
        return Json.parse(text).asObject();
    }

    private JsonObject put(String rules, int status) {
        return request(Route.PUT_RULES, "PUT", "/rules", rules, status);
    }

    private JsonObject findings() { return request(Route.FINDINGS, "GET", "/findings", "", 200); }

    private static TreeSet<String> codes(JsonObject of) {
        TreeSet<String> codes = new TreeSet<>();
        of.get("findings").asArray().forEach(each -> codes.add(each.asObject().getString("code", "")));
        return codes;
    }

    @Test
    void adviceIsReturnedByGetFindings() {
        assertTrue(findings().get("draft").isNull());
        JsonObject put = put(RULES, 200);
        assertEquals("GET /findings", put.getString("advice", ""));
        assertEquals(List.of("ipv6-unfiltered"), List.copyOf(codes(put)));
        JsonObject draft = findings().get("draft").asObject();
        assertEquals(put.getString("etag", ""), draft.getString("etag", "-"));
        assertTrue(codes(draft).containsAll(List.of("ipv6-unfiltered", "log-unlimited", "rule-unreachable")),
                codes(draft)::toString);
        // the advice is cached for the next request
        long steps = Counts.steps();
        assertEquals(draft, findings().get("draft"));
        assertEquals(steps, Counts.steps());
        String other = put(RULES + "# another\n", 200).getString("etag", "");
        assertEquals(other, findings().get("draft").asObject().getString("etag", "-"));
        request(Route.IMPORT, "POST", "/import", RULES, 200);
    }

    @Test
    void putReturnsAllRefusingFindings() {
        JsonObject refused = put(RULES + "iptables -A NOWHERE -j DROP\niptables -A INPUT -s -j ACCEPT\n"
                + "iptables -A INPUT -s name.example -j DROP\n", 422);
        assertTrue(refused.get("findings").asArray().size() >= 3, refused.toString());
        refused = put("iptables -P INPUT DROP\niptables -A INPUT -j LOG\nexpect ACCEPT in=dsl proto=tcp dport=80\n"
                + "expect ACCEPT in=dsl proto=tcp dport=81\n", 422);
        assertEquals(List.of("ipv6-unfiltered", "lockout", "policy-test-failed"), List.copyOf(codes(refused)));
        assertEquals(4, refused.get("findings").asArray().size(), refused.toString());
        assertTrue(findings().get("draft").isNull());
        assertEquals(List.of("empty-ruleset"), List.copyOf(codes(put("", 422))));
    }

    /** Advice stops for other work; other work does not stop for advice, and advice does not stop for other advice. */
    @Test
    void adviceStopsForOtherWork() throws Exception {
        WorkQueue queue = new WorkQueue(1);
        CountDownLatch working = new CountDownLatch(1);
        FutureTask<Reply> advice = new FutureTask<>(() -> {
            Request request = request();
            assertNull(queue.begin(request, true));
            try {
                assertThrows(Cancelled.class, () -> {
                    while (true) {
                        working.countDown();
                        Cancelled.check();
                        Thread.onSpinWait();
                    }
                });
            } finally {
                queue.end(request);
            }
            return null;
        });
        new Thread(advice, "advice").start();
        assertTrue(working.await(60, TimeUnit.SECONDS));
        assertEquals(503, queue.begin(request(), true).status);
        assertTrue(!advice.isDone());
        Request put = request();
        assertNull(queue.begin(put, false), "a PUT does not wait for advice");
        advice.get(60, TimeUnit.SECONDS);
        FutureTask<Reply> second = new FutureTask<>(() -> queue.begin(request(), true));
        new Thread(second, "second advice").start();
        assertEquals(503, second.get(60, TimeUnit.SECONDS).status);
        assertTrue(!Thread.currentThread().isInterrupted(), "advice does not interrupt a PUT");
        queue.end(put);
    }

    private static Request request() { return TestRequest.fromLan("GET", "/findings", Map.of(), "", 1); }

    /** Without a draft, queries use the saved rules, which are compiled again only if they or the box change. */
    @Test
    void savedRulesAreRecompiledOnlyAfterChange() {
        sys.files.put(FakeBox.STATE + "/rules", RULES);
        Drafts drafts = new Drafts(api);
        Candidate first = drafts.queried();
        assertSame(first, drafts.queried());
        api.box.read();
        Candidate second = drafts.queried();
        assertNotSame(first, second);
        sys.files.put(FakeBox.STATE + "/rules", RULES + "iptables -A INPUT -j DROP\n");
        assertEquals(1, drafts.queried().parsed.ruleset().ruleCount(boxwall.netfilter.Family.IPV4)
                - second.parsed.ruleset().ruleCount(boxwall.netfilter.Family.IPV4));
    }
}
