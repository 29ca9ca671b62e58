package boxwall.imports;

/** A remark on an input line that is not in the ruleset unchanged. */
public final class Remark implements Comparable<Remark> {
    /** 1-based, in the text that was imported. */
    public final int line;
    /** What the line has. */
    public final String what;
    /** The advice to the user. */
    public final String todo;
    /** Whether nothing is missing because of it, for example for a line that only prints. */
    public final boolean harmless;

    Remark(int line, String[] message, boolean harmless) {
        this.line = line;
        this.what = message[0];
        this.todo = message[1];
        this.harmless = harmless;
    }

    /** By line; remarks on one line stay in the order they were made. */
    @Override
    public int compareTo(Remark other) { return line - other.line; }

    /** {@code 12: what; what to do}. */
    @Override
    public String toString() { return line + ": " + what + "; " + todo; }
}
