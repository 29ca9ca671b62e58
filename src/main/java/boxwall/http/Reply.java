package boxwall.http;

import boxwall.report.Problem;

import java.io.UnsupportedEncodingException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer before it is put on the wire: status, type, body, further headers. */
public final class Reply {
    private final int status;
    private final String type;
    private final byte[] body;
    private final Map<String, String> headers = new LinkedHashMap<String, String>();

    private Reply(int status, String type, byte[] body) {
        this.status = status;
        this.type = type;
        this.body = body;
    }

    /** An answer of JSON text (any characters; sent as UTF-8), with a line end. */
    public static Reply json(int status, String json) {
        return new Reply(status, "application/json", bytesOf(json + "\n", "UTF-8"));
    }

    /** Plain text whose characters are the bytes of the file it came from (ISO-8859-1), with a line end. */
    public static Reply text(int status, String text) {
        return new Reply(status, "text/plain; charset=utf-8", bytesOf(ended(text), "ISO-8859-1"));
    }

    /** Bytes of any type, one character a byte. */
    public static Reply bytes(String type, String text) {
        return new Reply(200, type, bytesOf(text, "ISO-8859-1"));
    }

    /** Text of a type of its own, sent as UTF-8, with a line end. */
    public static Reply utf8(String type, String text) {
        return new Reply(200, type, bytesOf(ended(text), "UTF-8"));
    }

    /** The next prompt of whoever asks with curl stands on a line of its own. */
    private static String ended(String text) {
        return text.endsWith("\n") || text.length() == 0 ? text : text + "\n";
    }

    /** 304: what the client has is still so. */
    public static Reply unchanged() {
        return new Reply(304, null, new byte[0]);
    }

    /** An answer without a body: 204. */
    public static Reply empty() { return new Reply(204, null, new byte[0]); }

    /** A refusal as application/problem+json (RFC 9457). */
    public static Reply problem(Problem problem) {
        return new Reply(problem.status(), "application/problem+json", bytesOf(problem.toJson() + "\n", "UTF-8"));
    }

    private static byte[] bytesOf(String text, String charset) {
        try {
            return text.getBytes(charset);
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This answer with one header more. */
    public Reply with(String name, String value) {
        Reply copy = new Reply(status, type, body);
        copy.headers.putAll(headers);
        copy.headers.put(name, value);
        return copy;
    }

    public int status() { return status; }

    /** The content type, or null when there is no body. */
    public String type() { return type; }

    /** The body's bytes; not a copy. */
    public byte[] body() { return body; }

    public Map<String, String> headers() { return Collections.unmodifiableMap(headers); }
}
