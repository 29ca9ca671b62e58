package boxwall.http;

import boxwall.netfilter.Network;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which requests are allowed: by the peer's address, by the Host header (against DNS rebinding), by Origin and
 * Sec-Fetch-Site (against pages of other sites), and by the token. Immutable: when an address changes, a new instance
 * replaces it.
 */
public final class AccessControl {
    private final Set<String> hosts = new HashSet<>();
    private final Network lan;
    private final Network guests;

    /**
     * Creates the rules of access.
     *
     * @param hosts the box's own addresses and names, as a browser writes them into the Host header
     * @param lan the network whose clients have access, besides loopback; or null
     * @param guests the network whose clients have none, even if {@code lan} contains it; or null
     */
    public AccessControl(Collection<String> hosts, Network lan, Network guests) {
        for (String host : hosts) {
            this.hosts.add(host.toLowerCase(Locale.ROOT));
        }
        this.lan = lan;
        this.guests = guests;
    }

    /** Returns why this request is refused whatever its token is, or null. */
    Reply refuseSource(Request request) {
        if (!isAllowed(request.client)) { return Reply.problem("not-from-here", request.client.text()); }
        String host = request.header("host");
        if (host == null || !hosts.contains(nameOf(host))) {
            return Reply.problem("unknown-host", host == null ? "none" : "'" + clip(host) + "'");
        }
        String site = request.header("sec-fetch-site");
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !isLinkToPage(request)) {
            return Reply.problem("foreign-page", "site", "Sec-Fetch-Site", clip(site));
        }
        String origin = request.header("origin");
        if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
            return Reply.problem("foreign-page", "origin", "Origin", clip(origin));
        }
        return null;
    }

    /**
     * Freetz' page links to boxwall's page. Following that link is safe: no other site can read the page or frame it.
     */
    private static boolean isLinkToPage(Request request) {
        return request.path.equals("/") && request.method.equals("GET")
                && "navigate".equals(request.header("sec-fetch-mode"))
                && "document".equals(request.header("sec-fetch-dest"));
    }

    /** Whether this peer has access. */
    boolean isAllowed(Client client) {
        boolean isGuest = guests != null && guests.contains(client.address);
        return client.isLoopback() || !isGuest && lan != null && lan.contains(client.address);
    }

    /** The name in {@code name:port}; {@code [::1]:8181} keeps its brackets. */
    private static String nameOf(String host) {
        String name = host.trim().toLowerCase(Locale.ROOT);
        int end = name.startsWith("[") ? name.indexOf(']') + 1 : name.indexOf(':');
        return end > 0 ? name.substring(0, end) : name;
    }

    /** Whether the request carries a token, right or wrong. */
    static boolean sendsToken(Request request) {
        String given = request.header("authorization");
        return given != null && given.regionMatches(true, 0, "Bearer ", 0, 7);
    }

    /** Whether the request carries the token. With an empty token no request does. */
    static boolean hasToken(Request request, String token) {
        return sendsToken(request) && token.length() > 0
                && sameText(token, request.header("authorization").substring(7).trim());
    }

    /**
     * Compares in constant time: it depends on the length of the given text only. MessageDigest.isEqual isn't
     * constant-time in GNU Classpath.
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
