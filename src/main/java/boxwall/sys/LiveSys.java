package boxwall.sys;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real machine. */
public final class LiveSys implements Sys {
    /** The limit for a program's output; the longest regular output is the save of 50 000 rules. */
    private static final int MAX_OUTPUT = 8 << 20;
    /**
     * Signals the end of a thread or program; static, because it must never be collected: see
     * {@link DelayedCollection}.
     */
    private static final Object ENDS = new Object();

    @Override
    public CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException {
        if (!new File(command.get(0)).isFile()) {
            // GNU Classpath reports a missing program only as exit status -6, after a second
            throw new BoxException(command.get(0) + ": no such program");
        }
        Process process;
        try {
            process = DelayedCollection.kept(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new BoxException(command.get(0) + " can't be started", e);
        }
        Watchdog watchdog = new Watchdog(process, limitSeconds);
        Drain err = new Drain(process.getErrorStream());
        watchdog.start();
        err.start();
        feed(process.getOutputStream(), stdin);
        String out = drain(process.getInputStream());
        return new CommandResult(command, out, err.text(), watchdog.cancel(), process);
    }

    private static void feed(OutputStream to, String stdin) {
        try {
            to.write(bytes(stdin));
        } catch (IOException e) {
            // the program ended without reading everything: its own output says why
            return;
        } finally {
            close(to);
        }
    }

    private static void close(java.io.Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // a pipe whose other end is closed: no data is lost
            return;
        }
    }

    private static String drain(InputStream in) {
        try {
            return text(in, MAX_OUTPUT, true);
        } catch (IOException e) {
            return "";
        } finally {
            // GNU Classpath closes it only when the process is collected; until then each new child inherits it
            close(in);
        }
    }

    /** One byte for each character; a question mark for a character that isn't a byte. */
    private static byte[] bytes(String text) {
        char[] chars = text.toCharArray();
        byte[] bytes = new byte[chars.length];
        for (int i = 0; i < chars.length; i++) {
            bytes[i] = (byte) (chars[i] < 256 ? chars[i] : '?');
        }
        return bytes;
    }

    /**
     * One character for each byte, without a decoder: GNU Classpath's calls four methods for each byte. A program's
     * output is read to its end even beyond the limit, so that the program ends.
     */
    @SuppressWarnings("deprecation")
    private static String text(InputStream in, int limit, boolean toTheEnd) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        byte[] buffer = new byte[4096];
        for (int n = in.read(buffer); n >= 0 && (toTheEnd || out.size() < limit); n = in.read(buffer)) {
            out.write(buffer, 0, Math.min(n, limit - out.size()));
        }
        return new String(out.toByteArray(), 0);
    }

    @Override
    public String read(String path, int limitBytes) {
        InputStream in = null;
        try {
            in = new FileInputStream(path);
            return text(in, limitBytes, false);
        } catch (IOException e) {
            return null;
        } finally {
            if (in != null) { close(in); }
        }
    }

    @Override
    public void write(String path, String text) throws BoxException {
        File target = new File(path);
        File temporary = new File(path + ".tmp");
        File folder = target.getAbsoluteFile().getParentFile();
        if (!folder.isDirectory() && !folder.mkdirs()) {
            throw new BoxException(folder + " can't be made, so " + target.getName() + " can't be written there");
        }
        try {
            FileOutputStream out = new FileOutputStream(temporary);
            try {
                out.write(bytes(text));
                out.getFD().sync();
            } finally {
                out.close();
            }
        } catch (IOException e) {
            temporary.delete();
            throw new BoxException(path + " can't be written", e);
        }
        if (!temporary.renameTo(target)) {
            temporary.delete();
            throw new BoxException(path + " can't be replaced: renaming " + temporary.getName() + " failed");
        }
    }

    @Override
    public List<String> list(String directory) {
        String[] names = new File(directory).list();
        if (names == null) { return null; }
        Arrays.sort(names);
        return new ArrayList<String>(Arrays.asList(names));
    }

    @Override
    public long uptimeMillis() {
        // "12.34 5.67": seconds since boot, idle seconds (proc(5)). System.nanoTime has no fixed start.
        String text = read("/proc/uptime", 64);
        if (text == null) { return System.nanoTime() / 1000000; }
        int dot = text.indexOf('.');
        return Long.parseLong(text.substring(0, dot)) * 1000 + Long.parseLong(text.substring(dot + 1, dot + 3)) * 10;
    }

    /** Reads a stream in a thread of its own, so that a program that fills both pipes doesn't block. */
    private static final class Drain extends Thread {
        private final InputStream in;
        /** Null until the stream's end. */
        private String text;

        Drain(InputStream in) {
            super("stderr");
            this.in = in;
            setDaemon(true);
        }

        @Override
        public void run() {
            String read = "";
            try {
                read = drain(in);
            } finally {
                synchronized (ENDS) {
                    text = read;
                    ENDS.notifyAll();
                }
            }
        }

        /** Waits for the stream's end. */
        String text() {
            synchronized (ENDS) {
                try {
                    while (text == null) {
                        ENDS.wait();
                    }
                    return text;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return "";
                }
            }
        }
    }

    /** Kills a program at its time limit; JamVM's destroy() is SIGKILL. */
    private static final class Watchdog extends Thread {
        private final Process process;
        private final int seconds;
        private boolean cancelled;
        private boolean fired;

        Watchdog(Process process, int seconds) {
            super("watchdog");
            this.process = process;
            this.seconds = seconds;
            setDaemon(true);
        }

        @Override
        public void run() {
            // JamVM's timed waits follow the wall clock; nanoTime is monotonic there too, so it is checked each second
            long end = System.nanoTime() + seconds * 1000000000L;
            synchronized (ENDS) {
                try {
                    while (!cancelled && System.nanoTime() < end) {
                        ENDS.wait(Math.max(1, Math.min(1000, (end - System.nanoTime()) / 1000000)));
                    }
                } catch (InterruptedException e) {
                    return;
                }
                if (cancelled) { return; }
                fired = true;
            }
            DelayedCollection.kept(process).destroy(); // not under the lock: it takes a second
        }

        /** Returns whether it has killed the program. */
        boolean cancel() {
            synchronized (ENDS) {
                cancelled = true;
                ENDS.notifyAll();
                return fired;
            }
        }
    }
}
