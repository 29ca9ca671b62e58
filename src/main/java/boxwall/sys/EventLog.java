package boxwall.sys;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The daemon's log: one line per event, to standard output and, by {@code logger}, to the box's syslog. External text
 * can't start a new line: control characters become '?'. Never pass it a token.
 */
public class EventLog {
    private static final int LONGEST = 500;
    private static final int LOGGER_SECONDS = 10;
    /** Events that wait for logger; when it hangs, the next ones are in the daemon's own output only. */
    private static final int WAITING = 64;

    private final PrintStream out;
    private final Sys sys;
    /** Where logger is looked for first; null when there is no syslog to tell. */
    private final String folder;
    /** Null until there is something to tell. */
    private LinkedBlockingQueue<String> waiting;

    /** A log to a stream; and by logger to syslog, with the folder where that is looked for first, or null for none. */
    public EventLog(Sys sys, PrintStream out, String folder) {
        this.sys = sys;
        this.out = out;
        this.folder = folder;
    }

    /** A thread of its own: looking for logger and an exec take long on a box, and no answer should wait for them. */
    private synchronized LinkedBlockingQueue<String> syslog() {
        if (waiting != null) { return waiting; }
        final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<String>(WAITING);
        waiting = queue;
        Thread thread = new Thread("syslog") {
            @Override
            public void run() {
                try {
                    String line = queue.take();
                    String logger = Programs.path(sys, folder, "logger");
                    while (true) {
                        if (logger != null) { tell(logger, line); }
                        line = queue.take();
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        };
        thread.setDaemon(true);
        thread.start();
        return queue;
    }

    private void tell(String logger, String line) {
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

    /** An event in words. */
    public void event(String words) {
        String line = plain(words);
        out.println(line);
        if (folder != null) { syslog().offer(line); }
    }

    /** A bug: what it interrupted was answered with 500, or is tried again. */
    public void bug(Throwable bug) {
        StringBuilder words = new StringBuilder("bug: ").append(bug);
        StackTraceElement[] trace = bug.getStackTrace();
        for (int i = 0; i < Math.min(6, trace.length); i++) {
            words.append(" < ").append(trace[i]);
        }
        event(words.toString());
    }

    private static String plain(String words) {
        StringBuilder line = new StringBuilder(words.length() > LONGEST ? words.substring(0, LONGEST) + "..." : words);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' || c >= 127 && c < 160) { line.setCharAt(i, c == '\n' || c == '\t' ? ' ' : '?'); }
        }
        return line.toString();
    }
}
