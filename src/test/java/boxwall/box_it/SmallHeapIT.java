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
 * The daemon of the virtual box with the heap that conf/boxwall.cfg gives it, 8 MB, on an interpreter: what is too much
 * for it is said, and it lives.
 */
@SharedBox.Used
class SmallHeapIT {
    private static final int APPLIES = Integer.getInteger("boxwall.applies", 20);
    private static final int BODY = 256 * 1024;
    /** The daemon ends its work after 600 s; the emulator may be slow to say so. */
    private static final int PUT_SECONDS = 900;
    /**
     * Polls from inside of the box, a client of its own to the daemon: QEMU's clients share one address, and four
     * connections are for one address.
     */
    private static final String INSIDE =
            "T=$(cat /tmp/flash/boxwall/token); : >/tmp/polled; while :; do for p in status counters; do printf 'GET /%s HTTP/1.1\\r\\nHost: localhost\\r\\n"
                    + "Authorization: Bearer %s\\r\\n\\r\\n' $p $T | nc 127.0.0.1 8181 | head -n 1 >>/tmp/polled; done; sleep 2; done";

    private VirtualBox box;
    private String rules;
    private String pid;

    private void begin(VirtualBox shared) {
        box = shared;
        pid = pid();
        assertTrue(box.run("tr '\\0' ' ' </proc/" + pid + "/cmdline").good().out().contains(" -Xmx8m "));
        rules = DeskPlan.plain();
    }

    private String pid() { return box.run("cat /var/run/boxwall.pid").good().out().trim(); }

    /** Rules behind the box's own, which let the administrator in before. */
    private String with(int count, String rest) {
        StringBuilder text = new StringBuilder(rules);
        for (int i = 0; i < count; i++) {
            text.append("iptables -A INPUT -s 10.").append(i >> 8).append('.').append(i & 255).append(".0/24 ")
                    .append(rest).append('\n');
        }
        return text.toString();
    }

    private void refusedBeforeItIsTried() {
        long threads = threads();
        // as much as a body may have: with what it takes of the heap, more than the whole of it
        String line = "iptables -A INPUT -s 10.0.0.1 -p tcp --dport 99 -j DROP\n";
        VirtualBox.Reply refused =
                box.http(PUT_SECONDS, "PUT", "/rules", rules + line.repeat((BODY - rules.length()) / line.length()))
                        .with(503);
        assertEquals("too long for this heap", refused.json().getString("title", ""), refused.body());
        assertTrue(refused.json().getString("detail", "").matches(
                "with 8 MB of heap .* room for some \\d{3,4} rules .*BOXWALL_HEAP.*compile.*"), refused.body());
        assertEquals(204, box.get("/ok").status());
        livesAsBefore();
        assertTrue(VirtualBox.within(120, () -> threads() <= threads + 1),
                () -> threads() + " threads, before " + threads);
    }

    private void livesAsBefore() {
        assertEquals(pid, pid(), this::log);
        assertFalse(log().matches("(?is).*(OutOfMemory|out of memory).*"), this::log);
    }

    /** Threads that serve nobody's connection: those end half a minute later. */
    private long threads() {
        return box.run("cat /proc/" + pid + "/task/*/comm").out().lines().filter(name -> !name.equals("http")).count();
    }

    /** Half an hour and more with {@code bin/check --long}; else a look at the heap alone. */
    @TestFactory
    Stream<DynamicTest> eightMegabytesAreEnough(VirtualBox shared) {
        begin(shared);
        if (!Boolean.getBoolean("boxwall.long")) {
            return Stream.of(DynamicTest.dynamicTest("the daemon that runs has 8 MB",
                    () -> assertEquals(204, box.get("/ok").status())));
        }
        return Stream.of(DynamicTest.dynamicTest("256 KiB", this::refusedBeforeItIsTried),
                DynamicTest.dynamicTest("three at once", this::threeAtOnce),
                DynamicTest.dynamicTest("500 rules", () -> large(500, "-j DROP", 200)),
                DynamicTest.dynamicTest("4 000 rules", () -> large(4000, "-p tcp --dport 99 -j DROP", 503)),
                DynamicTest.dynamicTest("applies", this::appliesBesideClients),
                DynamicTest.dynamicTest("the rules as they were", this::asItWas));
    }

