package boxwall.http;

import boxwall.report.Problem;

import java.util.ArrayList;
import java.util.List;

/** The paths, their methods, and whether they want the token. The order of refusals is: route 404, method 405, source 403, token 401. */
final class Routes {
    private final Control control;

    Routes(Control control) {
        this.control = control;
    }

    /** One path, or one prefix that an ID follows. */
    private enum Route {
        OK("/ok", false, "GET"),
        STATUS("/status", false, "GET"),
        FACTS("/facts", true, "GET"),
        FINDINGS("/findings", true, "GET"),
        EXPLAIN("/explain", true, "GET"),
        EXPOSURE("/exposure", true, "GET"),
        DIFF("/diff", true, "GET"),
        RULES("/rules", true, "GET", "PUT"),
        APPLY("/apply", true, "POST"),
        CONFIRM("/confirm/", true, "POST"),
        REVERT("/apply/", true, "DELETE");

        private final String path;
        private final boolean wantsToken;
        private final String[] methods;

        Route(String path, boolean wantsToken, String... methods) {
            this.path = path;
            this.wantsToken = wantsToken;
            this.methods = methods;
        }

        boolean fits(String asked) {
            return path.endsWith("/") ? isId(asked) : asked.equals(path);
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

        String allowed() {
            StringBuilder text = new StringBuilder();
            for (String method : methods) {
                text.append(text.length() == 0 ? "" : ", ").append(method.equals("GET") ? "GET, HEAD" : method);
            }
            return text.toString();
        }
    }

    /** Refuses by route, method, source and token; null when the request may go on. */
    Reply refuse(Request request, Gate gate) {
        Route route = find(request.path());
        if (route == null) {
            return Reply.problem(new Problem(404, "no such path", "there is no " + clip(request.path()) + "; there are " + paths()));
        }
        if (!route.allows(request.method())) {
            return Reply.problem(new Problem(405, "wrong method", route.path + " takes " + route.allowed() + ", not "
                    + request.method())).with("Allow", route.allowed());
        }
        Problem source = gate.refuseSource(request);
        if (source != null) {
            return Reply.problem(source);
        }
        if (route.wantsToken && !gate.hasToken(request)) {
            return Reply.problem(new Problem(401, "token wanted", "send the header 'Authorization: Bearer TOKEN'; on the box,"
                    + " '/etc/init.d/rc.boxwall token' shows the token")).with("WWW-Authenticate", "Bearer");
        }
        return null;
    }

    /** Answers a request that wasn't refused. */
    Reply answer(Request request, Gate gate) {
        switch (find(request.path())) {
            case OK:
                return Reply.empty();
            case STATUS:
                return control.status(gate.hasToken(request));
            case FACTS:
                return control.facts();
            case FINDINGS:
                return control.findings();
            case EXPLAIN:
                return control.explain(request);
            case EXPOSURE:
                return control.exposure();
            case DIFF:
                return control.diff();
            case RULES:
                return request.method().equals("PUT") ? control.putRules(request) : control.rules();
            case APPLY:
                return control.apply(request);
            case CONFIRM:
                return control.confirm(request, request.tail(Route.CONFIRM.path));
            case REVERT:
                return control.revert(request, request.tail(Route.REVERT.path));
            default:
                throw new IllegalStateException(request.path());
        }
    }

    private static Route find(String path) {
        for (Route route : Route.values()) {
            if (route.fits(path)) {
                return route;
            }
        }
        return null;
    }

    private static String paths() {
        List<String> paths = new ArrayList<String>();
        for (Route route : Route.values()) {
            paths.add(route.path.endsWith("/") ? route.path + "ID" : route.path);
        }
        String text = paths.toString();
        return text.substring(1, text.length() - 1);
    }

    private static String clip(String path) {
        return path.length() > 80 ? path.substring(0, 80) + "…" : path;
    }
}
