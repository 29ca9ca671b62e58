package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The daemon of the virtual box with the heap of conf/boxwall.cfg, 8 MB, on an interpreter: it refuses what is too
 * large for the heap, and survives.
 */
@SharedBox.Used
class SmallHeapIT {
    private static final int APPLIES = Integer.getInteger("boxwall.applies", 20);
    private static final int BODY = 256 * 1024;
    /** The daemon gives up after 600 s; the answer may be slow in the emulator. */
    private static final int PUT_SECONDS = 900;
    /**
     * Polls from inside the box, as a separate client: all clients outside QEMU share one address, which may have four
     * connections.
     */
    private static final String POLL_INSIDE =
            "T=$(cat /tmp/flash/boxwall/token); : >/tmp/polled; while :; do for p in status counters; do printf 'GET /%s HTTP/1.1\\r\\nHost: localhost\\r\\n"
                    + "Authorization: Bearer %s\\r\\n\\r\\n' $p $T | nc 127.0.0.1 8181 | head -n 1 >>/tmp/polled; done; sleep 2; done";

    private VirtualBox box;
    private String rules;
    private String pid;

    private void useBox(VirtualBox shared) {
        box = shared;
        pid = pid();
        assertTrue(box.run("tr '\\0' ' ' </proc/" + pid + "/cmdline").ok().out().contains(" -Xmx8m "));
        rules = DeskPlan.plain();
    }

    private String pid() { return box.run("cat /var/run/boxwall.pid").ok().out().trim(); }

    /** The box's rules, which let the administrator in, and more rules after them. */
    private String rulesetWith(int count, String options) {
        StringBuilder text = new StringBuilder(rules);
        for (int i = 0; i < count; i++) {
            text.append("iptables -A INPUT -s 10.").append(i >> 8).append('.').append(i & 255).append(".0/24 ")
                    .append(options).append('\n');
        }
        return text.toString();
    }

    private void tooLargeRulesetIsRefused() {
        long threads = threads();
        // the largest allowed body, which needs more than the whole heap
        String line = "iptables -A INPUT -s 10.0.0.1 -p tcp --dport 99 -j DROP\n";
        VirtualBox.Reply refused =
                box.http(PUT_SECONDS, "PUT", "/rules", rules + line.repeat((BODY - rules.length()) / line.length()))
                        .expect(503);
        assertEquals("too long for this heap", refused.json().getString("title", ""), refused.body());
        assertTrue(refused.json().getString("detail", "").matches(
                "with 8 MB of heap .* room for some \\d{3,4} rules .*BOXWALL_HEAP.*compile.*"), refused.body());
        assertEquals(204, box.get("/ok").status());
        assertDaemonSurvived();
        assertTrue(VirtualBox.waitUntil(120, () -> threads() <= threads + 1),
                () -> threads() + " threads, before " + threads);
    }

    private void assertDaemonSurvived() {
        assertEquals(pid, pid(), this::log);
        assertFalse(log().matches("(?is).*(OutOfMemory|out of memory).*"), this::log);
    }

    /** Threads without those that serve connections, which end half a minute later. */
    private long threads() {
        return box.run("cat /proc/" + pid + "/task/*/comm").out().lines().filter(name -> !name.equals("http")).count();
    }

    /** More than half an hour with {@code bin/check --long}; otherwise only a check of the heap size. */
    @TestFactory
    Stream<DynamicTest> eightMegabytesSuffice(VirtualBox shared) {
        useBox(shared);
        if (!Boolean.getBoolean("boxwall.long")) {
            return Stream.of(DynamicTest.dynamicTest("the running daemon has 8 MB",
                    () -> assertEquals(204, box.get("/ok").status())));
        }
        return Stream.of(DynamicTest.dynamicTest("256 KiB", this::tooLargeRulesetIsRefused),
                DynamicTest.dynamicTest("three at once", this::putThreeAtOnce),
                DynamicTest.dynamicTest("500 rules", () -> putRules(500, "-j DROP", 200)),
                DynamicTest.dynamicTest("4 000 rules", () -> putRules(4000, "-p tcp --dport 99 -j DROP", 503)),
                DynamicTest.dynamicTest("applies", this::applyDuringPolls),
                DynamicTest.dynamicTest("restore the rules", this::restoreRules));
    }

