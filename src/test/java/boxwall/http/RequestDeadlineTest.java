package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Abandoned;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Work that is given up, over real sockets: its client is gone, or its time is over. The control works until it is told
 * not to.
 */
class RequestDeadlineTest {
    /** Longer than any test may last: such a bound never acts. */
    private static final int NEVER = 100_000;

    private final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile boolean interruptedAfterwards;
    private Port port;
    private int number;

    @BeforeEach
    void open() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            number = free.getLocalPort();
        }
        Sys sys = new ClockAndToken(() -> 1, () -> "t");
        port = new Port(number, sys, ClockAndToken.FILE, new EventLog(null, null, null) {
            @Override
            public void event(String words) { events.add(words); }

            @Override
            public void bug(Throwable bug) { events.add("bug: " + bug); }
        });
        port.serve((route, request, withToken) -> work(request));
        port.admit(new AccessControl(List.of("127.0.0.1"), List.of(), List.of()));
    }

    @AfterEach
    void close() { port.close(); }

    private void bound(int work, int gone) {
        port.dispatcher.limit.workSeconds = work;
        port.dispatcher.limit.goneSeconds = gone;
    }

    private Reply work(Request request) {
        request.deadline.begin();
        try {
            began.countDown();
            while (true) {
                Abandoned.check();
                Thread.onSpinWait();
            }
        } finally {
            request.deadline.end();
            interruptedAfterwards = Thread.currentThread().isInterrupted();
            over.countDown();
        }
    }

    private Socket ask() throws IOException {
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
    void workEndsWhenItsClientIsGone() throws Exception {
        bound(NEVER, 0);
        Socket socket = ask();
        assertTrue(began.await(60, TimeUnit.SECONDS));
        assertFalse(over.await(3, TimeUnit.SECONDS), "a client that waits is waited for");
        socket.close();
        // the listener looks once a second
        assertTrue(over.await(60, TimeUnit.SECONDS), "the work goes on");
        assertFalse(interruptedAfterwards);
        // the work has ended before that is said
        for (int looks = 0; looks < 600 && events.isEmpty(); looks++) {
            Thread.sleep(100);
        }
        assertTrue(events.stream().anyMatch(event -> event.startsWith("given up: nobody waited")), events::toString);
    }

    @Test
    void whoClosesItsSendingSideGetsSomeTimeAndThenAnAnswer() throws Exception {
        bound(NEVER, 2);
        try (Socket socket = ask()) {
            socket.shutdownOutput();
            String answer = answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("nobody waited")
                    && answer.contains("leave it open"), answer);
        }
    }

    @Test
    void workEndsWhenItsTimeIsOver() throws Exception {
        bound(0, NEVER);
        try (Socket socket = ask()) {
            String answer = answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("takes too long")
                    && answer.contains("compile"), answer);
        }
    }

    @Test
    void whoHasEndedIsNotInterrupted() {
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
