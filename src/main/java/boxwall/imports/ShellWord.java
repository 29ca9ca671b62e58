package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One word of a shell script before anything is put in for its names, or the operator between words. */
final class ShellWord {
    /** Text as it stands, a name to put a value for, or what only a shell could compute. */
    enum Kind {
        TEXT, NAME, UNKNOWN
    }

    /** A part of a word. */
    static final class Piece {
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

        boolean isName() { return kind == Kind.NAME; }

        boolean isUnknown() { return kind == Kind.UNKNOWN; }

        /** {@code $@} or {@code $*}: all words that the script or function was started with. */
        boolean isAll() {
            return isName() && isOf(text, "@", "*");
        }

        /** Text without quotes. */
        boolean isBare() { return kind == Kind.TEXT && !quoted; }
    }

    /** 1-based line where it starts. */
    final int line;
    /** A newline for a line's end, empty for the text's end; null for a word. */
    final String operator;
    final List<Piece> pieces;

    ShellWord(int line, String operator, Piece... pieces) {
        this.line = line;
        this.operator = operator;
        this.pieces = new ArrayList<>(Arrays.asList(pieces));
    }

    boolean isWord() { return operator == null; }

    /** The operator, or the word if it is all unquoted text, as reserved words and function names are; else null. */
    String plain() {
        return pieces.size() == 1 && pieces.get(0).isBare() ? pieces.get(0).text : operator;
    }

    boolean is(String text) { return text.equals(plain()); }

    /** Whether it is the end of a line or of the text. */
    boolean ends() { return is("\n") || is(""); }

    /** The name when the word is {@code NAME=...} with an unquoted beginning; else null. */
    String assigned() {
        boolean bare = !pieces.isEmpty() && pieces.get(0).isBare();
        int equals = bare ? pieces.get(0).text.indexOf('=') : -1;
        String name = equals > 0 ? pieces.get(0).text.substring(0, equals) : "";
        return isName(name) ? name : null;
    }

    /** What stands behind a place in one of its pieces. */
    ShellWord from(int piece, int offset) {
        Piece first = pieces.get(piece);
        ShellWord rest = new ShellWord(line, null, new Piece(Kind.TEXT, first.text.substring(offset), first.quoted));
        rest.pieces.addAll(pieces.subList(piece + 1, pieces.size()));
        return rest;
    }

    static boolean isName(String text) { return Words.isName(text, "_") && !Character.isDigit(text.charAt(0)); }

    static boolean isOf(String name, String... names) { return Arrays.asList(names).contains(name); }

    static String baseName(String path) { return path.substring(path.lastIndexOf('/') + 1); }

    /** The word roughly as written, for messages and for guessing what a line was about. */
    @Override
    public String toString() {
        if (!isWord()) { return is("\n") ? "the line's end" : is("") ? "the text's end" : operator; }
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            out.append(piece.isName() ? "$" : "").append(piece.text);
        }
        return out.toString();
    }
}
