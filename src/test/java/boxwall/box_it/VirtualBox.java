package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A test's own virtual FRITZ!Box, run by {@code bin/box}, and HTTP to it. Needs target/boxwall.jar, which Maven packs
 * before it runs these tests. Texts are byte strings, one character per byte, in both directions. {@link #close}
 * switches the box off and removes its flash.
 */
final class VirtualBox implements AutoCloseable {
    static final Path ROOT = Path.of("").toAbsolutePath();
    static final Path JAR = ROOT.resolve("target/boxwall.jar");
    /** The box's addresses in the LAN, the Internet and the guest network; see src/box/README.md. */
    static final String LAN = "192.168.178.1";
    static final String WAN = "203.0.113.2";
    static final String GUEST = "192.168.179.1";
    /**
     * A boot takes 30 s on two idle cores; bin/box itself gives up after 600 s for each of its three phases.
     */
    private static final int BOOT_SECONDS = 2000;
    /** The limit for commands in the box. On two idle cores none takes 20 s. */
    private static final int RUN_SECONDS = 600;
    private static final Path STATE = ROOT.resolve("target/box-it");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(20)).build();
    private final String name;

    /** The result of a command. */
    record Answer(int status, String out, String err) {
        /** The value of a {@code key=value} line, empty if there is none. */
        String get(String key) {
            return out.lines().filter(l -> l.startsWith(key + "=")).map(l -> l.substring(key.length() + 1)).findFirst()
                    .orElse("");
        }

        /** The value of such a line as a number. */
        double number(String key) { return Double.parseDouble(get(key)); }

        /** Fails unless the status is 0; returns this answer. */
        Answer ok() {
            assertEquals(0, status, () -> "status " + status + "\n" + out + err);
            return this;
        }
    }

    /** An HTTP answer. */
    record Reply(int status, String body) {
        JsonObject json() { return Json.parse(body).asObject(); }

        /** Fails unless it has the status; returns this reply. */
        Reply expect(int expected) {
            assertEquals(expected, status, body);
            return this;
        }
    }

    /** A new box with a name that is unique for this run. */
    VirtualBox(String name) {
        this.name = "it-" + name + "-" + ProcessHandle.current().pid();
    }

    /** {@code bin/box up OPTION...}; fails if that fails or if the box has no flash. */
    Answer up(String... options) {
        Answer up = box(BOOT_SECONDS, "up", options).ok();
        assertEquals(0, run("grep -q ' /var/flash ext4' /proc/mounts").status(), () -> "no flash in the box\n"
                + up.err() + log() + run("cat /var/log/mod.log; ls -l /dev/sd*; lsmod; dmesg | tail -n 60").out());
        return up;
    }

    /** Runs a command in the box: a single word is a shell command, several are program and arguments. */
    Answer run(String... command) {
        return box(RUN_SECONDS, "run", command);
    }

    /** Runs a command in the network namespace of {@code lan}, {@code dsl} or {@code guest}. */
    Answer peer(String net, String... command) {
        List<String> words = new ArrayList<>(List.of(net));
        words.addAll(List.of(command));
        return box(RUN_SECONDS, "peer", words.toArray(new String[0]));
    }

    /** Copies a file into the box. */
    void put(Path file, String path) {
        box(RUN_SECONDS, "put", file.toString(), path).ok();
    }

    /** Cuts the power. */
    void cutPower() { box(RUN_SECONDS, "cut").ok(); }

    void reboot() { box(BOOT_SECONDS, "reboot").ok(); }

    /** The serial console since the last {@code up}. */
    String log() { return box(RUN_SECONDS, "log").ok().out(); }

    void down() { box(RUN_SECONDS, "down").ok(); }

    /** Switches this box off and deletes it. */
    @Override
    public void close() {
        box(RUN_SECONDS, "down");
        remove(STATE.resolve(name));
    }

    /** The uptime of the box in seconds. */
    double uptime() {
        return Double.parseDouble(run("cat", "/proc/uptime").ok().out().split(" ")[0]);
    }

    /**
     * The output of both iptables-save without comments and the counters of the policies.
     */
    String rules() { return withoutCounters(run("iptables-save && ip6tables-save").ok().out()); }

    /** A dump of tables without comments and the counters of the chains. */
    static String withoutCounters(String dump) {
        return dump.replaceAll("(?m)^#.*\n", "").replaceAll("(?m)^(:.*) \\[\\d+:\\d+\\]$", "$1");
    }

    /** Whether the marker rule of {@link DeskPlan} is live. */
    boolean hasMarker() {
        return rules().contains(DeskPlan.MARKER + "\n");
    }

    /** Waits in the box until the marker rule is gone, at most two minutes; returns the uptime then. */
    double awaitMarkerRemoval() {
        String[] words = run("n=0; while iptables-save -t filter | grep -qF -- '" + DeskPlan.MARKER + "'; do"
                + " usleep 200000; n=$((n + 1)); [ $n -lt 600 ] || exit 1; done; cat /proc/uptime").ok().out()
                .split(" ");
        return Double.parseDouble(words[0]);
    }

    /**
     * Waits until a confirmed plan has become the proven one and this is saved to flash, at most two minutes. The files
     * disappear before modsave ends; the prover ends after it.
     */
    void awaitProven() {
        assertTrue(waitUntil(120,
                () -> run("test -e /tmp/flash/boxwall/boot.new -o -e /tmp/flash/boxwall/trial").status() != 0
                        && !apply("status").out().contains("trial=yes")),
                "the plan must become proven");
    }

    /** {@code boxwall-apply VERB...}. */
    Answer apply(String... words) {
        List<String> command = new ArrayList<>(List.of("boxwall-apply"));
        command.addAll(List.of(words));
        return run(command.toArray(new String[0]));
    }

    /** Sends an HTTP request without the token. */
    Reply get(String path) { return send(request("GET", path, "")); }

    /** Sends an HTTP request with the token; an empty body means none. */
    Reply http(String method, String path, String body) {
        return http(RUN_SECONDS, method, path, body);
    }

    /** The same with another time limit. */
    Reply http(int seconds, String method, String path, String body) {
        return send(request(method, path, body).timeout(Duration.ofSeconds(seconds)).header("Authorization",
                "Bearer " + token()));
    }

    private String token() { return run("cat /tmp/flash/boxwall/token").ok().out().trim(); }

    private HttpRequest.Builder request(String method, String path, String body) {
        HttpRequest.BodyPublisher publisher = body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1);
        // checking a ruleset takes 30 s and more on an interpreter in an emulator
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(RUN_SECONDS)).method(method, publisher);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.build() + "\n" + run("tail -n 20 /var/run/boxwall/daemon.log").out(),
                    e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String port() { return text(STATE.resolve(name).resolve("port")).trim(); }

    /** Starts a command in the box without waiting; killing the process ends its session. */
    Process start(String command) {
        try {
            return builder("run", command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a condition holds, checking it four times a second; false after the limit. */
    static boolean waitUntil(int seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) { return false; }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(250);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProcessBuilder builder(String verb, String... words) {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("bin/box").toString(), "--name", name, verb));
        command.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(Map.of("BOXWALL_JAR", JAR.toString(), "BOXWALL_BOX_STATE", STATE.toString()));
        return builder;
    }

    private Answer box(int seconds, String verb, String... words) {
        return finish(builder(verb, words), seconds, "bin/box " + verb + " " + String.join(" ", words));
    }

    /** Runs a command on this machine. */
    static Answer host(String... command) {
        return finish(new ProcessBuilder(command), BOOT_SECONDS, String.join(" ", command));
    }

    /** The output goes to files: a pipe would stay open as long as a background process of the command. */
    private static Answer finish(ProcessBuilder builder, int seconds, String description) {
        try {
            Files.createDirectories(STATE);
            Path out = Files.createTempFile(STATE, "out", "");
            Path err = Files.createTempFile(STATE, "err", "");
            try {
                Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
                boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(
                            description + ": not done after " + seconds + " s\n" + text(out) + text(err));
                }
                return new Answer(process.exitValue(), text(out), text(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path tree) {
        if (!Files.exists(tree)) { return; }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
