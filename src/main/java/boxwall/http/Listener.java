package boxwall.http;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One listening address of the control port. NanoHTTPD binds, accepts, reads requests and writes answers; what it reads
 * was bounded and checked before, its threads and places are the port's, and it makes no files.
 */
final class Listener extends NanoHTTPD {
    /** The answer to a connection that finds no place, given by the thread that accepts; its request isn't read. */
    private static final String NO_PLACE =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private final Dispatcher dispatcher;

    Listener(String address, int number, final Dispatcher dispatcher, Pool pool) {
        super(address, number);
        this.dispatcher = dispatcher;
        Logger.getLogger(NanoHTTPD.class.getName()).setLevel(Level.parse("OFF"));
        setAsyncRunner(pool);
        setServerSocketFactory(new ServerSocketFactory() {
            @Override
            public ServerSocket create() throws IOException { return new PatientServerSocket(dispatcher.limit); }
        });
    }

    @Override
    protected ClientHandler createClientHandler(Socket socket, InputStream in) {
        Connection connection = admitted(socket);
        if (connection == null) {
            Connection.close(socket);
            return null;
        }
        return new Served(in, connection);
    }

    /** Null when the connection gets no place, or is gone already. */
    private Connection admitted(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            Client client = new Client(socket.getInetAddress().getAddress(), dispatcher.sys.uptimeMillis());
            AccessControl gate = dispatcher.gate;
            Connection connection = dispatcher.limit.admit(socket, client, gate);
            if (connection == null && gate.isWelcome(client)) {
                socket.getOutputStream().write(NO_PLACE.getBytes("US-ASCII"));
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            // gone between accept and here; the second is GNU Classpath's word for it
            return null;
        } catch (OutOfMemoryError e) {
            // the thread that listens must not end
            System.gc();
            return null;
        }
    }

    @Override
    public Response serve(IHTTPSession session) {
        Session own = (Session) session;
        try {
            return own.connection.answered(dispatcher.of(own.connection, session)).written();
        } catch (IOException e) {
            return own.connection.refusal(e).written();
        }
    }

    /** Small answers to a browser that asks for few; a box has little time to pack. */
    @Override
    protected boolean useGzipWhenAccepted(Response response) { return false; }

    /** A request and the connection that it came over. */
    private final class Session extends HTTPSession {
        private final Connection connection;

        Session(Connection connection, InputStream in) throws IOException {
            super(new NoFiles(), in, connection.socket.getOutputStream());
            this.connection = connection;
        }
    }

    /** Bodies stay in memory, within their limit. */
    private static final class NoFiles implements TempFileManager {
        @Override
        public void clear() { return; }

        @Override
        public TempFile createTempFile(String hint) throws IOException { throw new IOException("no temporary files"); }
    }

    /** Serves one connection. */
    private final class Served extends ClientHandler {
        private final Connection connection;

        Served(InputStream in, Connection connection) {
            super(in, connection.socket);
            this.connection = connection;
        }

        @Override
        public void run() {
            try {
                converse();
            } catch (OutOfMemoryError e) {
                // not even the answer found room; the client sees the connection end
                System.gc();
            } catch (IOException | RuntimeException e) {
                // the client is gone (NotYetConnectedException in GNU Classpath's words); there is nobody to tell
                return;
            } finally {
                close();
            }
        }

        private void converse() throws IOException {
            try {
                InputStream in = connection.request();
                if (in == null) { return; }
                new Session(connection, in).execute();
            } catch (Reply.Refused | SocketTimeoutException e) {
                connection.refusal(e).written().send(connection.socket.getOutputStream());
            } catch (SocketException e) {
                // how NanoHTTPD ends after an answer
                if (connection.socket.isClosed()) { return; }
            }
            connection.linger();
        }

        @Override
        public void close() {
            // first: whoever sees the end and asks again must not find his own place taken
            dispatcher.limit.left(connection);
            connection.cut();
        }
    }

    /**
     * A thread for each connection that {@link ConnectionLimit} lets in, and no more; idle ones end. In place of
     * NanoHTTPD's unbounded ones.
     */
    static final class Pool implements AsyncRunner {
        private static final int IDLE_SECONDS = 30;
        /**
         * Bytes of address space for a stack; only what is used takes memory. The proof over sets calls itself once for
         * each bit of an IPv6 packet: an interpreter that keeps its frames on the thread's own stack (OpenJDK's Zero)
         * ran out of 192 KiB there.
         */
        private static final int STACK = 1024 * 1024;

        private final ConnectionLimit limit;
        /**
         * A thread that has just answered, or whose connection was displaced, may not be idle yet when the next
         * connection has its place: that one waits.
         */
        private final ThreadPoolExecutor threads =
                new ThreadPoolExecutor(ConnectionLimit.ALL, ConnectionLimit.ALL, IDLE_SECONDS, TimeUnit.SECONDS,
                        new LinkedBlockingQueue<Runnable>(4 * ConnectionLimit.ALL), new ThreadFactory() {
                            @Override
                            public Thread newThread(Runnable work) {
                                Thread thread = new Thread(null, work, "http", STACK);
                                thread.setDaemon(true);
                                return thread;
                            }
                        });

        Pool(ConnectionLimit limit) {
            this.limit = limit;
            threads.allowCoreThreadTimeOut(true);
        }

        @Override
        public void exec(ClientHandler client) {
            try {
                if (client != null) { threads.execute(client); }
            } catch (RejectedExecutionException e) {
                client.close();
            } catch (OutOfMemoryError e) {
                // no room for one more thread: this connection ends, the one that listens must not
                client.close();
                System.gc();
            }
        }

        @Override
        public void closed(ClientHandler client) { client.close(); }

        @Override
        public void closeAll() {
            for (Connection connection : limit.open()) {
                connection.cut();
            }
        }
    }

    /** Looks up now and then while it waits for a client. */
    private static final class PatientServerSocket extends ServerSocket {
        /**
         * A daemon on JamVM can't wake a thread that waits in accept(): while there are connections it looks up and
         * cuts those that are late.
         */
        private static final int BUSY_MILLIS = 1000;
        /**
         * With nobody there it only looks whether its address was closed, and each look costs an interpreter half a
         * millisecond of a fast processor: once a second that would be the most that an idle daemon does.
         */
        private static final int QUIET_MILLIS = 10 * 1000;

        private final ConnectionLimit limit;

        PatientServerSocket(ConnectionLimit limit) throws IOException {
            super();
            this.limit = limit;
        }

        @Override
        public Socket accept() throws IOException {
            if (isClosed()) { throw new SocketException("closed"); }
            limit.cutLate();
            setSoTimeout(limit.count() > 0 ? BUSY_MILLIS : QUIET_MILLIS);
            try {
                return super.accept();
            } catch (OutOfMemoryError e) {
                // this thread is the only one that listens here: it must not end
                System.gc();
                throw new SocketException("out of memory");
            }
        }
    }
}
