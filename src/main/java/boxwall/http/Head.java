package boxwall.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A request's first line and headers (RFC 9112), and nothing behind them. What is doubtful is refused, not guessed:
 * <pre>
 * PUT /rules?x=1 HTTP/1.1
 * Host: fritz.box:8181
 * Content-Length: 12
 * </pre>
 */
final class Head {
    /** Bytes of first line and headers at most. */
    static final int MAX = 8192;
    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private final String method;
    private final String path;
    private final Map<String, String> query = new HashMap<String, String>();
    private final Map<String, String> headers = new HashMap<String, String>();

    private Head(String firstLine) throws Refused {
        String[] words = firstLine.split(" ", -1);
        if (words.length != 3 || !isToken(words[0]) || words[0].length() > 20) {
            throw new Refused(400, "bad request line", "the first line must be METHOD /PATH HTTP/1.1");
        }
        if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
            throw new Refused(words[2].startsWith("HTTP/") ? 505 : 400, "other protocol", "this port speaks HTTP/1.1");
        }
        if (!words[1].startsWith("/")) { throw new Refused(400, "bad path", "the path must begin with /"); }
        method = words[0];
        int mark = words[1].indexOf('?');
        path = decoded(mark < 0 ? words[1] : words[1].substring(0, mark), false);
        for (String pair : mark < 0 ? new String[0] : words[1].substring(mark + 1).split("&")) {
            int at = pair.indexOf('=');
            String name = decoded(at < 0 ? pair : pair.substring(0, at), true);
            if (name.length() > 0 && query.put(name, at < 0 ? "" : decoded(pair.substring(at + 1), true)) != null) {
                throw new Refused(400, "parameter twice", "say '" + name + "=' once");
            }
        }
    }

    /** Reads a head; null when the connection ended before its first byte. */
    static Head read(InputStream in) throws IOException, Refused {
        StringBuilder text = new StringBuilder(512);
        int lineStart = 0;
        while (true) {
            int c = in.read();
            if (c < 0) {
                if (text.length() == 0) { return null; }
                throw new Refused(400, "cut short", "the request ended before the empty line after its headers");
            }
            if (text.length() == MAX) {
                boolean firstLine = text.indexOf("\n") < 0;
                throw new Refused(firstLine ? 414 : 431, "too long",
                        "first line and headers may have " + MAX + " bytes");
            }
            text.append((char) c);
            if (c == '\n') {
                int end = text.length() - 1;
                boolean empty = end == lineStart || end == lineStart + 1 && text.charAt(lineStart) == '\r';
                if (empty && lineStart > 0) { return of(text.substring(0, lineStart)); }
                // an empty line before the first is to be passed over (RFC 9112, 2.2)
                lineStart = empty ? 0 : text.length();
                text.setLength(empty ? 0 : text.length());
            }
        }
    }

    private static Head of(String text) throws Refused {
        String[] lines = text.split("\r?\n");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 127
                    || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n')) {
                throw new Refused(400, "control character",
                        "first line or headers contain a character that is not allowed");
            }
        }
        Head head = new Head(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            head.header(lines[i]);
        }
        return head;
    }

    private void header(String line) throws Refused {
        int colon = line.indexOf(':');
        if (colon < 1 || !isToken(line.substring(0, colon))) {
            throw new Refused(400, "bad header", "a header must be NAME: VALUE on one line");
        }
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        if (headers.put(name, line.substring(colon + 1).trim()) != null) {
            // two lengths or two hosts are how requests are smuggled; of the others nobody sends two
            throw new Refused(400, "header twice", "say '" + name + ":' once");
        }
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN.indexOf(c) >= 0)) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** Percent signs taken as RFC 3986 has them, one character a byte. */
    private static String decoded(String text, boolean plusIsBlank) throws Refused {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 3 <= text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 3 <= text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new Refused(400, "bad escape",
                            "two hex digits must follow each % in the path; a % itself is %25");
                }
                c = (char) (high * 16 + low);
                i += 2;
            } else if (c == '+' && plusIsBlank) { c = ' '; }
            out.append(c);
        }
        return out.toString();
    }

    String method() { return method; }

    /** A header by its name in lower case, or null. */
    String header(String name, String otherwise) {
        String value = headers.get(name);
        return value == null ? otherwise : value;
    }

    Request request(Client client) { return new Request(method, path, query, headers, client, ""); }
}
