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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The control port under load, under nonsense, and with a heap that is too small: it answers rightly, lives, and is
 * afterwards what it was before.
 */
class ControlPortLoadIT {
    private static final boolean LONG = Boolean.getBoolean("boxwall.long");
    /**
     * Bytes that a thousand requests may leave behind: one more reading of this machine, and what the JVM itself
     * remembers.
     */
    private static final long GROWTH = 3 << 19;
    private static final String TOKEN = "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n";

    private DaemonBox daemon;

    @AfterEach
    void stop() { daemon.close(); }

    /** Bytes that are in use on the daemon's heap, after a collection. */
    private long live() {
        String total = daemon.sh(Path.of(System.getProperty("java.home"), "bin/jcmd") + " " + daemon.pid()
                + " GC.class_histogram | grep '^Total'");
        return Long.parseLong(total.trim().split(" +")[2]);
    }

    /** Threads that are boxwall's own; those that serve connections are counted apart. */
    private List<String> threads() {
        return daemon.sh("cat /proc/" + daemon.pid() + "/task/*/comm").lines()
                .filter(name -> name.matches("NanoHttpd.*|stderr|watchdog")).sorted().toList();
    }

    private long serving() {
        return daemon.sh("cat /proc/" + daemon.pid() + "/task/*/comm").lines().filter(name -> name.equals("http"))
                .count();
    }

    private long descriptors() { return daemon.sh("ls /proc/" + daemon.pid() + "/fd").lines().count(); }

    @Test
    void clientsPollWhileRulesAreApplied() throws Exception {
        int applies = LONG ? 200 : 12;
        daemon = new DaemonBox(ControlPortIT.RULES);
        countSaves();
        daemon.start("-Xmx32m");
        daemon.applyAndConfirm();
        long descriptors = descriptors();
        long live = live();
        long readings = saves();
        double began = uptime();
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
            assertEquals(200,
                    daemon.http("PUT /rules",
                            ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport " + (1000 + i) + " -j DROP\n")
                            .status());
            daemon.applyAndConfirm();
        }
        over.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        assertEquals(List.of(), wrong);
        long saved = saves() - readings;
        double seconds = uptime() - began;
        // of the table that there is, the script saves what was and what is; the daemon reads before and after, and
        // when a change and its confirm are noticed
        assertTrue(saved <= applies * 7 + seconds + 1, () -> saved + " times iptables-save in " + seconds + " s");
        List<Long> sorted = new ArrayList<>(status);
        Collections.sort(sorted);
        System.out.println("measured: control port: " + applies + " applies, " + sorted.size()
                + " status answers beside them, p50 " + sorted.get(sorted.size() / 2) / 1000 + " us, p99 "
                + sorted.get(sorted.size() * 99 / 100) / 1000 + " us; " + saved + " times iptables-save in "
                + Math.round(seconds) + " s");
        assertTrue(sorted.size() > applies * 4, "clients were answered: " + sorted.size());
        // the files of a change are opened and closed; the threads' ends take a moment
        assertTrue(Wait.until(() -> descriptors() <= descriptors + 2),
                () -> "descriptors: " + descriptors() + ", before " + descriptors);
        // the readings of a box are a megabyte here: the last two, and the one of a candidate
        assertTrue(Wait.until(() -> live() <= live + 3 * GROWTH), () -> live() + " bytes live, before " + live);
        sharedReadings();
    }

    /** Writes down each time that somebody runs iptables-save. */
    private void countSaves() {
        daemon.box.script("iptables-save", "#!/bin/sh\necho save >>" + daemon.box.folder.resolve("saves")
                + "\nexec /usr/sbin/xtables-legacy-multi iptables-save \"$@\"\n");
    }

    private long saves() { return NetBox.read(daemon.box.folder.resolve("saves")).lines().count(); }

    private double uptime() { return Double.parseDouble(daemon.sh("cat /proc/uptime").split(" ")[0]); }

