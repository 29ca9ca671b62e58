package boxwall.syntax;

import boxwall.netfilter.Origin;

/** One word of a line after quoting and names, with the place where it starts. */
final class Word {
    final String text;
    final String file;
    final int line;
    final int column;
    /** Index of the {@code =} when the word began as {@code NAME=}, unquoted, at the line's start; else -1. */
    final int assignment;
    /** As {@link Origin#row}. */
    final int row;

    Word(String text, String file, int line, int column, int assignment, int row) {
        this.text = text;
        this.file = file;
        this.line = line;
        this.column = column;
        this.assignment = assignment;
        this.row = row;
    }

    /** The rest of this word from {@code offset}, placed there; right for words without quotes before it. */
    Word from(int offset) {
        return new Word(text.substring(offset), file, line, column + offset, -1, row);
    }

    boolean is(String other) { return text.equals(other); }

    Origin origin() { return new Origin(file, line, row); }

    @Override
    public String toString() { return text; }
}
