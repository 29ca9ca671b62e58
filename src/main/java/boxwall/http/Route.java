package boxwall.http;

import boxwall.netfilter.Words;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of routes: method, path with the query's parameters, and what a request needs. The last word of a path may
 * be a placeholder for an ID or a number. The one implementation of {@link Handler} has a case for each route;
 * OpenApiTest writes openapi.json from this table.
 */
public enum Route {
    PAGE("GET", "/", Need.NO_TOKEN), OK("GET", "/ok", Need.NO_TOKEN, Need.SHORT),
    STATUS("GET", "/status", Need.NO_TOKEN, Need.SHORT), FACTS("GET", "/facts"), FINDINGS("GET", "/findings"),
    COUNTERS("GET", "/counters?samples"), LOG("GET", "/log?lines"), METRICS("GET", "/metrics"),
    EXPLAIN("GET", "/explain", Need.CANDIDATE, Need.LOCK), EXPOSURE("GET", "/exposure", Need.CANDIDATE, Need.LOCK),
    DIFF("GET", "/diff", Need.CANDIDATE, Need.LOCK), RULES("GET", "/rules?draft"),
    PUT_RULES("PUT", "/rules", Need.LOCK, Need.TEXT), DISCARD("DELETE", "/rules"), PRESETS("GET", "/presets"),
    DEVICES("GET", "/devices"),
    /** Acquires the lock itself, after the lock for changes. */
    APPLY("POST", "/apply?confirm&force&replace"), CONFIRM("POST", "/confirm/ID", Need.SHORT),
    REVERT("DELETE", "/apply/ID", Need.SHORT), HISTORY("GET", "/history"), RESTORE("POST", "/history/N", Need.LOCK),
    IMPORT("POST", "/import", Need.LOCK, Need.TEXT), RECORD("POST", "/record"), PA("POST", "/pa?state"),
    PRINTK("POST", "/printk?seconds"), OPENAPI("GET", "/openapi.json");

    /** A property of a route. */
    public enum Need {
        /** Answers a request without the token, too; all other routes refuse it. */
        NO_TOKEN,
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
    /** A request may have no others; empty where any others have no effect, or the handler checks them. */
    final List<String> parameters;
    private final List<Need> needs;

    Route(String method, String target, Need... needs) {
        this.method = method;
        path = Words.before(target, '?');
        String names = Words.after(target, '?');
        parameters = Arrays.asList(names == null ? new String[0] : Words.split(names, '&'));
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
            if (route.path.equals(requested)) { return Reply.problem("placeholder", path); }
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
