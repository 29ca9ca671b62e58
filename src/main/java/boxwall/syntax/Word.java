package boxwall.syntax;

import boxwall.netfilter.Origin;

/** A word of a line, without quotes and with expanded names, and the place where it starts. */
final class Word {
    final String text;
    final Origin origin;
    final int column;
    /** The index of the {@code =} if the word begins with an unquoted {@code NAME=} at the start of a line; else -1. */
    final int assignment;

    Word(String text, Origin origin, int column, int assignment) {
        this.text = text;
        this.origin = origin;
        this.column = column;
        this.assignment = assignment;
    }

    /** The rest of this word; its column is right if there are no quotes before it. */
    Word from(int offset) {
        return new Word(text.substring(offset), origin, column + offset, -1);
    }

    boolean is(String other) { return text.equals(other); }

    @Override
    public String toString() { return text; }
}
