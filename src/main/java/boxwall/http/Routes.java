package boxwall.http;

import boxwall.report.Problem;

import java.util.ArrayList;
import java.util.List;

/** Refuses by route, method, source and token, and hands the rest to the daemon. */
final class Routes {
    private final Awaited awaited;
    private final Clock clock;
    private final Journal journal;
    private final Failures failures = new Failures();

    Routes(Awaited awaited, Clock clock, Journal journal) {
        this.awaited = awaited;
        this.clock = clock;
        this.journal = journal;
    }

    /** Null when the request may go on. The order of refusals is: route 404, method 405, source 403, token 401 or 429. */
    Reply refuse(Request request, Gate gate) {
        Route route = Route.find(request.path());
        if (route == null) {
            return Reply.problem(new Problem(404, "no such path", "there is no " + clip(request.path()) + "; there are " + paths()));
        }
        if (!route.allows(request.method())) {
            return Reply.problem(new Problem(405, "wrong method", route.shown() + " takes " + route.allowed() + ", not "
                    + request.method())).with("Allow", route.allowed());
        }
        Problem source = gate.refuseSource(request);
        if (source != null) {
            return Reply.problem(source);
        }
        return refuseToken(request, route, gate.hasToken(request));
    }

    private Reply refuseToken(Request request, Route route, boolean right) {
        String peer = request.client().text();
        int seconds = failures.seconds(peer, clock.uptimeMillis());
        // a client with the token can always revert, whatever another program on the same PC sent before
        if (seconds > 0 && route.wantsToken() && !(right && route.isUrgent())) {
            return Reply.problem(new Problem(429, "too many wrong tokens", "wait " + seconds + " seconds; '/etc/init.d/rc.boxwall"
                    + " token' on the box shows the token; confirm and revert still work")).with("Retry-After", String.valueOf(seconds));
        }
        if (!right && request.header("authorization") != null && failures.failed(peer, clock.uptimeMillis())) {
            journal.event("wrong tokens from " + peer + ": refused for a minute");
        }
        if (route.wantsToken() && !right) {
            return Reply.problem(new Problem(401, "token wanted", "send the header 'Authorization: Bearer TOKEN'; on the box,"
                    + " '/etc/init.d/rc.boxwall token' shows the token")).with("WWW-Authenticate", "Bearer");
        }
        return null;
    }

    /** Answers a request that wasn't refused. */
    Reply answer(Request request, Gate gate) {
        Route route = Route.find(request.path());
        if (route == Route.OK) {
            return Reply.empty();
        }
        Control control = awaited.get();
        if (control == null) {
            return Reply.problem(new Problem(503, "not ready yet", "the daemon opened its port but has not finished starting; see its log"))
                    .with("Retry-After", "10");
        }
        return answer(control, request, route, gate);
    }

    private Reply answer(Control control, Request request, Route route, Gate gate) {
        switch (route) {
            case PAGE:
                return control.page(request);
            case STATUS:
                boolean barred = failures.seconds(request.client().text(), clock.uptimeMillis()) > 0;
                return control.status(!barred && gate.hasToken(request));
            case FACTS:
                return control.facts();
            case FINDINGS:
                return control.findings();
            case COUNTERS:
                return control.counters(request);
            case LOG:
                return control.log(request);
            case METRICS:
                return control.metrics();
            case EXPLAIN:
                return control.explain(request);
            case EXPOSURE:
                return control.exposure(request);
            case DIFF:
                return control.diff(request);
            case PRESETS:
                return control.presets();
            case HISTORY:
                return control.history();
            case OPENAPI:
                return OpenApi.reply();
            default:
                return answerChange(control, request, route);
        }
    }

    private static Reply answerChange(Control control, Request request, Route route) {
        switch (route) {
            case RULES:
                return request.method().equals("PUT") ? control.putRules(request)
                        : request.method().equals("DELETE") ? control.discard(request) : control.rules(request);
            case APPLY:
                return control.apply(request);
            case CONFIRM:
                return control.confirm(request, request.tail(route.path()));
            case REVERT:
                return control.revert(request, request.tail(route.path()));
            case RESTORE:
                return control.restore(request, request.tail(route.path()));
            case IMPORT:
                return control.imported(request);
            case RECORD:
                return control.record(request);
            case PA:
                return control.acceleration(request);
            case PRINTK:
                return control.printk(request);
            default:
                throw new IllegalStateException(request.path());
        }
    }

    private static String paths() {
        List<String> paths = new ArrayList<String>();
        for (Route route : Route.values()) {
            paths.add(route.shown());
        }
        String text = paths.toString();
        return text.substring(1, text.length() - 1);
    }

    private static String clip(String path) {
        return path.length() > 80 ? path.substring(0, 80) + "…" : path;
    }
}
