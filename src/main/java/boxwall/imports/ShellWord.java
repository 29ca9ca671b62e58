package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/** One word of a shell script before anything is put in for its names. */
final class ShellWord {
    /** 1-based line where it starts. */
    final int line;
    final List<Piece> pieces = new ArrayList<Piece>();

    ShellWord(int line) { this.line = line; }

    /** The text of a word that is all unquoted text, as reserved words and function names are; else null. */
    String plain() {
        return pieces.size() == 1 && pieces.get(0).kind == Piece.Kind.TEXT && !pieces.get(0).quoted ? pieces.get(0).text
                : null;
    }

    /** Length of the name when the word is {@code NAME=...} with an unquoted beginning; else -1. */
    int assignment() {
        Piece first = pieces.isEmpty() ? null : pieces.get(0);
        if (first == null || first.kind != Piece.Kind.TEXT || first.quoted) { return -1; }
        int equals = first.text.indexOf('=');
        return equals > 0 && isName(first.text.substring(0, equals)) ? equals : -1;
    }

    /** The word without its first characters; these are plain text. */
    ShellWord from(int offset) {
        ShellWord rest = new ShellWord(line);
        Piece first = pieces.get(0);
        if (offset < first.text.length()) { rest.pieces.add(Piece.text(first.text.substring(offset), false)); }
        rest.pieces.addAll(pieces.subList(1, pieces.size()));
        return rest;
    }

    static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) { return false; }
        }
        return text.length() > 0;
    }

    /** Without the quotes around all of it. */
    static String unquoted(String other) {
        boolean wrapped = other.length() > 1 && (other.charAt(0) == '"' || other.charAt(0) == '\'')
                && other.charAt(other.length() - 1) == other.charAt(0);
        return wrapped ? other.substring(1, other.length() - 1) : other;
    }

    /** The word roughly as written, for messages and for guessing what a line was about. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            out.append(piece.kind == Piece.Kind.NAME ? "$" : "").append(piece.text);
        }
        return out.toString();
    }
}
