package boxwall.explain;

import java.util.Arrays;

/**
 * What hooks and targets have changed in packets on their way, apart from the sets: a set always holds packets as they
 * came, so an example taken from it is a packet that can be sent. Each field is as it came, a constant, or unknown; the
 * mark bit by bit.
 */
final class Rewrites {
    /** Nothing has changed. */
    static final Rewrites NOTHING = new Rewrites(new byte[Field.values().length][], 0, 0, 0, 0);

    private final byte[][] constants;
    private final int unknown;
    /** The fields that aren't as they came, a bit for each by its ordinal. */
    private final int touched;
    /** The mark's bits that were written: their value is that of {@link #markFlip}. */
    final int markSet;
    /** The mark's bits that are turned over against the packet's own, or against zero where they were written. */
    final int markFlip;
    final int markUnknown;
    /** 0 until it is asked for. */
    private int hash;

    private Rewrites(byte[][] constants, int unknown, int markSet, int markFlip, int markUnknown) {
        this.constants = constants;
        this.unknown = unknown;
        this.markSet = markSet;
        this.markFlip = markFlip;
        this.markUnknown = markUnknown;
        int bits = unknown | ((markSet | markFlip | markUnknown) != 0 ? 1 << Field.MARK.ordinal() : 0);
        for (int i = 0; i < constants.length; i++) {
            bits |= constants[i] != null ? 1 << i : 0;
        }
        touched = bits;
    }

    /** One packet whose fields are all written: each a constant, or unknown as far as the packet is. */
    static Rewrites of(Packet packet) {
        byte[][] constants = new byte[Field.values().length][];
        int unknown = 0;
        for (Field field : Field.values()) {
            if (field != Field.MARK) {
                constants[field.ordinal()] = packet.value(field);
                unknown |= packet.value(field) == null ? 1 << field.ordinal() : 0;
            }
        }
        byte[] mark = packet.value(Field.MARK);
        return new Rewrites(constants, unknown, packet.markKnown, mark == null ? 0 : (int) Numbers.number(mark),
                ~packet.markKnown);
    }

    /** With a field that is constant from here on, or unknown when the value is null; not for the mark. */
    Rewrites with(Field field, byte[] value) {
        byte[][] copy = constants.clone();
        copy[field.ordinal()] = value;
        int bit = 1 << field.ordinal();
        return new Rewrites(copy, value == null ? unknown | bit : unknown & ~bit, markSet, markFlip, markUnknown);
    }

    /** With a field as it is there. */
    Rewrites asIn(Rewrites other, Field field) {
        byte[] value = other.constant(field);
        Rewrites with = with(field, value);
        return value != null || other.isUnknown(field) ? with
                : new Rewrites(with.constants, unknown & ~(1 << field.ordinal()), markSet, markFlip, markUnknown);
    }

    /** With the mark's bits in {@code clear} zero, then those in {@code flip} turned over. */
    Rewrites mark(int clear, int flip) {
        return new Rewrites(constants, unknown, markSet | clear, (markFlip & ~clear ^ flip) & ~(markUnknown & ~clear),
                markUnknown & ~clear);
    }

    /** With a mark of which nothing is known. */
    Rewrites withoutMark() {
        return new Rewrites(constants, unknown, 0, 0, -1);
    }

    /** Whether one of the fields (a bit for each, by its ordinal) isn't as it came. */
    boolean touch(int fields) {
        return (fields & touched) != 0;
    }

    boolean touches(Field field) { return touch(1 << field.ordinal()); }

    boolean isUnknown(Field field) { return (unknown & 1 << field.ordinal()) != 0; }

    /** The field's value, or null when it is as it came, or unknown. */
    byte[] constant(Field field) {
        return constants[field.ordinal()];
    }

    @Override
    public boolean equals(Object other) {
        if (this == other || !(other instanceof Rewrites)) { return this == other; }
        Rewrites r = (Rewrites) other;
        return r.unknown == unknown && r.markSet == markSet && r.markFlip == markFlip && r.markUnknown == markUnknown
                && Arrays.deepEquals(r.constants, constants);
    }

    @Override
    public int hashCode() {
        if (hash == 0) { hash = Arrays.deepHashCode(constants) + unknown * 31 + markSet * 7 + markFlip; }
        return hash;
    }
}
