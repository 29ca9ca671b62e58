package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Random packets, each with the state that conntrack will assign. If states matter, addresses and ports are reused only
 * within a connection: the first packet again, the reply, the packet after the reply, and an ICMP error about the first
 * packet.
 */
final class Traffic {
    private static final String[] DEVICES = {"lan", "guest", "dsl"};

    private final Random random;
    private final Family family;
    private final String[] addresses;
    private final boolean tracked;
    private final boolean nat;
    private final BoxNetwork boxNetwork;
    private final Set<String> used;
    private final List<Connection> connections = new ArrayList<>();

    /** A sent packet: as the walk sees it, its bytes, and its TCP sequence number. */
    record Sent(Packet packet, byte[] bytes, int sequence) {
    }

    /** An accepted first packet, and whether the other end has replied. */
    private record Connection(Sent first, boolean[] replied) {
    }

    /**
     * With {@code tracked}, states are predicted and no fragments are sent (the kernel would reassemble them). With
     * {@code nat}, source ports are used once and are never destination ports, so no packet is accidentally the reply
     * to a translated one.
     */
    Traffic(Random random, Family family, String[] addresses, boolean tracked, boolean nat, BoxNetwork boxNetwork,
            Set<String> used) {
        this.random = random;
        this.family = family;
        this.addresses = addresses;
        this.tracked = tracked;
        this.nat = nat;
        this.boxNetwork = boxNetwork;
        this.used = used;
    }

    Sent next() {
        if (tracked && !connections.isEmpty() && random.nextInt(2) == 0) {
            return more(connections.get(random.nextInt(connections.size())));
        }
        // the upper half is the ICMP id: a different one for each packet
        int sequence = used.size() << 16 | 1;
        Packet packet;
        do {
            packet = fresh();
        } while (tracked && (isItsOwnReply(packet) || !used.add(tuple(packet))));
        int length = tracked && packet.protocol() == 6 ? 0 : 4 + random.nextInt(300);
        return sent(packet, sequence, 1, new byte[length]);
    }

    private static Sent sent(Packet packet, int sequence, int acknowledge, byte[] payload) {
        return new Sent(packet, PacketBytes.of(packet, sequence, acknowledge, payload), sequence);
    }

    /** Records that a packet was accepted: a first packet then starts a connection. */
    void accepted(Sent sent) {
        Packet p = sent.packet();
        boolean first = p.state() == ConnectionState.NEW
                && (p.protocol() == 17 || p.protocol() == 6 && p.flags() == Packet.SYN);
        boolean loops = p.in() == null && boxNetwork.isOwn(p.dst());
        boolean known = nat || connections.stream().anyMatch(t -> t.first.packet().equals(p));
        if (tracked && first && !loops && !known) { connections.add(new Connection(sent, new boolean[1])); }
    }

    /** From a port to itself: conntrack cannot distinguish the two directions, so the state is unpredictable. */
    private static boolean isItsOwnReply(Packet p) {
        return java.util.Arrays.equals(p.src(), p.dst()) && p.sport().equals(p.dport());
    }

    private static String tuple(Packet p) {
        // an unordered pair: the tuple of a reply must not be used for a new connection either
        String a = Addresses.print(p.src()) + "," + p.sport();
        String b = Addresses.print(p.dst()) + "," + p.dport();
        boolean ports = p.protocol() == 6 || p.protocol() == 17;
        return p.protocol() + (ports ? a.compareTo(b) < 0 ? a + b : b + a : a);
    }

    private Packet fresh() {
        boolean local = random.nextInt(4) == 0;
        String in = DEVICES[random.nextInt(3)];
        Packet packet = Packet.of(family).src(address(local)).dst(address(random.nextInt(3) == 0));
        int[] protocols = {6, 6, 17, 17, family == Family.IPV4 ? 1 : 58, tracked ? 17 : 47};
        int protocol = protocols[random.nextInt(6)];
        packet = packet.protocol(protocol).sport(nat ? 20000 + used.size() % 40000 : port())
                .dport(nat ? port() % 20000 : port()).flags(flags()).fragment(!tracked && random.nextInt(8) == 0);
        int[] types = family == Family.IPV4 ? new int[] {8, 0, 3} : new int[] {128, 129, 1};
        int type = types[random.nextInt(3)];
        packet = packet.icmp(type, type == 3 ? 3 : type == 1 ? 4 : 0).mark(local ? 0x1000L : 0L);
        if (!local) { packet = packet.in(in).mac(new byte[] {0, 0x11, 0x22, 0x33, 0x44, (byte) random.nextInt(4)}); }
        return packet.state(stateOf(packet));
    }

