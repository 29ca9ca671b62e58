package boxwall.explain;

import boxwall.netfilter.Family;
import java.nio.ByteBuffer;

/**
 * A packet as bytes: IP header, the fragment fields of a later fragment, and a transport header with valid checksums.
 */
final class PacketBytes {
    private PacketBytes() {}

    /**
     * The sequence and acknowledgement numbers are for TCP. The payload may be empty; for an ICMP error it is the
     * original packet.
     */
    static byte[] of(Packet packet, int sequence, int acknowledge, byte[] payload) {
        boolean later = Boolean.TRUE.equals(packet.fragment());
        byte[] transport = later ? payload : transport(packet, sequence, acknowledge, payload);
        if (packet.family == Family.IPV6) {
            int extension = later ? 8 : 0;
            ByteBuffer ip = ByteBuffer.allocate(40 + extension + transport.length);
            ip.putInt(0x60000000).putShort((short) (extension + transport.length));
            ip.put((byte) (later ? 44 : packet.protocol())).put((byte) 64).put(packet.src()).put(packet.dst());
            if (later) {
                ip.put((byte) (int) packet.protocol()).put((byte) 0).putShort((short) (185 << 3)).putInt(sequence);
            }
            return ip.put(transport).array();
        }
        ByteBuffer ip = ByteBuffer.allocate(20 + transport.length);
        ip.putShort((short) 0x4500).putShort((short) (20 + transport.length)).putShort((short) (1 + sequence % 65000));
        ip.putShort((short) (later ? 185 : 0)).put((byte) 64).put((byte) (int) packet.protocol()).putShort((short) 0);
        ip.put(packet.src()).put(packet.dst());
        ip.putShort(10, (short) checksum(ip.array(), 20, 0));
        return ip.put(transport).array();
    }

    private static byte[] transport(Packet packet, int sequence, int acknowledge, byte[] payload) {
        int protocol = packet.protocol();
        ByteBuffer out;
        int checksumAt;
        if (protocol == 6) {
            out = ByteBuffer.allocate(20 + payload.length);
            out.putShort((short) (int) packet.sport()).putShort((short) (int) packet.dport()).putInt(sequence);
            out.putInt((packet.flags() & Packet.ACK) == 0 ? 0 : acknowledge).put((byte) 0x50)
                    .put((byte) (int) packet.flags());
            out.putShort((short) 0xffff).putInt(0);
            checksumAt = 16;
        } else if (protocol == 17) {
            out = ByteBuffer.allocate(8 + payload.length);
            out.putShort((short) (int) packet.sport()).putShort((short) (int) packet.dport());
            out.putShort((short) (8 + payload.length)).putShort((short) 0);
            checksumAt = 6;
        } else if (protocol == 1 || protocol == 58) {
            out = ByteBuffer.allocate(8 + payload.length);
            byte[] icmp = packet.value(Field.ICMP);
            boolean echo = protocol == 1 ? icmp[0] == 8 || icmp[0] == 0 : (icmp[0] & 255) >= 128;
            out.put(icmp).putShort((short) 0);
            out.putInt(echo ? sequence : 0);
            checksumAt = 2;
        } else {
            return payload;
        }
        out.put(payload);
        int pseudo = protocol == 1 ? 0 : pseudo(packet, out.capacity());
        out.putShort(checksumAt, (short) checksum(out.array(), out.capacity(), pseudo));
        return out.array();
    }

    private static int pseudo(Packet packet, int length) {
        return sum(packet.src(), packet.src().length) + sum(packet.dst(), packet.dst().length) + packet.protocol()
                + length;
    }

    private static int sum(byte[] bytes, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[i] & 255) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int checksum(byte[] bytes, int length, int start) {
        int sum = start + sum(bytes, length);
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}
