package boxwall.explain;

import java.util.Collections;
import java.util.List;

/** One question of a rule: does a field of the packet lie in one of these spans, or, negated, in none? */
final class Criterion {
    final Field field;
    /** A second field of which it is enough that it lies in a span (multiport's --ports), or null. */
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

    /** Asks for a later fragment, or for a packet that is none. */
    static Criterion fragment(boolean later) {
        return new Criterion(Field.FRAGMENT, !later, Span.range(1, 1, 1));
    }
}
