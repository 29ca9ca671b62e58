package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The control port under load, with invalid requests and with a heap that is too small: it answers correctly, survives
 * and leaks nothing.
 */
class ControlPortLoadIT {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    /**
     * Bytes by which the heap may grow in a thousand requests: one more reading of this machine, and data of the JVM.
     */
    private static final long MAX_GROWTH = 3 << 19;
    private static final String TOKEN = "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n";

    private DaemonBox daemon;

    @AfterEach
    void stop() { daemon.close(); }

    /** Bytes in use on the daemon's heap after a garbage collection. */
    private long liveBytes() {
        String total = daemon.sh(Path.of(System.getProperty("java.home"), "bin/jcmd") + " " + daemon.pid()
                + " GC.class_histogram | grep '^Total'");
        return Long.parseLong(total.trim().split(" +")[2]);
    }

    /** boxwall's own threads without those that serve connections. */
    private List<String> ownThreads() {
        return daemon.sh("cat /proc/" + daemon.pid() + "/task/*/comm").lines()
                .filter(name -> name.matches("NanoHttpd.*|stderr|watchdog")).sorted().toList();
    }

    private long connectionThreads() {
        return daemon.sh("cat /proc/" + daemon.pid() + "/task/*/comm").lines().filter(name -> name.equals("http"))
                .count();
    }

    private long openDescriptors() { return daemon.sh("ls /proc/" + daemon.pid() + "/fd").lines().count(); }

    @Test
    void pollingClientsAreAnsweredDuringApplies() throws Exception {
        int applies = LONG ? 200 : 12;
        daemon = new DaemonBox(ControlPortIT.RULES);
        recordSaves();
        daemon.start("-Xmx32m");
        daemon.applyAndConfirm();
        long openDescriptors = openDescriptors();
        long liveBytes = liveBytes();
        long readings = saveCount();
        double began = uptime();
        AtomicBoolean done = new AtomicBoolean();
        List<Long> status = Collections.synchronizedList(new ArrayList<>());
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            Thread client = new Thread(() -> poll(source, done, status, failures));
            client.start();
            clients.add(client);
        }
        for (int i = 0; i < applies; i++) {
            assertEquals(200,
                    daemon.http("PUT /rules",
                            ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n")
                            .status());
            daemon.applyAndConfirm();
        }
        done.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        assertEquals(List.of(), failures);
        long savesDuring = saveCount() - readings;
        double seconds = uptime() - began;
        // per apply, the script saves the old and the new table; the daemon reads before and after, and when it
        // notices the change and the confirm
        assertTrue(savesDuring <= applies * 7 + seconds + 1,
                () -> savesDuring + " times iptables-save in " + seconds + " s");
        List<Long> sorted = new ArrayList<>(status);
        Collections.sort(sorted);
        System.out.println("measured: control port: " + applies + " applies, " + sorted.size()
                + " status answers beside them, p50 " + sorted.get(sorted.size() / 2) / 1000 + " us, p99 "
                + sorted.get(sorted.size() * 99 / 100) / 1000 + " us; " + savesDuring + " times iptables-save in "
                + Math.round(seconds) + " s");
        assertTrue(sorted.size() > applies * 4, "answers to clients: " + sorted.size());
        // the files of a change are closed with a delay, when threads end
        assertTrue(Wait.until(() -> openDescriptors() <= openDescriptors + 2),
                () -> "descriptors: " + openDescriptors() + ", before " + openDescriptors);
        // a reading of the box takes a megabyte here: the last two, and that of the candidate
        assertTrue(Wait.until(() -> liveBytes() <= liveBytes + 3 * MAX_GROWTH),
                () -> liveBytes() + " bytes live, before " + liveBytes);
        assertOneReadPerSecond();
    }

    /** Records every run of iptables-save. */
    private void recordSaves() {
        daemon.box.script("iptables-save", "#!/bin/sh\necho save >>" + daemon.box.folder.resolve("saves")
                + "\nexec /usr/sbin/xtables-legacy-multi iptables-save \"$@\"\n");
    }

    private long saveCount() { return NetBox.read(daemon.box.folder.resolve("saves")).lines().count(); }

    private double uptime() { return Double.parseDouble(daemon.sh("cat /proc/uptime").split(" ")[0]); }

