package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.State;
import java.util.ArrayList;
import java.util.List;

/** The administrator's way tried with a few packets, one by one: what remains when sets are too complex. */
final class AdminPackets {
    /** Client ports that are walked: the lowest, one that Linux and Windows choose, and the highest. */
    private static final int[] CLIENT_PORTS = {1024, 49200, 65535};

    /** FAILED with a packet that doesn't get through, else UNKNOWN for the reason given. */
    static AdminProof walk(Walk walk, AdminPath path, String reason) {
        for (Packet packet : packets(path)) {
            Answer answer = walk.packet(packet, packet.in() == null ? Hook.OUTPUT : Hook.INPUT);
            if (answer.verdict.stops()) {
                return new AdminProof(AdminProof.Result.FAILED, path + ": " + answer + " for " + packet, answer);
            }
        }
        return new AdminProof(AdminProof.Result.UNKNOWN, path + ": " + reason, null);
    }

    private static List<Packet> packets(AdminPath path) {
        List<Packet> packets = new ArrayList<>();
        for (byte[] client : clients(path)) {
            for (int port : CLIENT_PORTS) {
                packets.add(in(path, client, port, Packet.SYN, State.NEW));
                packets.add(in(path, client, port, Packet.ACK, State.ESTABLISHED));
                packets.add(out(path, client, port, Packet.SYN | Packet.ACK));
                packets.add(out(path, client, port, Packet.ACK));
            }
            if (path.family() == Family.IPV6) { discovery(packets, path, client); }
        }
        return packets;
    }

    /** The network's first, last and a middle address; one for a single client. */
    private static List<byte[]> clients(AdminPath path) {
        List<byte[]> clients = new ArrayList<>();
        byte[] mask = path.client.mask();
        for (int fill : new int[] {0x00, 0x55, 0xff}) {
            byte[] client = path.client.address();
            for (int i = 0; i < client.length; i++) {
                client[i] |= (byte) (fill & ~mask[i]);
            }
            if (clients.isEmpty() || !java.util.Arrays.equals(client, clients.get(0))) { clients.add(client); }
        }
        return clients;
    }

    private static Packet in(AdminPath path, byte[] client, int port, int flags, State state) {
        return Packet.of(path.family()).in(path.interfaceName()).src(client).dst(path.box()).protocol(6).sport(port)
                .dport(path.port).flags(flags).state(state).mark(0L).build();
    }

    private static Packet out(AdminPath path, byte[] client, int port, int flags) {
        return Packet.of(path.family()).out(path.interfaceName()).src(path.box()).dst(client).protocol(6)
                .sport(path.port).dport(port).flags(flags).state(State.ESTABLISHED).mark(0L).build();
    }

    private static void discovery(List<Packet> packets, AdminPath path, byte[] client) {
        Packet icmp = Packet.of(Family.IPV6).protocol(58).state(State.UNTRACKED).mark(0L).build();
        Packet in = icmp.copy().in(path.interfaceName()).src(client).build();
        Packet out = icmp.copy().out(path.interfaceName()).src(path.box()).build();
        packets.add(in.copy().icmp(135, 0).dst(solicited(path.box())).build());
        packets.add(out.copy().icmp(136, 0).dst(client).build());
        packets.add(out.copy().icmp(135, 0).dst(solicited(client)).build());
        packets.add(in.copy().icmp(136, 0).dst(path.box()).build());
    }

    /** The solicited-node address: ff02::1:ff and the last 24 bits (RFC 4291, 2.7.1). */
    static byte[] solicited(byte[] address) {
        byte[] group = Addresses.parse("ff02::1:ff00:0");
        System.arraycopy(address, 13, group, 13, 3);
        return group;
    }
}
