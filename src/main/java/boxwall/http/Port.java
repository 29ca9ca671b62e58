package boxwall.http;

import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    final Dispatcher dispatcher;
    private final Listener.Pool pool;
    private final Map<String, Listener> listeners = new TreeMap<>();

    /**
     * Makes a port that listens nowhere yet and lets nobody in; what happens to it is told to the log.
     *
     * @param tokenFile has what {@code Authorization: Bearer} must carry
     */
    public Port(int number, Sys sys, String tokenFile, EventLog log) {
        this.number = number;
        dispatcher = new Dispatcher(sys, tokenFile, log);
        pool = new Listener.Pool(dispatcher.limit);
    }

    /** From now on this answers; who asked before has waited for it. */
    public void serve(Handler daemon) {
        dispatcher.come(daemon);
    }

    /** From now on these peers may ask. */
    public void admit(AccessControl next) { dispatcher.gate = next; }

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
            Listener listener = new Listener(address, number, dispatcher, pool);
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
}
