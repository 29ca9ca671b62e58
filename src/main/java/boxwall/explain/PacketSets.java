package boxwall.explain;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Network;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets of packets of one family: maps the fields to bits of a {@link Bdd}, and spans and criteria to sets. Fields with
 * few values (interfaces, state, protocol) come first, those with many values in a ruleset (addresses, ports) later:
 * that keeps the diagrams small.
 */
final class PacketSets {
    private static final Field[] ORDER = {Field.IN, Field.OUT, Field.STATE, Field.FRAGMENT, Field.PROTOCOL, Field.ICMP,
            Field.FLAGS, Field.DPORT, Field.DST, Field.SRC, Field.SPORT, Field.MAC, Field.MARK};
    /**
     * The ICMP requests that are NEW to conntrack: echo, timestamp, information, address mask; in ICMPv6 echo and node
     * information (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
     */
    private static final int[] REQUESTS_V4 = {8, 13, 15, 17};
    private static final int[] REQUESTS_V6 = {128, 139};

    final Family family;
    final RuleValues ruleValues;
    final BoxNetwork boxNetwork;
    final Bdd bdd;
    private final int[] start = new int[Field.values().length];
    private final int[] bits = new int[Field.values().length];
    private final int total;
    private int everything;
    private int first;
    private final Map<Object, Integer> known = new IdentityHashMap<>();

    PacketSets(RuleValues ruleValues, int nodeLimit) {
        this.family = ruleValues.family;
        this.ruleValues = ruleValues;
        this.boxNetwork = ruleValues.boxNetwork;
        this.bdd = new Bdd(nodeLimit);
        int at = 0;
        for (Field field : ORDER) {
            List<byte[]> choices = choices(field);
            start[field.ordinal()] = at;
            bits[field.ordinal()] =
                    choices == null ? field.bits(family) : 32 - Integer.numberOfLeadingZeros(choices.size() - 1);
            at += bits[field.ordinal()];
        }
        total = at;
    }

    /** The numbered values of a field of which few are distinguished; null for a field whose bits are its value. */
    List<byte[]> choices(Field field) {
        return field.isInterface() ? ruleValues.names : field == Field.MAC ? ruleValues.macs : null;
    }

    /** The first bit of a field. */
    int start(Field field) { return start[field.ordinal()]; }

    /** The number of a field's bits in the diagram. */
    int bits(Field field) { return bits[field.ordinal()]; }

    /** The values of one field in a set, with every value of the other fields. */
    int project(int set, Field field) {
        return bdd.project(set, start(field), start(field) + bits(field));
    }

    /** Every packet: all bit strings but those with a number that has no value. */
    int everything() {
        if (everything != Bdd.NONE) { return everything; }
        everything = having(Field.STATE, 0, ConnectionState.values().length - 1);
        for (Field field : new Field[] {Field.IN, Field.OUT, Field.MAC}) {
            byte[] last = FieldBytes.bytes(choices(field).size() - 1, 4);
            everything = bdd.and(everything, compare(field, last, null, Bdd.ALL, Bdd.ALL));
        }
        return everything;
    }

    /** The packets with a field in one of the spans. */
    int having(Field field, List<Span> spans) {
        int set = Bdd.NONE;
        for (Span span : spans) {
            set = bdd.or(set, having(field, span));
        }
        return set;
    }

    /** The packets with a field in a span. */
    int having(Field field, Span span) {
        List<byte[]> choices = choices(field);
        if (choices != null) {
            int set = Bdd.NONE;
            for (int i = 0; i < choices.size(); i++) {
                if (span.contains(choices.get(i))) { set = bdd.or(set, equal(field, FieldBytes.bytes(i, 4), null)); }
            }
            return set;
        }
        if (!span.masked) {
            return Arrays.equals(span.first, span.second) ? equal(field, span.first, null)
                    : bdd.minus(compare(field, span.second, null, Bdd.ALL, Bdd.ALL),
                            compare(field, span.first, null, Bdd.ALL, Bdd.NONE));
        }
        for (int i = 0; i < span.first.length; i++) {
            if ((span.first[i] & ~span.second[i]) != 0) { return Bdd.NONE; }
        }
        return equal(field, span.first, span.second);
    }

    /** The packets with a number from low to high in a field of at most four bytes. */
    int having(Field field, long low, long high) {
        return having(field, Span.range(field.bytes(family), low, high));
    }

