package boxwall.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong tokens for each peer: after five in a minute the peer is refused (429) for the rest of that minute. No
 * thread waits.
 */
final class FailedLogins {
    private static final int ALLOWED = 5;
    private static final long WINDOW_MILLIS = 60 * 1000;
    /** The number of peers to remember; a router's LAN has fewer. */
    private static final int PEERS = 64;

    /** {start of the window, wrong tokens in it} by peer. */
    private final Map<String, long[]> windows = new LinkedHashMap<String, long[]>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) { return size() > PEERS; }
    };

    /** Counts a wrong token at an uptime in milliseconds. Returns true if the peer is refused from now on. */
    synchronized boolean add(String peer, long now) {
        long[] window = windows.get(peer);
        if (window == null || now - window[0] >= WINDOW_MILLIS) {
            window = new long[] {now, 0};
            windows.put(peer, window);
        }
        window[1]++;
        return window[1] == ALLOWED;
    }

    /** The seconds for which the peer is still refused, or 0. */
    synchronized int secondsLeft(String peer, long now) {
        long[] window = windows.get(peer);
        long left = window == null || window[1] < ALLOWED ? 0 : WINDOW_MILLIS - (now - window[0]);
        return left <= 0 ? 0 : (int) (left / 1000) + 1;
    }
}
