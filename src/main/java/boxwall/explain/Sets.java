package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.State;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets of packets of one family: lays the fields out as bits of a {@link Bdd}, and turns spans and criteria into sets.
 * What splits traffic coarsely (interfaces, state, protocol) comes first, what rules list many of (addresses, ports)
 * later: that keeps the diagrams small.
 */
final class Sets {
    static final Field[] ORDER = {Field.IN, Field.OUT, Field.STATE, Field.FRAGMENT, Field.PROTOCOL, Field.ICMP,
            Field.FLAGS, Field.DPORT, Field.DST, Field.SRC, Field.SPORT, Field.MAC, Field.MARK};

    final Family family;
    final Universe universe;
    final Bdd bdd;
    private final int[] start = new int[Field.values().length];
    private final int[] bits = new int[Field.values().length];
    private final int total;
    private int everything;
    private final Map<Object, Integer> known = new IdentityHashMap<>();

    Sets(Family family, Universe universe, int nodeLimit) {
        this.family = family;
        this.universe = universe;
        this.bdd = new Bdd(nodeLimit);
        int at = 0;
        for (Field field : ORDER) {
            start[field.ordinal()] = at;
            int choices = choices(field);
            bits[field.ordinal()] =
                    choices == 0 ? field.bytes(family) * 8 : 32 - Integer.numberOfLeadingZeros(choices - 1);
            at += bits[field.ordinal()];
        }
        total = at;
    }

    /** How many values a field has that is counted through, 0 for one that is taken bit by bit. */
    int choices(Field field) {
        return field == Field.IN || field == Field.OUT ? universe.names().size()
                : field == Field.MAC ? universe.macs.size() : field == Field.STATE ? State.values().length
                : field == Field.FRAGMENT ? 2 : field == Field.FLAGS ? 64 : 0;
    }

    /** The value of a field that is counted through. */
    byte[] choice(Field field, int index) {
        return field == Field.IN || field == Field.OUT ? Numbers.interfaceName(universe.names().get(index))
                : field == Field.MAC ? universe.macs.get(index) : new byte[] {(byte) index};
    }

    /** The first bit of a field. */
    int start(Field field) { return start[field.ordinal()]; }

    /** How many bits a field has here. */
    int bits(Field field) { return bits[field.ordinal()]; }

    /** Every packet: all bits but those that stand for no value. */
    int everything() {
        if (everything != Bdd.NONE) { return everything; }
        int all = Bdd.ALL;
        for (Field field : ORDER) {
            if (choices(field) > 0) { all = bdd.and(all, atMost(field, Numbers.bytes(choices(field) - 1, 4))); }
        }
        everything = all;
        return all;
    }

    /** The packets with a field in one of the spans. */
    int lies(Field field, List<Span> spans) {
        int set = Bdd.NONE;
        for (Span span : spans) {
            set = bdd.or(set, lies(field, span));
        }
        return set;
    }

    /** The packets with a field in a span. */
    int lies(Field field, Span span) {
        if (choices(field) > 0) {
            int set = Bdd.NONE;
            for (int i = 0; i < choices(field); i++) {
                if (span.contains(choice(field, i))) { set = bdd.or(set, equal(field, Numbers.bytes(i, 4), null)); }
            }
            return set;
        }
        if (!span.isMasked()) { return bdd.minus(atMost(field, span.second), below(field, span.first)); }
        for (int i = 0; i < span.first.length; i++) {
            if ((span.first[i] & ~span.second[i]) != 0) { return Bdd.NONE; }
        }
        return equal(field, span.first, span.second);
    }

    /** The packets with this very value in a field. */
    int is(Field field, byte[] value) {
        return lies(field, Span.range(value, value));
    }

    /** The packets with an address in a network. */
    int lies(Field field, Network network) {
        return lies(field, Span.masked(network.address(), network.mask()));
    }

    /** The packets that meet all criteria as they came. */
    int matches(Criteria criteria) {
        Integer found = known.get(criteria);
        if (found == null) {
            int set = Bdd.ALL;
            for (Criterion each : criteria.all) {
                set = bdd.and(set, matches(each));
            }
            found = Integer.valueOf(set);
            known.put(criteria, found);
        }
        return found.intValue();
    }

    /** The packets that a criterion matches as they came. */
    int matches(Criterion criterion) {
        Integer found = known.get(criterion);
        if (found == null) {
            Abandoned.check();
            int set = lies(criterion.field, criterion.spans);
            if (criterion.other != null) { set = bdd.or(set, lies(criterion.other, criterion.spans)); }
            found = Integer.valueOf(criterion.negated ? bdd.not(set) : set);
            known.put(criterion, found);
        }
        return found.intValue();
    }

    /** Bit {@code i} of a field's bits in a number of more bytes: the lowest ones count. */
    private boolean bitOf(byte[] number, Field field, int i) {
        int at = number.length * 8 - bits(field) + i;
        return (number[at / 8] & 0x80 >> at % 8) != 0;
    }

    private int equal(Field field, byte[] value, byte[] mask) {
        int set = Bdd.ALL;
        for (int i = bits(field) - 1; i >= 0; i--) {
            if (mask == null || bitOf(mask, field, i)) {
                int at = start(field) + i;
                set = bitOf(value, field, i) ? bdd.node(at, Bdd.NONE, set) : bdd.node(at, set, Bdd.NONE);
            }
        }
        return set;
    }

    private int atMost(Field field, byte[] most) { return upTo(field, most, Bdd.ALL); }

    private int below(Field field, byte[] bound) { return upTo(field, bound, Bdd.NONE); }

    private int upTo(Field field, byte[] bound, int whenEqual) {
        int set = whenEqual;
        for (int i = bits(field) - 1; i >= 0; i--) {
            int at = start(field) + i;
            set = bitOf(bound, field, i) ? bdd.node(at, Bdd.ALL, set) : bdd.node(at, set, Bdd.NONE);
        }
        return set;
    }

    /** The mark's bit, the highest is 0, as a packet came with it. */
    int markBit(int i) {
        return bdd.bit(start(Field.MARK) + i);
    }

    /** The value of one field in a bit string. */
    byte[] value(Field field, boolean[] string) {
        byte[] value = new byte[choices(field) > 0 ? 4 : field.bytes(family)];
        for (int i = 0; i < bits(field); i++) {
            if (string[start(field) + i]) {
                int at = value.length * 8 - bits(field) + i;
                value[at / 8] |= (byte) (0x80 >> at % 8);
            }
        }
        return choices(field) > 0 ? choice(field, (int) Numbers.number(value)) : value;
    }

    /** A packet of a set with every field known; null when the set is empty. */
    Packet packet(int set) {
        boolean[] string = bdd.any(set, total);
        if (string == null) { return null; }
        Packet.Builder packet = Packet.of(family);
        for (Field field : Field.values()) {
            if (field == Field.MARK) {
                packet.mark(Long.valueOf(Numbers.number(value(field, string))));
            } else {
                packet.value(field, value(field, string));
            }
        }
        return packet.build();
    }

    /** Adds packets to those that have the same rewrites. */
    void add(Map<Rewrites, Integer> to, Rewrites rewrites, int packets) {
        if (packets != Bdd.NONE) {
            Integer there = to.get(rewrites);
            to.put(rewrites, Integer.valueOf(there == null ? packets : bdd.or(there.intValue(), packets)));
        }
    }
}
