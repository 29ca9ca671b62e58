package boxwall.imports;

/**
 * A syntax error, or a value that only a running shell, the box or the caller of the script knows, with a message: what
 * it is and what to write instead.
 */
final class ShellError extends Exception {
    private static final long serialVersionUID = 1L;

    /** The line of a syntax error, 1-based; 0 for a value. */
    final int line;
    /** What is there, what to do. */
    final String[] message;
    /** The box's name for the value, as {@code $WAN_IF}, or null. */
    String boxName;

    private ShellError(int line, String... message) {
        super(message[0]);
        this.line = line;
        this.message = message;
    }

    ShellError(int line, String what) { this(line, what, "write it without a shell's signs"); }

    /** An error of a value; {@code name}: the row of the messages. */
    ShellError(String name, Object... values) {
        this(0, Messages.of("", name, values));
    }

    ShellError standsFor(String name) {
        boxName = name;
        return this;
    }
}
