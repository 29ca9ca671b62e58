package boxwall.netfilter;

/** A position in the user's text. */
public final class Origin {
    public final String file;
    /** 1-based line, 0 for none. */
    public final int line;
    /** The line of the user's own file that it is from: this one, or one that includes its file; 0 where not known. */
    public final int row;

    /** The file by the name that the user knows, never null; 0 for a line when the thing has none of its own. */
    public Origin(String file, int line) {
        this(file, line, 0);
    }

    /** With the row, by which two includes of one file differ; they are equal all the same. */
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

    /** {@code file:line}, as diagnostics and the plan's origin file have it. */
    @Override
    public String toString() { return line == 0 ? file : file + ":" + line; }
}
