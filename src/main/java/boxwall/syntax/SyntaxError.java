package boxwall.syntax;

/** Why a text can't be taken: the place, what was found there, and what to do. */
public final class SyntaxError {
    public final String file;
    private final int line;
    private final int column;
    private final String what;
    private final String todo;

    SyntaxError(String file, int line, int column, String what, String todo) {
        this.file = file;
        this.line = line;
        this.column = column;
        this.what = what;
        this.todo = todo;
    }

    /** 1-based. */
    public int line() { return line; }

    /** 1-based, in characters. */
    public int column() { return column; }

    public String what() { return what; }

    public String todo() { return todo; }

    /** {@code rules:12:31: what; what to do}. */
    @Override
    public String toString() { return file + ":" + line + ":" + column + ": " + what + "; " + todo; }
}
