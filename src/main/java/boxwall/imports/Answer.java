package boxwall.imports;

/** What is known of a condition, or of a command's success. */
enum Answer {
    YES, NO, UNKNOWN;

    static Answer of(boolean yes) { return yes ? YES : NO; }

    Answer not() { return this == YES ? NO : this == NO ? YES : UNKNOWN; }
}
