package boxwall.daemon;

import boxwall.syntax.TestIncludes;
import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.check.Proofs;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiler;
import boxwall.facts.BoxFacts;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.TestRequest;
import boxwall.imports.Imported;
import boxwall.netfilter.Cancelled;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Heavy work runs one at a time, stops when interrupted, and is refused if the heap is too small. */
class WorkQueueTest {
    private static final long MEGABYTE = 1 << 20;
    private static final String RULES =
            "iptables -P INPUT DROP\niptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\niptables -A OUTPUT -p udp --dport 53 -j ACCEPT\n";

    @AfterEach
    void threadIsNotInterrupted() { assertTrue(!Thread.interrupted()); }

    private static Request request() { return TestRequest.fromLan("PUT", "/rules", Map.of(), "", 1); }

    @Test
    void secondRequestGetsBusyReply() throws Exception {
        WorkQueue queue = new WorkQueue(1);
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        FutureTask<Reply> first = new FutureTask<>(() -> {
            Request request = request();
            Reply none = queue.begin(request, false);
            working.countDown();
            enough.await(60, TimeUnit.SECONDS);
            queue.end(request);
            return none;
        });
        new Thread(first, "first request").start();
        assertTrue(working.await(60, TimeUnit.SECONDS));
        Request second = request();
        Reply busy = queue.begin(second, false);
        assertNotNull(busy);
        assertEquals(503, busy.status);
        assertEquals("1", busy.headers.get("Retry-After"));
        String body = new String(busy.body, StandardCharsets.UTF_8);
        assertTrue(body.contains("\"busy\"") && body.contains("retry in a few seconds"), body);
        // the end of a refused request changes nothing
        queue.end(second);
        assertTrue(!queue.lock.tryLock());
        enough.countDown();
        assertNull(first.get(60, TimeUnit.SECONDS));
        assertNull(queue.begin(second, false));
        queue.end(second);
        queue.end(second);
    }

    /** Each step checks for interruption itself, so work stops at any point. */
    @Test
    void everyStepStopsWhenInterrupted() {
        BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual-avm"));
        Supplier<ParsedRules> parse =
                () -> RulesetParser.parse(new Source("rules", RULES), facts.names, (TestIncludes) name -> null);
        ParsedRules parsed = parse.get();
        assertEquals(List.of(), parsed.errors());
        var compiled = Compiler.compile(parsed, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
        Map<String, Runnable> steps = Map.of("parse", parse::get, "compile",
                () -> Compiler.compile(parsed, facts, AutoYesNo.YES, AutoYesNo.AUTO, false), "without states",
                () -> Compiler.compile(parsed, facts, AutoYesNo.NO, AutoYesNo.AUTO, false), "check",
                () -> AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, facts)), "prove",
                () -> new Administrator(new CheckedRuleset(parsed, compiled.ruleset, facts).loaded, facts, null, 8181),
                "advise", () -> Proofs.advice(new CheckedRuleset(parsed, compiled.ruleset, facts), List.of()), "import",
                () -> Imported.read("import", RULES, null));
        steps.forEach((name, step) -> {
            step.run();
            Thread.currentThread().interrupt();
            try {
                assertThrows(Cancelled.class, step::run, name);
            } finally {
                Thread.interrupted();
            }
        });
    }

    @Test
    void rulesetThatDoesNotFitIntoHeapIsRefused() {
        String line = "iptables -A INPUT -s 10.20.30.40 -p tcp --dport 99 -j DROP\n";
        assertNull(HeapBudget.lacking(line.repeat(500), 8 * MEGABYTE, 4 * MEGABYTE));
        Reply problem = HeapBudget.lacking(line.repeat(4000), 8 * MEGABYTE, 4 * MEGABYTE);
        assertEquals(503, problem.status);
        // (4 MB - 8 MB / 6) / 32 bytes a character / 50 characters
        assertTrue(new String(problem.body, StandardCharsets.UTF_8).contains(
                "with 8 MB of heap the daemon can take about 1747 rules of 50 characters now; this ruleset is as long as 4720;"),
                new String(problem.body, StandardCharsets.UTF_8));
        assertNull(HeapBudget.lacking(line.repeat(4000), 32 * MEGABYTE, 26 * MEGABYTE));
        assertNull(HeapBudget.lacking("# a long comment, which becomes no rule ----------------\n".repeat(4000),
                8 * MEGABYTE, 4 * MEGABYTE));
        assertNull(HeapBudget.lacking(line.repeat(1200), 8 * MEGABYTE, 4 * MEGABYTE));
        assertNotNull(
                HeapBudget.lacking(line.replace("iptables", "ip46tables").repeat(1200), 8 * MEGABYTE, 4 * MEGABYTE),
                "ip46tables makes two rules");
        assertNotNull(HeapBudget.lacking(line, 8 * MEGABYTE, 0));
    }
}
