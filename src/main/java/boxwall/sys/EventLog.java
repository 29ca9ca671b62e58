package boxwall.sys;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The daemon's log: one line per event, to standard output and, by {@code logger}, to the box's syslog. External text
 * can't start a new line: control characters become '?'. Never pass it a token.
 */
public class EventLog implements Runnable {
    private static final int MAX_CHARACTERS = 500;
    private static final int LOGGER_SECONDS = 10;
    /** The most events that wait for logger; if it hangs, later ones are only in the daemon's own output. */
    private static final int MAX_WAITING = 64;

    private final PrintStream out;
    private final Sys sys;
    /** The first folder to search for logger; null for a log without syslog. */
    private final String folder;
    private final LinkedBlockingQueue<String> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    /** Events that found no place in {@link #waiting}. */
    private final AtomicInteger lost = new AtomicInteger();
    private boolean started;

    /** Logs to a stream, and by logger to syslog; {@code folder} is searched for logger first, null for no syslog. */
    public EventLog(Sys sys, PrintStream out, String folder) {
        this.sys = sys;
        this.out = out;
        this.folder = folder;
    }

    /** Starts the thread for logger, which takes long to find and start on a box: no reply may wait for it. */
    private synchronized void start() {
        if (started) { return; }
        started = true;
        Thread thread = new Thread(this, "syslog");
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends the waiting lines, and later ones, to logger. */
    @Override
    public void run() {
        try {
            String line = waiting.take();
            String logger = Programs.path(sys, folder, "logger");
            while (true) {
                if (logger != null) { send(logger, line); }
                line = waiting.poll();
                if (line != null) { continue; }
                int missing = lost.getAndSet(0);
                line = missing == 0 ? waiting.take() : missing + " messages are missing here";
            }
        } catch (InterruptedException e) {
            return;
        }
    }

    private void send(String logger, String line) {
        try {
            sys.run(Arrays.asList(logger, "-t", "boxwall", line), "", LOGGER_SECONDS);
        } catch (BoxException e) {
            out.println("syslog: " + plain(e.getMessage()));
        } catch (RuntimeException e) {
            out.println("syslog: " + plain(e.toString()));
        } catch (OutOfMemoryError e) {
            System.gc();
        }
    }

    /** Logs an event. */
    public void event(String words) {
        String line = plain(words);
        out.println(line);
        if (folder != null) {
            if (!waiting.offer(line)) { lost.incrementAndGet(); }
            start();
        }
    }

    /** Logs a bug; the interrupted request was answered with 500, an interrupted task is retried. */
    public void bug(Throwable bug) {
        StringBuilder words = new StringBuilder("bug: ").append(bug);
        StackTraceElement[] trace = bug.getStackTrace();
        for (int i = 0; i < Math.min(6, trace.length); i++) {
            words.append(" < ").append(trace[i]);
        }
        event(words.toString());
    }

    private static String plain(String words) {
        StringBuilder line =
                new StringBuilder(words.length() > MAX_CHARACTERS ? words.substring(0, MAX_CHARACTERS) + "..." : words);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' || c >= 127 && c < 160) { line.setCharAt(i, c == '\n' || c == '\t' ? ' ' : '?'); }
        }
        return line.toString();
    }
}
