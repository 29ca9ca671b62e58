package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Access of administrators to the box: from a client or a network, over an interface, to some TCP ports. */
public final class AdminConnection {
    /** Client ports of single packets: the lowest, one that Linux and Windows choose, and the highest. */
    private static final int[] CLIENT_PORTS = {1024, 49200, 65535};
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;

    public final String interfaceName;
    public final Network client;
    private final byte[] box;
    private final int[] ports;

    /**
     * Makes a connection.
     *
     * @param interfaceName the interface of the client
     * @param client a network, or a single address with a full prefix
     * @param box the box's address, of the client's family
     * @param ports 1 to 65535
     */
    public AdminConnection(String interfaceName, Network client, byte[] box, int... ports) {
        this.interfaceName = interfaceName;
        this.client = client;
        this.box = box.clone();
        this.ports = ports;
    }

    /** A connection for each port. */
    List<AdminConnection> perPort() {
        List<AdminConnection> connections = new ArrayList<>();
        for (int port : ports) {
            connections.add(new AdminConnection(interfaceName, client, box, port));
        }
        return connections;
    }

    /** {@code 192.168.178.0/24 over lan to 192.168.178.1 port 8181}, of the first port. */
    @Override
    public String toString() {
        return client + " over " + interfaceName + " to " + Addresses.print(box) + " port " + ports[0];
    }

    /**
     * All packets of the connection in one direction. Each intersection begins with the sets of later bits: that takes
     * the fewest steps.
     */
    int packets(PacketSets sets, boolean in) {
        Bdd bdd = sets.bdd;
        int onInterface = bdd.and(sets.everything(), sets.device(in ? Field.IN : Field.OUT, interfaceName));
        int fromClient = sets.having(in ? Field.SRC : Field.DST, client);
        int toBox = sets.having(in ? Field.DST : Field.SRC, box);
        int discovery = client.family == Family.IPV4 ? Bdd.NONE : discovery(sets, in, fromClient, toBox);
        return bdd.and(onInterface, sets.whole(), bdd.or(tcp(sets, in, bdd.and(fromClient, toBox)), discovery));
    }

    /** In: a SYN, then all packets with ACK and without SYN. Out: all packets with ACK, the SYN of the reply too. */
    private int tcp(PacketSets sets, boolean in, int addresses) {
        Bdd bdd = sets.bdd;
        int clientPort = sets.having(in ? Field.SPORT : Field.DPORT, 1024, 65535);
        int boxPort = Bdd.NONE;
        for (int port : ports) {
            boxPort = bdd.or(boxPort, sets.having(in ? Field.DPORT : Field.SPORT, port, port));
        }
        int source = bdd.and(in ? clientPort : boxPort, sets.having(Field.MARK, 0, 0));
        int later = bdd.and(sets.later(), in ? sets.flags(0, Packet.SYN) : Bdd.ALL);
        int states = bdd.and(sets.protocol(6), in ? bdd.or(sets.first(), later) : later);
        return bdd.and(states, bdd.and(in ? boxPort : clientPort, bdd.and(addresses, source)));
    }

    /**
     * Neighbour solicitations and advertisements; ARP, their counterpart for IPv4, bypasses netfilter. They are
     * UNTRACKED (nf_conntrack_proto_icmpv6.c). A solicitation goes to the solicited-node address of the wanted host.
     */
    private int discovery(PacketSets sets, boolean in, int client, int box) {
        Bdd bdd = sets.bdd;
        int wanted = in ? sets.having(Field.DST, solicited(this.box)) : solicitedClients(sets);
        int solicitation = bdd.and(type(sets, SOLICITATION), bdd.and(in ? client : box, wanted));
        int advertisement = bdd.and(type(sets, ADVERTISEMENT), bdd.and(box, client));
        int unmarked = bdd.and(bdd.or(solicitation, advertisement), sets.having(Field.MARK, 0, 0));
        return bdd.and(bdd.and(sets.icmp(), sets.state(ConnectionState.UNTRACKED)), unmarked);
    }

    private static int type(PacketSets sets, int type) { return sets.having(Field.ICMP, type * 256, type * 256); }

    /** Packets to the clients' solicited-node addresses; the network's mask may leave the last 24 bits open. */
    private int solicitedClients(PacketSets sets) {
        byte[] mask = client.mask();
        Arrays.fill(mask, 0, 13, (byte) 255);
        return sets.having(Field.DST, Span.masked(solicited(client.address()), mask));
    }

    /** The solicited-node address: ff02::1:ff and the last 24 bits (RFC 4291, 2.7.1). */
    private static byte[] solicited(byte[] address) {
        byte[] group = Addresses.parse("ff02::1:ff00:0");
        System.arraycopy(address, 13, group, 13, 3);
        return group;
    }

    /** A sample of the packets, for rules that are too complex for sets. */
    List<Packet> packets() {
        List<Packet> packets = new ArrayList<>();
        for (byte[] address : clients()) {
            for (int port : ports) {
                for (int clientPort : CLIENT_PORTS) {
                    Packet in = packet(address, box).in(interfaceName).protocol(6).sport(clientPort).dport(port);
                    Packet out = packet(box, address).out(interfaceName).protocol(6).sport(port).dport(clientPort);
                    packets.add(in.flags(Packet.SYN));
                    packets.add(in.flags(Packet.ACK).state(ConnectionState.ESTABLISHED));
                    packets.add(out.flags(Packet.SYN | Packet.ACK).state(ConnectionState.ESTABLISHED));
                    packets.add(out.flags(Packet.ACK).state(ConnectionState.ESTABLISHED));
                }
            }
            if (client.family == Family.IPV6) {
                packets.add(icmp(address, solicited(box), SOLICITATION).in(interfaceName));
                packets.add(icmp(box, address, ADVERTISEMENT).out(interfaceName));
                packets.add(icmp(box, solicited(address), SOLICITATION).out(interfaceName));
                packets.add(icmp(address, box, ADVERTISEMENT).in(interfaceName));
            }
        }
        return packets;
    }

    /** The network's first, a middle and its last address; a single client's address once. */
    private List<byte[]> clients() {
        List<byte[]> clients = new ArrayList<>();
        byte[] mask = client.mask();
        for (int hostBits : new int[] {0x00, 0x55, 0xff}) {
            byte[] address = client.address();
            for (int i = 0; i < address.length; i++) {
                address[i] |= (byte) (hostBits & ~mask[i]);
            }
            if (clients.isEmpty() || !Arrays.equals(address, clients.get(0))) { clients.add(address); }
        }
        return clients;
    }

    private Packet packet(byte[] src, byte[] dst) { return Packet.of(client.family).src(src).dst(dst).mark(0L); }

    private Packet icmp(byte[] src, byte[] dst, int type) {
        return packet(src, dst).protocol(58).icmp(type, 0).state(ConnectionState.UNTRACKED);
    }
}
