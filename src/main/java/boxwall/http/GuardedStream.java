package boxwall.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;

/**
 * What NanoHTTPD reads from, with the bounds that it lacks: a header of at most 8000 bytes (it answers a longer one again and
 * again, for ever) and so many seconds for a whole request (its own limit is for a single read).
 */
final class GuardedStream extends FilterInputStream {
    /** Below NanoHTTPD's buffer of 8192, so that its endless loop is never reached. */
    static final int MAX_HEADER = 8000;
    private static final long REQUEST_NANOS = 10L * 1000000000L;
    /** NanoHTTPD closes silently on exactly this message. */
    private static final String QUIET = "NanoHttpd Shutdown";
    private static final String END = "\r\n\r\n";

    private final OutputStream out;
    private final long deadline = System.nanoTime() + REQUEST_NANOS;
    private int header;
    private int matched;

    GuardedStream(InputStream in, OutputStream out) {
        super(in);
        this.out = out;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (System.nanoTime() > deadline) {
            throw new SocketException(QUIET);
        }
        int n = super.read(buffer, offset, length);
        for (int i = 0; i < n && matched < END.length(); i++) {
            char c = (char) buffer[offset + i];
            matched = c == END.charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
            header++;
        }
        if (matched < END.length() && header > MAX_HEADER) {
            refuse();
        }
        return n;
    }

    private void refuse() throws IOException {
        out.write(("HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes("US-ASCII"));
        out.flush();
        throw new SocketException(QUIET);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
