package boxwall.explain;

import java.util.Arrays;

/**
 * The changes that hooks and targets made to packets. They are kept apart from the sets: a set contains packets as they
 * came, so an example from it is a packet that can be sent. Each field is unchanged, a constant, or unknown; each bit
 * of the mark too, or flipped.
 */
final class Rewrites {
    private static final byte[] UNKNOWN = {};
    /** Nothing has changed. */
    static final Rewrites NOTHING = new Rewrites(new byte[Field.values().length][], 0, 0, 0);
    /** Every field is unknown. */
    static final Rewrites ALL_UNKNOWN = allUnknown();

    /**
     * By the field's ordinal: null for an unchanged field, {@link #UNKNOWN}, or a constant; always null for the mark.
     */
    private final byte[][] values;
    /** The changed fields, a bit for each by its ordinal. */
    private final int touched;
    /** The mark's bits that were written: {@link #markFlip} has their values. */
    final int markSet;
    /** The mark's bits that differ from the packet's own bits, or, where they were written, from zero. */
    final int markFlip;
    final int markUnknown;
    /** 0 before the first use. */
    private int hash;

    private Rewrites(byte[][] values, int markSet, int markFlip, int markUnknown) {
        this.values = values;
        this.markSet = markSet;
        this.markFlip = markFlip;
        this.markUnknown = markUnknown;
        int bits = (markSet | markFlip | markUnknown) != 0 ? 1 << Field.MARK.ordinal() : 0;
        for (int i = 0; i < values.length; i++) {
            bits |= values[i] != null ? 1 << i : 0;
        }
        touched = bits;
    }

    private static Rewrites allUnknown() {
        byte[][] values = new byte[Field.values().length][];
        Arrays.fill(values, UNKNOWN);
        values[Field.MARK.ordinal()] = null;
        return new Rewrites(values, 0, 0, -1);
    }

    /** With a field set to a constant, or unknown when the value is null. */
    Rewrites with(Field field, byte[] value) {
        if (field != Field.MARK) { return set(field, value == null ? UNKNOWN : value); }
        return value == null ? new Rewrites(values, 0, 0, -1)
                : new Rewrites(values, -1, (int) FieldBytes.number(value), 0);
    }

    /** With a field as in other rewrites; not for the mark. */
    Rewrites asIn(Rewrites other, Field field) {
        return set(field, other.values[field.ordinal()]);
    }

    private Rewrites set(Field field, byte[] value) {
        byte[][] copy = values.clone();
        copy[field.ordinal()] = value;
        return new Rewrites(copy, markSet, markFlip, markUnknown);
    }

    /** With the mark's bits in {@code clear} set to zero, then those in {@code flip} flipped. */
    Rewrites mark(int clear, int flip) {
        return new Rewrites(values, markSet | clear, (markFlip & ~clear ^ flip) & ~(markUnknown & ~clear),
                markUnknown & ~clear);
    }

    /** Whether any of the fields (a bit for each, by its ordinal) is changed. */
    boolean touch(int fields) {
        return (fields & touched) != 0;
    }

    boolean touches(Field field) { return touch(1 << field.ordinal()); }

    boolean isUnknown(Field field) { return values[field.ordinal()] == UNKNOWN; }

    /** The field's value, or null when it is unchanged or unknown. */
    byte[] constant(Field field) {
        if (field == Field.MARK) { return markSet == -1 ? FieldBytes.bytes(markFlip, 4) : null; }
        return isUnknown(field) ? null : values[field.ordinal()];
    }

    @Override
    public boolean equals(Object other) {
        if (this == other || !(other instanceof Rewrites)) { return this == other; }
        Rewrites r = (Rewrites) other;
        return r.markSet == markSet && r.markFlip == markFlip && r.markUnknown == markUnknown
                && Arrays.deepEquals(r.values, values);
    }

    @Override
    public int hashCode() {
        if (hash == 0) { hash = Arrays.deepHashCode(values) + markSet * 7 + markFlip; }
        return hash;
    }
}
