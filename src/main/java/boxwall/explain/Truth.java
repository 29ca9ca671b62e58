package boxwall.explain;

/** Three-valued: a match can hold, not hold, or not be known. */
enum Truth {
    YES, NO, UNKNOWN;

    Truth not() { return this == YES ? NO : this == NO ? YES : UNKNOWN; }

    /** NO wins, then UNKNOWN. */
    Truth and(Truth other) {
        return this == NO || other == NO ? NO : this == YES ? other : UNKNOWN;
    }

    /** YES wins, then UNKNOWN. */
    Truth or(Truth other) { return not().and(other.not()).not(); }
}