    /** The packets with an address in a network. */
    int having(Field field, Network network) {
        return having(field, Span.of(network));
    }

    /** The packets with an address in one of the networks of this family. */
    int networks(Field field, Iterable<Network> networks) {
        int set = Bdd.NONE;
        for (Network network : networks) {
            set = network.family == family ? bdd.or(set, having(field, network)) : set;
        }
        return set;
    }

    /** The packets with a value in a field. */
    int having(Field field, byte[] value) {
        return having(field, Span.one(value));
    }

    /** The packets of an interface. */
    int device(Field field, String name) {
        return having(field, FieldBytes.interfaceName(name));
    }

    int protocol(int number) { return having(Field.PROTOCOL, number, number); }

    int icmp() { return protocol(family == Family.IPV4 ? 1 : 58); }

    /** The packets whose flags in the mask have a value. */
    int flags(int value, int mask) {
        return having(Field.FLAGS, Span.masked(new byte[] {(byte) value}, new byte[] {(byte) mask}));
    }

    int state(ConnectionState state) { return having(Field.STATE, state.ordinal(), state.ordinal()); }

    /** Packets that aren't second or later fragments. */
    int whole() { return having(Field.FRAGMENT, 0, 0); }

    /**
     * First packets of new connections: the TCP segment with SYN alone of FIN, SYN, RST and ACK; the ICMP requests that
     * are NEW to conntrack; every packet of another protocol; no later fragment.
     */
    int first() {
        if (first != Bdd.NONE) { return first; }
        int tcp = protocol(6);
        int opening = bdd.and(tcp, flags(Packet.SYN, Packet.FIN | Packet.SYN | Packet.RST | Packet.ACK));
        int fits = bdd.or(opening, bdd.or(bdd.and(icmp(), requests()), bdd.not(bdd.or(tcp, icmp()))));
        first = bdd.and(fits, whole(), state(ConnectionState.NEW));
        return first;
    }

    /** Packets of a known connection; for TCP only with ACK, which every segment after the first has. */
    int later() {
        int acknowledges = bdd.or(flags(Packet.ACK, Packet.ACK), bdd.not(protocol(6)));
        return bdd.and(acknowledges, bdd.and(whole(), state(ConnectionState.ESTABLISHED)));
    }

    /** Every packet but those with a state that conntrack never gives: NEW for an ICMP message that isn't a request. */
    int possible() {
        return bdd.minus(everything(), bdd.and(icmp(), state(ConnectionState.NEW), bdd.not(requests())));
    }

    private int requests() {
        int requests = Bdd.NONE;
        for (int type : family == Family.IPV4 ? REQUESTS_V4 : REQUESTS_V6) {
            requests = bdd.or(requests, having(Field.ICMP, type * 256, type * 256 + 255));
        }
        return requests;
    }

    /** The packets that may come in: IPv4 loopback addresses are martians except on lo (ip_route_input_slow). */
    int arriving() {
        if (family == Family.IPV6) { return Bdd.ALL; }
        Network loopback = Network.parse("127.0.0.0/8");
        int martian = bdd.or(having(Field.SRC, loopback), having(Field.DST, loopback));
        return bdd.or(bdd.not(martian), device(Field.IN, "lo"));
    }

    /** The packets that a router may forward. */
    int crossing() {
        return bdd.not(bdd.or(networks(Field.DST, BoxNetwork.LINK_DESTINATIONS), fromLinkLocal()));
    }

    /** The packets from a link-local address. */
    int fromLinkLocal() {
        return networks(Field.SRC, BoxNetwork.LINK_SOURCES);
    }

    /** The packets to addresses that end on this box. */
    int local() { return networks(Field.DST, boxNetwork.local); }

    /** The packets that come to a hook, as far as it is known which addresses end on this box. */
    int to(Hook hook) {
        if (hook == Hook.OUTPUT) { return Bdd.ALL; }
        int arriving = bdd.and(arriving(), hook == Hook.FORWARD ? crossing() : Bdd.ALL);
        return !boxNetwork.knows(family) ? arriving : hook == Hook.INPUT ? bdd.and(arriving, local())
                : bdd.minus(arriving, local());
    }

