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
 * The way into a namespace: runs in there, listens on a unix socket that both sides see, and makes a TCP connection for
 * each one. Its first line is {@code SOURCE DESTINATION PORT}; the rest is carried to the byte, ends of streams too.
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
                thread(() -> carry(from));
            }
        }
    }

    /** A connection through the relay: bytes written go to the TCP connection, bytes read come from it. */
    static SocketChannel connect(Path relay, String source, String destination, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(relay));
        write(channel, (source + " " + destination + " " + port + "\n").getBytes());
        // the relay says when the TCP connection is there: what is timed from here is timed rightly
        if (read(channel, new byte[1]) != 1) {
            channel.close();
            throw new IOException("no connection from " + source + " to " + destination + ":" + port);
        }
        return channel;
    }

    /** Not as a stream: Java 17's streams of a channel let nobody write while somebody waits for something to read. */
    static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** As InputStream.read. */
    static int read(SocketChannel channel, byte[] into) throws IOException {
        return channel.read(ByteBuffer.wrap(into));
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void carry(SocketChannel from) {
        try (from) {
            StringBuilder line = new StringBuilder();
            byte[] one = new byte[1];
            while (read(from, one) == 1 && one[0] != '\n') {
                line.append((char) one[0]);
            }
            String[] words = line.toString().split(" ");
            try (Socket to = new Socket(InetAddress.getByName(words[1]), Integer.parseInt(words[2]),
                    InetAddress.getByName(words[0]), 0)) {
                write(from, new byte[] {'+'});
                to.setTcpNoDelay(true);
                InputStream answer = to.getInputStream();
                OutputStream request = to.getOutputStream();
                thread(() -> forward(from, to, request));
                byte[] buffer = new byte[8192];
                for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
                    write(from, Arrays.copyOf(buffer, n));
                }
                from.shutdownOutput();
            }
        } catch (IOException e) {
            return; // the other end sees the connection end
        }
    }

    private static void forward(SocketChannel from, Socket to, OutputStream request) {
        try {
            byte[] buffer = new byte[8192];
            for (int n = read(from, buffer); n >= 0; n = read(from, buffer)) {
                request.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return; // one end is gone; so is what it would have said
        }
    }
}
