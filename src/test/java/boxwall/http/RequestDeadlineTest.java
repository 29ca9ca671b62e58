package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Cancelled;
import boxwall.sys.Sys;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Work stops if its client disconnects or its time limit expires, over real sockets. The handler works until it is
 * interrupted.
 */
class RequestDeadlineTest {
    /** Longer than any test: a limit of this value never takes effect. */
    private static final int NEVER = 100_000;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final TestPort.Events events = new TestPort.Events();
    private volatile boolean interruptedAfterwards;
    private Port port;
    private int number;

    @BeforeEach
    void open() throws IOException {
        number = TestPort.unusedNumber();
        Sys sys = new ClockAndToken(() -> 1, () -> "t");
        port = new Port(number, sys, ClockAndToken.FILE, events);
        port.serve((route, request, withToken) -> work(request));
        port.admit(new AccessControl(List.of("127.0.0.1"), null, null));
    }

    @AfterEach
    void close() { port.close(); }

    private void setLimits(int work, int gone) {
        port.dispatcher.limit.workSeconds = work;
        port.dispatcher.limit.goneSeconds = gone;
    }

    private Reply work(Request request) {
        request.deadline.begin();
        try {
            started.countDown();
            while (true) {
                Cancelled.check();
                Thread.onSpinWait();
            }
        } finally {
            request.deadline.end();
            interruptedAfterwards = Thread.currentThread().isInterrupted();
            ended.countDown();
        }
    }

    private Socket sendRequest() throws IOException {
        assertEquals(List.of(), port.listen(List.of("127.0.0.1")));
        Socket socket = new Socket("127.0.0.1", number);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write("GET /exposure HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void workStopsWhenClientDisconnects() throws Exception {
        setLimits(NEVER, 0);
        Socket socket = sendRequest();
        assertTrue(started.await(60, TimeUnit.SECONDS));
        assertFalse(ended.await(3, TimeUnit.SECONDS), "the work stopped although the client still waits");
        socket.close();
        // the listener checks once a second
        assertTrue(ended.await(60, TimeUnit.SECONDS), "the work did not stop");
        assertFalse(interruptedAfterwards);
        // the work ends before the event is logged
        for (int attempt = 0; attempt < 600 && events.all.isEmpty(); attempt++) {
            Thread.sleep(100);
        }
        assertTrue(events.all.stream().anyMatch(event -> event.startsWith("given up: nobody waited")),
                events.all::toString);
    }

    @Test
    void clientThatClosesSendingSideGetsReplyAfterGracePeriod() throws Exception {
        setLimits(NEVER, 2);
        try (Socket socket = sendRequest()) {
            socket.shutdownOutput();
            String answer = answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("nobody waited")
                    && answer.contains("leave it open"), answer);
        }
    }

    @Test
    void workStopsAtTimeLimit() throws Exception {
        setLimits(0, NEVER);
        try (Socket socket = sendRequest()) {
            String answer = answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("takes too long")
                    && answer.contains("compile"), answer);
        }
    }

    @Test
    void endedWorkIsNotInterrupted() {
        RequestDeadline deadline = new RequestDeadline(() -> true, 0, 0);
        deadline.begin();
        deadline.end();
        deadline.checkTime();
        deadline.giveUpWithoutClient();
        assertFalse(Thread.currentThread().isInterrupted());
        assertNull(deadline.reason());
        deadline.begin();
        deadline.giveUpWithoutClient();
        assertTrue(Thread.currentThread().isInterrupted());
        deadline.end();
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
