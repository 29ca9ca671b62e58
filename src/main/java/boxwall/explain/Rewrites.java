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
    /** The mark's bits that were written: their value is that of {@link #markFlip}. */
    final int markSet;
    /**
     * The mark's bits that are turned over against what the packet came with, or against zero where they were written.
     */
    final int markFlip;
    private final int markUnknown;

    private Rewrites(byte[][] constants, int unknown, int markSet, int markFlip, int markUnknown) {
        this.constants = constants;
        this.unknown = unknown;
        this.markSet = markSet;
        this.markFlip = markFlip;
        this.markUnknown = markUnknown;
    }

    /** With a field that is constant from here on, or unknown when the value is null; not for the mark. */
    Rewrites with(Field field, byte[] value) {
        byte[][] copy = constants.clone();
        copy[field.ordinal()] = value;
        int bit = 1 << field.ordinal();
        return new Rewrites(copy, value == null ? unknown | bit : unknown & ~bit, markSet, markFlip, markUnknown);
    }

    /** With a field as the packet came with it. */
    Rewrites asItCame(Field field) {
        byte[][] copy = constants.clone();
        copy[field.ordinal()] = null;
        return new Rewrites(copy, unknown & ~(1 << field.ordinal()), markSet, markFlip, markUnknown);
    }

    /** With the mark's bits in {@code clear} zero, then those in {@code flip} turned over. */
    Rewrites mark(int clear, int flip) {
        return new Rewrites(constants, unknown, markSet | clear, markFlip & ~clear ^ flip, markUnknown & ~clear);
    }

    /** With a mark of which nothing is known. */
    Rewrites markUnknown() {
        return new Rewrites(constants, unknown, 0, 0, -1);
    }

    /** Whether the field isn't as it came. */
    boolean touches(Field field) {
        return constants[field.ordinal()] != null || isUnknown(field);
    }

    boolean isUnknown(Field field) { return (unknown & 1 << field.ordinal()) != 0; }

    /** The field's value, or null when it is as it came, or unknown. */
    byte[] constant(Field field) {
        return constants[field.ordinal()];
    }

    int markUnknownBits() { return markUnknown; }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Rewrites)) { return false; }
        Rewrites r = (Rewrites) other;
        return r.unknown == unknown && r.markSet == markSet && r.markFlip == markFlip && r.markUnknown == markUnknown
                && Arrays.deepEquals(r.constants, constants);
    }

    @Override
    public int hashCode() { return Arrays.deepHashCode(constants) + unknown * 31 + markSet * 7 + markFlip; }
}