    /** The packets with one of the box's own addresses, with or without its loopback addresses. */
    int own(Field field, boolean loopback) {
        int set = Bdd.NONE;
        for (byte[] address : boxNetwork.addresses(family, null)) {
            set = loopback || !BoxNetwork.isLoopback(address) ? bdd.or(set, having(field, address)) : set;
        }
        return set;
    }

    /** The packets that leave through the interface of their route; all packets when no route is known. */
    int routed() {
        int covered = Bdd.NONE;
        int routed = Bdd.NONE;
        for (int prefix = family.addressBits; prefix >= 0; prefix--) {
            for (Map.Entry<Network, String> route : boxNetwork.routes().entrySet()) {
                if (route.getKey().family == family && route.getKey().prefix == prefix) {
                    int to = bdd.minus(having(Field.DST, route.getKey()), covered);
                    routed = bdd.or(routed, bdd.and(to, device(Field.OUT, route.getValue())));
                    covered = bdd.or(covered, to);
                }
            }
        }
        return covered == Bdd.NONE ? Bdd.ALL : routed;
    }

    /** The packets that match all criteria, without rewrites. */
    int matches(Criteria criteria) {
        Integer found = known.get(criteria);
        if (found == null) {
            found = matches(criteria.all);
            known.put(criteria, found);
        }
        return found;
    }

    int matches(List<Criterion> criteria) {
        int set = Bdd.ALL;
        for (Criterion criterion : criteria) {
            set = bdd.and(set, matches(criterion));
        }
        return set;
    }

    /** The packets that match a criterion, without rewrites. */
    int matches(Criterion criterion) {
        Integer found = known.get(criterion);
        if (found == null) {
            Cancelled.check();
            int set = having(criterion.field, criterion.spans);
            if (criterion.other != null) { set = bdd.or(set, having(criterion.other, criterion.spans)); }
            found = criterion.negated ? bdd.not(set) : set;
            known.put(criterion, found);
        }
        return found;
    }

    /** Bit {@code i} of a field in a number that may have more bits: the lowest bits count. */
    private boolean bitOf(byte[] number, Field field, int i) {
        int at = number.length * 8 - bits(field) + i;
        return (number[at / 8] & 0x80 >> at % 8) != 0;
    }

    private int equal(Field field, byte[] value, byte[] mask) { return compare(field, value, mask, Bdd.NONE, Bdd.ALL); }

    /**
     * Compares a field with a value, in the bits of a mask if there is one: returns the sets {@code below} and
     * {@code equal}, which are all packets or none, for packets with a lower and with an equal value.
     */
    private int compare(Field field, byte[] value, byte[] mask, int below, int equal) {
        int set = equal;
        for (int i = bits(field) - 1; i >= 0; i--) {
            if (mask == null || bitOf(mask, field, i)) {
                int at = start(field) + i;
                set = bitOf(value, field, i) ? bdd.node(at, below, set) : bdd.node(at, set, Bdd.NONE);
            }
        }
        return set;
    }

    private byte[] value(Field field, boolean[] string) {
        byte[] number = number(string, start(field), bits(field));
        List<byte[]> choices = choices(field);
        return choices == null ? number : choices.get((int) FieldBytes.number(number));
    }

    /** Some bits of a string as a number, with zeros before them up to whole bytes. */
    static byte[] number(boolean[] string, int from, int bits) {
        byte[] number = new byte[(bits + 7) / 8];
        for (int i = 0; i < bits; i++) {
            if (string[from + i]) {
                int at = number.length * 8 - bits + i;
                number[at / 8] |= (byte) (0x80 >> at % 8);
            }
        }
        return number;
    }

    /** A packet of a set that isn't empty, with every field known. */
    Packet packet(int set) {
        boolean[] string = bdd.any(set, total);
        Packet packet = Packet.of(family);
        for (Field field : Field.values()) {
            packet = packet.value(field, value(field, string));
        }
        return packet;
    }

    /** Adds packets to those with the same rewrites. */
    void add(Map<Rewrites, Integer> to, Rewrites rewrites, int packets) {
        if (packets != Bdd.NONE) {
            Integer present = to.get(rewrites);
            to.put(rewrites, present == null ? packets : bdd.or(present, packets));
        }
    }

    void addAll(Map<Rewrites, Integer> to, Map<Rewrites, Integer> packets) {
        for (Map.Entry<Rewrites, Integer> group : packets.entrySet()) {
            add(to, group.getKey(), group.getValue());
        }
    }
}
