package boxwall.http;

import boxwall.report.Problem;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** One connection: one request read, one answer written, each in its time. */
final class Exchange implements RequestDeadline.Line {
    /**
     * One lock for all connections, which come and go, held for a millisecond: JamVM can't bear to lose an object that
     * two threads wanted.
     */
    private static final Object LOOKING = new Object();
    /** Bytes of a body at most: a ruleset file may have as many. */
    static final int MAX_BODY = 256 * 1024;
    private static final long REQUEST_NANOS = 10L * 1000000000L;
    /** What a head may take while others may want the place. A browser sends it with its first segment. */
    static final int CROWDED_SECONDS = 1;
    /** A reading that waits looks so often whether it has become crowded. */
    private static final int LOOK_MILLIS = 500;
    private static final long ANSWER_NANOS = 10L * 1000000000L;
    /** The thread of the exchange sees its time end by itself, and says so to the client; who cuts it is later. */
    private static final long GRACE_NANOS = 2L * 1000000000L;
    /** How long what a refused client still sends is swallowed: a reset would take the answer away from it. */
    private static final int LINGER_MILLIS = 500;

    private final Socket socket;
    private final Client client;
    private final Port port;
    private final ConnectionLimit.Place place;
    /** System.nanoTime() at which the connection is cut; while the daemon works on the answer, none. */
    private volatile long deadline;
    private volatile boolean bounded = true;
    private boolean unread;
    private volatile long began = System.nanoTime();
    private volatile boolean readingHead = true;
    private volatile boolean trusted;
    private final RequestDeadline patience;

    Exchange(Socket socket, Client client, Port port, ConnectionLimit.Place place) {
        this.socket = socket;
        this.client = client;
        this.port = port;
        this.place = place;
        this.patience = port.patience(this);
        deadline = began + REQUEST_NANOS;
    }

    Client client() { return client; }

    ConnectionLimit.Place place() { return place; }

    boolean isReadingHead() { return readingHead; }

    /**
     * Whether it has not shown the token and it is the client that must do something: send a body, or take its answer.
     */
    boolean keepsUsWaiting() { return bounded && !readingHead && !trusted; }

    /** The head was read, and looked at. */
    void heard(boolean withToken) {
        trusted = withToken;
        readingHead = false;
    }

    /** Reads, has it answered, answers; never throws. */
    void run() {
        began = System.nanoTime();
        try {
            converse();
        } catch (OutOfMemoryError e) {
            // not even the answer found room; the client sees the connection end
            System.gc();
        } catch (IOException e) {
            // the client is gone; there is nobody to tell
            bounded = true;
        } catch (RuntimeException e) {
            // GNU Classpath's sockets throw NotYetConnectedException when the peer is gone
            bounded = true;
        } finally {
            cut();
        }
    }

    private void converse() throws IOException {
        InputStream in = new BufferedInputStream(new Timed(socket.getInputStream()), 1024);
        boolean withBody = true;
        Reply reply;
        try {
            Head head = Head.read(in);
            if (head == null) { return; }
            withBody = !head.method().equals("HEAD");
            reply = port.dispatcher().of(this, head, in);
        } catch (Refused e) {
            unread = true;
            reply = Reply.problem(e.problem());
        } catch (SocketTimeoutException e) {
            reply = Reply
                    .problem(new Problem(408, "too slow", "a request must arrive within " + REQUEST_NANOS / 1000000000L
                            + " seconds, its head within " + CROWDED_SECONDS + " while there are many connections"));
        }
        deadline = System.nanoTime() + ANSWER_NANOS;
        bounded = true;
        Wire.send(reply, withBody, socket.getOutputStream());
        if (unread) { linger(); }
    }

    /** From here on the daemon takes its time: an apply may take minutes on a small box. */
    void beginsWork() {
        bounded = false;
    }

    /** Something of the request will not be read. */
    void leavesUnread() { unread = true; }

    /** The body, exactly; {@code size} was checked. Sends 100 Continue first if the client waits for it. */
    String body(InputStream in, Head head, int size) throws IOException, Refused {
        if (size > 0 && head.header("expect", "").equalsIgnoreCase("100-continue")) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes("US-ASCII"));
            socket.getOutputStream().flush();
        }
        byte[] bytes = new byte[size];
        int have = 0;
        while (have < size) {
            int n = in.read(bytes, have, size - have);
            if (n < 0) { throw new Refused(400, "body cut short", "the body ended before its Content-Length"); }
            have += n;
        }
        return new String(bytes, "ISO-8859-1");
    }

    private void linger() throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_MILLIS);
        byte[] bin = new byte[1024];
        InputStream in = socket.getInputStream();
        for (int left = 2 * MAX_BODY; left > 0;) {
            int n = in.read(bin);
            if (n < 0 || System.nanoTime() > deadline) { return; }
            left -= n;
        }
    }

    /** How long the daemon works on the answer. */
    RequestDeadline patience() { return patience; }

    /**
     * Whether the client will send no more. What it sent beside its one request goes; a thread that works on the answer
     * reads nothing.
     */
    @Override
    public boolean isClosed() {
        synchronized (LOOKING) {
            try {
                socket.setSoTimeout(1);
                return socket.getInputStream().read(new byte[256]) < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            } catch (RuntimeException e) {
                // GNU Classpath's word for the same
                return true;
            }
        }
    }

    /** Whether its time is over. */
    boolean isLate() { return bounded && System.nanoTime() - deadline > GRACE_NANOS; }

    /** Ends the connection, from whichever thread: on JamVM close() alone doesn't wake one that reads. */
    void cut() {
        try {
            socket.shutdownInput();
            socket.shutdownOutput();
        } catch (IOException e) {
            // it was ended already
            bounded = true;
        } catch (RuntimeException e) {
            // likewise, in GNU Classpath's words
            bounded = true;
        }
        Sockets.close(socket);
    }

    /** Reads no longer than the request's deadline, in however small pieces it comes. */
    private final class Timed extends FilterInputStream {
        Timed(InputStream in) { super(in); }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int n = read(one, 0, 1);
            return n < 0 ? -1 : one[0] & 255;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            while (true) {
                long left = (end() - System.nanoTime()) / 1000000;
                if (left <= 0) { throw new SocketTimeoutException(); }
                socket.setSoTimeout((int) (readingHead ? Math.min(left, LOOK_MILLIS) : left));
                try {
                    return super.read(buffer, offset, length);
                } catch (SocketTimeoutException e) {
                    if (!readingHead) { throw e; }
                }
            }
        }

        private long end() {
            return readingHead && port.admission().isCrowded(Exchange.this)
                    ? Math.min(deadline, began + port.crowdedNanos()) : deadline;
        }
    }
}
