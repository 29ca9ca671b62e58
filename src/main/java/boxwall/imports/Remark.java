package boxwall.imports;

/** What became of a line that isn't in the ruleset as it stood: what about it, and what to do. */
public final class Remark implements Comparable<Remark> {
    /** 1-based, in the text that was imported. */
    public final int line;
    /** What was found there. */
    public final String what;
    /** What to do about it. */
    public final String todo;
    /** Whether the ruleset lacks nothing for it: a line that only prints, say. */
    public final boolean harmless;

    Remark(int line, String[] texts, boolean harmless) {
        this.line = line;
        this.what = texts[0];
        this.todo = texts[1];
        this.harmless = harmless;
    }

    /** By line; remarks on one line stay in the order they were made. */
    @Override
    public int compareTo(Remark other) { return line - other.line; }

    /** {@code 12: what; what to do}. */
    @Override
    public String toString() { return line + ": " + what + "; " + todo; }
}
