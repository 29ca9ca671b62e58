package boxwall.syntax;

import boxwall.netfilter.Origin;

/** An error in a file: the place, what is wrong, and what to do. */
public final class SyntaxError {
    public final String file;
    /** 1-based. */
    public final int line;
    /** 1-based, in characters. */
    public final int column;
    public final String what;
    public final String todo;

    SyntaxError(Origin at, int column, String what, String todo) {
        this.file = at.file;
        this.line = at.line;
        this.column = column;
        this.what = what;
        this.todo = todo;
    }

    /** {@code rules:12:31: what; what to do}. */
    @Override
    public String toString() { return file + ":" + line + ":" + column + ": " + what + "; " + todo; }
}
