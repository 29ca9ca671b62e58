package boxwall.http;

import boxwall.netfilter.Words;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of routes: method, path, and what a request needs. The last word of a path may be a placeholder for an ID
 * or a number. The one implementation of {@link Handler} has a case for each route; OpenApiTest writes openapi.json
 * from this table.
 */
public enum Route {
    PAGE("GET", "/"), OK("GET", "/ok", Need.SHORT), STATUS("GET", "/status", Need.SHORT),
    FACTS("GET", "/facts", Need.TOKEN), FINDINGS("GET", "/findings", Need.TOKEN),
    COUNTERS("GET", "/counters", Need.TOKEN), LOG("GET", "/log", Need.TOKEN), METRICS("GET", "/metrics", Need.TOKEN),
    EXPLAIN("GET", "/explain", Need.TOKEN, Need.CANDIDATE, Need.LOCK),
    EXPOSURE("GET", "/exposure", Need.TOKEN, Need.CANDIDATE, Need.LOCK),
    DIFF("GET", "/diff", Need.TOKEN, Need.CANDIDATE, Need.LOCK), RULES("GET", "/rules", Need.TOKEN),
    PUT_RULES("PUT", "/rules", Need.TOKEN, Need.LOCK, Need.TEXT), DISCARD("DELETE", "/rules", Need.TOKEN),
    PRESETS("GET", "/presets", Need.TOKEN), DEVICES("GET", "/devices", Need.TOKEN),
    /** Acquires the lock itself, after the lock for changes. */
    APPLY("POST", "/apply", Need.TOKEN), CONFIRM("POST", "/confirm/ID", Need.TOKEN, Need.SHORT),
    REVERT("DELETE", "/apply/ID", Need.TOKEN, Need.SHORT), HISTORY("GET", "/history", Need.TOKEN),
    RESTORE("POST", "/history/N", Need.TOKEN, Need.LOCK), IMPORT("POST", "/import", Need.TOKEN, Need.LOCK, Need.TEXT),
    RECORD("POST", "/record", Need.TOKEN), PA("POST", "/pa", Need.TOKEN), PRINTK("POST", "/printk", Need.TOKEN),
    OPENAPI("GET", "/openapi.json", Need.TOKEN);

    /** A property of a route. */
    public enum Need {
        /** The request must carry the token. */
        TOKEN,
        /** Answers for a ruleset without syntax errors: the candidate, else the saved one. */
        CANDIDATE,
        /** No other request may parse or prove a ruleset at the same time. */
        LOCK,
        /** The body is a text. */
        TEXT,
        /** Takes little time, so it may use the client's reserved connection. */
        SHORT
    }

    final String method;
    /** With ID or N as placeholder. */
    final String path;
    private final List<Need> needs;

    Route(String method, String path, Need... needs) {
        this.method = method;
        this.path = path;
        this.needs = Arrays.asList(needs);
    }

    /** Finds the route of a request; null if there is none. */
    static Route find(String method, String path) {
        for (Route route : values()) {
            if (route.hasPath(path)
                    && (route.method.equals(method) || route.method.equals("GET") && method.equals("HEAD"))) {
                return route;
            }
        }
        return null;
    }

    /** Whether any route has this method. */
    static boolean hasMethod(String method) {
        return " GET HEAD PUT POST DELETE ".contains(" " + method + " ");
    }

    /** The methods of a path; empty if there is no such path. */
    private static String allowed(String path) {
        StringBuilder text = new StringBuilder();
        for (Route route : values()) {
            if (route.hasPath(path)) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(route.method.equals("GET") ? "GET, HEAD" : route.method);
            }
        }
        return text.toString();
    }

    /** The reply to an unknown path (404), or to a method that the path doesn't have (405). */
    static Reply missing(String method, String requested) {
        String path = requested.length() > 80 ? requested.substring(0, 80) + "…" : requested;
        String allowed = allowed(requested);
        if (allowed.length() > 0) {
            return Reply.problem("wrong-method", path, allowed, method).with("Allow", allowed);
        }
        Set<String> paths = new TreeSet<>();
        for (Route route : values()) {
            paths.add(route.path);
        }
        return Reply.problem("no-such-path", path, Words.join(paths, ", "));
    }

    /** An ID comes from /proc/sys/kernel/random/uuid: hex digits and dashes; nothing else matches. */
    private boolean hasPath(String requested) {
        int fixed = idStart();
        if (fixed == path.length() || !requested.startsWith(path.substring(0, fixed))) {
            return requested.equals(path);
        }
        for (int i = fixed; i < requested.length(); i++) {
            if (requested.charAt(i) != '-' && Character.digit(requested.charAt(i), 16) < 0) { return false; }
        }
        return requested.length() > fixed && requested.length() <= fixed + 36;
    }

    /** The index of the ID; the path's length if it has none. */
    private int idStart() {
        int slash = path.lastIndexOf('/') + 1;
        return slash > 1 ? slash : path.length();
    }

    /** The ID in a request's path. */
    public String id(Request request) { return request.path.substring(idStart()); }

    public boolean needs(Need need) { return needs.contains(need); }
}
