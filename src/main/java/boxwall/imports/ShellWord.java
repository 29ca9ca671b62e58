package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One word of a shell script before anything is put in for its names. */
final class ShellWord {
    /** 1-based line where it starts. */
    final int line;
    final List<Piece> pieces = new ArrayList<>();

    ShellWord(int line, Piece... pieces) {
        this.line = line;
        this.pieces.addAll(Arrays.asList(pieces));
    }

    /** The text of a word that is all unquoted text, as reserved words and function names are; else null. */
    String plain() {
        return pieces.size() == 1 && pieces.get(0).isBare() ? pieces.get(0).text : null;
    }

    /** The name when the word is {@code NAME=...} with an unquoted beginning; else null. */
    String assigned() {
        boolean bare = !pieces.isEmpty() && pieces.get(0).isBare();
        int equals = bare ? pieces.get(0).text.indexOf('=') : -1;
        String name = equals > 0 ? pieces.get(0).text.substring(0, equals) : "";
        return isName(name) ? name : null;
    }

    /** The word without its first characters; these are plain text. */
    ShellWord from(int offset) {
        ShellWord rest = new ShellWord(line);
        Piece first = pieces.get(0);
        if (offset < first.text.length()) { rest.pieces.add(Piece.text(first.text.substring(offset), first.quoted)); }
        rest.pieces.addAll(pieces.subList(1, pieces.size()));
        return rest;
    }

    static boolean isName(String text) { return Words.isName(text, "_") && !Character.isDigit(text.charAt(0)); }

    /** The word roughly as written, for messages and for guessing what a line was about. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            out.append(piece.isName() ? "$" : "").append(piece.text);
        }
        return out.toString();
    }
}
