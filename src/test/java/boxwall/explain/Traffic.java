package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Packets by chance, each with the state that conntrack will give it. Where states count, addresses and ports are never
 * used twice but in a conversation: the first packet again, the answer, what follows the answer, and an ICMP error
 * about the first packet.
 */
final class Traffic {
    private static final String[] DEVICES = {"lan", "guest", "dsl"};

    private final Random random;
    private final Family family;
    private final String[] addresses;
    private final boolean tracked;
    private final boolean nat;
    private final Site site;
    private final Set<String> used;
    private final List<Talk> talks = new ArrayList<>();

    /** What is sent: the packet as the walk sees it, its bytes, and its TCP sequence number. */
    record Shot(Packet packet, byte[] bytes, int sequence) {
    }

    /** A first packet that got through, and whether the other end has answered. */
    private record Talk(Shot first, boolean[] answered) {
    }

    /**
     * With {@code tracked}, states are foretold and no fragments sent (the kernel would put them together). With
     * {@code nat}, source ports are used once and are never destination ports: no packet is by chance the answer to a
     * translated one.
     */
    Traffic(Random random, Family family, String[] addresses, boolean tracked, boolean nat, Site site,
            Set<String> used) {
        this.random = random;
        this.family = family;
        this.addresses = addresses;
        this.tracked = tracked;
        this.nat = nat;
        this.site = site;
        this.used = used;
    }

    Shot next() {
        if (tracked && !talks.isEmpty() && random.nextInt(2) == 0) {
            return more(talks.get(random.nextInt(talks.size())));
        }
        // ICMP's id is the upper half: another one for each packet
        int sequence = used.size() << 16 | 1;
        Packet packet;
        do {
            packet = fresh();
        } while (tracked && (isItsOwnAnswer(packet) || !used.add(tuple(packet))));
        int length = tracked && packet.protocol() == 6 ? 0 : 4 + random.nextInt(300);
        return shot(packet, sequence, 1, new byte[length]);
    }

    private static Shot shot(Packet packet, int sequence, int acknowledge, byte[] payload) {
        return new Shot(packet, PacketBytes.of(packet, sequence, acknowledge, payload), sequence);
    }

    /** Tells that a packet got through: a first one then begins a conversation. */
    void accepted(Shot shot) {
        Packet p = shot.packet();
        boolean first = p.state() == State.NEW && (p.protocol() == 17 || p.protocol() == 6 && p.flags() == Packet.SYN);
        boolean loops = p.in() == null && site.isOwn(p.dst());
        boolean known = nat || talks.stream().anyMatch(t -> t.first.packet().equals(p));
        if (tracked && first && !loops && !known) { talks.add(new Talk(shot, new boolean[1])); }
    }

    /** From a port to itself: conntrack can't tell its two directions apart, so which state it says is chance. */
    private static boolean isItsOwnAnswer(Packet p) {
        return java.util.Arrays.equals(p.src(), p.dst()) && p.sport().equals(p.dport());
    }

    private static String tuple(Packet p) {
        // an unordered pair: an answer's tuple must not be taken for a new conversation's either
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
     * conntrack on a packet that belongs to nothing: it takes up TCP in the middle (tcp_loose), but not from SYN+ACK or
     * RST.
     */
    private State stateOf(Packet p) {
        if (p.protocol() == 6) {
            return p.flags() == Packet.SYN || p.flags() == Packet.ACK || p.flags() == (Packet.ACK | Packet.PSH)
                    ? State.NEW : State.INVALID;
        }
        boolean icmp = p.protocol() == 1 || p.protocol() == 58;
        int type = p.value(Field.ICMP)[0] & 255;
        return !icmp || type == 8 || type == 128 ? State.NEW : State.INVALID;
    }

    private int flags() {
        int[] some = {Packet.SYN, Packet.SYN, Packet.SYN, Packet.ACK, Packet.ACK | Packet.PSH, Packet.SYN | Packet.ACK,
                Packet.RST, 0, Packet.SYN | Packet.FIN};
        return some[random.nextInt(some.length)];
    }

    private int port() { return random.nextInt(4) == 0 ? 1024 + random.nextInt(60000) : 998 + random.nextInt(40); }

    private byte[] address(boolean own) {
        if (own) {
            List<byte[]> mine = site.addresses(family, DEVICES[random.nextInt(3)]);
            return mine.get(0);
        }
        byte[] address = Addresses.parse(addresses[1 + random.nextInt(addresses.length - 1)]);
        address[address.length - 1] += (byte) random.nextInt(4);
        return address;
    }

    private Shot more(Talk talk) {
        Packet first = talk.first.packet();
        int kind = random.nextInt(4);
        if (kind == 0) {
            // the first one again; once it was answered it belongs to an established connection
            boolean udp = first.protocol() == 17;
            State state = talk.answered[0] ? State.ESTABLISHED : State.NEW;
            if (udp || !talk.answered[0]) {
                return shot(first.state(state), talk.first.sequence(), 1,
                        udp ? new byte[random.nextInt(99)] : new byte[0]);
            }
        }
        if (kind == 1) { return error(talk); }
        if (kind == 2 && talk.answered[0]) {
            Packet on = first.state(State.ESTABLISHED).flags(Packet.ACK);
            return shot(on, talk.first.sequence() + 1, 5001, new byte[0]);
        }
        talk.answered[0] = true;
        Packet back = turned(first).state(State.ESTABLISHED).sport(first.dport()).dport(first.sport())
                .flags(Packet.SYN | Packet.ACK);
        return shot(back, 5000, talk.first.sequence() + 1, new byte[0]);
    }

    /** From the other end: comes in where the first packet left, or is sent by the box itself. */
    private Packet turned(Packet first) {
        Packet back = first.src(first.dst()).dst(first.src());
        boolean fromBox = site.isOwn(first.dst());
        return fromBox ? back.in(null).mac(null).mark(0x1000L)
                : back.in(site.interfaceTo(first.dst())).mac(new byte[] {0, 0x11, 0x22, 0x33, 0x44, 3}).mark(0L);
    }

    /** Port unreachable, with the first packet's beginning inside. */
    private Shot error(Talk talk) {
        boolean four = family == Family.IPV4;
        Packet packet = turned(talk.first.packet()).protocol(four ? 1 : 58).icmp(four ? 3 : 1, four ? 3 : 4)
                .state(State.RELATED);
        byte[] original = talk.first.bytes();
        return shot(packet, 1, 1, java.util.Arrays.copyOf(original, Math.min(original.length, 60)));
    }
}
