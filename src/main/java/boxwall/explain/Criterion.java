package boxwall.explain;

import java.util.List;

/** One question of a rule: does a field of the packet lie in one of these spans, or, negated, in none? */
final class Criterion {
    final Field field;
    /** A second field of which it is enough that it lies in a span, or null. */
    final Field other;
    final boolean negated;
    final List<Span> spans;

    /**
     * Makes a criterion.
     *
     * @param other a second field that may lie there as well (multiport's --ports), or null
     */
    Criterion(Field field, Field other, boolean negated, List<Span> spans) {
        this.field = field;
        this.other = other;
        this.negated = negated;
        this.spans = spans;
    }

    /** Asks a packet. */
    Truth matches(Packet packet) {
        Truth truth = lies(field, packet);
        if (other != null) { truth = truth.or(lies(other, packet)); }
        return negated ? truth.not() : truth;
    }

    private Truth lies(Field where, Packet packet) {
        byte[] value = packet.value(where);
        if (where == Field.MARK) {
            byte[] known = Numbers.bytes(packet.markKnown, 4);
            return spans.get(0).contains(value == null ? new byte[4] : value, known);
        }
        if (value == null) { return Truth.UNKNOWN; }
        for (Span span : spans) {
            if (span.contains(value)) { return Truth.YES; }
        }
        return Truth.NO;
    }
}
