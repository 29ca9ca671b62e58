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
}
