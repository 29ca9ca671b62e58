package boxwall.compile;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A small DNS server (every name is 192.0.2.1, RFC 1035) and a small NTP server (stratum 1, RFC 5905) on 198.51.100.7.
 * For each input line {@code ADDRESS PORT TO_PORT} it sends an unrequested packet to 203.0.113.2.
 */
final class QueryServers {
    private static final long SECONDS_FROM_1900_TO_1970 = 2_208_988_800L;

    private QueryServers() {}

    public static void main(String[] args) throws IOException {
        DatagramSocket dns = new DatagramSocket(new InetSocketAddress("198.51.100.7", 53));
        DatagramSocket ntp = new DatagramSocket(new InetSocketAddress("198.51.100.7", 123));
        new Thread(() -> serve(dns, true)).start();
        new Thread(() -> serve(ntp, false)).start();
        System.out.println("up");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            DatagramPacket packet = new DatagramPacket(new byte[20], 20, InetAddress.getByName("203.0.113.2"),
                    Integer.parseInt(words[2]));
            if (words[0].equals("198.51.100.7") && words[1].equals("53")) {
                dns.send(packet);
            } else {
                try (DatagramSocket from =
                        new DatagramSocket(new InetSocketAddress(words[0], Integer.parseInt(words[1])))) {
                    from.send(packet);
                }
            }
            System.out.println("sent");
        }
        System.exit(0);
    }

    private static void serve(DatagramSocket socket, boolean dns) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
                socket.receive(packet);
                byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
                byte[] answer = dns ? name(question) : time(question);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The reply to a DNS query: the question, and an answer if it asks for an A record. */
    private static byte[] name(byte[] question) throws IOException {
        int end = 12;
        while (question[end] != 0) {
            end += question[end] + 1;
        }
        boolean address = question[end + 2] == 1;
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.write(question, 0, 2);
        answer.write(new byte[] {(byte) 0x81, (byte) 0x80, 0, 1, 0, (byte) (address ? 1 : 0), 0, 0, 0, 0});
        answer.write(question, 12, end + 5 - 12);
        if (address) { answer.write(new byte[] {(byte) 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, (byte) 192, 0, 2, 1}); }
        return answer.toByteArray();
    }

    private static byte[] time(byte[] question) {
        long now = System.currentTimeMillis();
        long stamp = (now / 1000 + SECONDS_FROM_1900_TO_1970 << 32) + now % 1000 * 4_294_967L;
        ByteBuffer answer = ByteBuffer.allocate(48);
        answer.put((byte) (question[0] & 0x38 | 4)).put((byte) 1).put((byte) 6).put((byte) -20).putInt(0).putInt(0)
                .put("LOCL".getBytes());
        answer.putLong(stamp).put(question, 40, 8).putLong(stamp).putLong(stamp);
        return answer.array();
    }
}
