package boxwall.netfilter;

/** A position in the user's text. */
public final class Origin {
    public final String file;
    /** 1-based line, 0 for none. */
    public final int line;
    /** The line of the user's file: this line, or the include that leads to it; 0 if unknown. */
    public final int row;

    /** {@code file} is the name that diagnostics show, never null; {@code line} is 0 for none. */
    public Origin(String file, int line) {
        this(file, line, 0);
    }

    /** With a row, which differs between two includes of a file; it is not part of equality. */
    public Origin(String file, int line, int row) {
        this.file = file;
        this.line = line;
        this.row = row;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Origin && ((Origin) other).line == line && ((Origin) other).file.equals(file);
    }

    @Override
    public int hashCode() { return file.hashCode() * 31 + line; }

    /** {@code file:line}, as in diagnostics and in the plan's file of origins. */
    @Override
    public String toString() { return line == 0 ? file : file + ":" + line; }
}
