package boxwall.http;

import boxwall.sys.EventLog;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A number for a port, and a log in memory. */
public final class TestPort {
    private TestPort() {}

    /** The number of a TCP port that is not in use. */
    public static int unusedNumber() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** Keeps events in a list; bugs start with {@code bug: }. */
    static final class Events extends EventLog {
        final List<String> all = new CopyOnWriteArrayList<>();

        Events() { super(null, null, null); }

        @Override
        public void event(String words) { all.add(words); }

        @Override
        public void bug(Throwable bug) { all.add("bug: " + bug); }

        List<String> bugs() { return all.stream().filter(event -> event.startsWith("bug: ")).toList(); }
    }
}
