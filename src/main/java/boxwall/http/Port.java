package boxwall.http;

import boxwall.netfilter.Network;
import boxwall.sys.EventLog;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The control port: one {@link Listener} for each address, one gate and one pool for all. */
public final class Port {
    /** NanoHTTPD's own; each request has a deadline besides. */
    private static final int READ_MILLIS = 10000;

    static {
        // NanoHTTPD makes itself a java.util.logging logger, and the first one reads a configuration of which nothing
        // is used here: on OpenJDK's interpreter a second of a router's start. A class that is only made, in place of
        // the reading (java.util.logging.LogManager). ProGuard takes the loggers out of the package's jar.
        if (System.getProperty("java.util.logging.config.class") == null) {
            System.setProperty("java.util.logging.config.class", "java.lang.Object");
        }
    }

    private final int number;
    private final Dispatcher dispatcher;
    private final Clock clock;
    private final EventLog log;
    private final ConnectionLimit admission = new ConnectionLimit();
    final Pool pool = new Pool();
    private final Map<String, Listener> listeners = new TreeMap<>();
    private volatile int workSeconds = RequestDeadline.SECONDS;
    private volatile int goneSeconds = RequestDeadline.GONE_SECONDS;
    private volatile int crowdedSeconds = Connection.CROWDED_SECONDS;
    private volatile AccessControl gate = new AccessControl(Collections.<String>emptyList(),
            Collections.<Network>emptyList(), Collections.<Network>emptyList(), new AccessControl.Secret() {
                @Override
                public String token() { return null; }
            });

    /** Makes a port that listens nowhere yet and lets nobody in; what happens to it is told to the log. */
    public Port(int number, Clock clock, EventLog log) {
        this.number = number;
        this.clock = clock;
        this.dispatcher = new Dispatcher(this);
        this.log = log;
    }

    /** The machine's own time. */
    public interface Clock {
        /** Milliseconds since the machine started; connections are dated with it. */
        long uptimeMillis();
    }

    /** From now on this answers; who asked before has waited for it. */
    public void serve(Handler daemon) {
        dispatcher.come(daemon);
    }

    /** From now on these peers may ask. */
    public void admit(AccessControl next) { gate = next; }

    /**
     * Listens on exactly these addresses: opens what is new, closes what is gone.
     *
     * @param addresses numeric IPv4 addresses; GNU Classpath has no IPv6 sockets
     * @return the addresses that could not be opened, each with the reason
     */
    public synchronized List<String> listen(Collection<String> addresses) {
        List<String> failed = new ArrayList<>();
        for (String address : addresses) {
            if (listeners.containsKey(address)) { continue; }
            Listener listener = new Listener(address, this);
            try {
                listener.start(READ_MILLIS, true);
                listeners.put(address, listener);
            } catch (IOException e) {
                failed.add(address + ":" + number + ": " + e.getMessage());
            }
        }
        // last: on JamVM a listener notices only some seconds later that it was closed
        for (String open : new ArrayList<String>(listeners.keySet())) {
            if (!addresses.contains(open)) { listeners.remove(open).stop(); }
        }
        return failed;
    }

    /** Stops listening. */
    public synchronized void close() { listen(Collections.<String>emptyList()); }

    /** Where the port listens now. */
    public synchronized List<String> addresses() {
        return new ArrayList<String>(listeners.keySet());
    }

    int number() { return number; }

    Dispatcher dispatcher() { return dispatcher; }

    AccessControl gate() { return gate; }

    ConnectionLimit admission() { return admission; }

    EventLog log() { return log; }

    long uptimeMillis() { return clock.uptimeMillis(); }

    /** Ends the connections whose time is over, and the work that nobody waits for. */
    void cutLate() {
        for (Connection late : admission.open(true)) {
            late.cut();
        }
        for (Connection one : admission.open(false)) {
            one.patience.look();
        }
    }

    /** Bounds for the work on a request, as they are now. */
    RequestDeadline patience(RequestDeadline.Line line) {
        return new RequestDeadline(line, workSeconds, goneSeconds);
    }

    /** Other bounds than the usual ones, in seconds: for work, and for work that nobody seems to wait for. */
    void bound(int work, int gone) {
        workSeconds = work;
        goneSeconds = gone;
    }

    /** Another bound than the usual one for a head while there are many connections. */
    void boundHead(int seconds) {
        crowdedSeconds = seconds;
    }

    long crowdedNanos() { return crowdedSeconds * 1000000000L; }

    /** Connections that are open now. */
    public int connections() { return admission.count(); }

    /**
     * A thread for each connection that {@link ConnectionLimit} lets in, and no more; idle ones end. In place of
     * NanoHTTPD's unbounded ones.
     */
    final class Pool implements NanoHTTPD.AsyncRunner {
        private static final int IDLE_SECONDS = 30;
        /**
         * Bytes of address space for a stack; only what is used takes memory. The proof over sets calls itself once for
         * each bit of an IPv6 packet: an interpreter that keeps its frames on the thread's own stack (OpenJDK's Zero)
         * ran out of 192 KiB there.
         */
        private static final int STACK = 1024 * 1024;

        /**
         * A thread that has just answered, or whose connection was displaced, may not be idle yet when the next
         * connection has its place: that one waits.
         */
        private final ThreadPoolExecutor threads =
                new ThreadPoolExecutor(ConnectionLimit.ALL, ConnectionLimit.ALL, IDLE_SECONDS, TimeUnit.SECONDS,
                        new LinkedBlockingQueue<Runnable>(4 * ConnectionLimit.ALL), new ThreadFactory() {
                            @Override
                            public Thread newThread(Runnable work) {
                                Thread thread = new Thread(null, work, "http", STACK);
                                thread.setDaemon(true);
                                return thread;
                            }
                        });

        private Pool() { threads.allowCoreThreadTimeOut(true); }

        @Override
        public void exec(NanoHTTPD.ClientHandler client) {
            try {
                if (((Listener.Served) client).connection == null) {
                    client.close();
                } else {
                    threads.execute(client);
                }
            } catch (RejectedExecutionException e) {
                client.close();
            } catch (OutOfMemoryError e) {
                // no room for one more thread: this connection ends, the one that listens must not
                client.close();
                System.gc();
            }
        }

        @Override
        public void closed(NanoHTTPD.ClientHandler client) { client.close(); }

        @Override
        public void closeAll() {
            for (Connection connection : admission.open(false)) {
                connection.cut();
            }
        }
    }
}
