package boxwall.syntax;

import boxwall.netfilter.Origin;

/** One word of a line after quoting and names, with the place where it starts. */
final class Word {
    final String text;
    final Origin origin;
    final int column;
    /** Index of the {@code =} when the word began as {@code NAME=}, unquoted, at the line's start; else -1. */
    final int assignment;

    Word(String text, Origin origin, int column, int assignment) {
        this.text = text;
        this.origin = origin;
        this.column = column;
        this.assignment = assignment;
    }

    /** The rest of this word from {@code offset}, placed there; right for words without quotes before it. */
    Word from(int offset) {
        return new Word(text.substring(offset), origin, column + offset, -1);
    }

    boolean is(String other) { return text.equals(other); }

    @Override
    public String toString() { return text; }
}
