package boxwall.http;

/** The paths: one each, or one prefix that an ID follows. */
enum Route {
    PAGE("/", false, "GET"),
    OK("/ok", false, "GET"),
    STATUS("/status", false, "GET"),
    FACTS("/facts", true, "GET"),
    FINDINGS("/findings", true, "GET"),
    COUNTERS("/counters", true, "GET"),
    LOG("/log", true, "GET"),
    METRICS("/metrics", true, "GET"),
    EXPLAIN("/explain", true, "GET"),
    EXPOSURE("/exposure", true, "GET"),
    DIFF("/diff", true, "GET"),
    RULES("/rules", true, "GET", "PUT", "DELETE"),
    PRESETS("/presets", true, "GET"),
    APPLY("/apply", true, "POST"),
    CONFIRM("/confirm/", true, "POST"),
    REVERT("/apply/", true, "DELETE"),
    HISTORY("/history", true, "GET"),
    RESTORE("/history/", true, "POST"),
    IMPORT("/import", true, "POST"),
    RECORD("/record", true, "POST"),
    PA("/pa", true, "POST"),
    PRINTK("/printk", true, "POST"),
    OPENAPI("/openapi.json", true, "GET");

    private final String path;
    private final boolean wantsToken;
    private final String[] methods;

    Route(String path, boolean wantsToken, String... methods) {
        this.path = path;
        this.wantsToken = wantsToken;
        this.methods = methods;
    }

    /** The route of a path, or null. */
    static Route find(String path) {
        for (Route route : values()) {
            if (route.takesId() ? route.isId(path) : path.equals(route.path)) {
                return route;
            }
        }
        return null;
    }

    private boolean takesId() {
        return path.length() > 1 && path.endsWith("/");
    }

    /** IDs are those of /proc/sys/kernel/random/uuid: hex digits and dashes, so nothing else gets any further. */
    private boolean isId(String asked) {
        if (!asked.startsWith(path) || asked.length() == path.length() || asked.length() > path.length() + 36) {
            return false;
        }
        for (int i = path.length(); i < asked.length(); i++) {
            char c = asked.charAt(i);
            if (c != '-' && Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    boolean allows(String method) {
        for (String allowed : methods) {
            if (allowed.equals(method) || allowed.equals("GET") && method.equals("HEAD")) {
                return true;
            }
        }
        return false;
    }

    /** For the header Allow. */
    String allowed() {
        StringBuilder text = new StringBuilder();
        for (String method : methods) {
            text.append(text.length() == 0 ? "" : ", ").append(method.equals("GET") ? "GET, HEAD" : method);
        }
        return text.toString();
    }

    boolean wantsToken() {
        return wantsToken;
    }

    /** Whether it may use the connection that is reserved for each client. */
    boolean isShort() {
        return isUrgent() || this == STATUS || this == OK;
    }

    /** Whether it is open to a peer that sent wrong tokens before. */
    boolean isUrgent() {
        return this == CONFIRM || this == REVERT;
    }

    /** Whether a text comes with it. */
    boolean takesText(String method) {
        return this == IMPORT || this == RULES && method.equals("PUT");
    }

    String path() {
        return path;
    }

    /** As a person would write it. */
    String shown() {
        return takesId() ? path + (this == RESTORE ? "N" : "ID") : path;
    }
}
