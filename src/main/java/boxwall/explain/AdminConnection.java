package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How an administrator reaches the box: from a client, or any of a network, over an interface to some TCP ports. */
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
     * Makes a path.
     *
     * @param interfaceName over which the client comes in
     * @param client a network, or one address with a full prefix
     * @param box the box's address that is asked, of the client's family
     * @param ports 1 to 65535
     */
    public AdminConnection(String interfaceName, Network client, byte[] box, int... ports) {
        this.interfaceName = interfaceName;
        this.client = client;
        this.box = box.clone();
        this.ports = ports;
    }

    /** A path for each port. */
    List<AdminConnection> each() {
        List<AdminConnection> paths = new ArrayList<>();
        for (int port : ports) {
            paths.add(new AdminConnection(interfaceName, client, box, port));
        }
        return paths;
    }

    /** {@code 192.168.178.0/24 over lan to 192.168.178.1 port 8181}, of the first port. */
    @Override
    public String toString() {
        return client + " over " + interfaceName + " to " + Addresses.print(box) + " port " + ports[0];
    }

    /**
     * All packets of the path in one direction. The sets that ask later bits come first: that takes the least steps.
     */
    int packets(Sets sets, boolean in) {
        Bdd bdd = sets.bdd;
        int unmarked = bdd.and(sets.everything(), sets.device(in ? Field.IN : Field.OUT, interfaceName));
        int discovery = client.family == Family.IPV4 ? Bdd.NONE : discovery(sets, in);
        return bdd.and(unmarked, sets.whole(), bdd.or(connection(sets, in), discovery));
    }

    /** In: a SYN, then anything with ACK and without SYN. Out: anything with ACK, the answer's SYN too. */
    private int connection(Sets sets, boolean in) {
        Bdd bdd = sets.bdd;
        int clientPort = sets.lies(in ? Field.SPORT : Field.DPORT, 1024, 65535);
        int boxPort = Bdd.NONE;
        for (int port : ports) {
            boxPort = bdd.or(boxPort, sets.lies(in ? Field.DPORT : Field.SPORT, port, port));
        }
        int unmarked = bdd.and(in ? clientPort : boxPort, sets.lies(Field.MARK, 0, 0));
        int addresses =
                bdd.and(sets.lies(in ? Field.SRC : Field.DST, client), sets.is(in ? Field.DST : Field.SRC, box));
        int later = bdd.and(sets.later(), in ? sets.flags(0, Packet.SYN) : Bdd.ALL);
        int states = bdd.and(sets.protocol(6), in ? bdd.or(sets.first(), later) : later);
        return bdd.and(states, bdd.and(in ? boxPort : clientPort, bdd.and(addresses, unmarked)));
    }

    /**
     * Neighbour solicitation and advertisement; in IPv4 ARP does this, which bypasses netfilter. conntrack leaves them
     * alone: UNTRACKED (nf_conntrack_proto_icmpv6.c). A solicitation goes to the solicited-node address of whom it asks
     * for.
     */
    private int discovery(Sets sets, boolean in) {
        Bdd bdd = sets.bdd;
        int me = sets.is(in ? Field.DST : Field.SRC, box);
        int you = sets.lies(in ? Field.SRC : Field.DST, client);
        int asking = in ? bdd.and(you, sets.is(Field.DST, solicited(box))) : bdd.and(me, solicitedClients(sets));
        int telling = bdd.and(type(sets, ADVERTISEMENT), bdd.and(me, you));
        int unmarked = bdd.and(bdd.or(bdd.and(type(sets, SOLICITATION), asking), telling), sets.lies(Field.MARK, 0, 0));
        return bdd.and(bdd.and(sets.icmp(), sets.state(State.UNTRACKED)), unmarked);
    }

    private static int type(Sets sets, int type) { return sets.lies(Field.ICMP, type * 256, type * 256); }

    /** Those of the clients: any where the network's mask leaves the last 24 bits open. */
    private int solicitedClients(Sets sets) {
        byte[] mask = client.mask();
        Arrays.fill(mask, 0, 13, (byte) 255);
        return sets.lies(Field.DST, Span.masked(solicited(client.address()), mask));
    }

    /** The solicited-node address: ff02::1:ff and the last 24 bits (RFC 4291, 2.7.1). */
    private static byte[] solicited(byte[] address) {
        byte[] group = Addresses.parse("ff02::1:ff00:0");
        System.arraycopy(address, 13, group, 13, 3);
        return group;
    }

    /** A few of the packets: what can be tried when sets are too complex. */
    List<Packet> packets() {
        List<Packet> packets = new ArrayList<>();
        for (byte[] each : clients()) {
            for (int port : ports) {
                for (int from : CLIENT_PORTS) {
                    Packet in = packet(each, box).in(interfaceName).protocol(6).sport(from).dport(port);
                    Packet out = packet(box, each).out(interfaceName).protocol(6).sport(port).dport(from);
                    packets.add(in.flags(Packet.SYN));
                    packets.add(in.flags(Packet.ACK).state(State.ESTABLISHED));
                    packets.add(out.flags(Packet.SYN | Packet.ACK).state(State.ESTABLISHED));
                    packets.add(out.flags(Packet.ACK).state(State.ESTABLISHED));
                }
            }
            if (client.family == Family.IPV6) {
                packets.add(icmp(each, solicited(box), SOLICITATION).in(interfaceName));
                packets.add(icmp(box, each, ADVERTISEMENT).out(interfaceName));
                packets.add(icmp(box, solicited(each), SOLICITATION).out(interfaceName));
                packets.add(icmp(each, box, ADVERTISEMENT).in(interfaceName));
            }
        }
        return packets;
    }

    /** The network's first, last and a middle address; one for a single client. */
    private List<byte[]> clients() {
        List<byte[]> clients = new ArrayList<>();
        byte[] mask = client.mask();
        for (int fill : new int[] {0x00, 0x55, 0xff}) {
            byte[] each = client.address();
            for (int i = 0; i < each.length; i++) {
                each[i] |= (byte) (fill & ~mask[i]);
            }
            if (clients.isEmpty() || !Arrays.equals(each, clients.get(0))) { clients.add(each); }
        }
        return clients;
    }

    private Packet packet(byte[] src, byte[] dst) { return Packet.of(client.family).src(src).dst(dst).mark(0L); }

    private Packet icmp(byte[] src, byte[] dst, int type) {
        return packet(src, dst).protocol(58).icmp(type, 0).state(State.UNTRACKED);
    }
}
