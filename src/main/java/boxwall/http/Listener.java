package boxwall.http;

import boxwall.netfilter.Words;
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
 * A listening address of the control port. NanoHTTPD binds, accepts, reads requests and writes replies. It reads a
 * bounded and checked stream, uses the port's threads and connections, and creates no files.
 */
final class Listener extends NanoHTTPD {
    /** The reply to a connection without a place. The accepting thread sends it and doesn't read the request. */
    private static final String NO_PLACE =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /** The timeout of a read; each request also has a deadline. */
    private static final int READ_MILLIS = 10000;

    private final Dispatcher dispatcher;

    Listener(String address, int number, final Dispatcher dispatcher, Pool pool) {
        super(address, number);
        this.dispatcher = dispatcher;
        Logger.getLogger(NanoHTTPD.class.getName()).setLevel(Level.parse("OFF"));
        setAsyncRunner(pool);
        setServerSocketFactory(new ServerSocketFactory() {
            @Override
            public ServerSocket create() throws IOException { return new PollingServerSocket(dispatcher.limit); }
        });
    }

    @Override
    protected ClientHandler createClientHandler(Socket socket, InputStream in) {
        Connection connection = null;
        try {
            connection = admit(socket);
            if (connection != null) { return new RequestThread(in, connection); }
        } catch (OutOfMemoryError e) {
            // the accepting thread must not end
            System.gc();
            dispatcher.limit.remove(connection);
        }
        Connection.close(socket);
        return null;
    }

    /** Null if there is no place for the connection, or the client has closed it. */
    private Connection admit(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            Client client = new Client(socket.getInetAddress().getAddress(), dispatcher.sys.uptimeMillis());
            AccessControl access = dispatcher.access;
            Connection connection = dispatcher.limit.admit(socket, client, access);
            if (connection == null && access.isAllowed(client)) {
                socket.getOutputStream().write(Words.bytesOf(NO_PLACE));
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            // the client has closed it; GNU Classpath throws the second
            return null;
        }
    }

    @Override
    public Response serve(IHTTPSession session) {
        Connection connection = ((Session) session).connection;
        try {
            return connection.readyToSend(dispatcher.reply(connection, session));
        } catch (IOException e) {
            return connection.refusal(e);
        }
    }

    /** Compressing would take the box more time than sending these small replies. */
    @Override
    protected boolean useGzipWhenAccepted(Response response) { return false; }

    /** A request with its connection. */
    private final class Session extends HTTPSession {
        private final Connection connection;

        Session(Connection connection, InputStream in) throws IOException {
            super(new NoFiles(), in, connection.socket.getOutputStream());
            this.connection = connection;
        }
    }

    /** Bodies stay in memory; their size is limited. */
    private static final class NoFiles implements TempFileManager {
        @Override
        public void clear() { return; }

        @Override
        public TempFile createTempFile(String hint) throws IOException { throw new IOException("no temporary files"); }
    }

    /** Serves one connection. */
    private final class RequestThread extends ClientHandler {
        private final Connection connection;

        RequestThread(InputStream in, Connection connection) {
            super(in, connection.socket);
            this.connection = connection;
        }

        @Override
        public void run() {
            try {
                serveRequest();
            } catch (OutOfMemoryError e) {
                // there is not even memory for a reply; the client sees the end of the connection
                System.gc();
            } catch (IOException | RuntimeException e) {
                // the client is gone; GNU Classpath throws NotYetConnectedException
                return;
            } finally {
                close();
            }
        }

        private void serveRequest() throws IOException {
            try {
                InputStream in = connection.checkedRequest();
                if (in == null) { return; }
                new Session(connection, in).execute();
            } catch (Reply.Refused | SocketTimeoutException e) {
                connection.refusal(e).send(connection.socket.getOutputStream());
            } catch (SocketException e) {
                // NanoHTTPD throws it after each reply
                if (connection.socket.isClosed()) { return; }
            }
            connection.linger();
        }

        @Override
        public void close() {
            // free the place first: a client that sees the end may connect again at once
            dispatcher.limit.remove(connection);
            connection.cut();
        }
    }

    /**
     * Threads for the connections that {@link ConnectionLimit} admits, instead of NanoHTTPD's unbounded number. Idle
     * threads end. A thread for each connection crashes JamVM: one that ends before its start() has returned locks its
     * own Thread object, as start() does, and that object is garbage soon after (sys.DelayedCollection).
     */
    static final class Pool implements AsyncRunner {
        private static final int IDLE_SECONDS = 30;
        /**
         * Bytes of address space for a stack; only the used part takes memory. The proof over sets recurses once for
         * each bit of an IPv6 packet: OpenJDK's Zero, which keeps its frames on the thread's stack, overflowed 192 KiB.
         */
        private static final int STACK = 1024 * 1024;

        private final ConnectionLimit limit;
        /**
         * With a queue: the thread of a connection that has just ended may not be idle yet when the next connection has
         * its place.
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
                // there is no memory for another thread: close this connection, but keep listening; on JamVM the next
                // allocation fails, too, unless garbage is collected first
                System.gc();
                client.close();
            }
        }

        @Override
        public void closed(ClientHandler client) { client.close(); }

        @Override
        public void closeAll() {
            for (Connection connection : limit.connections()) {
                connection.cut();
            }
        }
    }

    /** Wakes up regularly while it waits for a client, because JamVM can't wake a thread in accept(). */
    private static final class PollingServerSocket extends ServerSocket {
        /** While there are connections: the late ones must be cut. */
        private static final int BUSY_MILLIS = 1000;
        /**
         * Without connections, only to notice that the listener was closed. Each time costs an interpreter half a
         * millisecond on a fast processor; once a second, this would be most of an idle daemon's work.
         */
        private static final int QUIET_MILLIS = 10 * 1000;

        /** Made in advance: without memory it couldn't be. */
        private static final SocketException OUT_OF_MEMORY = new SocketException("out of memory");

        private final ConnectionLimit limit;

        PollingServerSocket(ConnectionLimit limit) throws IOException {
            super();
            this.limit = limit;
        }

        @Override
        public Socket accept() throws IOException {
            Socket socket = null;
            try {
                if (isClosed()) { throw new SocketException("closed"); }
                limit.cutLate();
                setSoTimeout(limit.count() > 0 ? BUSY_MILLIS : QUIET_MILLIS);
                socket = super.accept();
                socket.setSoTimeout(READ_MILLIS);
                // the socket keeps its stream, so that NanoHTTPD, which catches no error, allocates nothing
                socket.getInputStream();
                return socket;
            } catch (OutOfMemoryError e) {
                // the accepting thread must not end
                System.gc();
                if (socket != null) { Connection.close(socket); }
                throw OUT_OF_MEMORY;
            }
        }
    }
}
