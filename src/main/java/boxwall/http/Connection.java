package boxwall.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A connection, which carries one request: its place, its deadlines, and the bounded stream that NanoHTTPD reads. */
final class Connection implements RequestDeadline.Peer {
    /**
     * One lock for all connections, held for a millisecond. JamVM can crash after it freed an object whose lock two
     * threads wanted (sys.DelayedCollection), so the lock must outlive the connections.
     */
    private static final Object PEEK = new Object();
    /** The limit of a body in bytes, the same as that of a ruleset file. */
    static final int MAX_BODY = 256 * 1024;
    private static final long REQUEST_NANOS = 10L * 1000000000L;
    /** Seconds for a head while other clients need the place. A browser sends the head in its first segment. */
    static final int CROWDED_SECONDS = 1;
    /** How often a read that waits checks whether the port became crowded. */
    private static final int CHECK_MILLIS = 500;
    private static final long REPLY_NANOS = 10L * 1000000000L;
    /** The connection's own thread notices the deadline first and answers 408; only then the connection is cut. */
    private static final long GRACE_NANOS = 2L * 1000000000L;
    /** How long the rest of a refused request is read: a reset would discard the reply at the client. */
    private static final int LINGER_MILLIS = 500;

    final Socket socket;
    final Client client;
    final ConnectionLimit.Place place;
    final RequestDeadline work;
    private final ConnectionLimit limit;
    /**
     * The System.nanoTime() at which the connection is cut, while {@link #bounded}; the daemon's work has its own
     * limit.
     */
    private volatile long deadline;
    private volatile boolean bounded = true;
    /** Whether a part of the request stays unread. */
    boolean unread;
    private volatile long began = System.nanoTime();
    volatile boolean readingHead = true;
    private volatile boolean trusted;

    Connection(Socket socket, Client client, ConnectionLimit limit, ConnectionLimit.Place place) {
        this.socket = socket;
        this.client = client;
        this.limit = limit;
        this.place = place;
        this.work = new RequestDeadline(this, limit.workSeconds, limit.goneSeconds);
        deadline = began + REQUEST_NANOS;
    }

    /**
     * Whether the daemon waits for this client, which has not shown the token: for its body, or until it takes the
     * reply.
     */
    boolean waitsForClient() { return bounded && !readingHead && !trusted; }

    /** Ends the reading of the head. */
    void headRead(boolean withToken) {
        trusted = withToken;
        readingHead = false;
    }

    /** Reads and checks the head. Returns the stream for NanoHTTPD, or null if the client sent nothing. */
    InputStream checkedRequest() throws IOException {
        began = System.nanoTime();
        InputStream in = new BufferedInputStream(new DeadlineStream(socket.getInputStream()), 1024);
        byte[] head = RequestHead.read(in);
        return head == null ? null : new SequenceInputStream(new ByteArrayInputStream(head), in);
    }

    /** The daemon works now, for which the client has no deadline: an apply may take minutes on a small box. */
    void beginWork() {
        bounded = false;
    }

    /** Starts the time in which the client must take this reply. */
    Reply readyToSend(Reply reply) {
        deadline = System.nanoTime() + REPLY_NANOS;
        bounded = true;
        return reply;
    }

    /** Returns the reply to a request that was not read completely. */
    Reply refusal(IOException why) {
        unread = true;
        if (why instanceof Reply.Refused) { return readyToSend(((Reply.Refused) why).reply); }
        return readyToSend(why instanceof SocketTimeoutException
                ? Reply.problem("too-slow", REQUEST_NANOS / 1000000000L, CROWDED_SECONDS)
                : Reply.problem("connection-lost", why.getMessage()));
    }

    /** After the reply: reads and discards what a refused client still sends. */
    void linger() throws IOException {
        if (!unread) { return; }
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_MILLIS);
        byte[] discarded = new byte[1024];
        InputStream in = socket.getInputStream();
        for (int left = 2 * MAX_BODY; left > 0;) {
            int n = in.read(discarded);
            if (n < 0 || System.nanoTime() > deadline) { return; }
            left -= n;
        }
    }

    /**
     * Whether the client closed its sending side. Discards what it sent after its one request; nobody else reads,
     * because the connection's thread is at work.
     */
    @Override
    public boolean isClosed() {
        synchronized (PEEK) {
            try {
                socket.setSoTimeout(1);
                return socket.getInputStream().read(new byte[256]) < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException | RuntimeException e) {
                // GNU Classpath throws the second
                return true;
            }
        }
    }

    /** Whether the deadline and the grace period are over. */
    boolean isLate() {
        return bounded && System.nanoTime() - deadline > GRACE_NANOS;
    }

    /** Ends the connection; for any thread. On JamVM close() alone doesn't wake a thread that reads. */
    void cut() {
        try {
            socket.shutdownInput();
            socket.shutdownOutput();
        } catch (IOException | RuntimeException e) {
            // it was closed already; GNU Classpath throws the second
            bounded = true;
        } catch (OutOfMemoryError e) {
            System.gc();
        }
        close(socket);
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing can be done about it
            return;
        } catch (OutOfMemoryError e) {
            // the socket's finalizer closes it; the accepting thread, which may be this one, must not end
            System.gc();
        }
    }

    /** Enforces the deadline over the whole request, however small the pieces are. */
    private final class DeadlineStream extends FilterInputStream {
        DeadlineStream(InputStream in) { super(in); }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            while (true) {
                long left = (end() - System.nanoTime()) / 1000000;
                if (left <= 0) { throw new SocketTimeoutException(); }
                socket.setSoTimeout((int) (readingHead ? Math.min(left, CHECK_MILLIS) : left));
                try {
                    return super.read(buffer, offset, length);
                } catch (SocketTimeoutException e) {
                    if (!readingHead) { throw e; }
                }
            }
        }

        /** Does nothing: closing it would close the socket, which must still send the reply. */
        @Override
        public void close() { return; }

        private long end() {
            return readingHead && limit.isCrowded(Connection.this)
                    ? Math.min(deadline, began + limit.crowdedSeconds * 1000000000L) : deadline;
        }
    }
}
