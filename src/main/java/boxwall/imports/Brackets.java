package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/** What bash has beside a POSIX shell's commands: {@code [[ ]]} and {@code (( ))}. */
final class Brackets {
    private Brackets() {}

    /** A word whose value nobody can know. */
    static ShellWord unread(int line, String text, String unknown) {
        ShellWord word = new ShellWord(line);
        word.pieces.add(Piece.text(text, true));
        word.pieces.add(Piece.unknown(unknown, true));
        return word;
    }

    /** Words within {@code [[ ]]}; what goes beyond comparing two of them isn't read. */
    static void words(Node simple, String raw) throws ShellSyntax {
        ShellLexer inner = new ShellLexer(raw);
        List<ShellWord> words = new ArrayList<ShellWord>();
        boolean plain = raw.indexOf('*') < 0 && raw.indexOf('?') < 0 && !raw.contains("=~");
        for (Token token = inner.next(); token.kind != Token.Kind.END; token = inner.next()) {
            plain &= token.kind == Token.Kind.WORD;
            words.add(token.word);
        }
        if (plain) {
            for (ShellWord word : words) {
                ShellWord there = new ShellWord(simple.line);
                there.pieces.addAll(word.pieces);
                simple.words.add(there);
            }
        } else {
            simple.words.add(unread(simple.line, "", raw));
        }
    }
}
