package boxwall.imports;

/**
 * A part of a shell word: text as it stands, a name to put a value for, or something that only a shell could compute.
 */
final class Piece {
    /** What the piece is. */
    enum Kind { TEXT, NAME, UNKNOWN }

    final Kind kind;
    /** The text; the name ({@code 1}, {@code @} and the like too); the source of what can't be computed. */
    final String text;
    /** Within quotes: no splitting at blanks, no patterns. */
    final boolean quoted;
    /** For a name in {@code ${NAME:-other}}: one of - = + with a colon before it or not; null for a plain name. */
    String operator;
    ShellWord other;

    Piece(Kind kind, String text, boolean quoted) {
        this.kind = kind;
        this.text = text;
        this.quoted = quoted;
    }

    static Piece text(String text, boolean quoted) { return new Piece(Kind.TEXT, text, quoted); }

    static Piece unknown(String source) { return new Piece(Kind.UNKNOWN, source, true); }

    boolean isName() { return kind == Kind.NAME; }

    boolean isUnknown() { return kind == Kind.UNKNOWN; }

    /** {@code $@} or {@code $*}: all words that the script or function was started with. */
    boolean isAll() {
        return isName() && (text.equals("@") || text.equals("*"));
    }

    /** Text without quotes. */
    boolean isBare() { return kind == Kind.TEXT && !quoted; }
}
