package boxwall.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** Sockets as the port needs them. */
final class Sockets {
    private Sockets() {}

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is lost that could still be had
            return;
        }
    }

    /**
     * Hands out sockets whose peer has no name: NanoHTTPD asks each peer's, and a resolver may be minutes away behind
     * the rules.
     */
    static final class NamelessServerSocket extends ServerSocket {
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

        private final Port port;

        NamelessServerSocket(Port port) throws IOException {
            super();
            this.port = port;
        }

        @Override
        public Socket accept() throws IOException {
            if (isClosed()) { throw new SocketException("closed"); }
            port.cutLate();
            setSoTimeout(port.connections() > 0 ? BUSY_MILLIS : QUIET_MILLIS);
            Socket socket = new NamelessSocket();
            try {
                implAccept(socket);
            } catch (OutOfMemoryError e) {
                // this thread is the only one that listens here: it must not end
                System.gc();
                throw new SocketException("out of memory");
            }
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
