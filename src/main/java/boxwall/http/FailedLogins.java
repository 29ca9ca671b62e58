package boxwall.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** Wrong tokens by peer. Who sent a few in a minute is refused for the rest of that minute; no thread waits for it. */
final class FailedLogins {
    private static final int FREE = 5;
    private static final long WINDOW_MILLIS = 60 * 1000;
    /** Peers remembered; the LAN of a router has fewer. */
    private static final int PEERS = 64;

    /** {start of the window, wrong tokens in it} by peer. */
    private final Map<String, long[]> peers = new LinkedHashMap<String, long[]>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) { return size() > PEERS; }
    };

    /** Counts a wrong token; true when the peer is refused from now on. */
    synchronized boolean failed(String peer, long nowMillis) {
        long[] seen = peers.get(peer);
        if (seen == null || nowMillis - seen[0] >= WINDOW_MILLIS) {
            seen = new long[] {nowMillis, 0};
            peers.put(peer, seen);
        }
        seen[1]++;
        return seen[1] == FREE;
    }

    /** Seconds for which the peer is still refused; 0 when it isn't. */
    synchronized int seconds(String peer, long nowMillis) {
        long[] seen = peers.get(peer);
        long left = seen == null || seen[1] < FREE ? 0 : WINDOW_MILLIS - (nowMillis - seen[0]);
        return left <= 0 ? 0 : (int) (left / 1000) + 1;
    }
}
