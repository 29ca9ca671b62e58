package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One word of a shell script before expansion, or the operator between words. */
final class ShellWord {
    /** Literal text, the name of a variable, or an expansion that only a shell can compute. */
    enum Kind {
        TEXT, NAME, UNKNOWN
    }

    /** A part of a word. */
    static final class Piece {
        final Kind kind;
        /** The text; the variable's name ({@code 1} and {@code @} too); the source of an UNKNOWN piece. */
        final String text;
        /** In quotes: not split at blanks, no pattern. */
        final boolean quoted;
        /** For {@code ${NAME:-other}}: one of - = + ? with or without a colon before it; null for a plain name. */
        String operator;
        ShellWord other;

        Piece(Kind kind, String text, boolean quoted) {
            this.kind = kind;
            this.text = text;
            this.quoted = quoted;
        }

        boolean isName() { return kind == Kind.NAME; }

        boolean isUnknown() { return kind == Kind.UNKNOWN; }

        /** {@code $@} or {@code $*}: all positional parameters. */
        boolean isAll() {
            return isName() && isOneOf(text, "@", "*");
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

    /** The operator, or the word if all of it is unquoted text, as reserved words and function names are; else null. */
    String plain() {
        return pieces.size() == 1 && pieces.get(0).isBare() ? pieces.get(0).text : operator;
    }

    boolean is(String text) { return text.equals(plain()); }

    boolean isRedirect() { return operator != null && (operator.indexOf('<') >= 0 || operator.indexOf('>') >= 0); }

    /** The name if the word is {@code NAME=...} with an unquoted beginning; else null. */
    String assigned() {
        // a word of quotes with only a continuation in them has no pieces
        boolean bare = !pieces.isEmpty() && pieces.get(0).isBare();
        int equals = bare ? pieces.get(0).text.indexOf('=') : -1;
        String name = equals > 0 ? pieces.get(0).text.substring(0, equals) : "";
        return isName(name) ? name : null;
    }

    /** The rest of the word from an offset in one of its pieces. */
    ShellWord from(int piece, int offset) {
        Piece first = pieces.get(piece);
        ShellWord rest = new ShellWord(line, null, new Piece(Kind.TEXT, first.text.substring(offset), first.quoted));
        rest.pieces.addAll(pieces.subList(piece + 1, pieces.size()));
        return rest;
    }

    static boolean isName(String text) { return Words.isName(text, "_") && !Character.isDigit(text.charAt(0)); }

    static boolean isOneOf(String text, String... texts) { return Arrays.asList(texts).contains(text); }

    static String baseName(String path) { return path.substring(path.lastIndexOf('/') + 1); }

    /** The word roughly as written, for messages and for recognising rules. */
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
