package boxwall.http;

import boxwall.netfilter.Network;
import boxwall.report.Problem;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who may ask: peers by address, the Host header against the box's own names (DNS rebinding), Origin and Sec-Fetch-Site
 * against other sites' pages, and the token. Immutable: a change of addresses makes a new gate.
 */
public final class AccessControl {
    private final Set<String> hosts = new HashSet<>();
    private final List<Network> welcome;
    private final List<Network> refused;

    /**
     * Makes a gate.
     *
     * @param hosts the box's own addresses and names, as a browser would write them into the Host header
     * @param welcome networks whose clients may ask, besides loopback
     * @param refused networks whose clients may not, even when welcome holds them (the guests')
     */
    public AccessControl(Collection<String> hosts, List<Network> welcome, List<Network> refused) {
        for (String host : hosts) {
            this.hosts.add(host.toLowerCase(Locale.ROOT));
        }
        this.welcome = welcome;
        this.refused = refused;
    }

    /** Why this request is refused before the token is looked at, or null. */
    Problem refuseSource(Request request) {
        if (!isWelcome(request.client)) {
            return new Problem(403, "not from here",
                    "only clients of the LAN and the box itself may ask; you are " + request.client.text());
        }
        String host = request.header("host");
        if (host == null || !hosts.contains(nameOf(host))) {
            return new Problem(403, "unknown host",
                    "the Host header must be one of the box's own addresses or names, found "
                            + (host == null ? "none" : "'" + clip(host) + "'")
                            + "; use the box's address, or add the name to BOXWALL_HOSTS");
        }
        String site = request.header("sec-fetch-site");
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !isLinkToPage(request)) {
            return new Problem(403, "foreign page",
                    "a page of another site may not ask (Sec-Fetch-Site: " + clip(site) + ")");
        }
        String origin = request.header("origin");
        if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
            return new Problem(403, "foreign page",
                    "a page of another origin may not ask (Origin: " + clip(origin) + ")");
        }
        return null;
    }

    /**
     * Freetz' page has a link to boxwall's: going there shows a page that no other site can read or put into a frame.
     */
    private static boolean isLinkToPage(Request request) {
        return request.path.equals("/") && request.method.equals("GET")
                && "navigate".equals(request.header("sec-fetch-mode"))
                && "document".equals(request.header("sec-fetch-dest"));
    }

    /** Whether the peer is of those who may ask. */
    boolean isWelcome(Client client) {
        if (client.isLoopback()) { return true; }
        for (Network network : refused) {
            if (network.contains(client.address)) { return false; }
        }
        for (Network network : welcome) {
            if (network.contains(client.address)) { return true; }
        }
        return false;
    }

    /** The name of {@code name:port}; {@code [::1]:8181} keeps its brackets. */
    private static String nameOf(String host) {
        String name = host.trim().toLowerCase(Locale.ROOT);
        int end = name.startsWith("[") ? name.indexOf(']') + 1 : name.indexOf(':');
        return end > 0 ? name.substring(0, end) : name;
    }

    /** Whether the request carries the token; where that is empty nothing that needs it works. */
    static boolean hasToken(Request request, String token) {
        String given = request.header("authorization");
        return given != null && given.regionMatches(true, 0, "Bearer ", 0, 7) && token.length() > 0
                && sameText(token, given.substring(7).trim());
    }

    /**
     * Compares in a time that depends on the given text's length only: whichever character is wrong first, as many are
     * compared. MessageDigest.isEqual isn't constant-time in GNU Classpath.
     */
    static boolean sameText(CharSequence secret, CharSequence given) {
        int difference = secret.length() ^ given.length();
        for (int i = 0; i < given.length(); i++) {
            difference |= given.charAt(i) ^ secret.charAt(i % secret.length());
        }
        return difference == 0;
    }

    private static String clip(String header) { return header.length() > 80 ? header.substring(0, 80) + "…" : header; }
}