    /** Nothing but readings is asked: one iptables-save a second, however many ask. */
    private void sharedReadings() throws InterruptedException {
        // the change before was noticed, and the box read for it
        assertTrue(Wait.until(this::isQuiet), "nobody reads unasked");
        long before = saves();
        double began = uptime();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            clients.add(new Thread(() -> {
                while (!over.get()) {
                    for (String path : List.of("/counters", "/metrics", "/diff")) {
                        assertEquals(200, daemon
                                .raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""))
                                .status());
                    }
                }
            }));
        }
        clients.forEach(Thread::start);
        assertTrue(Wait.until(() -> saves() >= before + 5), "readings go on");
        over.set(true);
        for (Thread client : clients) {
            client.join(60_000);
        }
        // each begins a second after the one before at the earliest, by the daemon's own clock, and all of them between
        // these two looks at it; and the watch reads the tables once after the change before, up to 20 s later
        double seconds = uptime() - began;
        assertTrue(saves() - before <= seconds + 2,
                () -> saves() - before + " times iptables-save in " + seconds + " s");
    }

    private boolean isQuiet() {
        long before = saves();
        daemon.sh("sleep 2"); // twice as long as a reading counts, and as nothing takes that was under way
        return saves() == before;
    }

    private void poll(String source, AtomicBoolean over, List<Long> status, List<String> wrong) {
        while (!over.get()) {
            for (String path : List.of("/status", "/counters")) {
                long began = System.nanoTime();
                DaemonBox.Answer answer =
                        daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""));
                if (path.equals("/status")) { status.add(System.nanoTime() - began); }
                if (answer.status() != 200) { wrong.add(path + ": " + answer); }
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
            ended("127.0.0." + (2 + i % 5), i % 2 == 0 ? nonsense(random) : knownNonsense(random));
        }
        long live = live();
        List<String> threads = threads();
        long descriptors = descriptors();
        String before = daemon.box.tables();
        for (int i = 0; i < 1000; i++) {
            boolean known = random.nextInt(6) == 0;
            String request = known ? knownNonsense(random) : nonsense(random);
            DaemonBox.Answer answer = ended("127.0.0." + (known ? 1 : 2 + i % 200), request);
            // without the token nothing but /ok and the short /status can be had; with it what is asked may be right by
            // chance
            boolean open = known || request.contains("/ok") || request.contains("/status");
            assertTrue(
                    answer.status() >= 400 && answer.status() < 500 || answer.status() == 505
                            || open && answer.status() / 100 == 2,
                    () -> "seed " + seed + ": " + request + "\n" + answer);
        }
        assertEquals(204, daemon.http("GET /ok", "").status());
        assertEquals(200, daemon.http("GET /facts", "").status(),
                "the right client is not refused with the wrong ones");
        assertEquals(before, daemon.box.tables());
        assertTrue(Wait.until(() -> descriptors() <= descriptors + 2),
                () -> "descriptors: " + descriptors() + ", before " + descriptors);
        assertTrue(Wait.until(() -> threads().equals(threads)), () -> "threads: " + threads() + ", before " + threads);
        assertTrue(serving() <= 12, () -> serving() + " threads for twelve connections");
        // threads that nobody needs end after half a minute
        assertTrue(!LONG || Wait.until(() -> serving() == 0), "idle threads end");
        assertTrue(Wait.until(() -> live() <= live + GROWTH), () -> live() + " bytes live, before " + live);
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

    /** A right request of somebody who has the token, with what no daemon can use; none of them changes the box. */
    private static String knownNonsense(Random random) {
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

    /** A request that is wrong in one or more ways, or bytes that are none. */
    private static String nonsense(Random random) {
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
     * Peers of the LAN without the token, while the administrator, who has an address of his own there, tries and
     * confirms changes.
     */
    @Test
    void nobodyLocksTheAdministratorOut() throws Exception {
        daemon = new DaemonBox(ControlPortIT.RULES);
        daemon.sh("for n in 20 21 22 30; do ip addr add 192.168.178.$n/24 dev lan; done");
        daemon.start("-Xmx32m");
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String source = "192.168.178." + (20 + i % 2);
            slow.add(attacker(over, () -> drip(source, over)));
        }
        tries("8 slow connections from 2 addresses");
        end(over, slow);
        over.set(false);
        List<Thread> floods = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            floods.add(attacker(over, () -> {
                try (SocketChannel channel = daemon.connect("192.168.178.22", DaemonBox.LAN)) {
                    Relay.write(channel,
                            "GET / HTTP/1.1\r\nHost: 192.168.178.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    Thread.sleep(100); // five of these are fifty a second
                }
            }));
        }
        tries("50 connections a second");
        end(over, floods);
    }

    /** What an attacker does again and again. */
    private interface Attack {
        void once() throws IOException, InterruptedException;
    }

    private static Thread attacker(AtomicBoolean over, Attack attack) {
        Thread thread = new Thread(() -> {
            while (!over.get()) {
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

    private void drip(String source, AtomicBoolean over) throws IOException, InterruptedException {
        try (SocketChannel channel = daemon.connect(source, DaemonBox.LAN)) {
            Relay.write(channel, "GET /ok HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (!over.get()) {
                Relay.write(channel, new byte[] {'y'});
                Thread.sleep(50);
            }
        }
    }

    private static void end(AtomicBoolean over, List<Thread> attackers) throws InterruptedException {
        over.set(true);
        for (Thread attacker : attackers) {
            attacker.join(60_000);
        }
    }

    /**
     * Every change can be tried and confirmed; with the long numbers 95 of 100 confirms and statuses are answered
     * within three seconds.
     */
    private void tries(String attack) {
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
    void aHeapThatIsTooSmallIsAnsweredAndTheDaemonLives() throws Exception {
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
        threeAtOnce();
        System.out.println("measured: control port: 3 rulesets of 4005 lines with -Xmx8m on the host's JVM, " + refused
                + " answered 503");
        assertEquals(3, refused, "so much doesn't fit, and that is told before it is tried");
        assertEquals(200, daemon.http("PUT /rules", ControlPortIT.RULES).status(), daemon.log());
        daemon.applyAndConfirm();
        assertEquals(200, daemon.http("GET /counters", "").status());
        assertTrue(!daemon.log().contains("out of memory"), daemon::log);
    }

    /** Rulesets that fit, sent by three at the same time: one after the other, or told to retry. */
    private void threeAtOnce() throws InterruptedException {
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
