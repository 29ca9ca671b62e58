package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that a ruleset doesn't lock the administrator out: for each path the new connection's first segment, the answer, and
 * what follows in both directions; in IPv6 the neighbour discovery too, without which no packet finds its way.
 */
public final class Admin {
    /** Client ports that are walked: the lowest, one that Linux and Windows choose, and the highest. */
    private static final int[] CLIENT_PORTS = {1024, 49200, 65535};

    private Admin() {
    }

    /** Proves all paths, or shows the first packet that fails. No paths at all: UNKNOWN. */
    public static AdminProof prove(Ruleset ruleset, Site site, List<AdminPath> paths) {
        if (paths.isEmpty()) {
            return new AdminProof(AdminProof.Result.UNKNOWN, "no administrator's address is known", null);
        }
        Walk walk = new Walk(ruleset, site);
        AdminProof unknown = null;
        for (AdminPath path : paths) {
            for (Packet packet : packets(path)) {
                boolean sent = packet.in() == null;
                Answer answer = walk.packet(packet, sent ? Hook.OUTPUT : Hook.INPUT);
                if (answer.verdict().stops()) {
                    return new AdminProof(AdminProof.Result.FAILED, path + ": " + answer, answer);
                }
                if (answer.verdict() == Verdict.UNKNOWN && unknown == null) {
                    unknown = new AdminProof(AdminProof.Result.UNKNOWN, path + ": " + answer, answer);
                }
            }
        }
        return unknown != null ? unknown : new AdminProof(AdminProof.Result.PROVED, "accepted both ways: " + paths, null);
    }

    private static List<Packet> packets(AdminPath path) {
        List<Packet> packets = new ArrayList<Packet>();
        for (byte[] client : clients(path)) {
            for (int port : CLIENT_PORTS) {
                packets.add(in(path, client, port, Packet.SYN, State.NEW));
                packets.add(in(path, client, port, Packet.ACK, State.ESTABLISHED));
                packets.add(in(path, client, port, Packet.ACK | Packet.PSH, State.ESTABLISHED));
                packets.add(out(path, client, port, Packet.SYN | Packet.ACK));
                packets.add(out(path, client, port, Packet.ACK));
                packets.add(out(path, client, port, Packet.ACK | Packet.PSH));
            }
            if (path.family() == Family.IPV6) {
                discovery(packets, path, client);
            }
        }
        return packets;
    }

    /** The network's first, last and a middle address; one for a single client. */
    private static List<byte[]> clients(AdminPath path) {
        List<byte[]> clients = new ArrayList<byte[]>();
        byte[] mask = path.client().mask();
        for (int fill : new int[] {0x00, 0x55, 0xff}) {
            byte[] client = path.client().address();
            for (int i = 0; i < client.length; i++) {
                client[i] |= (byte) (fill & ~mask[i]);
            }
            if (clients.isEmpty() || !java.util.Arrays.equals(client, clients.get(0))) {
                clients.add(client);
            }
        }
        return clients;
    }

    private static Packet in(AdminPath path, byte[] client, int port, int flags, State state) {
        return Packet.of(path.family()).in(path.interfaceName()).src(client).dst(path.box()).protocol(6).sport(port)
                .dport(path.port()).flags(flags).state(state).mark(0L).build();
    }

    private static Packet out(AdminPath path, byte[] client, int port, int flags) {
        return Packet.of(path.family()).out(path.interfaceName()).src(path.box()).dst(client).protocol(6)
                .sport(path.port()).dport(port).flags(flags).state(State.ESTABLISHED).mark(0L).build();
    }

    /**
     * Solicitation (135) and advertisement (136), in and out. conntrack leaves them alone: UNTRACKED (nf_conntrack_proto_icmpv6.c).
     * A solicitation goes to the solicited-node address, ff02::1:ffXX:XXXX (RFC 4291, 2.7.1).
     */
    private static void discovery(List<Packet> packets, AdminPath path, byte[] client) {
        Packet.Builder base = Packet.of(Family.IPV6).protocol(58).state(State.UNTRACKED).mark(0L);
        Packet.Builder in = base.build().copy().in(path.interfaceName()).src(client);
        Packet.Builder out = base.build().copy().out(path.interfaceName()).src(path.box());
        packets.add(in.icmp(135, 0).dst(solicited(path.box())).build());
        packets.add(out.icmp(136, 0).dst(client).build());
        packets.add(out.icmp(135, 0).dst(solicited(client)).build());
        packets.add(in.icmp(136, 0).dst(path.box()).build());
    }

    private static byte[] solicited(byte[] address) {
        byte[] group = Addresses.parse("ff02::1:ff00:0");
        System.arraycopy(address, 13, group, 13, 3);
        return group;
    }
}
