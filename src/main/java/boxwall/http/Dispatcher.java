package boxwall.http;

import boxwall.netfilter.Abandoned;
import boxwall.report.Problem;
import boxwall.report.Resource;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * From a head to a reply: what refuses a request, in this order: 404, 405, 403, 401 and 429, the body's bounds; then
 * the handler's answer.
 */
final class Dispatcher {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String[] TEXT = {"text/plain", "application/octet-stream", FORM};

    private final Port port;
    private final DaemonReady awaited;
    private final FailedLogins failures = new FailedLogins();

    Dispatcher(Port port, DaemonReady awaited) {
        this.port = port;
        this.awaited = awaited;
    }

    Reply of(Exchange exchange, Head head, InputStream in) throws IOException, Refused {
        try {
            return guarded(exchange, head, in);
        } catch (OutOfMemoryError e) {
            // JamVM throws again at the next allocation unless the collector ran
            System.gc();
            port.journal().event("out of memory");
            exchange.leavesUnread();
            return Reply.problem(new Problem(503, "out of memory", "the daemon's heap is full; " + Problem.TOO_LONG));
        } catch (Abandoned e) {
            port.journal().event("given up: " + exchange.patience().reason().title() + ", " + head.method() + " for "
                    + exchange.client().text());
            return Reply.problem(exchange.patience().reason());
        } catch (StackOverflowError e) {
            return Reply
                    .problem(new Problem(503, "out of stack", "this takes more stack than a thread of the daemon has;"
                            + " 'java -jar boxwall.jar' on a PC has more"));
        } catch (RuntimeException e) {
            port.journal().bug(e);
            return Reply.problem(new Problem(500, "a bug in boxwall", e.toString()));
        }
    }

    private Reply guarded(Exchange exchange, Head head, InputStream in) throws IOException, Refused {
        AccessControl gate = port.gate();
        Request request = head.request(exchange.client());
        Route route = Route.find(request.method(), request.path());
        boolean right = gate.hasToken(request);
        Reply refusal = refuse(request, route, gate, right);
        boolean trusted = refusal == null && right;
        if (!port.admission().heard(exchange, trusted)) { throw new IOException("displaced by a newer connection"); }
        if (refusal == null && exchange.place() == ConnectionLimit.Place.RESERVED && !route.needs(Route.Need.SHORT)) {
            refusal = Reply.problem(new Problem(429, "too many connections",
                    "the limit is four per client and seven in total; one more is reserved for"
                            + " status, confirm and revert"))
                    .with("Retry-After", "1");
        }
        if (refusal != null) {
            exchange.leavesUnread();
            return refusal;
        }
        boolean text = route.needs(Route.Need.TEXT);
        String body = exchange.body(in, head, size(head, text));
        Refused form = text ? FormBody.refusal(body, type(head).equals(FORM)) : null;
        if (form != null) { return Reply.problem(form.problem()); }
        request = request.with(body, exchange.patience());
        exchange.beginsWork();
        return answer(route, request, right);
    }

    /** Null when the request may go on. */
    private Reply refuse(Request request, Route route, AccessControl gate, boolean right) {
        if (route == null) {
            String allowed = Route.allowed(request.path());
            return allowed.length() == 0
                    ? Reply.problem(new Problem(404, "no such path",
                            "there is no " + clip(request.path()) + "; there are " + paths()))
                    : Reply.problem(new Problem(405, "wrong method",
                            clip(request.path()) + " takes " + allowed + ", not " + request.method()))
                            .with("Allow", allowed);
        }
        Problem source = gate.refuseSource(request);
        return source == null ? refuseToken(request, route, right) : Reply.problem(source);
    }

    private Reply refuseToken(Request request, Route route, boolean right) {
        String peer = request.client().text();
        int seconds = barred(request);
        // a client with the token can always revert, whatever another program on the same PC sent before
        if (seconds > 0 && route.needs(Route.Need.TOKEN) && !(right && route.isUrgent())) {
            return Reply
                    .problem(new Problem(429, "too many wrong tokens",
                            "wait " + seconds + " seconds; '/etc/init.d/rc.boxwall"
                                    + " token' on the box shows the token; confirm and revert still work"))
                    .with("Retry-After", String.valueOf(seconds));
        }
        if (!right && request.header("authorization") != null && failures.failed(peer, port.uptimeMillis())) {
            port.journal().event("wrong tokens from " + peer + ": refused for a minute");
        }
        if (route.needs(Route.Need.TOKEN) && !right) {
            return Reply
                    .problem(new Problem(401, "token wanted",
                            "send the header 'Authorization: Bearer TOKEN'; on the box,"
                                    + " '/etc/init.d/rc.boxwall token' shows the token"))
                    .with("WWW-Authenticate", "Bearer");
        }
        return null;
    }

    private Reply answer(Route route, Request request, boolean right) {
        if (route == Route.OK) { return Reply.empty(); }
        Handler handler = awaited.get();
        if (handler == null) {
            return Reply
                    .problem(new Problem(503, "not ready yet",
                            "the daemon opened its port but has not finished starting; see its log"))
                    .with("Retry-After", "10");
        }
        if (route == Route.OPENAPI) { return Reply.json(200, Resource.text("/boxwall/http/openapi.json").trim()); }
        return handler.answer(route, request, right && barred(request) == 0);
    }

    /** Seconds for which the client is refused for wrong tokens. */
    private int barred(Request request) {
        return failures.seconds(request.client().text(), port.uptimeMillis());
    }

    private static String paths() {
        Set<String> paths = new TreeSet<String>();
        for (Route route : Route.values()) {
            paths.add(route.path());
        }
        String text = paths.toString();
        return text.substring(1, text.length() - 1);
    }

    private static String clip(String path) { return path.length() > 80 ? path.substring(0, 80) + "…" : path; }

    /** The body's length, 0 when there is none. */
    private static int size(Head head, boolean text) throws Refused {
        if (head.header("transfer-encoding", null) != null) {
            throw new Refused(411, "length wanted", "send the body with a Content-Length, not in chunks");
        }
        String length = head.header("content-length", "0");
        for (int i = 0; i < length.length(); i++) {
            if (length.charAt(i) < '0' || length.charAt(i) > '9') {
                throw new Refused(400, "bad length", "Content-Length must be a number");
            }
        }
        if (length.length() == 0) { throw new Refused(400, "bad length", "Content-Length must be a number"); }
        if (length.length() > 9 || Integer.parseInt(length) > Exchange.MAX_BODY) {
            throw new Refused(413, "too large", "a body may have " + Exchange.MAX_BODY + " bytes");
        }
        int size = Integer.parseInt(length);
        if (text && size > 0 && !isText(head)) {
            throw new Refused(415, "not a text",
                    "send the ruleset as it is, not packed and not as a form: curl -T FILE");
        }
        return size;
    }

    /** The Content-Type without its parameters. */
    private static String type(Head head) {
        String type = head.header("content-type", TEXT[0]).toLowerCase(Locale.ROOT);
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim();
    }

    /** curl calls what --data-binary sends a form, too: what it is, is seen in its text. */
    private static boolean isText(Head head) {
        String bare = type(head);
        boolean known = false;
        for (String each : TEXT) {
            known |= each.equals(bare);
        }
        return known && head.header("content-encoding", "identity").equalsIgnoreCase("identity");
    }
}
