package boxwall.syntax;

/** A text to parse, and the name by which the user knows it. */
public final class Source {
    private final String name;
    private final String text;

    /** Makes a source; the name appears in every diagnostic, so it is no path of the box's inside. */
    public Source(String name, String text) {
        this.name = name;
        this.text = text;
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }
}
