package boxwall.script;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A headless Chromium in a box's namespace, controlled by its DevTools protocol: JSON messages, each terminated by a
 * zero byte, over pipes, so that no port is needed.
 */
final class Browser implements AutoCloseable {
    /** Longer than this, the page hangs. */
    private static final int LIMIT_SECONDS = Wait.SECONDS;

    /** Chromium's errors for an expression whose document was unloaded before it had a value. */
    private static final String NAVIGATED =
            ".*(Inspected target navigated or closed|Execution context was destroyed|Cannot find .*context).*";

    private final NetBox box;
    private final Process process;
    private final OutputStream to;
    private final Map<Integer, CompletableFuture<JsonObject>> pendingReplies = new ConcurrentHashMap<>();
    private final StringBuffer errors = new StringBuffer();
    private final String session;
    private int number;

    Browser(NetBox box, String language) throws IOException {
        this.box = box;
        Path profile = Files.createDirectory(box.folder.resolve("chromium"));
        process = box.start("sh", "-c",
                "exec chromium --headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
                        + " --disable-component-update --remote-debugging-pipe --accept-lang=" + language
                        + " --user-data-dir=" + profile + " about:blank 3<&0 4>&1 >/dev/null 2>&1");
        to = process.getOutputStream();
        Thread reader = new Thread(() -> read(process.getInputStream()));
        reader.setDaemon(true);
        reader.start();
        JsonObject targets = send(null, "Target.getTargets", Json.object());
        String page = targets.get("targetInfos").asArray().values().stream().map(JsonValue::asObject)
                .filter(t -> t.getString("type", "").equals("page")).findFirst().orElseThrow()
                .getString("targetId", "");
        session = send(null, "Target.attachToTarget", Json.object().add("targetId", page).add("flatten", true))
                .getString("sessionId", "");
        for (String domain : new String[] {"Page", "Runtime", "Log"}) {
            command(domain + ".enable", Json.object());
        }
    }

    private static final class Navigated extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Navigated(String error) { super(error); }
    }

    private void read(InputStream in) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c != 0) {
                    message.write(c);
                    continue;
                }
                handle(Json.parse(message.toString(StandardCharsets.UTF_8)).asObject());
                message.reset();
            }
        } catch (IOException e) {
            errors.append(e);
        }
        pendingReplies.values().forEach(w -> w.completeExceptionally(new IOException("the browser has ended")));
    }

    private void handle(JsonObject message) {
        if (message.get("id") != null) {
            pendingReplies.remove(message.getInt("id", 0)).complete(message);
        } else if (message.getString("method", "").matches("Runtime.exceptionThrown|Log.entryAdded")) {
            errors.append(message.get("params")).append('\n');
        }
    }

    private JsonObject send(String toSession, String method, JsonObject params) {
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        try {
            synchronized (to) {
                JsonObject message = Json.object().add("id", ++number).add("method", method).add("params", params);
                pendingReplies.put(number, answer);
                to.write((toSession == null ? message : message.add("sessionId", toSession)).toString()
                        .getBytes(StandardCharsets.UTF_8));
                to.write(0);
                to.flush();
            }
            JsonObject reply = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (reply.get("error") != null) {
                String error = method + ": " + reply.get("error");
                throw error.matches(NAVIGATED) ? new Navigated(error) : new IllegalStateException(error);
            }
            return reply.get("result").asObject();
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + ": " + e, e);
        }
    }

    private JsonObject command(String method, JsonObject params) { return send(session, method, params); }

    /** Opens an address and waits until its document is loaded. */
    void open(String address) {
        load("Page.navigate", Json.object().add("url", address));
    }

    /** Reloads the address and waits until the new document is loaded. */
    void reload() {
        load("Page.reload", Json.object());
    }

    private void load(String method, JsonObject params) {
        value("window.abandonedDocument = true");
        command(method, params);
        if (!waitUntil("!window.abandonedDocument && document.readyState === 'complete'")) {
            throw new IllegalStateException(method + " " + params + " did not load");
        }
    }

    /** The value of an expression; promises are waited for. */
    JsonValue value(String expression) {
        JsonObject result = command("Runtime.evaluate",
                Json.object().add("expression", expression).add("awaitPromise", true).add("returnByValue", true));
        if (result.get("exceptionDetails") != null) {
            throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
        }
        JsonValue value = result.get("result").asObject().get("value");
        return value == null ? Json.NULL : value;
    }

    /** The value of an expression as text. */
    String text(String expression) {
        JsonValue value = value("String(" + expression + ")");
        return value.asString();
    }

    /**
     * Waits until an expression is true, at most {@link Wait#SECONDS}; on failure prints the errors of the page and the
     * daemon's log. While a new document loads, the expression counts as false.
     */
    boolean waitUntil(String expression) {
        boolean reached = Wait.until(() -> {
            try {
                return value("!!(" + expression + ")").asBoolean();
            } catch (Navigated e) {
                return false;
            }
        });
        if (!reached) {
            System.out.println("never true in the page: " + expression + "\n" + errors
                    + NetBox.read(box.folder.resolve("daemon.log")));
        }
        return reached;
    }

    /** Types into a field like a user, with an input event. */
    void write(String id, String text) {
        value("(e => { e.value = " + Json.value(text)
                + "; e.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('" + id + "'))");
    }

    /**
     * Clicks like a user: as soon as the control can be seen, is enabled, and has finished its last work. The page
     * ignores any other click.
     */
    void click(String id) {
        String control = "document.getElementById('" + id + "')";
        if (!waitUntil("(c => c.checkVisibility() && !c.disabled && c.getAttribute('aria-busy') !== 'true')(" + control
                + ")")) {
            throw new IllegalStateException("nobody can click " + id);
        }
        value(control + ".click()");
    }

    /** Width and height of the window in CSS pixels. */
    void size(int width, int height) {
        command("Emulation.setDeviceMetricsOverride", Json.object().add("width", width).add("height", height)
                .add("deviceScaleFactor", 1).add("mobile", width < 600));
    }

    /** Light or dark. */
    void scheme(String word) {
        command("Emulation.setEmulatedMedia", Json.object().add("features",
                Json.array().add(Json.object().add("name", "prefers-color-scheme").add("value", word))));
    }

    /** The time zone that the page sees, as Europe/Berlin. */
    void zone(String name) {
        command("Emulation.setTimezoneOverride", Json.object().add("timezoneId", name));
    }

    void withoutScripts(boolean off) {
        command("Emulation.setScriptExecutionDisabled", Json.object().add("value", off));
    }

    /** The errors of the page: exceptions, violations of its policy, failed requests. */
    String errors() {
        return errors.toString();
    }

    /** Saves a screenshot of the whole page as target/screenshots/NAME.png. */
    void picture(String name) throws IOException {
        String data = command("Page.captureScreenshot", Json.object().add("captureBeyondViewport", true))
                .getString("data", "");
        Path folder = Files.createDirectories(Path.of("target/screenshots"));
        Files.write(folder.resolve(name + ".png"), Base64.getDecoder().decode(data));
    }

    /** Saves a screenshot of the window as target/screenshots/NAME.png. */
    void view(String name) throws IOException {
        String data = command("Page.captureScreenshot", Json.object()).getString("data", "");
        Files.write(Files.createDirectories(Path.of("target/screenshots")).resolve(name + ".png"),
                Base64.getDecoder().decode(data));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