    private void restoreRules() {
        assertEquals(200, put(rules), this::log);
        apply();
        assertDaemonSurvived();
        System.out.println("measured: virtual box, daemon with -Xmx8m: VmHWM, VmRSS "
                + box.run("sed -n 's/^Vm\\(HWM\\|RSS\\): *//p' /proc/" + pid + "/status | tr '\\n' ' '").out());
    }

    private void applyDuringPolls() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = List.of(new Thread(() -> poll(done, answers)), new Thread(() -> poll(done, answers)));
        List<Process> insideClients = List.of(box.start(POLL_INSIDE), box.start(POLL_INSIDE));
        clients.forEach(Thread::start);
        long began = System.nanoTime();
        try {
            for (int i = 0; i < APPLIES; i++) {
                assertEquals(200, put(rules + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n"),
                        this::log);
                apply();
            }
        } finally {
            done.set(true);
            for (Thread client : clients) {
                client.join();
            }
            insideClients.forEach(Process::destroyForcibly);
        }
        String polled = box.run("sort /tmp/polled | uniq -c").ok().out();
        System.out.printf(
                "measured: virtual box, daemon with -Xmx8m: %d applies in %.0f s beside four clients; outside %d answers, inside %s%n",
                APPLIES, (System.nanoTime() - began) / 1e9, answers.size(), polled.trim().replaceAll("\\s+", " "));
        assertEquals(List.of(),
                answers.stream().filter(answer -> !List.of("200", "429", "reset").contains(answer)).toList());
        assertTrue(answers.contains("200"));
        assertTrue(polled.lines().allMatch(line -> line.contains(" 200 OK")), polled);
        assertDaemonSurvived();
    }

    /**
     * As often as the page polls: four clients without pauses would leave an emulated processor no time for the change.
     * QEMU resets connections that wait too long at its port.
     */
    private void poll(AtomicBoolean done, List<String> answers) {
        while (!done.get()) {
            for (String path : List.of("/status", "/counters")) {
                try {
                    answers.add(String.valueOf(box.http("GET", path, "").status()));
                } catch (UncheckedIOException reset) {
                    answers.add("reset");
                }
            }
            VirtualBox.waitUntil(2, done::get);
        }
    }

    private void putRules(int count, String options, int expectedStatus) {
        long began = System.nanoTime();
        VirtualBox.Reply reply = box.http(PUT_SECONDS, "PUT", "/rules", rulesetWith(count, options));
        System.out.printf("measured: virtual box, daemon with -Xmx8m: PUT of %d rules more answered %d after %.0f s%n",
                count, reply.status(), (System.nanoTime() - began) / 1e9);
        assertEquals(expectedStatus, reply.status(), () -> reply.body() + log());
        assertDaemonSurvived();
    }

    private void putThreeAtOnce() throws InterruptedException {
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String text = rulesetWith(50 + i, "-j DROP");
            clients.add(new Thread(() -> answers.add(put(text))));
        }
        clients.forEach(Thread::start);
        for (Thread client : clients) {
            client.join();
        }
        System.out.println("measured: virtual box, daemon with -Xmx8m: three PUTs at once answered " + answers);
        assertTrue(answers.size() == 3 && answers.contains(200)
                && answers.stream().allMatch(status -> status == 200 || status == 503), () -> answers + log());
        assertDaemonSurvived();
    }

    private int put(String text) { return box.http(PUT_SECONDS, "PUT", "/rules", text).status(); }

    private void apply() {
        String id = box.http("POST", "/apply?confirm=180", "").expect(202).json().getString("id", "");
        assertEquals("active", box.http("POST", "/confirm/" + id, "").expect(200).json().getString("state", ""));
    }

    private String log() { return box.run("cat /var/run/boxwall/daemon.log").out(); }
}