    /**
     * The conntrack state of a packet outside any connection: TCP is picked up in the middle (tcp_loose), but not at
     * SYN+ACK or RST.
     */
    private ConnectionState stateOf(Packet p) {
        if (p.protocol() == 6) {
            return p.flags() == Packet.SYN || p.flags() == Packet.ACK || p.flags() == (Packet.ACK | Packet.PSH)
                    ? ConnectionState.NEW : ConnectionState.INVALID;
        }
        boolean icmp = p.protocol() == 1 || p.protocol() == 58;
        int type = p.value(Field.ICMP)[0] & 255;
        return !icmp || type == 8 || type == 128 ? ConnectionState.NEW : ConnectionState.INVALID;
    }

    private int flags() {
        int[] some = {Packet.SYN, Packet.SYN, Packet.SYN, Packet.ACK, Packet.ACK | Packet.PSH, Packet.SYN | Packet.ACK,
                Packet.RST, 0, Packet.SYN | Packet.FIN};
        return some[random.nextInt(some.length)];
    }

    private int port() { return random.nextInt(4) == 0 ? 1024 + random.nextInt(60000) : 998 + random.nextInt(40); }

    private byte[] address(boolean own) {
        if (own) {
            List<byte[]> ownAddresses = boxNetwork.addresses(family, DEVICES[random.nextInt(3)]);
            return ownAddresses.get(0);
        }
        byte[] address = Addresses.parse(addresses[1 + random.nextInt(addresses.length - 1)]);
        address[address.length - 1] += (byte) random.nextInt(4);
        return address;
    }

    private Sent more(Connection connection) {
        Packet first = connection.first.packet();
        int kind = random.nextInt(4);
        if (kind == 0) {
            // the first packet again; after a reply it belongs to an established connection
            boolean udp = first.protocol() == 17;
            ConnectionState state = connection.replied[0] ? ConnectionState.ESTABLISHED : ConnectionState.NEW;
            if (udp || !connection.replied[0]) {
                return sent(first.state(state), connection.first.sequence(), 1,
                        udp ? new byte[random.nextInt(99)] : new byte[0]);
            }
        }
        if (kind == 1) { return error(connection); }
        if (kind == 2 && connection.replied[0]) {
            Packet on = first.state(ConnectionState.ESTABLISHED).flags(Packet.ACK);
            return sent(on, connection.first.sequence() + 1, 5001, new byte[0]);
        }
        connection.replied[0] = true;
        Packet back = reversed(first).state(ConnectionState.ESTABLISHED).sport(first.dport()).dport(first.sport())
                .flags(Packet.SYN | Packet.ACK);
        return sent(back, 5000, connection.first.sequence() + 1, new byte[0]);
    }

    /** The reverse direction: arrives where the first packet left, or is sent by the box itself. */
    private Packet reversed(Packet first) {
        Packet back = first.src(first.dst()).dst(first.src());
        boolean fromBox = boxNetwork.isOwn(first.dst());
        return fromBox ? back.in(null).mac(null).mark(0x1000L)
                : back.in(boxNetwork.interfaceTo(first.dst())).mac(new byte[] {0, 0x11, 0x22, 0x33, 0x44, 3}).mark(0L);
    }

    /** Port unreachable, containing the start of the first packet. */
    private Sent error(Connection connection) {
        boolean four = family == Family.IPV4;
        Packet packet = reversed(connection.first.packet()).protocol(four ? 1 : 58).icmp(four ? 3 : 1, four ? 3 : 4)
                .state(ConnectionState.RELATED);
        byte[] original = connection.first.bytes();
        return sent(packet, 1, 1, java.util.Arrays.copyOf(original, Math.min(original.length, 60)));
    }
}
