package boxwall.http;

import boxwall.netfilter.Words;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Checks a request's first line and headers (RFC 9112) before NanoHTTPD reads them. NanoHTTPD's reader loops forever on
 * a head over 8 KiB, accepts ambiguous headers, and closes the connection without a reply when it can't decode the
 * head.
 */
final class RequestHead {
    /** The limit of first line and headers in bytes, the size of NanoHTTPD's buffer. */
    static final int LIMIT = 8192;
    /** The characters of a token (RFC 9110) besides letters and digits. */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private RequestHead() {}

    /** Reads a head and no byte after it. Returns it with LF as line ends; null if the client sent nothing. */
    static byte[] read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder(512);
        int lineStart = 0;
        for (int count = 0;; count++) {
            int c = in.read();
            if (c < 0) {
                if (text.length() == 0) { return null; }
                throw new Reply.Refused("head-cut-short");
            }
            if (count == LIMIT) { throw new Reply.Refused(lineStart == 0 ? "line-too-long" : "head-too-long", LIMIT); }
            if (c == '\n' && text.length() > lineStart && text.charAt(text.length() - 1) == '\r') {
                text.setLength(text.length() - 1);
            }
            boolean empty = c == '\n' && text.length() == lineStart;
            // skip empty lines before the first line (RFC 9112, 2.2)
            if (!empty || lineStart > 0) { text.append((char) c); }
            if (empty && lineStart > 0) {
                check(text.toString());
                return Words.bytesOf(text.toString());
            }
            lineStart = c == '\n' ? text.length() : lineStart;
        }
    }

    private static void check(String text) throws Reply.Refused {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\n' && c != '\t' || c == 127) { throw new Reply.Refused("control-character"); }
        }
        int end = text.indexOf('\n');
        firstLine(text.substring(0, end));
        Set<String> names = new HashSet<>();
        for (int at = end + 1; text.charAt(at) != '\n'; at = end + 1) {
            end = text.indexOf('\n', at);
            int colon = text.indexOf(':', at);
            if (colon < 0 || colon > end || !Words.isName(text.substring(at, colon), TOKEN_SIGNS)) {
                throw new Reply.Refused("bad-header");
            }
            String name = text.substring(at, colon).toLowerCase(Locale.ROOT);
            // two lengths or two hosts serve to smuggle requests; nobody sends another header twice
            if (!names.add(name)) { throw new Reply.Refused("header-twice", name); }
        }
    }

    private static void firstLine(String line) throws Reply.Refused {
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        String method = line.substring(0, Math.max(0, first));
        if (!Words.isName(method, TOKEN_SIGNS) || method.length() > 20 || last == first
                || line.indexOf(' ', first + 1) != last) {
            throw new Reply.Refused("bad-request-line");
        }
        String target = line.substring(first + 1, last);
        String protocol = line.substring(last + 1);
        if (!protocol.equals("HTTP/1.1") && !protocol.equals("HTTP/1.0")) {
            throw new Reply.Refused(protocol.startsWith("HTTP/") ? "other-version" : "other-protocol");
        }
        if (!target.startsWith("/")) { throw new Reply.Refused("bad-path"); }
        for (int at = target.indexOf('%'); at >= 0; at = target.indexOf('%', at + 1)) {
            if (at + 3 > target.length() || Character.digit(target.charAt(at + 1), 16) < 0
                    || Character.digit(target.charAt(at + 2), 16) < 0) {
                throw new Reply.Refused("bad-escape");
            }
        }
        // NanoHTTPD knows only some methods; its reply to others is not in our form
        if (!Route.hasMethod(method)) { throw new Reply.Refused(Route.missing(method, Words.before(target, '?'))); }
    }
}
