package boxwall.imports;

/**
 * Text that no shell reads, or a value that only a running shell, the box or whoever starts the script could tell: what
 * it is, and what to write instead.
 */
final class ShellError extends Exception {
    private static final long serialVersionUID = 1L;

    /** Where the text can't be read, 1-based; 0 for a value. */
    final int line;
    /** What it is, what to do. */
    final String[] texts;
    /** The box's own name for such a value, as {@code $WAN_IF}, or null. */
    String meant;

    private ShellError(int line, String... texts) {
        super(texts[0]);
        this.line = line;
        this.texts = texts;
    }

    ShellError(int line, String what) { this(line, what, "write it without a shell's signs"); }

    /** Of the messages. */
    ShellError(String name, Object... values) { this(0, Messages.of("", name, values)); }

    ShellError meaning(String boxName) {
        meant = boxName;
        return this;
    }
}
