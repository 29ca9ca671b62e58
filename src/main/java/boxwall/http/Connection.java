package boxwall.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** One connection, which carries one request: its place, its times, and the guarded stream that NanoHTTPD reads. */
final class Connection implements RequestDeadline.Line {
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
    /** The connection's thread sees its time end by itself, and says so to the client; who cuts it is later. */
    private static final long GRACE_NANOS = 2L * 1000000000L;
    /** How long what a refused client still sends is swallowed: a reset would take the answer away from it. */
    private static final int LINGER_MILLIS = 500;

    final Socket socket;
    final Client client;
    final ConnectionLimit.Place place;
    final RequestDeadline patience;
    private final ConnectionLimit limit;
    /** System.nanoTime() at which the connection is cut; while the daemon works on the answer, none. */
    private volatile long deadline;
    private volatile boolean bounded = true;
    /** Whether something of the request will not be read. */
    boolean unread;
    private volatile long began = System.nanoTime();
    volatile boolean readingHead = true;
    private volatile boolean trusted;

    Connection(Socket socket, Client client, ConnectionLimit limit, ConnectionLimit.Place place) {
        this.socket = socket;
        this.client = client;
        this.limit = limit;
        this.place = place;
        this.patience = new RequestDeadline(this, limit.workSeconds, limit.goneSeconds);
        deadline = began + REQUEST_NANOS;
    }

    /**
     * Whether it has not shown the token and it is the client that must do something: send a body, or take its answer.
     */
    boolean keepsUsWaiting() { return bounded && !readingHead && !trusted; }

    /** The head was read, and looked at. */
    void heard(boolean withToken) {
        trusted = withToken;
        readingHead = false;
    }

    /** Reads the head and checks it; what NanoHTTPD may read then, or null when nothing came. */
    InputStream request() throws IOException {
        began = System.nanoTime();
        InputStream in = new BufferedInputStream(new Timed(socket.getInputStream()), 1024);
        byte[] head = RequestHead.read(in);
        return head == null ? null : new SequenceInputStream(new ByteArrayInputStream(head), in);
    }

    /** From here on the daemon takes its time: an apply may take minutes on a small box. */
    void beginsWork() {
        bounded = false;
    }

    /** The answer is there; the client must take it in its time. */
    Reply answered(Reply reply) {
        deadline = System.nanoTime() + ANSWER_NANOS;
        bounded = true;
        return reply;
    }

    /** Why a request gets no other answer. */
    Reply refusal(IOException why) {
        unread = true;
        if (why instanceof Reply.Refused) { return answered(((Reply.Refused) why).reply); }
        return answered(why instanceof SocketTimeoutException
                ? Reply.problem(408, "too slow",
                        "a request must arrive within " + REQUEST_NANOS / 1000000000L + " seconds, its head within "
                                + CROWDED_SECONDS + " while there are many connections")
                : Reply.problem(503, "connection lost", String.valueOf(why.getMessage())));
    }

    /** After the answer: swallows what a refused client still sends. */
    void linger() throws IOException {
        if (!unread) { return; }
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
            } catch (IOException | RuntimeException e) {
                // the second is GNU Classpath's word for the same
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
        } catch (IOException | RuntimeException e) {
            // it was ended already; the second is GNU Classpath's word for it
            bounded = true;
        }
        close(socket);
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is lost that could still be had
            return;
        }
    }

    /** Reads no longer than the request's deadline, in however small pieces it comes. */
    private final class Timed extends FilterInputStream {
        Timed(InputStream in) { super(in); }

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

        /** Whoever reads it to its end closes it; the answer goes over the same socket. */
        @Override
        public void close() { return; }

        private long end() {
            return readingHead && limit.isCrowded(Connection.this)
                    ? Math.min(deadline, began + limit.crowdedSeconds * 1000000000L) : deadline;
        }
    }
}
