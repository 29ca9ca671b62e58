package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;

/**
 * The jar as a daemon in a {@link NetBox} with a LAN and an Internet side, real iptables and the real scripts. Requests
 * use real sockets in the namespace, through {@link Relay}.
 */
final class DaemonBox implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final int PORT = 8181;
    static final String LAN = "192.168.178.1";
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin/java").toString();

    /** A parsed HTTP answer; status 0 if there was none. */
    record Answer(int status, String head, String body, byte[] bytes) {
        static Answer of(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            byte[] body = end < 0 ? new byte[0] : Arrays.copyOfRange(bytes, end + 4, bytes.length);
            return end < 0 ? new Answer(0, text, "", body) : new Answer(Integer.parseInt(text.substring(9, 12)),
                    text.substring(0, end + 2), new String(body, StandardCharsets.UTF_8), body);
        }

        /** The value of a header; "" if there is none. */
        String header(String name) {
            return head.lines().filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
                    .map(line -> line.substring(name.length() + 1).trim()).findFirst().orElse("");
        }

        JsonObject json() { return Json.parse(body).asObject(); }
    }

    final NetBox box = new NetBox("dash");
    private final Path socket = box.folder.resolve("relay");
    private final Process relay;
    private Process daemon;

    /** Creates the box with its networks and a saved ruleset; {@link #start} starts the daemon. */
    DaemonBox(String rules) throws IOException {
        box.useRealClock();
        sh("ip link set lo up; ip link add lan type veth peer name lanpeer; ip link set lan up; ip link set lanpeer up; ip addr add "
                + LAN + "/24 dev lan;"
                + " ip link add dsl type veth peer name dslpeer; ip link set dsl up; ip link set dslpeer up; ip addr add 203.0.113.2/24 dev dsl;"
                + " ip route add default via 203.0.113.1");
        Files.writeString(box.state.resolve("token"), TOKEN + "\n");
        Files.writeString(box.state.resolve("rules"), rules);
        for (String script : new String[] {"boxwall-apply", "boxwall-keep"}) {
            box.script(script, "#!/bin/sh\nexec " + box.command(script) + " \"$@\"\n");
        }
        // as the launcher does: with it the daemon listens on the LAN from the start
        box.settings.put("BOXWALL_BRIDGES", sh("ip addr show dev lan"));
        // seconds; long, so that only requestReread() makes the daemon read the box
        box.settings.put("BOXWALL_DRIFT", "3600");
        box.settings.put("BOXWALL_STATEFUL", "no");
        box.settings.put("BOXWALL_PRESETS", Path.of("conf/presets").toAbsolutePath().toString());
        relay = box.start(JAVA, "-Xmx64m", "-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(), Relay.class.getName(), socket.toString());
        assertEquals('u', relay.getInputStream().read(), "the relay must be up");
    }

    /** Starts the daemon and waits until it answers. */
    DaemonBox start(String... javaOptions) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(JAVA, "-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(javaOptions.length == 0 ? new String[] {"-Xmx32m"} : javaOptions));
        command.addAll(List.of("-jar", Path.of("target/boxwall.jar").toAbsolutePath().toString(), "daemon"));
        daemon = box.start("sh", "-c",
                "exec " + String.join(" ", command) + " >" + box.folder.resolve("daemon.log") + " 2>&1");
        assertTrue(Wait.until(() -> answersAt("127.0.0.1")), () -> "the daemon must answer: " + log());
        return this;
    }

    /** Whether the daemon answers at an address. */
    boolean answersAt(String address) {
        try {
            return at(address, "GET /ok", "").status() == 204;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Runs a shell command in the box; it must succeed. */
    String sh(String line) {
        NetBox.Answer answer = box.sh("set -e; " + line);
        assertEquals(0, answer.status(), answer.err());
        return answer.out();
    }

    /** The daemon's log. */
    String log() { return NetBox.read(box.folder.resolve("daemon.log")); }

    /** The daemon's process id in the box's namespace. */
    long pid() {
        return Long.parseLong(sh(
                "for p in /proc/[0-9]*; do if tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '^[^ ]*java .*boxwall.* daemon'; then echo ${p#/proc/}; fi; done")
                .trim());
    }

    /** Sends a request with the token over the loopback; {@code request} is method and target. */
    Answer http(String request, String body) {
        return at("127.0.0.1", request, body);
    }

    /** Sends a request with the token to one of the box's addresses. */
    Answer at(String address, String request, String body) {
        return raw("0.0.0.0", address, request(address, request, "Authorization: Bearer " + TOKEN + "\r\n", body));
    }

    /** A whole request with a Host header and a Content-Length. */
    static String request(String host, String request, String headers, String body) {
        return request + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** Sends bytes unchanged and reads the whole answer. */
    Answer raw(String source, String address, String bytes) {
        try (SocketChannel channel = connect(source, address)) {
            return exchange(channel, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection to the daemon from a source address. */
    SocketChannel connect(String source, String address) throws IOException {
        return Relay.connect(socket, source, address, PORT);
    }

    /**
     * Sends over a connection and reads until its end; an answer before a reset counts. The connection is closed after
     * 30 s at the latest.
     */
    static Answer exchange(SocketChannel channel, String bytes) {
        Timer late = new Timer(true);
        late.schedule(new TimerTask() {
            @Override
            public void run() {
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }, 30_000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Relay.write(channel, bytes.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            out.reset(); // may be refused before everything is sent; the answer is read below
        }
        try {
            byte[] buffer = new byte[8192];
            for (int n = Relay.read(channel, buffer); n >= 0; n = Relay.read(channel, buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            return Answer.of(out.toByteArray());
        } finally {
            late.cancel();
        }
        return Answer.of(out.toByteArray());
    }

    /** Applies the candidate for a minute and returns the change's id. */
    String apply() {
        Answer tried = http("POST /apply?confirm=60", "");
        assertEquals(202, tried.status(), tried + log());
        return tried.json().getString("id", "");
    }

    void applyAndConfirm() {
        Answer confirmed = http("POST /confirm/" + apply(), "");
        assertTrue(confirmed.body().contains("\"active\""), confirmed + log());
    }

    /** Makes the daemon read the box again at once. */
    void requestReread() {
        try {
            Files.writeString(box.run.resolve("changed"), "online " + System.nanoTime() + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (daemon != null) { daemon.destroyForcibly(); }
        relay.destroyForcibly();
        box.close();
    }
}