    /** Several clients only read: they cause one iptables-save per second. */
    private void assertOneReadPerSecond() throws InterruptedException {
        // wait until the daemon has read the box after the last change
        assertTrue(Wait.until(this::readsNothing), "no reads without requests");
        long before = saveCount();
        double began = uptime();
        AtomicBoolean done = new AtomicBoolean();
        Set<Integer> statuses = ConcurrentHashMap.newKeySet();
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            clients.add(new Thread(() -> {
                while (!done.get()) {
                    for (String path : List.of("/counters", "/metrics", "/diff")) {
                        statuses.add(daemon
                                .raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""))
                                .status());
                    }
                }
            }));
        }
        clients.forEach(Thread::start);
        assertTrue(Wait.until(() -> saveCount() >= before + 5), "reads continue");
        done.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        assertEquals(Set.of(200), statuses);
        // each read starts at least a second after the previous one, and all of them between the two readings of the
        // clock; and the watch reads the tables once, up to 20 s after the last change
        double seconds = uptime() - began;
        assertTrue(saveCount() - before <= seconds + 2,
                () -> saveCount() - before + " times iptables-save in " + seconds + " s");
    }

    private boolean readsNothing() {
        long before = saveCount();
        daemon.sh("sleep 2"); // twice the time for which a reading is valid
        return saveCount() == before;
    }

    private void poll(String source, AtomicBoolean done, List<Long> status, List<String> failures) {
        while (!done.get()) {
            for (String path : List.of("/status", "/counters")) {
                long began = System.nanoTime();
                DaemonBox.Answer answer =
                        daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""));
                if (path.equals("/status")) { status.add(System.nanoTime() - began); }
                if (answer.status() != 200) { failures.add(path + ": " + answer); }
            }
        }
    }

    @Test
    void invalidRequestsAreAnsweredAndLeakNothing() throws IOException {
        long seed = Long.getLong("boxwall.seed", System.nanoTime());
        System.out.println("control port, random requests, seed " + seed);
        Random random = new Random(seed);
        daemon = new DaemonBox(ControlPortIT.RULES).start();
        for (int i = 0; i < 50; i++) {
            sendAndClose("127.0.0." + (2 + i % 5),
                    i % 2 == 0 ? invalidRequest(random) : invalidAuthorizedRequest(random));
        }
        long liveBytes = liveBytes();
        List<String> ownThreads = ownThreads();
        long openDescriptors = openDescriptors();
        String before = daemon.box.tables();
        for (int i = 0; i < 1000; i++) {
            boolean known = random.nextInt(6) == 0;
            String request = known ? invalidAuthorizedRequest(random) : invalidRequest(random);
            DaemonBox.Answer answer = sendAndClose("127.0.0." + (known ? 1 : 2 + i % 200), request);
            // without the token only /ok and the short /status are allowed; with it a random request may be valid
            boolean open = known || request.contains("/ok") || request.contains("/status");
            assertTrue(
                    answer.status() >= 400 && answer.status() < 500 || answer.status() == 505
                            || open && answer.status() / 100 == 2,
                    () -> "seed " + seed + ": " + request + "\n" + answer);
        }
        assertEquals(204, daemon.http("GET /ok", "").status());
        assertEquals(200, daemon.http("GET /facts", "").status(), "the other client is not refused");
        assertEquals(before, daemon.box.tables());
        assertTrue(Wait.until(() -> openDescriptors() <= openDescriptors + 2),
                () -> "descriptors: " + openDescriptors() + ", before " + openDescriptors);
        assertTrue(Wait.until(() -> ownThreads().equals(ownThreads)),
                () -> "threads: " + ownThreads() + ", before " + ownThreads);
        assertTrue(connectionThreads() <= 12, () -> connectionThreads() + " threads for twelve connections");
        // idle threads end after half a minute
        assertTrue(!LONG || Wait.until(() -> connectionThreads() == 0), "idle threads end");
        assertTrue(Wait.until(() -> liveBytes() <= liveBytes + MAX_GROWTH),
                () -> liveBytes() + " bytes live, before " + liveBytes);
    }

    /** Sends a request and closes the sending side, so that the daemon does not wait for a missing body. */
    private DaemonBox.Answer sendAndClose(String source, String request) throws IOException {
        try (SocketChannel channel = daemon.connect(source, "127.0.0.1")) {
            try {
                Relay.write(channel, request.getBytes(StandardCharsets.ISO_8859_1));
                channel.shutdownOutput();
            } catch (IOException e) {
                return DaemonBox.exchange(channel, ""); // refused before everything was sent; read the answer
            }
            return DaemonBox.exchange(channel, "");
        }
    }

    /** A request with the token and with invalid contents; none of them changes the box. */
    private static String invalidAuthorizedRequest(Random random) {
        String[] targets = {"PUT /rules", "PUT /rules", "PUT /rules", "POST /import", "POST /import",
                "GET /explain?proto=" + random.nextInt() + "&dst=x", "GET /log?lines=" + random.nextInt(),
                "POST /apply?confirm=" + random.nextInt(5), "POST /confirm/" + Long.toHexString(random.nextLong()),
                "DELETE /apply/-" + random.nextInt(99), "POST /history/9", "POST /pa?state=off",
                "POST /printk?seconds=-1", "GET /counters?samples=1"};
        String[] words = {"iptables", "ip6tables", "-A", "-P", "-s", "!", "INPUT", "$LAN_IF", "$(reboot)", "10.0.0.0/8",
                "--dport", "*filter", "COMMIT", "\n", "\n", "\\\n", "\"", "'", "#", "-m", "state", "--state", "-j",
                "ACCEPT", "\u0000", "\u00ff", "include", "../../etc/passwd", "expect", "modprobe", "LAN_NET=",
                "z".repeat(random.nextInt(5000))};
        StringBuilder body = new StringBuilder();
        for (int i = random.nextInt(400); i > 0; i--) {
            body.append(words[random.nextInt(words.length)]).append(random.nextInt(9) == 0 ? "" : " ");
        }
        return DaemonBox.request("127.0.0.1", targets[random.nextInt(targets.length)], TOKEN,
                body.substring(0, Math.min(body.length(), 250_000)));
    }

    /** A request with one or more errors, or random bytes. */
    private static String invalidRequest(Random random) {
        String[] methods =
                {"GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "G T", "", "CONNECT", "\u0001"};
        String[] paths = {"/ok", "/status", "/rules", "/apply", "/confirm/1-a", "/history/9", "/%", "//", "*",
                "/../etc/passwd", "/facts?a=1&a=2", "/log?lines=-1", "/explain?dst=" + "1".repeat(200),
                "/" + "x".repeat(random.nextInt(9000)), "/confirm/$(reboot)", "/ok%00", "\u00ff"};
        String[] headers = {"Host: 127.0.0.1", "Host: evil", "Authorization: Bearer x", "Content-Length: 5",
                "Content-Length: -5", "Content-Length: 99999999999", "Transfer-Encoding: chunked",
                "X: " + "y".repeat(random.nextInt(9000)), " folded", "no colon", "Origin: null", "Expect: 100-continue",
                "X: \u0000", ": x"};
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

    /**
     * Clients in the LAN without the token attack while the administrator, with another address, applies and confirms
     * changes.
     */
    @Test
    void clientsCannotBlockTheAdministrator() throws Exception {
        daemon = new DaemonBox(ControlPortIT.RULES);
        daemon.sh("for n in 20 21 22 30; do ip addr add 192.168.178.$n/24 dev lan; done");
        daemon.start("-Xmx32m");
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String source = "192.168.178." + (20 + i % 2);
            slow.add(attacker(done, () -> sendSlowly(source, done)));
        }
        applyAndConfirmDuring("8 slow connections from 2 addresses");
        stopAttack(done, slow);
        done.set(false);
        List<Thread> floods = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            floods.add(attacker(done, () -> {
                try (SocketChannel channel = daemon.connect("192.168.178.22", DaemonBox.LAN)) {
                    Relay.write(channel,
                            "GET / HTTP/1.1\r\nHost: 192.168.178.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    Thread.sleep(100); // five threads: 50 connections a second
                }
            }));
        }
        applyAndConfirmDuring("50 connections a second");
        stopAttack(done, floods);
    }

    /** The step that an attacker repeats. */
    private interface Attack {
        void once() throws IOException, InterruptedException;
    }

    private static Thread attacker(AtomicBoolean done, Attack attack) {
        Thread thread = new Thread(() -> {
            while (!done.get()) {
                try {
                    attack.once();
                } catch (IOException e) {
                    continue; // displaced: retry
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        thread.start();
        return thread;
    }

    private void sendSlowly(String source, AtomicBoolean done) throws IOException, InterruptedException {
        try (SocketChannel channel = daemon.connect(source, DaemonBox.LAN)) {
            Relay.write(channel, "GET /ok HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (!done.get()) {
                Relay.write(channel, new byte[] {'y'});
                Thread.sleep(50);
            }
        }
    }

    private static void stopAttack(AtomicBoolean done, List<Thread> attackers) throws InterruptedException {
        done.set(true);
        for (Thread attacker : attackers) {
            attacker.join(60_000);
        }
    }

    /**
     * Every change can be applied and confirmed; in the long form 95 % of confirms and statuses are answered within
     * three seconds.
     */
    private void applyAndConfirmDuring(String attack) {
        int rounds = LONG ? 40 : 3;
        int answered = 0;
        long slowest = 0;
        for (int i = 0; i < rounds; i++) {
            assertEquals(200,
                    administrator("PUT /rules",
                            ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n")
                            .status());
            DaemonBox.Answer tried = administrator("POST /apply?confirm=60", "");
            assertEquals(202, tried.status(), tried + daemon.log());
            for (String request : List.of("GET /status", "POST /confirm/" + tried.json().getString("id", ""))) {
                long began = System.nanoTime();
                DaemonBox.Answer answer = administrator(request, "");
                long took = System.nanoTime() - began;
                slowest = Math.max(slowest, took);
                answered += answer.status() == 200 && (!LONG || took <= 3_000_000_000L) ? 1 : 0;
            }
        }
        String measured =
                answered + " of " + 2 * rounds + " statuses and confirms of the administrator answered against "
                        + attack + ", the slowest after " + slowest / 1_000_000 + " ms";
        System.out.println("measured: control port: " + measured);
        assertTrue(answered * 100 >= 2 * rounds * 95, measured);
    }

    private DaemonBox.Answer administrator(String request, String body) {
        return daemon.raw("192.168.178.30", DaemonBox.LAN, DaemonBox.request(DaemonBox.LAN, request, TOKEN, body));
    }

    @Test
    void tooLargeRulesetIsRefusedAndTheDaemonSurvives() throws Exception {
        daemon = new DaemonBox(ControlPortIT.RULES).start("-Xmx8m");
        int refused = 0;
        String large = ControlPortIT.RULES + "iptables -A INPUT -s 10.0.0.1 -p tcp --dport 99 -j DROP\n".repeat(4000);
        for (int i = 0; i < 3; i++) {
            DaemonBox.Answer answer = daemon.http("PUT /rules", large);
            refused += answer.status() == 503 ? 1 : 0;
            assertTrue(answer.status() == 503 || answer.status() == 200 || answer.status() == 422,
                    answer + daemon.log());
            assertEquals(204, daemon.http("GET /ok", "").status());
        }
        sendThreeRulesetsAtOnce();
        System.out.println("measured: control port: 3 rulesets of 4005 lines with -Xmx8m on the host's JVM, " + refused
                + " answered 503");
        assertEquals(3, refused, "too large rulesets are refused before they are parsed");
        assertEquals(200, daemon.http("PUT /rules", ControlPortIT.RULES).status(), daemon.log());
        daemon.applyAndConfirm();
        assertEquals(200, daemon.http("GET /counters", "").status());
        assertTrue(!daemon.log().contains("out of memory"), daemon::log);
    }

    /** Three clients send rulesets that fit at the same time: each is accepted or told to retry. */
    private void sendThreeRulesetsAtOnce() throws InterruptedException {
        List<DaemonBox.Answer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 4; n++) {
            String source = "127.0.0." + n;
            String rules = ControlPortIT.RULES
                    + ("iptables -A INPUT -s 10.0." + n + ".1 -p tcp --dport 99 -j DROP\n").repeat(600);
            clients.add(new Thread(() -> answers
                    .add(daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "PUT /rules", TOKEN, rules)))));
        }
        clients.forEach(Thread::start);
        for (Thread client : clients) {
            client.join();
        }
        assertEquals(3, answers.size(), answers::toString);
        for (DaemonBox.Answer answer : answers) {
            assertTrue(answer.status() == 200 || answer.status() == 503 && answer.body().contains("\"busy\""),
                    answer::toString);
        }
    }
}
