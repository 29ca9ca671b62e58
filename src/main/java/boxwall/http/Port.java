package boxwall.http;

import boxwall.netfilter.Network;

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
        // is used here: on
        // OpenJDK's interpreter a second of a router's start. A class that is only made, in place of the reading
        // (java.util.logging.LogManager).
        if (System.getProperty("java.util.logging.config.class") == null) {
            System.setProperty("java.util.logging.config.class", "java.lang.Object");
        }
    }

    private final int number;
    private final Dispatcher dispatcher;
    private final DaemonReady control;
    private final Clock clock;
    private final Journal journal;
    private final ConnectionLimit admission = new ConnectionLimit();
    private final ClientPool pool = new ClientPool(admission);
    private final Map<String, Listener> listeners = new TreeMap<String, Listener>();
    private volatile int workSeconds = RequestDeadline.SECONDS;
    private volatile int goneSeconds = RequestDeadline.GONE_SECONDS;
    private volatile int crowdedSeconds = Exchange.CROWDED_SECONDS;
    private volatile AccessControl gate = new AccessControl(Collections.<String>emptyList(),
            Collections.<Network>emptyList(), Collections.<Network>emptyList(), new AccessControl.Secret() {
                @Override
                public String token() { return null; }
            });

    /** Makes a port that listens nowhere yet and lets nobody in; what happens to it is told to the journal. */
    public Port(int number, Clock clock, Journal journal) {
        this.number = number;
        this.clock = clock;
        this.control = new DaemonReady(clock);
        this.dispatcher = new Dispatcher(this, control);
        this.journal = journal;
    }

    /** From now on this answers; who asked before has waited for it. */
    public void serve(Handler daemon) {
        control.come(daemon);
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
        List<String> failed = new ArrayList<String>();
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

    ClientPool pool() { return pool; }

    ConnectionLimit admission() { return admission; }

    Journal journal() { return journal; }

    long uptimeMillis() { return clock.uptimeMillis(); }

    /** Ends the connections whose time is over, and the work that nobody waits for. */
    void cutLate() {
        for (Exchange late : admission.open(true)) {
            late.cut();
        }
        for (Exchange one : admission.open(false)) {
            one.patience().look();
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
}
