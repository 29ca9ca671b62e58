package boxwall.http;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Who gets one of the few connections. Seven are for anybody, four of them at most for one client; those who may not
 * ask at all (guests, the Internet side) share one. Where these are taken, the newcomer displaces the connection that
 * has been reading its request head longest, else one that has not shown the token and doesn't take its answer. Where
 * all are at work, each client has one more for short requests with the token, so that confirm and revert always work;
 * loopback doesn't share these with the LAN.
 */
final class ConnectionLimit {
    private static final int FOR_ANYBODY = 7;
    private static final int FOR_ONE_CLIENT = 4;
    private static final int FOR_STRANGERS = 1;
    /** Clients of the LAN that can have their reserved connection at the same time. */
    private static final int RESERVED = 4;
    private static final int RESERVED_FOR_LOOPBACK = 1;
    /** Connections in all. */
    static final int ALL = FOR_ANYBODY + RESERVED + RESERVED_FOR_LOOPBACK;

    /**
     * Seconds that work may take, that it goes on without a client, and that a head may take among many; tests change
     * them.
     */
    volatile int workSeconds = RequestDeadline.SECONDS;
    volatile int goneSeconds = RequestDeadline.GONE_SECONDS;
    volatile int crowdedSeconds = Connection.CROWDED_SECONDS;

    /** What a connection may be used for. */
    enum Place { USUAL, RESERVED }

    /** In the order of their arrival. */
    private final List<Connection> open = new ArrayList<>();

    /** Makes a connection for a new connection, or null when there is no place. */
    Connection admit(Socket socket, Client client, AccessControl gate) {
        boolean welcome = gate.isWelcome(client);
        Connection displaced = null;
        Connection connection = null;
        synchronized (this) {
            boolean limited = welcome ? isLimited(client) : strangers(gate) >= FOR_STRANGERS;
            Place place = limited || count(Place.USUAL, null) >= FOR_ANYBODY ? null : Place.USUAL;
            for (Place each : Place.values()) {
                if (place == null && each == Place.RESERVED && welcome && hasReserved(client)) { place = each; }
                if (place == null) {
                    displaced = slowest(each, client, limited, gate);
                    place = displaced == null ? null : each;
                }
            }
            open.remove(displaced);
            if (place != null) {
                connection = new Connection(socket, client, this, place);
                open.add(connection);
            }
        }
        if (displaced != null) { displaced.cut(); }
        return connection;
    }

    /** Open connections of a place and of a client; null for any. */
    private int count(Place place, Client client) {
        int count = 0;
        for (Connection one : open) {
            count += (place == null || one.place == place) && (client == null || one.client.is(client)) ? 1 : 0;
        }
        return count;
    }

    private boolean isLimited(Client client) { return count(null, client) >= FOR_ONE_CLIENT; }

    private int strangers(AccessControl gate) {
        int strangers = 0;
        for (Connection one : open) {
            strangers += gate.isWelcome(one.client) ? 0 : 1;
        }
        return strangers;
    }

    /**
     * Whom the newcomer displaces, or null. A client at its limit displaces only its own connections, a stranger only
     * strangers'.
     */
    private Connection slowest(Place place, Client client, boolean limited, AccessControl gate) {
        boolean welcome = gate.isWelcome(client);
        Connection deaf = null;
        for (Connection one : open) {
            boolean may = welcome ? !limited || one.client.is(client) : !gate.isWelcome(one.client);
            if (may && one.place == place) {
                if (one.readingHead) { return one; }
                deaf = deaf == null && one.keepsUsWaiting() ? one : deaf;
            }
        }
        return deaf;
    }

    private boolean hasReserved(Client client) {
        int lan = 0;
        for (Connection one : open) {
            lan += one.place == Place.RESERVED && !one.client.isLoopback() ? 1 : 0;
        }
        return count(Place.RESERVED, client) == 0 && (client.isLoopback()
                ? count(Place.RESERVED, null) < RESERVED + RESERVED_FOR_LOOPBACK : lan < RESERVED);
    }

    /** Whether others may want this connection's place: then its head must come soon. */
    synchronized boolean isCrowded(Connection connection) {
        return count(Place.USUAL, null) >= FOR_ANYBODY || isLimited(connection.client);
    }

    /**
     * The connection has its head; false when it was displaced before. One that showed the token keeps its place to its
     * end.
     */
    synchronized boolean heard(Connection connection, boolean trusted) {
        connection.heard(trusted);
        return open.contains(connection);
    }

    synchronized void left(Connection connection) { open.remove(connection); }

    /** Connections that are open. */
    synchronized int count() { return open.size(); }

    /** Ends the connections whose time is over, and the work that nobody waits for. */
    void cutLate() {
        for (Connection one : open()) {
            if (one.isLate()) {
                one.cut();
            } else {
                one.patience.look();
            }
        }
    }

    /** Those open now. */
    synchronized List<Connection> open() { return new ArrayList<>(open); }
}
