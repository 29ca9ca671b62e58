package boxwall.http;

import boxwall.netfilter.Words;
import boxwall.report.Problem;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer before it is put on the wire: status, type, body, further headers. */
public final class Reply {
    public final int status;
    private final String type;
    public final byte[] body;
    public final Map<String, String> headers = new LinkedHashMap<>();

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

    /** Bytes of any type. */
    public static Reply bytes(String type, byte[] body) { return new Reply(200, type, body); }

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
        return new Reply(problem.status, "application/problem+json", bytesOf(problem.toJson() + "\n", "UTF-8"));
    }

    /** A refusal without findings. */
    public static Reply problem(int status, String title, String detail) {
        return problem(new Problem(status, title, detail));
    }

    private static byte[] bytesOf(String text, String charset) {
        // most texts are ASCII, which Classpath's encoders take a character at a time
        if (Words.highest(text) < 128) { return Words.bytesOf(text); }
        try {
            return text.getBytes(charset);
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This answer with one header more. */
    public Reply with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** As NanoHTTPD writes it. */
    Written written() { return new Written(this); }

    /** A request that isn't one, or that the port won't read to its end. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        final transient Reply reply;

        Refused(Reply reply) { this.reply = reply; }

        Refused(int status, String title, String detail) { this(problem(status, title, detail)); }
    }

    /** A status with its words; those that NanoHTTPD lacks are RFC 9110's. */
    private String statusLine() {
        NanoHTTPD.Response.Status known = NanoHTTPD.Response.Status.lookup(status);
        return known != null ? known.getDescription() : status == 414 ? "414 URI Too Long"
                : status == 431 ? "431 Request Header Fields Too Large" : status == 422 ? "422 Unprocessable Content"
                : status + " Status";
    }

    /**
     * A response that NanoHTTPD sends, without a date: a box's clock may be wrong. It puts itself on the wire, because
     * NanoHTTPD makes a SimpleDateFormat for each answer, with or without a date, and GNU Classpath's keeps the names
     * of all time zones: 44 000 objects, 3.6 MB of a heap of 8.
     */
    static final class Written extends NanoHTTPD.Response {
        private final Reply reply;

        private Written(Reply reply) {
            super(null, null, null, 0);
            this.reply = reply;
            closeConnection(true);
        }

        @Override
        protected void send(OutputStream out) {
            Map<String, String> all = new LinkedHashMap<>();
            if (reply.type != null) { all.put("Content-Type", reply.type); }
            all.put("Cache-Control", "no-store");
            all.put("X-Content-Type-Options", "nosniff");
            all.put("Referrer-Policy", "no-referrer");
            all.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            all.put("Connection", "close");
            all.putAll(reply.headers);
            if (reply.status != 204 && reply.status != 304) {
                all.put("Content-Length", String.valueOf(reply.body.length));
            }
            StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.statusLine() + "\r\n");
            for (Map.Entry<String, String> header : all.entrySet()) {
                head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
            }
            try {
                out.write(bytesOf(head.append("\r\n").toString(), "ISO-8859-1"));
                if (getRequestMethod() != NanoHTTPD.Method.HEAD) { out.write(reply.body); }
                out.flush();
            } catch (IOException e) {
                // the client is gone; there is nobody to tell
                return;
            }
        }
    }
}
