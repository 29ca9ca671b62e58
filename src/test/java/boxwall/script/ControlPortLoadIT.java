package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The control port under load, under nonsense, and with a heap that is too small: it answers rightly, lives, and is afterwards what it was before. */
class ControlPortLoadIT {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    private static final String TOKEN = "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n";

    private DaemonBox daemon;

    @AfterEach
    void stop() {
        daemon.close();
    }

    /** Threads, and kB of memory, as the kernel counts them. */
    private long kernel(String field) {
        String line = daemon.sh("grep '^" + field + ":' /proc/" + daemon.pid() + "/status");
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    private long descriptors() {
        return daemon.sh("ls /proc/" + daemon.pid() + "/fd").lines().count();
    }

    @Test
    void clientsPollWhileRulesAreApplied() throws Exception {
        int applies = LONG ? 200 : 12;
        daemon = new DaemonBox(ControlPortIT.RULES);
        // how often the tables are read for those who ask
        String real = daemon.box.command("boxwall-apply");
        daemon.box.script("boxwall-apply", "#!/bin/sh\n[ \"$2\" != counters ] || read -r now _ </proc/uptime && echo \"$1 $2 $now\" >>"
                + daemon.box.folder.resolve("asked") + "\nexec " + real + " \"$@\"\n");
        daemon.start("-Xmx32m");
        daemon.applyAndConfirm();
        long descriptors = descriptors();
        AtomicBoolean over = new AtomicBoolean();
        List<Long> status = Collections.synchronizedList(new ArrayList<>());
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            Thread client = new Thread(() -> poll(source, over, status, wrong));
            client.start();
            clients.add(client);
        }
        for (int i = 0; i < applies; i++) {
            assertEquals(200, daemon.http("PUT /rules", ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n").status());
            daemon.applyAndConfirm();
        }
        over.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        assertEquals(List.of(), wrong);
        List<Long> sorted = new ArrayList<>(status);
        Collections.sort(sorted);
        System.out.println("measured: control port: " + applies + " applies, " + sorted.size() + " status answers beside them, p50 "
                + sorted.get(sorted.size() / 2) / 1000 + " us, p99 " + sorted.get(sorted.size() * 99 / 100) / 1000 + " us");
        assertTrue(sorted.size() > applies * 4, "clients were answered: " + sorted.size());
        // the files of a change are opened and closed; the threads' ends take a moment
        assertTrue(NetBox.within(20, () -> descriptors() <= descriptors + 2), () -> "descriptors: " + descriptors() + ", before " + descriptors);
        sharedReadings();
    }

    /** Nothing but counters is asked: one reading a second, however many ask. */
    private void sharedReadings() throws InterruptedException {
        List<Double> before = readings();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            clients.add(new Thread(() -> {
                while (!over.get()) {
                    for (String path : List.of("/counters", "/metrics", "/diff")) {
                        assertEquals(200, daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, "")).status());
                    }
                }
            }));
        }
        clients.forEach(Thread::start);
        assertTrue(NetBox.within(30, () -> readings().size() >= before.size() + 4), "readings go on");
        over.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        List<Double> times = readings().subList(before.size() + 1, readings().size());
        for (int i = 1; i < times.size(); i++) {
            // from the daemon's clock to the script's is a process's start, which takes once longer than the other time
            assertTrue(times.get(i) - times.get(i - 1) > 0.7, () -> "read at " + times);
        }
    }

    private List<Double> readings() {
        return NetBox.read(daemon.box.folder.resolve("asked")).lines().filter(line -> line.startsWith("probe counters "))
                .map(line -> Double.valueOf(line.split(" ")[2])).toList();
    }

    private void poll(String source, AtomicBoolean over, List<Long> status, List<String> wrong) {
        while (!over.get()) {
            for (String path : List.of("/status", "/counters")) {
                long began = System.nanoTime();
                DaemonBox.Answer answer = daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""));
                if (path.equals("/status")) {
                    status.add(System.nanoTime() - began);
                }
                if (answer.status() != 200) {
                    wrong.add(path + ": " + answer);
                }
            }
        }
    }

    @Test
    void nonsenseIsAnsweredAndLeavesNothingBehind() throws IOException {
        long seed = Long.getLong("boxwall.seed", System.nanoTime());
        System.out.println("control port, random requests, seed " + seed);
        Random random = new Random(seed);
        daemon = new DaemonBox(ControlPortIT.RULES).start();
        for (int i = 0; i < 50; i++) {
            ended("127.0.0." + (2 + i % 5), nonsense(random));
        }
        long threads = kernel("Threads");
        long descriptors = descriptors();
        String before = daemon.box.tables();
        for (int i = 0; i < 1000; i++) {
            String request = nonsense(random);
            DaemonBox.Answer answer = ended("127.0.0." + (2 + i % 200), request);
            // none is a request that may succeed: nothing has the token, so nothing but /ok and the short /status can be had
            boolean open = request.contains("/ok") || request.contains("/status");
            assertTrue(answer.status() >= 400 && answer.status() < 500 || answer.status() == 505 || open && answer.status() / 100 == 2,
                    () -> "seed " + seed + ": " + request + "\n" + answer);
        }
        assertEquals(204, daemon.http("GET /ok", "").status());
        assertEquals(200, daemon.http("GET /facts", "").status(), "the right client is not refused with the wrong ones");
        assertEquals(before, daemon.box.tables());
        assertTrue(NetBox.within(20, () -> descriptors() <= descriptors + 2), () -> "descriptors: " + descriptors() + ", before " + descriptors);
        assertTrue(kernel("Threads") <= threads + 3, () -> "threads: " + kernel("Threads") + ", before " + threads);
        // threads that nobody needs end after half a minute
        assertTrue(!LONG || NetBox.within(60, () -> !daemon.sh("cat /proc/" + daemon.pid() + "/task/*/comm").contains("http\n")), "idle threads end");
    }

    /** Sends and says that no more will come, so that nobody waits for a body that isn't there. */
    private DaemonBox.Answer ended(String source, String request) throws IOException {
        try (SocketChannel channel = daemon.connect(source, "127.0.0.1")) {
            try {
                Relay.write(channel, request.getBytes(StandardCharsets.ISO_8859_1));
                channel.shutdownOutput();
            } catch (IOException e) {
                return DaemonBox.exchange(channel, ""); // it was refused before all was sent; the answer is there
            }
            return DaemonBox.exchange(channel, "");
        }
    }

    /** A request that is wrong in one or more ways, or bytes that are none. */
    private static String nonsense(Random random) {
        String[] methods = {"GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "G T", "", "CONNECT", "\u0001"};
        String[] paths = {"/ok", "/status", "/rules", "/apply", "/confirm/1-a", "/history/9", "/%", "//", "*", "/../etc/passwd", "/facts?a=1&a=2", "/log?lines=-1",
            "/explain?dst=" + "1".repeat(200), "/" + "x".repeat(random.nextInt(9000)), "/confirm/$(reboot)", "/ok%00", "\u00ff"};
        String[] headers = {"Host: 127.0.0.1", "Host: evil", "Authorization: Bearer x", "Content-Length: 5", "Content-Length: -5", "Content-Length: 99999999999",
            "Transfer-Encoding: chunked", "X: " + "y".repeat(random.nextInt(9000)), " folded", "no colon", "Origin: null", "Expect: 100-continue", "X: \u0000", ": x"};
        StringBuilder text = new StringBuilder();
        if (random.nextInt(10) == 0) {
            for (int i = random.nextInt(3000); i >= 0; i--) {
                text.append((char) random.nextInt(256));
            }
            return text.append("\r\n\r\n").toString();
        }
        text.append(methods[random.nextInt(methods.length)]).append(' ').append(paths[random.nextInt(paths.length)])
                .append(random.nextInt(8) == 0 ? " HTTP/9" : " HTTP/1.1").append("\r\n");
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(headers[random.nextInt(headers.length)]).append(random.nextInt(20) == 0 ? "\n" : "\r\n");
        }
        char[] body = new char[random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(10)];
        Arrays.fill(body, 'z');
        return text.append("\r\n").append(body).toString();
    }

    @Test
    void aHeapThatIsTooSmallIsAnsweredAndTheDaemonLives() throws IOException {
        daemon = new DaemonBox(ControlPortIT.RULES).start("-Xmx8m");
        int refused = 0;
        String large = ControlPortIT.RULES + "iptables -A INPUT -s 10.0.0.1 -p tcp --dport 99 -j DROP\n".repeat(4000);
        for (int i = 0; i < 3; i++) {
            DaemonBox.Answer answer = daemon.http("PUT /rules", large);
            refused += answer.status() == 503 ? 1 : 0;
            assertTrue(answer.status() == 503 || answer.status() == 200 || answer.status() == 422, answer + daemon.log());
            assertEquals(204, daemon.http("GET /ok", "").status());
        }
        System.out.println("measured: control port: 3 rulesets of 4005 lines with -Xmx8m on the host's JVM, " + refused + " answered 503");
        assertTrue(refused > 0, "so much doesn't fit; else ask for more here");
        assertEquals(200, daemon.http("PUT /rules", ControlPortIT.RULES).status(), daemon.log());
        daemon.applyAndConfirm();
        assertEquals(200, daemon.http("GET /counters", "").status());
    }
}
