package boxwall.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wrong tokens by peer: who sends five in a minute is refused (429) for the rest of that minute. Only counted; no
 * thread waits.
 */
final class FailedLogins {
    private static final int ALLOWED = 5;
    private static final long WINDOW_MILLIS = 60 * 1000;
    /** Peers remembered; the LAN of a router has fewer. */
    private static final int PEERS = 64;

    /** {start of the window, wrong tokens in it} by peer. */
    private final Map<String, long[]> seen = new LinkedHashMap<String, long[]>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) { return size() > PEERS; }
    };

    /** Counts a wrong token at an uptime in milliseconds; true when the peer is refused from now on. */
    synchronized boolean add(String peer, long now) {
        long[] window = seen.get(peer);
        if (window == null || now - window[0] >= WINDOW_MILLIS) {
            window = new long[] {now, 0};
            seen.put(peer, window);
        }
        window[1]++;
        return window[1] == ALLOWED;
    }

    /** Seconds for which the peer is still refused; 0 when it isn't. */
    synchronized int secondsLeft(String peer, long now) {
        long[] window = seen.get(peer);
        long left = window == null || window[1] < ALLOWED ? 0 : WINDOW_MILLIS - (now - window[0]);
        return left <= 0 ? 0 : (int) (left / 1000) + 1;
    }
}
