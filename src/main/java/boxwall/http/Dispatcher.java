package boxwall.http;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;
import boxwall.sys.EventLog;
import boxwall.sys.Sys;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns a request into a reply. Refuses a request for one of these reasons, in this order: 404, 405, 403, 401 and 429,
 * the limits of the body; then the handler replies.
 */
final class Dispatcher {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final List<String> TEXT = Arrays.asList("text/plain", "application/octet-stream", FORM);

    /** Far longer than any measured start: after that the daemon is broken, and the reply says so. */
    private static final int START_MILLIS = 60 * 1000;
    final ConnectionLimit limit = new ConnectionLimit();
    final Sys sys;
    private final String tokenFile;
    private final EventLog log;
    private final FailedLogins failures = new FailedLogins();
    /** At first no client has access. */
    volatile AccessControl access = new AccessControl(Collections.<String>emptyList(), null, null);
    /** Null until the daemon has started. */
    private Handler handler;

    Dispatcher(Sys sys, String tokenFile, EventLog log) {
        this.sys = sys;
        this.tokenFile = tokenFile;
        this.log = log;
    }

    /** Passes requests to this handler from now on. */
    synchronized void setHandler(Handler started) {
        handler = started;
        notifyAll();
    }

    /**
     * Waits for the handler; null if the daemon doesn't start. The port opens first, because an interpreter needs
     * seconds to load the daemon's classes and still longer to read the box: meanwhile requests wait instead of
     * failing.
     */
    private synchronized Handler awaitHandler() {
        long end = sys.uptimeMillis() + START_MILLIS;
        try {
            while (handler == null && sys.uptimeMillis() < end) {
                wait(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return handler;
    }

    Reply reply(Connection connection, NanoHTTPD.IHTTPSession session) throws IOException {
        try {
            return checkedReply(connection, session);
        } catch (OutOfMemoryError e) {
            // JamVM throws again at the next allocation unless the collector ran
            System.gc();
            log.event("out of memory");
            connection.unread = true;
            return Reply.problem("out-of-memory");
        } catch (Cancelled e) {
            Reply reason = connection.work.reason();
            log.event("given up: " + reason.title + ", " + session.getMethod() + " for " + connection.client.text());
            return reason;
        } catch (StackOverflowError e) {
            return Reply.problem("out-of-stack");
        } catch (RuntimeException e) {
            log.bug(e);
            return Reply.problem("bug", e);
        }
    }

    private Reply checkedReply(Connection connection, NanoHTTPD.IHTTPSession session) throws IOException {
        Request request = request(session, connection);
        Route route = Route.find(request.method, request.path);
        // a small file on a RAM disk, read each time, so that a new token replaces the old one at once
        String token = request.header("authorization") == null ? null : sys.read(tokenFile, 256);
        boolean withToken = AccessControl.hasToken(request, token == null ? "" : token.trim());
        Reply refusal = refuse(request, route, withToken);
        if (!limit.headRead(connection, refusal == null && withToken)) {
            throw new IOException("displaced by a newer connection");
        }
        if (refusal == null && connection.place == ConnectionLimit.Place.RESERVED && !route.needs(Route.Need.SHORT)) {
            refusal = Reply.problem("too-many-connections").with("Retry-After", "1");
        }
        if (refusal != null) {
            connection.unread = true;
            return refusal;
        }
        boolean text = route.needs(Route.Need.TEXT);
        String body = body(connection, request, session.getInputStream(), size(request, route));
        refusal = text ? FormBody.refusal(body, type(request).equals(FORM)) : null;
        if (refusal != null) { return refusal; }
        request = request.with(body);
        connection.beginWork();
        return answer(route, request, withToken);
    }

    /** Returns a refusal, or null if the request is allowed. */
    private Reply refuse(Request request, Route route, boolean withToken) {
        if (route == null) { return Route.missing(request.method, request.path); }
        Reply refusal = access.refuseSource(request);
        if (refusal != null) { return refusal; }
        String peer = request.client.text();
        int seconds = failures.secondsLeft(peer, sys.uptimeMillis());
        boolean wantsToken = !route.needs(Route.Need.NO_TOKEN);
        // a client with the token can always confirm and revert, whatever another program on the same PC sent
        if (seconds > 0 && wantsToken && !(withToken && (route == Route.CONFIRM || route == Route.REVERT))) {
            return Reply.problem("too-many-wrong-tokens", seconds).with("Retry-After", String.valueOf(seconds));
        }
        if (!withToken && request.header("authorization") != null && failures.add(peer, sys.uptimeMillis())) {
            log.event("wrong tokens from " + peer + ": refused for a minute");
        }
        if (wantsToken && !withToken) {
            return Reply.problem(AccessControl.sendsToken(request) ? "wrong-token" : "token-wanted")
                    .with("WWW-Authenticate", "Bearer");
        }
        for (String name : request.query.keySet()) {
            if (!route.parameters.isEmpty() && !route.parameters.contains(name)) {
                return Reply.problem("no-such-parameter", route.path, Words.join(route.parameters, ", "), name);
            }
        }
        return null;
    }

    private Reply answer(Route route, Request request, boolean withToken) {
        if (route == Route.OK) { return Reply.empty(); }
        Handler started = awaitHandler();
        if (started == null) { return Reply.problem("not-ready").with("Retry-After", "10"); }
        if (route == Route.OPENAPI) {
            return Reply.bytes("application/json", ResourceRows.bytes("/boxwall/http/openapi.json"));
        }
        return started.answer(route, request,
                withToken && failures.secondsLeft(request.client.text(), sys.uptimeMillis()) == 0);
    }

    /** The request that NanoHTTPD read: each parameter once, one character for each byte. */
    private static Request request(NanoHTTPD.IHTTPSession session, Connection connection) throws IOException {
        Map<String, String> query = new HashMap<>();
        for (Map.Entry<String, List<String>> parameter : session.getParameters().entrySet()) {
            String name = Words.text(Words.utf8(parameter.getKey()));
            if (name.length() == 0) { continue; }
            if (parameter.getValue().size() > 1) { throw new Reply.Refused("parameter-twice", name); }
            query.put(name, Words.text(Words.utf8(parameter.getValue().get(0))));
        }
        return new Request(session.getMethod().name(), session.getUri(), query, session.getHeaders(), connection.client,
                "", connection.work);
    }

    /** Reads a body of this size. Sends 100 Continue first if the client waits for it. */
    private static String body(Connection connection, Request request, InputStream in, int size) throws IOException {
        if (size > 0 && "100-continue".equalsIgnoreCase(request.header("expect"))) {
            connection.socket.getOutputStream().write(Words.bytesOf("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        byte[] bytes = new byte[size];
        for (int count = 0; count < size;) {
            int n = in.read(bytes, count, size - count);
            if (n < 0) { throw new Reply.Refused("body-cut-short"); }
            count += n;
        }
        return Words.text(bytes);
    }

    /** Checks the headers that describe the body, and returns its length in bytes; 0 without a body. */
    private static int size(Request request, Route route) throws Reply.Refused {
        if (request.header("transfer-encoding") != null) { throw new Reply.Refused("length-wanted"); }
        String length = request.header("content-length");
        length = length == null ? "0" : length;
        if (!Words.isNumber(length)) { throw new Reply.Refused("bad-length"); }
        int size = (int) Words.number(length, Connection.MAX_BODY);
        if (size < 0) { throw new Reply.Refused("too-large", Connection.MAX_BODY); }
        if (size > 0 && route.needs(Route.Need.TEXT) && !isText(request)) { throw new Reply.Refused("not-a-text"); }
        if (size > 0 && !route.parameters.isEmpty()) {
            throw new Reply.Refused("parameters-in-body", route.path, route.parameters.get(0));
        }
        return size;
    }

    /** The Content-Type without its parameters. */
    private static String type(Request request) {
        String type = request.header("content-type");
        type = type == null ? TEXT.get(0) : type.toLowerCase(Locale.ROOT);
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim();
    }

    /** Accepts the type of a form, which curl --data-binary sends for any file; {@link FormBody} looks at the text. */
    private static boolean isText(Request request) {
        String encoding = request.header("content-encoding");
        return TEXT.contains(type(request)) && (encoding == null || encoding.equalsIgnoreCase("identity"));
    }
}
