package boxwall.http;

import boxwall.netfilter.Abandoned;
import boxwall.report.Problem;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** From a head to a reply: what refuses a request, in this order: 404, 405, 403, 401 and 429, the body's bounds; then the daemon's answer. */
final class Answers {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String[] TEXT = {"text/plain", "application/octet-stream", FORM};

    private final Port port;
    private final Routes routes;

    Answers(Port port, Routes routes) {
        this.port = port;
        this.routes = routes;
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
            port.journal().event("given up: " + exchange.patience().reason().title() + ", " + head.method() + " for " + exchange.client().text());
            return Reply.problem(exchange.patience().reason());
        } catch (StackOverflowError e) {
            return Reply.problem(new Problem(503, "out of stack", "this takes more stack than a thread of the daemon has;"
                    + " 'java -jar boxwall.jar' on a PC has more"));
        } catch (RuntimeException e) {
            port.journal().bug(e);
            return Reply.problem(new Problem(500, "a bug in boxwall", e.toString()));
        }
    }

    private Reply guarded(Exchange exchange, Head head, InputStream in) throws IOException, Refused {
        Gate gate = port.gate();
        Request request = head.request(exchange.client());
        Reply refusal = routes.refuse(request, gate);
        Route route = Route.find(request.path());
        boolean trusted = refusal == null && (route.wantsToken() || gate.hasToken(request));
        if (!port.admission().heard(exchange, trusted)) {
            throw new IOException("displaced by a newcomer");
        }
        if (refusal == null && exchange.place() == Admission.Place.RESERVED && !route.isShort()) {
            refusal = Reply.problem(new Problem(429, "too many connections", "you have four, or all have seven; the last one is kept for"
                    + " status, confirm and revert")).with("Retry-After", "1");
        }
        if (refusal != null) {
            exchange.leavesUnread();
            return refusal;
        }
        boolean text = route.takesText(request.method());
        String body = exchange.body(in, head, size(head, text));
        Refused form = text ? FormBody.refusal(body, type(head).equals(FORM)) : null;
        if (form != null) {
            return Reply.problem(form.problem());
        }
        request = request.with(body, exchange.patience());
        exchange.beginsWork();
        return routes.answer(request, gate);
    }

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
        if (length.length() == 0) {
            throw new Refused(400, "bad length", "Content-Length must be a number");
        }
        if (length.length() > 9 || Integer.parseInt(length) > Exchange.MAX_BODY) {
            throw new Refused(413, "too large", "a body may have " + Exchange.MAX_BODY + " bytes");
        }
        int size = Integer.parseInt(length);
        if (text && size > 0 && !isText(head)) {
            throw new Refused(415, "not a text", "send the ruleset as it is, not packed and not as a form: curl -T FILE");
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