    private void asItWas() {
        assertEquals(200, put(rules), this::log);
        apply();
        livesAsBefore();
        System.out.println("measured: virtual box, daemon with -Xmx8m: VmHWM, VmRSS "
                + box.run("sed -n 's/^Vm\\(HWM\\|RSS\\): *//p' /proc/" + pid + "/status | tr '\\n' ' '").out());
    }

    private void appliesBesideClients() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = List.of(new Thread(() -> poll(over, answers)), new Thread(() -> poll(over, answers)));
        List<Process> inside = List.of(box.start(INSIDE), box.start(INSIDE));
        clients.forEach(Thread::start);
        long began = System.nanoTime();
        try {
            for (int i = 0; i < APPLIES; i++) {
                assertEquals(200, put(rules + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n"),
                        this::log);
                apply();
            }
        } finally {
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            inside.forEach(Process::destroyForcibly);
        }
        String polled = box.run("sort /tmp/polled | uniq -c").good().out();
        System.out.printf(
                "measured: virtual box, daemon with -Xmx8m: %d applies in %.0f s beside four clients; outside %d answers, inside %s%n",
                APPLIES, (System.nanoTime() - began) / 1e9, answers.size(), polled.trim().replaceAll("\\s+", " "));
        assertEquals(List.of(),
                answers.stream().filter(answer -> !List.of("200", "429", "reset").contains(answer)).toList());
        assertTrue(answers.contains("200"));
        assertTrue(polled.lines().allMatch(line -> line.contains(" 200 OK")), polled);
        livesAsBefore();
    }

    /**
     * As often as the page asks; four that never rest leave an emulated processor nothing for the change. QEMU resets
     * what waits at its port too long.
     */
    private void poll(AtomicBoolean over, List<String> answers) {
        while (!over.get()) {
            for (String path : List.of("/status", "/counters")) {
                try {
                    answers.add(String.valueOf(box.http("GET", path, "").status()));
                } catch (UncheckedIOException reset) {
                    answers.add("reset");
                }
            }
            VirtualBox.within(2, over::get);
        }
    }

    private void large(int count, String rest, int wanted) {
        long began = System.nanoTime();
        VirtualBox.Reply reply = box.http(PUT_SECONDS, "PUT", "/rules", with(count, rest));
        System.out.printf("measured: virtual box, daemon with -Xmx8m: PUT of %d rules more answered %d after %.0f s%n",
                count, reply.status(), (System.nanoTime() - began) / 1e9);
        assertEquals(wanted, reply.status(), () -> reply.body() + log());
        livesAsBefore();
    }

    private void threeAtOnce() throws InterruptedException {
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String text = with(50 + i, "-j DROP");
            clients.add(new Thread(() -> answers.add(put(text))));
        }
        clients.forEach(Thread::start);
        for (Thread client : clients) {
            client.join();
        }
        System.out.println("measured: virtual box, daemon with -Xmx8m: three PUTs at once answered " + answers);
        assertTrue(answers.size() == 3 && answers.contains(200)
                && answers.stream().allMatch(status -> status == 200 || status == 503), () -> answers + log());
        livesAsBefore();
    }

    private int put(String text) { return box.http(PUT_SECONDS, "PUT", "/rules", text).status(); }

    private void apply() {
        String id = box.http("POST", "/apply?confirm=180", "").with(202).json().getString("id", "");
        assertEquals("active", box.http("POST", "/confirm/" + id, "").with(200).json().getString("state", ""));
    }

    private String log() { return box.run("cat /var/run/boxwall/daemon.log").out(); }
}
