package boxwall.http;

import boxwall.netfilter.ResourceTexts;
import boxwall.netfilter.Words;
import boxwall.report.JsonText;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A reply: status, type, body, and further headers. */
public final class Reply extends NanoHTTPD.Response {
    /** The remedy if a ruleset needs more memory or time than the box has: {@code %0} of the problems. */
    private static final String TOO_LONG =
            "nothing was changed; send a shorter list, raise BOXWALL_HEAP, or compile it on a PC and try the plan here";

    /** Read at the first refusal; null before, and after a reading for which there was no memory. */
    private static volatile ResourceTexts problems;

    public final int status;
    private final String type;
    /** A short summary of a problem; null for other replies. */
    final String title;
    public final byte[] body;
    public final Map<String, String> headers = new LinkedHashMap<>();

    private Reply(int status, String type, String title, byte[] body) {
        super(null, null, null, 0);
        closeConnection(true);
        this.status = status;
        this.type = type;
        this.title = title;
        this.body = body;
    }

    /** A JSON text (any characters; sent as UTF-8), with a line end. */
    public static Reply json(int status, Object json) {
        return new Reply(status, "application/json", null, Words.utf8(json + "\n"));
    }

    /**
     * Plain text with one character for each byte. Adds a line end, so that curl's output doesn't touch the next
     * prompt.
     */
    public static Reply text(String text) {
        return bytes("text/plain; charset=utf-8",
                Words.bytesOf(text.endsWith("\n") || text.length() == 0 ? text : text + "\n"));
    }

    /** Bytes of any type. */
    public static Reply bytes(String type, byte[] body) {
        return new Reply(200, type, null, body);
    }

    /** 304: the client's copy is current. */
    public static Reply unchanged() {
        return new Reply(304, null, null, new byte[0]);
    }

    /** 204, without a body. */
    public static Reply empty() { return new Reply(204, null, null, new byte[0]); }

    /**
     * A refusal: an error as in RFC 9457, {@code {"type":"about:blank","title":…,"status":422,"detail":…}}.
     *
     * @param name of a row of the resource {@code problems}
     * @param values of {@code %1} to {@code %9} in the detail, which has the remedy
     */
    public static Reply problem(String name, Object... values) {
        return problem(Collections.emptyList(), name, values);
    }

    /** The same with the findings that caused it: {@code "findings":[…]}; none if they are empty. */
    public static Reply problem(List<?> findings, String name, Object... values) {
        ResourceTexts rows = problems;
        if (rows == null) {
            rows = new ResourceTexts("/boxwall/http/problems", 4);
            problems = rows;
        }
        String[] row = rows.rows(name).get(0);
        int status = Integer.parseInt(row[1]);
        Object json = JsonText.of("type", "about:blank", "title", row[2], "status", status, "detail",
                ResourceTexts.filled(row[3], TOO_LONG, values), findings.isEmpty() ? null : "findings", findings);
        return new Reply(status, "application/problem+json", row[2], Words.utf8(json + "\n"));
    }

    /** Adds a header. */
    public Reply with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** The reply to a request that is malformed, or is not read to its end. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        final transient Reply reply;

        Refused(Reply reply) { this.reply = reply; }

        Refused(String name, Object... values) { this(problem(name, values)); }
    }

    /** The status and its reason phrase; RFC 9110 has those that NanoHTTPD lacks. */
    private String statusLine() {
        NanoHTTPD.Response.Status known = NanoHTTPD.Response.Status.lookup(status);
        return known != null ? known.getDescription() : status == 414 ? "414 URI Too Long"
                : status == 431 ? "431 Request Header Fields Too Large" : status == 422 ? "422 Unprocessable Content"
                : status + " Status";
    }

    /**
     * Writes no date, because a box's clock may be wrong. NanoHTTPD's own method creates a SimpleDateFormat for each
     * response, and GNU Classpath's keeps the names of all time zones: 44 000 objects, 3.6 MB of a heap of 8.
     */
    @Override
    protected void send(OutputStream out) {
        Map<String, String> all = new LinkedHashMap<>();
        if (type != null) { all.put("Content-Type", type); }
        all.put("Cache-Control", "no-store");
        all.put("X-Content-Type-Options", "nosniff");
        all.put("Referrer-Policy", "no-referrer");
        all.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        all.put("Connection", "close");
        all.putAll(headers);
        if (status != 204 && status != 304) { all.put("Content-Length", String.valueOf(body.length)); }
        StringBuilder head = new StringBuilder("HTTP/1.1 " + statusLine() + "\r\n");
        for (Map.Entry<String, String> header : all.entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        try {
            out.write(Words.utf8(head.append("\r\n").toString()));
            if (getRequestMethod() != NanoHTTPD.Method.HEAD) { out.write(body); }
            out.flush();
        } catch (IOException e) {
            // the client is gone
            return;
        }
    }
}
