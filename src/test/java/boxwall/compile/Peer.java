package boxwall.compile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A host in a network namespace: it serves ports and sends requests. Arguments: {@code udp:ADDRESS:PORT} and
 * {@code tcp:ADDRESS:PORT} with {@code /} for the colons of IPv6. A UDP server replies with as many bytes as the
 * request asks for. The program prints {@code up}, then answers each input line: <pre>
 * udp FROMPORT ADDRESS PORT BYTES    answered BYTES, refused, or silent (FROMPORT 0: the kernel's choice)
 * tcp ADDRESS PORT                   open, refused or silent
 * ping ADDRESS                       answered or silent
 * </pre>
 */
final class Peer {
    /** A reply over a veth pair takes far less than a millisecond; a busy host may need more. */
    private static final int MILLIS = 3000;

    private Peer() {}

    public static void main(String[] args) throws IOException {
        for (String arg : args) {
            String[] words = arg.split(":");
            InetSocketAddress at = new InetSocketAddress(InetAddress.getByName(words[1].replace('/', ':')),
                    Integer.parseInt(words[2]));
            Thread thread = words[0].equals("udp") ? new Thread(server(new DatagramSocket(at)))
                    : new Thread(server(new ServerSocket(at.getPort(), 16, at.getAddress())));
            thread.setDaemon(true);
            thread.start();
        }
        System.out.println("up");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            System.out.println(words[0].equals("udp") ? udp(words) : words[0].equals("tcp") ? tcp(words)
                    : InetAddress.getByName(words[1]).isReachable(MILLIS) ? "answered" : "silent");
        }
    }

    private static Runnable server(DatagramSocket socket) {
        return () -> {
            while (true) {
                try {
                    DatagramPacket received = new DatagramPacket(new byte[64], 64);
                    socket.receive(received);
                    int bytes = Integer.parseInt(
                            new String(received.getData(), 0, received.getLength(), StandardCharsets.US_ASCII));
                    socket.send(new DatagramPacket(new byte[bytes], bytes, received.getSocketAddress()));
                } catch (IOException | NumberFormatException e) {
                    // forged packets arrive here too: wait for the next request
                }
            }
        };
    }

    private static Runnable server(ServerSocket socket) {
        return () -> {
            while (true) {
                try (Socket connection = socket.accept()) {
                    connection.getOutputStream().write('!');
                } catch (IOException e) {
                    // a peer that has disconnected does not matter
                }
            }
        };
    }

    private static String udp(String[] words) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(Integer.parseInt(words[1]))) {
            socket.setSoTimeout(MILLIS);
            socket.connect(InetAddress.getByName(words[2]), Integer.parseInt(words[3]));
            byte[] request = words[4].getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(request, request.length));
            DatagramPacket reply = new DatagramPacket(new byte[65000], 65000);
            socket.receive(reply);
            return "answered " + reply.getLength();
        } catch (PortUnreachableException e) {
            return "refused";
        } catch (SocketTimeoutException e) {
            return "silent";
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }

    private static String tcp(String[] words) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getByName(words[1]), Integer.parseInt(words[2])), MILLIS);
            return socket.getInputStream().read() == '!' ? "open" : "closed at once";
        } catch (ConnectException e) {
            return "refused";
        } catch (SocketTimeoutException e) {
            return "silent";
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }
}
