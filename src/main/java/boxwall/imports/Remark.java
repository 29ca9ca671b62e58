package boxwall.imports;

/** What became of a line that isn't in the ruleset as it stood: what about it, and what to do. */
public final class Remark implements Comparable<Remark> {
    private final int line;
    private final String what;
    private final String todo;
    private final boolean harmless;

    Remark(int line, String what, String todo, boolean harmless) {
        this.line = line;
        this.what = what;
        this.todo = todo;
        this.harmless = harmless;
    }

    /** 1-based, in the text that was imported. */
    public int line() { return line; }

    /** What was found there. */
    public String what() { return what; }

    /** What to do about it. */
    public String todo() { return todo; }

    /**
     * Whether the ruleset lacks nothing for it: a line that only prints, say, or flushes a table that begins empty
     * anyway.
     */
    public boolean isHarmless() { return harmless; }

    /** By line; remarks on one line stay in the order they were made. */
    @Override
    public int compareTo(Remark other) { return line < other.line ? -1 : line > other.line ? 1 : 0; }

    @Override
    public boolean equals(Object other) {
        return other instanceof Remark && ((Remark) other).line == line && ((Remark) other).what.equals(what)
                && ((Remark) other).todo.equals(todo);
    }

    @Override
    public int hashCode() { return line * 31 + what.hashCode(); }

    /** {@code 12: what; what to do}. */
    @Override
    public String toString() { return line + ": " + what + "; " + todo; }
}
