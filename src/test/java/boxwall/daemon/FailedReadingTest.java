package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.http.Reply;
import boxwall.http.Route;
import boxwall.http.TestRequest;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** If a program cannot be started, the reply reports the error, and the next request tries again. */
class FailedReadingTest {
    private final FakeBox box = new FakeBox(Path.of("src/test/resources/boxes/virtual"));
    private boolean fails;
    private final Sys sys = (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
                if (fails && method.getName().equals("run") && ((List<?>) arguments[0]).contains("log")) {
                    throw new BoxException("no program");
                }
                return method.invoke(box, arguments);
            });
    private final Api api = new Daemon(sys, Config.parse(null, Map.of("BOXWALL_SYSLOG", "no")),
            new PrintStream(new ByteArrayOutputStream(), true)).api(5000);

    private Reply log() { return api.answer(Route.LOG, TestRequest.fromLan("GET", "/log", Map.of(), "", 1), true); }

    @Test
    void logIsReadAgainAfterFailure() {
        fails = true;
        assertEquals(500, log().status);
        assertEquals(500, log().status, "within the same second it is read again, since no log was read");
        fails = false;
        String text = new String(log().body, StandardCharsets.UTF_8);
        assertTrue(text.contains("\"source\":\"dmesg\""), text);
    }
}
