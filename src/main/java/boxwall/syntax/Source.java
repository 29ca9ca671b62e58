package boxwall.syntax;

/** A text to parse, and the name by which the user knows it. */
public final class Source {
    public final String name;
    public final String text;
    public final boolean preset;

    /** The name appears in diagnostics. */
    public Source(String name, String text) { this(name, text, false); }

    private Source(String name, String text, boolean preset) {
        this.name = name;
        this.text = text;
        this.preset = preset;
    }

    /** A preset that is shipped: what it promises, the user may override. */
    public static Source preset(String name, String text) {
        return new Source(name, text, true);
    }
}
