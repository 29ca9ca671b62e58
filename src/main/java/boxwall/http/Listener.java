package boxwall.http;

import boxwall.report.Problem;

import fi.iki.elonen.NanoHTTPD;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One listening address of the control port. */
public final class Listener extends NanoHTTPD {
    /** Bytes of a body at most: a ruleset file may have as many. */
    private static final int MAX_BODY = 256 * 1024;
    /** A daemon on JamVM can't wake a thread that waits in accept(): it looks up now and then. */
    private static final int ACCEPT_MILLIS = 1000;

    private final Port port;
    private final ThreadLocal<Client> current = new ThreadLocal<Client>();

    Listener(String address, Port port) {
        super(address, port.number());
        this.port = port;
        Logger.getLogger(NanoHTTPD.class.getName()).setLevel(Level.OFF);
        setAsyncRunner(port.pool());
        setServerSocketFactory(new ServerSocketFactory() {
            @Override
            public ServerSocket create() throws IOException {
                ServerSocket socket = new NamelessServerSocket();
                socket.setSoTimeout(ACCEPT_MILLIS);
                return socket;
            }
        });
    }

    @Override
    protected ClientHandler createClientHandler(Socket socket, InputStream in) {
        GuardedStream guarded;
        Client client;
        try {
            socket.setTcpNoDelay(true);
            guarded = new GuardedStream(in, socket.getOutputStream());
            client = new Client(socket.getInetAddress().getAddress(), socket.getLocalAddress().getAddress(), port.uptimeMillis());
        } catch (IOException e) {
            // gone between accept and here: the handler finds the closed socket and ends
            return new ClientHandler(in, socket);
        }
        return new Handler(guarded, socket, client);
    }

    /** Serves one connection and knows who is at its other end. */
    private final class Handler extends ClientHandler {
        private final Client client;

        Handler(InputStream in, Socket socket, Client client) {
            super(in, socket);
            this.client = client;
        }

        @Override
        public void run() {
            current.set(client);
            try {
                super.run();
            } finally {
                current.remove();
            }
        }
    }

    @Override
    protected boolean useGzipWhenAccepted(Response response) {
        return false;
    }

    @Override
    public Response serve(IHTTPSession session) {
        boolean head = session.getMethod() == Method.HEAD;
        try {
            return new Wire(answer(session), head);
        } catch (OutOfMemoryError e) {
            // JamVM throws again at the next allocation unless the collector ran
            System.gc();
            return new Wire(Reply.problem(new Problem(503, "out of memory", "the daemon's heap is full; raise BOXWALL_HEAP")), head);
        } catch (StackOverflowError e) {
            return new Wire(Reply.problem(new Problem(503, "out of stack", "this takes more stack than a thread of the daemon has;"
                    + " 'java -jar boxwall.jar' on a PC has more")), head);
        } catch (RuntimeException e) {
            port.report(e);
            return new Wire(Reply.problem(new Problem(500, "a bug in boxwall", e.toString())), head);
        }
    }

    private Reply answer(IHTTPSession session) {
        Request request = new Request(session.getMethod().name(), session.getUri(), first(session.getParameters()),
                session.getHeaders(), current.get(), "");
        Gate gate = port.gate();
        Reply refusal = port.routes().refuse(request, gate);
        if (refusal != null) {
            return refusal;
        }
        String length = request.header("content-length");
        if (request.header("transfer-encoding") != null) {
            return Reply.problem(new Problem(411, "length wanted", "send the body with a Content-Length, not in chunks"));
        }
        int size = length == null ? 0 : number(length);
        if (size < 0) {
            return Reply.problem(new Problem(400, "bad length", "Content-Length must be a number"));
        }
        if (size > MAX_BODY) {
            return Reply.problem(new Problem(413, "too large", "a body may have " + MAX_BODY + " bytes, this has " + size));
        }
        try {
            return port.routes().answer(request.withBody(body(session.getInputStream(), size)), gate);
        } catch (IOException e) {
            return Reply.problem(new Problem(400, "body cut short", "the body ended before its Content-Length"));
        }
    }

    /** NanoHTTPD's parseBody writes files and can't do PUT on JamVM: the bytes are read here. */
    private static String body(InputStream in, int size) throws IOException {
        byte[] bytes = new byte[size];
        int have = 0;
        while (have < size) {
            int n = in.read(bytes, have, size - have);
            if (n < 0) {
                throw new EOFException();
            }
            have += n;
        }
        return new String(bytes, "ISO-8859-1");
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Map<String, String> first(Map<String, List<String>> parameters) {
        Map<String, String> first = new HashMap<String, String>();
        for (Map.Entry<String, List<String>> e : parameters.entrySet()) {
            first.put(e.getKey(), e.getValue().isEmpty() ? "" : e.getValue().get(0));
        }
        return first;
    }

    /** Hands out sockets whose peer has no name: NanoHTTPD asks each peer's, and a resolver may be minutes away behind the rules. */
    private static final class NamelessServerSocket extends ServerSocket {
        NamelessServerSocket() throws IOException {
            super();
        }

        @Override
        public Socket accept() throws IOException {
            if (isClosed()) {
                throw new SocketException("closed");
            }
            Socket socket = new NamelessSocket();
            implAccept(socket);
            return socket;
        }
    }

    /** See {@link NamelessServerSocket}. */
    private static final class NamelessSocket extends Socket {
        @Override
        public InetAddress getInetAddress() {
            InetAddress peer = super.getInetAddress();
            try {
                return peer == null ? null : InetAddress.getByAddress(peer.getHostAddress(), peer.getAddress());
            } catch (IOException e) {
                return peer;
            }
        }
    }
}
