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

    private final int number;
    private final Answers answers;
    private final Control control;
    private final Journal journal;
    private final Admission admission = new Admission();
    private final ClientPool pool = new ClientPool(admission);
    private final Map<String, Listener> listeners = new TreeMap<String, Listener>();
    private volatile Gate gate = new Gate(Collections.<String>emptyList(),
            Collections.<Network>emptyList(), Collections.<Network>emptyList(), new Gate.Secret() {
                @Override
                public String token() {
                    return null;
                }
            });

    /** Makes a port that listens nowhere yet and lets nobody in; what happens to it is told to the journal. */
    public Port(int number, Control control, Journal journal) {
        this.number = number;
        this.answers = new Answers(this, new Routes(control, journal));
        this.control = control;
        this.journal = journal;
    }

    /** From now on these peers may ask. */
    public void admit(Gate next) {
        gate = next;
    }

    /**
     * Listens on exactly these addresses: opens what is new, closes what is gone.
     *
     * @param addresses numeric IPv4 addresses; GNU Classpath has no IPv6 sockets
     * @return the addresses that could not be opened, each with the reason
     */
    public synchronized List<String> listen(Collection<String> addresses) {
        List<String> failed = new ArrayList<String>();
        for (String open : new ArrayList<String>(listeners.keySet())) {
            if (!addresses.contains(open)) {
                listeners.remove(open).stop();
            }
        }
        for (String address : addresses) {
            if (listeners.containsKey(address)) {
                continue;
            }
            Listener listener = new Listener(address, this);
            try {
                listener.start(READ_MILLIS, true);
                listeners.put(address, listener);
            } catch (IOException e) {
                failed.add(address + ":" + number + ": " + e.getMessage());
            }
        }
        return failed;
    }

    /** Stops listening. */
    public synchronized void close() {
        listen(Collections.<String>emptyList());
    }

    /** Where the port listens now. */
    public synchronized List<String> addresses() {
        return new ArrayList<String>(listeners.keySet());
    }

    int number() {
        return number;
    }

    Answers answers() {
        return answers;
    }

    Gate gate() {
        return gate;
    }

    ClientPool pool() {
        return pool;
    }

    Admission admission() {
        return admission;
    }

    Journal journal() {
        return journal;
    }

    long uptimeMillis() {
        return control.uptimeMillis();
    }

    /** Ends the connections whose time is over. */
    void cutLate() {
        for (Exchange late : admission.open(true)) {
            late.cut();
        }
    }

    /** Connections that are open now. */
    public int connections() {
        return admission.count();
    }
}
