package boxwall.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Forwards connections into a namespace: runs in it, listens on a unix socket that both sides see, and opens a TCP
 * connection for each client. The first line is {@code SOURCE DESTINATION PORT}; the rest and the ends of streams are
 * forwarded unchanged.
 */
final class Relay {
    private Relay() {}

    /** @param args the socket's path */
    public static void main(String[] args) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(args[0]), 128);
            System.out.println("up");
            while (true) {
                SocketChannel from = server.accept();
                startThread(() -> forwardConnection(from));
            }
        }
    }

    /** A connection through the relay: bytes written go to the TCP connection, bytes read come from it. */
    static SocketChannel connect(Path relay, String source, String destination, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(relay));
        write(channel, (source + " " + destination + " " + port + "\n").getBytes());
        // the relay confirms the TCP connection, so that a measurement starts after it
        if (read(channel, new byte[1]) != 1) {
            channel.close();
            throw new IOException("no connection from " + source + " to " + destination + ":" + port);
        }
        return channel;
    }

    /** Without streams: in Java 17, a channel's streams block writing while another thread reads. */
    static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** Like InputStream.read. */
    static int read(SocketChannel channel, byte[] into) throws IOException {
        return channel.read(ByteBuffer.wrap(into));
    }

    private static void startThread(Runnable work) {
        Thread startThread = new Thread(work);
        startThread.setDaemon(true);
        startThread.start();
    }

    private static void forwardConnection(SocketChannel from) {
        try (from) {
            StringBuilder line = new StringBuilder();
            byte[] oneByte = new byte[1];
            while (read(from, oneByte) == 1 && oneByte[0] != '\n') {
                line.append((char) oneByte[0]);
            }
            String[] words = line.toString().split(" ");
            try (Socket to = new Socket(InetAddress.getByName(words[1]), Integer.parseInt(words[2]),
                    InetAddress.getByName(words[0]), 0)) {
                write(from, new byte[] {'+'});
                to.setTcpNoDelay(true);
                InputStream answer = to.getInputStream();
                OutputStream request = to.getOutputStream();
                startThread(() -> forwardRequest(from, to, request));
                byte[] buffer = new byte[8192];
                for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
                    write(from, Arrays.copyOf(buffer, n));
                }
                from.shutdownOutput();
            }
        } catch (IOException e) {
            return; // the peer sees the end of the connection
        }
    }

    private static void forwardRequest(SocketChannel from, Socket to, OutputStream request) {
        try {
            byte[] buffer = new byte[8192];
            for (int n = read(from, buffer); n >= 0; n = read(from, buffer)) {
                request.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return; // one end is closed
        }
    }
}
