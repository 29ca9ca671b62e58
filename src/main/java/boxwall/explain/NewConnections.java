package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.State;

/**
 * The packets that can be what their state says. A statement about new connections is about these: the TCP segment with
 * SYN alone of FIN, SYN, RST and ACK; the ICMP requests that conntrack takes as new (echo, timestamp, information,
 * address mask; in ICMPv6 echo and node information: nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c); every
 * packet of another protocol; no later fragment.
 */
final class NewConnections {
    private static final int[] REQUESTS_V4 = {8, 13, 15, 17};
    private static final int[] REQUESTS_V6 = {128, 139};

    /** First packets of a new connection. */
    static int first(Sets sets) {
        Bdd bdd = sets.bdd;
        boolean four = sets.family == Family.IPV4;
        int tcp = protocol(sets, 6);
        int icmp = protocol(sets, four ? 1 : 58);
        int fits = bdd.or(bdd.and(tcp, flags(sets, Packet.SYN, Packet.FIN | Packet.SYN | Packet.RST | Packet.ACK)),
                bdd.or(bdd.and(icmp, requests(sets)), bdd.not(bdd.or(tcp, icmp))));
        return bdd.and(bdd.and(fits, whole(sets)), state(sets, State.NEW));
    }

    /**
     * Packets of a connection that conntrack knows: TCP ones carry ACK, for nobody sends anything else after the first.
     */
    static int later(Sets sets) {
        Bdd bdd = sets.bdd;
        int tcp = bdd.and(protocol(sets, 6), flags(sets, Packet.ACK, Packet.ACK));
        return bdd.and(bdd.or(tcp, bdd.not(protocol(sets, 6))), bdd.and(whole(sets), state(sets, State.ESTABLISHED)));
    }

    /** Every packet but what conntrack never says: NEW of an ICMP message that isn't a request. */
    static int possible(Sets sets) {
        Bdd bdd = sets.bdd;
        int icmp = protocol(sets, sets.family == Family.IPV4 ? 1 : 58);
        int no = bdd.and(bdd.and(icmp, state(sets, State.NEW)), bdd.not(requests(sets)));
        return bdd.minus(sets.everything(), no);
    }

    /** What comes in at all: IPv4 loopback addresses are martians on every interface but lo (ip_route_input_slow). */
    static int arriving(Sets sets) {
        if (sets.family == Family.IPV6) { return Bdd.ALL; }
        Bdd bdd = sets.bdd;
        byte[] lo = Numbers.interfaceName("lo");
        Span loopback = Span.masked(new byte[] {127, 0, 0, 0}, new byte[] {-1, 0, 0, 0});
        int martian = bdd.or(sets.lies(Field.SRC, loopback), sets.lies(Field.DST, loopback));
        return bdd.or(bdd.not(martian), sets.lies(Field.IN, Span.range(lo, lo)));
    }

    private static int requests(Sets sets) {
        int requests = Bdd.NONE;
        for (int type : sets.family == Family.IPV4 ? REQUESTS_V4 : REQUESTS_V6) {
            requests = sets.bdd.or(requests, sets.lies(Field.ICMP, Span.range(2, type * 256, type * 256 + 255)));
        }
        return requests;
    }

    static int protocol(Sets sets, int number) { return sets.lies(Field.PROTOCOL, Span.range(1, number, number)); }

    static int flags(Sets sets, int value, int mask) {
        return sets.lies(Field.FLAGS, Span.masked(new byte[] {(byte) value}, new byte[] {(byte) mask}));
    }

    /** Packets that aren't second or later fragments. */
    static int whole(Sets sets) {
        return sets.lies(Field.FRAGMENT, Span.range(1, 0, 0));
    }

    static int state(Sets sets, State state) {
        return sets.lies(Field.STATE, Span.range(1, state.ordinal(), state.ordinal()));
    }
}
