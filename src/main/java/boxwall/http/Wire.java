package boxwall.http;

import fi.iki.elonen.NanoHTTPD;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * A reply as NanoHTTPD sends it. It sends itself in one write: NanoHTTPD's own way makes a SimpleDateFormat for each answer, which
 * costs GNU Classpath tens of milliseconds and megabytes.
 */
final class Wire extends NanoHTTPD.Response {
    private final Reply reply;
    private final boolean head;

    Wire(Reply reply, boolean head) {
        super(new Status(reply.status()), reply.type(), new ByteArrayInputStream(new byte[0]), 0);
        this.reply = reply;
        this.head = head;
        closeConnection(true);
    }

    @Override
    protected void send(OutputStream out) {
        StringBuilder header = new StringBuilder(256);
        header.append("HTTP/1.1 ").append(reply.status()).append(' ').append(words(reply.status())).append("\r\n");
        if (reply.type() != null) {
            header.append("Content-Type: ").append(reply.type()).append("\r\n");
            header.append("Content-Length: ").append(reply.body().length).append("\r\n");
        }
        header.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n");
        for (Map.Entry<String, String> e : reply.headers().entrySet()) {
            header.append(e.getKey()).append(": ").append(e.getValue()).append("\r\n");
        }
        header.append("\r\n");
        try {
            byte[] top = header.toString().getBytes("ISO-8859-1");
            int length = head ? 0 : reply.body().length;
            byte[] all = new byte[top.length + length];
            System.arraycopy(top, 0, all, 0, top.length);
            System.arraycopy(reply.body(), 0, all, top.length, length);
            out.write(all);
            out.flush();
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            return;
        } catch (RuntimeException e) {
            // GNU Classpath's streams throw NotYetConnectedException when the peer is gone.
            return;
        }
    }

    private static String words(int status) {
        switch (status) {
            case 200: return "OK";
            case 202: return "Accepted";
            case 204: return "No Content";
            case 400: return "Bad Request";
            case 401: return "Unauthorized";
            case 403: return "Forbidden";
            case 404: return "Not Found";
            case 405: return "Method Not Allowed";
            case 409: return "Conflict";
            case 411: return "Length Required";
            case 412: return "Precondition Failed";
            case 413: return "Content Too Large";
            case 422: return "Unprocessable Content";
            case 500: return "Internal Server Error";
            case 503: return "Service Unavailable";
            default: return "Status";
        }
    }

    /** A status of any number. */
    private static final class Status implements NanoHTTPD.Response.IStatus {
        private final int number;

        Status(int number) {
            this.number = number;
        }

        @Override
        public String getDescription() {
            return number + " " + words(number);
        }

        @Override
        public int getRequestStatus() {
            return number;
        }
    }
}
