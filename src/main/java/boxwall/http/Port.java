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

/** The control port: a {@link Listener} for each address; they share the access control and the threads. */
public final class Port {
    static {
        // NanoHTTPD creates a java.util.logging logger. The first logger reads a configuration that boxwall doesn't
        // need, which takes OpenJDK's interpreter a second on a router. If this property names a class, LogManager
        // creates an instance instead. ProGuard removes the loggers from the package's jar.
        if (System.getProperty("java.util.logging.config.class") == null) {
            System.setProperty("java.util.logging.config.class", "java.lang.Object");
        }
    }

    private final int number;
    final Dispatcher dispatcher;
    private final Listener.Pool pool;
    final Map<String, Listener> listeners = new TreeMap<>();

    /**
     * Creates a port that listens nowhere yet and gives no client access.
     *
     * @param tokenFile contains the token of {@code Authorization: Bearer}
     * @param log for events of the port
     */
    public Port(int number, Sys sys, String tokenFile, EventLog log) {
        this.number = number;
        dispatcher = new Dispatcher(sys, tokenFile, log);
        pool = new Listener.Pool(dispatcher.limit);
    }

    /** Passes requests to this handler; requests that arrived before have waited for it. */
    public void serve(Handler daemon) {
        dispatcher.setHandler(daemon);
    }

    /** Replaces the access control. */
    public void admit(AccessControl access) { dispatcher.access = access; }

    /**
     * Listens on exactly these addresses: opens the new ones and closes all others.
     *
     * @param addresses numeric IPv4 addresses; GNU Classpath has no IPv6 sockets
     * @return the addresses that could not be opened, each with the reason
     */
    public synchronized List<String> listen(Collection<String> addresses) {
        List<String> failed = new ArrayList<>();
        for (String address : addresses) {
            Listener listener = listeners.get(address);
            if (listener != null && listener.isAlive()) { continue; }
            // an ended one stays until another is open, so that isListening() reports it if that fails
            if (listener != null) { listener.stop(); }
            listener = new Listener(address, number, dispatcher, pool);
            try {
                listener.start(0, true);
                listeners.put(address, listener);
            } catch (IOException e) {
                failed.add(address + ":" + number + ": " + e.getMessage());
            }
        }
        // last, because on JamVM a listener notices only after some seconds that it was closed
        for (String open : new ArrayList<String>(listeners.keySet())) {
            if (!addresses.contains(open)) { listeners.remove(open).stop(); }
        }
        return failed;
    }

    /** Whether all listeners accept connections; an error, such as lack of memory, may have ended one. */
    public synchronized boolean isListening() {
        for (Listener listener : listeners.values()) {
            if (!listener.isAlive()) { return false; }
        }
        return true;
    }

    /** Stops listening. */
    public synchronized void close() { listen(Collections.<String>emptyList()); }

    /** The addresses on which the port listens now. */
    public synchronized List<String> addresses() {
        return new ArrayList<String>(listeners.keySet());
    }
}
