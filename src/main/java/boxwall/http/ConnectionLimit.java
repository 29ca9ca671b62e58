package boxwall.http;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits the number of connections. There are seven, at most four for one client; all clients without access (guests,
 * the Internet side) share one. If none is free, a new connection displaces the oldest that still reads its head, else
 * one that has not shown the token and whose client keeps the daemon waiting. If all are at work, each client has one
 * reserved connection for short requests with the token, so that confirm and revert always work; loopback has its own.
 */
final class ConnectionLimit {
    private static final int USUAL_LIMIT = 7;
    private static final int CLIENT_LIMIT = 4;
    /** For all clients without access together. */
    private static final int DENIED_LIMIT = 1;
    /** Clients of the LAN that can use their reserved connection at the same time. */
    private static final int LAN_RESERVED = 4;
    private static final int LOOPBACK_RESERVED = 1;
    /** Connections in all. */
    static final int ALL = USUAL_LIMIT + LAN_RESERVED + LOOPBACK_RESERVED;

    /**
     * Limits in seconds: for the work on a request, for work whose client is gone, and for a head while the port is
     * crowded. Tests change them.
     */
    volatile int workSeconds = RequestDeadline.SECONDS;
    volatile int goneSeconds = RequestDeadline.GONE_SECONDS;
    volatile int crowdedSeconds = Connection.CROWDED_SECONDS;

    /** The kind of a connection's place. */
    enum Place { USUAL, RESERVED }

    /** In the order in which they were accepted. */
    private final List<Connection> connections = new ArrayList<>();

    /** Returns the connection for a newly accepted socket, or null if there is no place for it. */
    Connection admit(Socket socket, Client client, AccessControl access) {
        boolean allowed = access.isAllowed(client);
        Connection displaced = null;
        Connection connection = null;
        synchronized (this) {
            boolean limited = allowed ? isLimited(client) : countDenied(access) >= DENIED_LIMIT;
            Place place = limited || count(Place.USUAL, null) >= USUAL_LIMIT ? null : Place.USUAL;
            for (Place kind : Place.values()) {
                if (place == null && kind == Place.RESERVED && allowed && mayReserve(client)) { place = kind; }
                if (place == null) {
                    displaced = slowest(kind, client, limited, access);
                    place = displaced == null ? null : kind;
                }
            }
            connections.remove(displaced);
            if (place != null) {
                connection = new Connection(socket, client, this, place);
                connections.add(connection);
            }
        }
        if (displaced != null) { displaced.cut(); }
        return connection;
    }

    /** Counts the open connections of a kind of place and of a client; null for any. */
    private int count(Place place, Client client) {
        int count = 0;
        for (Connection open : connections) {
            count += (place == null || open.place == place) && (client == null || open.client.isSamePeer(client)) ? 1
                    : 0;
        }
        return count;
    }

    private boolean isLimited(Client client) { return count(null, client) >= CLIENT_LIMIT; }

    private int countDenied(AccessControl access) {
        int denied = 0;
        for (Connection open : connections) {
            denied += access.isAllowed(open.client) ? 0 : 1;
        }
        return denied;
    }

    /**
     * Returns the connection that a new one displaces, or null. A client at its limit displaces only its own
     * connections, a client without access only those of such clients.
     */
    private Connection slowest(Place place, Client client, boolean limited, AccessControl access) {
        boolean allowed = access.isAllowed(client);
        Connection waiting = null;
        for (Connection open : connections) {
            boolean may = allowed ? !limited || open.client.isSamePeer(client) : !access.isAllowed(open.client);
            if (may && open.place == place) {
                if (open.readingHead) { return open; }
                waiting = waiting == null && open.waitsForClient() ? open : waiting;
            }
        }
        return waiting;
    }

    private boolean mayReserve(Client client) {
        int lan = 0;
        for (Connection open : connections) {
            lan += open.place == Place.RESERVED && !open.client.isLoopback() ? 1 : 0;
        }
        return count(Place.RESERVED, client) == 0 && (client.isLoopback()
                ? count(Place.RESERVED, null) < LAN_RESERVED + LOOPBACK_RESERVED : lan < LAN_RESERVED);
    }

    /** Whether others may need this connection's place, so that its head must arrive soon. */
    synchronized boolean isCrowded(Connection connection) {
        return count(Place.USUAL, null) >= USUAL_LIMIT || isLimited(connection.client);
    }

    /**
     * Records that the head was read; returns false if the connection was displaced before. A connection that showed
     * the token keeps its place.
     */
    synchronized boolean headRead(Connection connection, boolean trusted) {
        connection.headRead(trusted);
        return connections.contains(connection);
    }

    synchronized void remove(Connection connection) { connections.remove(connection); }

    /** The number of open connections. */
    synchronized int count() { return connections.size(); }

    /** Ends connections that are late, and work for clients that are gone. */
    void cutLate() {
        for (Connection open : connections()) {
            if (open.isLate()) {
                open.cut();
            } else {
                open.work.checkTime();
            }
        }
    }

    /** The open connections, as a copy. */
    synchronized List<Connection> connections() {
        return new ArrayList<>(connections);
    }
}
