package boxwall.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** Replies as bytes on the wire. No date: a box's clock may be wrong, and its format costs GNU Classpath megabytes. */
final class Wire {
    /** What is not longer goes out in one segment with its head. */
    private static final int SMALL = 16 * 1024;

    private Wire() {}

    /** Writes a reply; without its body to HEAD. */
    static void send(Reply reply, boolean withBody, OutputStream out) throws IOException {
        StringBuilder header = new StringBuilder(320);
        header.append("HTTP/1.1 ").append(reply.status()).append(' ').append(words(reply.status())).append("\r\n");
        if (reply.type() != null) {
            header.append("Content-Type: ").append(reply.type()).append("\r\n");
            header.append("Content-Length: ").append(reply.body().length).append("\r\n");
        }
        header.append(
                "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n");
        if (!reply.headers().containsKey("Content-Security-Policy")) {
            header.append("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
        }
        for (Map.Entry<String, String> e : reply.headers().entrySet()) {
            header.append(e.getKey()).append(": ").append(e.getValue()).append("\r\n");
        }
        byte[] top = header.append("\r\n").toString().getBytes("ISO-8859-1");
        byte[] body = withBody ? reply.body() : new byte[0];
        if (body.length > SMALL) {
            out.write(top);
            out.write(body);
        } else {
            byte[] all = new byte[top.length + body.length];
            System.arraycopy(top, 0, all, 0, top.length);
            System.arraycopy(body, 0, all, top.length, body.length);
            out.write(all);
        }
        out.flush();
    }

    /** The answer to a connection that finds no place; its request isn't read. */
    static void turnAway(OutputStream out) throws IOException {
        out.write("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .getBytes("US-ASCII"));
        out.flush();
    }

    private static String words(int status) {
        switch (status) {
            case 200 :
                return "OK";
            case 202 :
                return "Accepted";
            case 204 :
                return "No Content";
            case 400 :
                return "Bad Request";
            case 401 :
                return "Unauthorized";
            case 403 :
                return "Forbidden";
            case 404 :
                return "Not Found";
            case 405 :
                return "Method Not Allowed";
            case 409 :
                return "Conflict";
            case 411 :
                return "Length Required";
            case 412 :
                return "Precondition Failed";
            case 413 :
                return "Content Too Large";
            case 422 :
                return "Unprocessable Content";
            case 500 :
                return "Internal Server Error";
            case 503 :
                return "Service Unavailable";
            case 304 :
                return "Not Modified";
            case 408 :
                return "Request Timeout";
            case 414 :
                return "URI Too Long";
            case 415 :
                return "Unsupported Media Type";
            case 429 :
                return "Too Many Requests";
            case 431 :
                return "Request Header Fields Too Large";
            case 505 :
                return "HTTP Version Not Supported";
            case 502 :
                return "Bad Gateway";
            default :
                return "Status";
        }
    }
}
