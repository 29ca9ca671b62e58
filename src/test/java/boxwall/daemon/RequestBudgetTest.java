package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.build.Budgets;
import boxwall.http.Reply;
import boxwall.http.Request;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Limits what each step of a change allocates, with the shipped rules on the recorded box. Allocation does not depend
 * on the load of the machine; on a box's JVM, time and especially the time of garbage collection correlate with it.
 */
class RequestBudgetTest {
    private static final int ROUNDS = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private final Config config = Config.parse(null, Map.of("BOXWALL_SYSLOG", "no"));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Api api = new Daemon(sys, config, new PrintStream(log, true)).api(5000);

    private Request request(String method, String path, Map<String, String> query, String body) {
        sys.uptimeMillis += 10 * BoxState.SHARED_MILLIS;
        return TestRequest.fromLan(method, path, query, body, sys.uptimeMillis);
    }

    /** Handles a request (twice to break the budget on purpose) and returns the kilobytes allocated. */
    private double kilobytes(String budget, Route route, Request request, int status) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Reply reply = api.answer(route, request, true);
        if (Budgets.isBroken(budget) && route == Route.FINDINGS) {
            // the advice of the same rules is cached
            api.answer(Route.PUT_RULES, request("PUT", "/rules", Map.of(), rules()), true);
        }
        if (Budgets.isBroken(budget) && route != Route.APPLY) { api.answer(route, request, true); }
        if (Budgets.isBroken(budget) && route == Route.APPLY) { api.box.read(); }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertEquals(status, reply.status, () -> route + " " + log + new String(reply.body, StandardCharsets.UTF_8));
        return allocated / 1024.0;
    }

    private static String rules() throws IOException {
        return Files.readString(Path.of("conf/boxwall.rules"), StandardCharsets.ISO_8859_1);
    }

    @Test
    void stepsOfChangeAllocateWithinBudgets() throws IOException {
        String rules = rules();
        String empty = "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
        sys.booted("", empty, empty);
        double[] least = new double[6];
        java.util.Arrays.fill(least, Double.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            double[] measured = {kilobytes("put.kib", Route.PUT_RULES, request("PUT", "/rules", Map.of(), rules), 200),
                    kilobytes("findings.kib", Route.FINDINGS, request("GET", "/findings", Map.of(), ""), 200),
                    kilobytes("explain.kib", Route.EXPLAIN,
                            request("GET", "/explain", Map.of("in", "dsl", "proto", "tcp", "dport", "80"), ""), 200),
                    kilobytes("exposure.kib", Route.EXPOSURE, request("GET", "/exposure", Map.of(), ""), 200),
                    kilobytes("apply.kib", Route.APPLY,
                            request("POST", "/apply", Map.of("force", "1", "replace", "1"), ""), 202),
                    kilobytes("status.kib", Route.STATUS, request("GET", "/status", Map.of(), ""), 200)};
            sys.run(List.of("boxwall-apply", "revert", "--now"), "", 1);
            for (int i = 0; i < measured.length; i++) {
                least[i] = Math.min(least[i], measured[i]);
            }
        }
        Budgets.hold("put.kib", least[0]);
        Budgets.hold("findings.kib", least[1]);
        Budgets.hold("explain.kib", least[2]);
        Budgets.hold("exposure.kib", least[3]);
        Budgets.hold("apply.kib", least[4]);
        Budgets.hold("status.kib", least[5]);
    }
}
