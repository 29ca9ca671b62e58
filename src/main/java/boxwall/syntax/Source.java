package boxwall.syntax;

/** A file to parse. */
public final class Source {
    /** The name that diagnostics show. */
    public final String name;
    public final String text;
    /** Whether it is a shipped preset, whose promises the user may override. */
    public final boolean preset;

    public Source(String name, String text) { this(name, text, false); }

    private Source(String name, String text, boolean preset) {
        this.name = name;
        this.text = text;
        this.preset = preset;
    }

    public static Source preset(String name, String text) { return new Source(name, text, true); }
}
