package boxwall.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {
    /** While syslog is stuck, one line is with logger and 64 wait; a line at the end has the number of the others. */
    @Test
    void numberOfMissingMessagesIsLoggedWhenSyslogWorksAgain() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch works = new CountDownLatch(1);
        LinkedBlockingQueue<String> sent = new LinkedBlockingQueue<>();
        Sys sys = (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class},
                (proxy, method, values) -> {
                    if (method.getName().equals("list")) { return List.of("logger"); }
                    called.countDown();
                    works.await();
                    List<?> command = (List<?>) values[0];
                    sent.add(command.get(command.size() - 1).toString());
                    return new EndedCommand(List.of(), "", "", 0);
                });
        EventLog log = new EventLog(sys, new PrintStream(OutputStream.nullOutputStream()), "/bin");
        log.event("first");
        called.await();
        for (int i = 0; i < 70; i++) {
            log.event("event " + i);
        }
        works.countDown();
        assertEquals("first", sent.poll(30, TimeUnit.SECONDS));
        for (int i = 0; i < 64; i++) {
            assertEquals("event " + i, sent.poll(30, TimeUnit.SECONDS));
        }
        assertEquals("6 messages are missing here", sent.poll(30, TimeUnit.SECONDS));
        log.event("last");
        assertEquals("last", sent.poll(30, TimeUnit.SECONDS));
    }
}
