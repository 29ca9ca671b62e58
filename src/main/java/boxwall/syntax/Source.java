package boxwall.syntax;

/** A text to parse, and the name by which the user knows it. */
public final class Source {
    public final String name;
    public final String text;
    public final boolean preset;
    /** The line of the outermost file that includes it; 0 for that file itself. */
    final int row;

    /** The name appears in diagnostics. */
    public Source(String name, String text) { this(name, text, false, 0); }

    private Source(String name, String text, boolean preset, int row) {
        this.name = name;
        this.text = text;
        this.preset = preset;
        this.row = row;
    }

    /** A preset that is shipped: what it promises, the user may override. */
    public static Source preset(String name, String text) {
        return new Source(name, text, true, 0);
    }

    Source includedAt(int row) { return new Source(name, text, preset, row); }
}
