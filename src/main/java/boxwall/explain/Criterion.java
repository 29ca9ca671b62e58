package boxwall.explain;

import java.util.Collections;
import java.util.List;

/** A condition of a rule: a field of the packet is in one of some spans, or, negated, in none. */
final class Criterion {
    final Field field;
    /** A second field, which may be in a span instead (multiport's --ports), or null. */
    final Field other;
    final boolean negated;
    final List<Span> spans;

    Criterion(Field field, Field other, boolean negated, List<Span> spans) {
        this.field = field;
        this.other = other;
        this.negated = negated;
        this.spans = spans;
    }

    Criterion(Field field, boolean negated, Span span) { this(field, null, negated, Collections.singletonList(span)); }

    /** Matches later fragments, or all other packets. */
    static Criterion fragment(boolean later) {
        return new Criterion(Field.FRAGMENT, !later, Span.range(1, 1, 1));
    }
}
