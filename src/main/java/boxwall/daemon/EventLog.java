package boxwall.daemon;

import boxwall.http.Journal;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The daemon's log: one line an event, to standard output and, by {@code logger}, to the box's syslog. What comes from
 * outside can't begin a line of its own: control characters become '?'. Tokens are never given to it.
 */
final class EventLog implements Journal {
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

    private EventLog(PrintStream out, Sys sys, String folder) {
        this.out = out;
        this.sys = sys;
        this.folder = folder;
    }

    /** A log to one stream only. */
    static EventLog to(PrintStream out) { return new EventLog(out, null, null); }

    /** A log to a stream, and to syslog where SYSLOG says so and the box has a logger. */
    static EventLog of(Sys sys, Config config, PrintStream out) {
        return new EventLog(out, sys, config.get("SYSLOG").equals("yes") ? config.get("BIN") : null);
    }

    /** A thread of its own: looking for logger and an exec take long on a box, and no answer should wait for them. */
    private synchronized LinkedBlockingQueue<String> syslog() {
        if (waiting == null) {
            waiting = new LinkedBlockingQueue<String>(WAITING);
            startSyslog(waiting);
        }
        return waiting;
    }

    private void startSyslog(final LinkedBlockingQueue<String> queue) {
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

    @Override
    public void event(String words) {
        String line = plain(words);
        out.println(line);
        if (folder != null) { syslog().offer(line); }
    }

    @Override
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
