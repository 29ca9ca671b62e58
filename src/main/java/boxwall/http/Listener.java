package boxwall.http;

import fi.iki.elonen.NanoHTTPD;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One listening address of the control port. NanoHTTPD binds and accepts; requests are read and answered here, since
 * its own reader repeats itself for ever on a header over 8 KiB, writes bodies to files, and drops what it can't decode
 * without an answer.
 */
public final class Listener extends NanoHTTPD {
    private final Port port;

    Listener(String address, final Port port) {
        super(address, port.number());
        this.port = port;
        Logger.getLogger(NanoHTTPD.class.getName()).setLevel(Level.OFF);
        setAsyncRunner(port.pool());
        setServerSocketFactory(new ServerSocketFactory() {
            @Override
            public ServerSocket create() throws IOException { return new Sockets.NamelessServerSocket(port); }
        });
    }

    @Override
    protected ClientHandler createClientHandler(Socket socket, InputStream in) {
        return new Handler(in, socket, admitted(socket));
    }

    /** Null when the connection gets no place, or is gone already; then it is closed. */
    private Exchange admitted(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            Client client = new Client(socket.getInetAddress().getAddress(), socket.getLocalAddress().getAddress(),
                    port.uptimeMillis());
            boolean welcome = port.gate().isWelcome(client);
            Exchange exchange = port.admission().admit(socket, client, welcome, port);
            if (exchange == null && welcome) { Wire.turnAway(socket.getOutputStream()); }
            return exchange;
        } catch (IOException e) {
            // gone between accept and here
            return null;
        } catch (RuntimeException e) {
            // likewise, in GNU Classpath's words
            return null;
        } catch (OutOfMemoryError e) {
            // the thread that listens must not end
            System.gc();
            return null;
        }
    }

    /** Serves one connection in the port's way. */
    final class Handler extends ClientHandler {
        private final Socket socket;
        private final Exchange exchange;

        Handler(InputStream in, Socket socket, Exchange exchange) {
            super(in, socket);
            this.socket = socket;
            this.exchange = exchange;
        }

        /** Null when there is nothing to do but to close. */
        Exchange exchange() { return exchange; }

        @Override
        public void run() {
            try {
                exchange.run();
            } finally {
                port.admission().left(exchange);
            }
        }

        @Override
        public void close() {
            if (exchange != null) {
                exchange.cut();
                port.admission().left(exchange);
            } else {
                Sockets.close(socket);
            }
        }
    }
}
