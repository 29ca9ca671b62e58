package boxwall.explain;

import boxwall.netfilter.Network;

/** Some values of a field: a range with both ends, or all values that equal a value under a mask. */
final class Span {
    /** Whether {@link #second} is a mask. */
    final boolean masked;
    /** The lower end, or the value. */
    final byte[] first;
    /** The higher end, or the mask. */
    final byte[] second;

    private Span(boolean masked, byte[] first, byte[] second) {
        this.masked = masked;
        this.first = first;
        this.second = second;
    }

    /** The unsigned numbers from {@code low} to {@code high}, both included; empty when low is greater. */
    static Span range(byte[] low, byte[] high) {
        return new Span(false, low, high);
    }

    /** Both ends, or null for null. */
    static Span range(byte[][] ends) {
        return ends == null ? null : range(ends[0], ends[1]);
    }

    /** One value, or null for null. */
    static Span one(byte[] value) {
        return value == null ? null : range(value, value);
    }

    /** The numbers from low to high of a field of {@code bytes} bytes, at most four. */
    static Span range(int bytes, long low, long high) {
        return range(FieldBytes.bytes(low, bytes), FieldBytes.bytes(high, bytes));
    }

    /** The values that equal {@code value} where {@code mask} has ones; none when value has other ones. */
    static Span masked(byte[] value, byte[] mask) {
        return new Span(true, value, mask);
    }

    static Span of(Network network) { return masked(network.address(), network.mask()); }

    boolean contains(byte[] value) {
        if (!masked) { return FieldBytes.compare(first, value) <= 0 && FieldBytes.compare(value, second) <= 0; }
        for (int i = 0; i < value.length; i++) {
            if ((byte) (value[i] & second[i]) != first[i]) { return false; }
        }
        return true;
    }
}
