package boxwall.http;

import java.util.ArrayList;
import java.util.List;

/**
 * Who gets one of the few connections. Seven are for anybody, four of them at most for one client; the eighth is kept for confirm and
 * revert, so that the way back is open when the others are taken. Those who may not ask at all (guests, the Internet side) share one.
 */
final class Admission {
    /** Connections in all. */
    static final int ALL = 8;
    private static final int FOR_ANYBODY = 7;
    private static final int FOR_ONE_CLIENT = 4;
    private static final int FOR_STRANGERS = 1;

    /** What a connection may be used for. */
    enum Place { USUAL, URGENT, NONE }

    private final List<Exchange> open = new ArrayList<Exchange>();

    /** Makes an exchange for a new connection, or null when there is no place. */
    synchronized Exchange admit(java.net.Socket socket, Client client, boolean welcome, Port port) {
        Place place = place(client, welcome, port);
        if (place == Place.NONE) {
            return null;
        }
        Exchange exchange = new Exchange(socket, client, port, place);
        open.add(exchange);
        return exchange;
    }

    private Place place(Client client, boolean welcome, Port port) {
        int usual = 0;
        int same = 0;
        int strangers = 0;
        for (Exchange one : open) {
            usual += one.place() == Place.USUAL ? 1 : 0;
            same += one.client().text().equals(client.text()) ? 1 : 0;
            strangers += port.gate().isWelcome(one.client()) ? 0 : 1;
        }
        if (!welcome) {
            return strangers < FOR_STRANGERS && usual < FOR_ANYBODY ? Place.USUAL : Place.NONE;
        }
        return usual < FOR_ANYBODY && same < FOR_ONE_CLIENT ? Place.USUAL : open.size() == usual ? Place.URGENT : Place.NONE;
    }

    synchronized void left(Exchange exchange) {
        open.remove(exchange);
    }

    /** Connections that are open. */
    synchronized int count() {
        return open.size();
    }

    /** Those open now; all of them, or only those whose time is over. */
    synchronized List<Exchange> open(boolean onlyLate) {
        List<Exchange> found = new ArrayList<Exchange>();
        for (Exchange one : open) {
            if (!onlyLate || one.isLate()) {
                found.add(one);
            }
        }
        return found;
    }
}
