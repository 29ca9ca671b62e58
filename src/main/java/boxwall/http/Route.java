package boxwall.http;

import boxwall.netfilter.Words;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of routes: method, path and what a request needs. An ID or a number may stand in the place of the path's
 * last word. The handler is the case of the same name in {@link Handler}'s one implementation; OpenApiTest makes
 * openapi.json from this table.
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
    /** Takes the lock itself, behind the one that is for changes. */
    APPLY("POST", "/apply", Need.TOKEN), CONFIRM("POST", "/confirm/ID", Need.TOKEN, Need.SHORT),
    REVERT("DELETE", "/apply/ID", Need.TOKEN, Need.SHORT), HISTORY("GET", "/history", Need.TOKEN),
    RESTORE("POST", "/history/N", Need.TOKEN, Need.LOCK), IMPORT("POST", "/import", Need.TOKEN, Need.LOCK, Need.TEXT),
    RECORD("POST", "/record", Need.TOKEN), PA("POST", "/pa", Need.TOKEN), PRINTK("POST", "/printk", Need.TOKEN),
    OPENAPI("GET", "/openapi.json", Need.TOKEN);

    /** What a request needs, or may have. */
    public enum Need {
        /** The token. */
        TOKEN,
        /** A ruleset without syntax errors to answer for: the candidate, else the saved one. */
        CANDIDATE,
        /** To be the only one that parses or proves rulesets. */
        LOCK,
        /** A text as its body. */
        TEXT,
        /** Little time: it may use the connection that is reserved for each client. */
        SHORT
    }

    final String method;
    /** As a person would write it. */
    final String path;
    private final List<Need> needs;

    Route(String method, String path, Need... needs) {
        this.method = method;
        this.path = path;
        this.needs = Arrays.asList(needs);
    }

    /** The route of a request, or null. */
    static Route find(String method, String path) {
        for (Route route : values()) {
            if (route.hasPath(path)
                    && (route.method.equals(method) || route.method.equals("GET") && method.equals("HEAD"))) {
                return route;
            }
        }
        return null;
    }

    /** Whether any path takes it. */
    static boolean hasMethod(String method) {
        return " GET HEAD PUT POST DELETE ".contains(" " + method + " ");
    }

    /** The methods that a path takes; empty when there is no such path. */
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

    /** The answer to a path that isn't there, or a method that it doesn't take. */
    static Reply missing(String method, String asked) {
        String path = asked.length() > 80 ? asked.substring(0, 80) + "…" : asked;
        String allowed = allowed(asked);
        if (allowed.length() > 0) {
            return Reply.problem(405, "wrong method", path + " takes " + allowed + ", not " + method).with("Allow",
                    allowed);
        }
        Set<String> paths = new TreeSet<>();
        for (Route route : values()) {
            paths.add(route.path);
        }
        return Reply.problem(404, "no such path", "there is no " + path + "; there are " + Words.join(paths, ", "));
    }

    /** IDs are those of /proc/sys/kernel/random/uuid: hex digits and dashes, so nothing else gets any further. */
    private boolean hasPath(String asked) {
        int fixed = fixed();
        if (fixed == path.length() || !asked.startsWith(path.substring(0, fixed))) { return asked.equals(path); }
        for (int i = fixed; i < asked.length(); i++) {
            if (asked.charAt(i) != '-' && Character.digit(asked.charAt(i), 16) < 0) { return false; }
        }
        return asked.length() > fixed && asked.length() <= fixed + 36;
    }

    /** Where an ID begins; the path's length when it has none. */
    private int fixed() {
        int slash = path.lastIndexOf('/') + 1;
        return slash > 1 ? slash : path.length();
    }

    /** The ID in a request's path. */
    public String id(Request request) { return request.path.substring(fixed()); }

    public boolean needs(Need need) { return needs.contains(need); }
}
