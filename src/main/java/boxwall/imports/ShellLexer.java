package boxwall.imports;

import boxwall.netfilter.Abandoned;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a script into words and operators as a POSIX shell does. Values aren't put in here; what is inside {@code $( )},
 * backticks and {@code $(( ))} is skipped over as one piece that nobody will run.
 */
final class ShellLexer {
    private static final String[] OPERATORS = {"<<-", "<<<", ";;", "&&", "||", "<<", ">>", "<&", ">&", "<>", ">|", "&>",
            ";", "&", "|", "<", ">", "(", ")"};

    /** Of ${A:-${B:-...}}: each level is one more of a small stack. */
    private static final int NESTING_LIMIT = 8;

    private final String text;
    private int depth;
    private int at;
    private int line;
    /**
     * Quotes may not reach over a line's end: for texts that aren't scripts as a whole, where an apostrophe is just
     * that.
     */
    private boolean strict;
    private final List<Redirect> waiting = new ArrayList<Redirect>();
    /** Here-documents without their last line: they go to the text's end, as a shell takes them. */
    final List<Redirect> cutShort = new ArrayList<Redirect>();
    private Token peeked;
    private ShellWord word;
    private final StringBuilder plain = new StringBuilder();

    ShellLexer(String text) {
        this.text = text;
        this.line = 1;
    }

    /** Goes on at a line's beginning. */
    void moveTo(int offset, int lineThere, boolean quotesEndOnTheirLine) {
        at = offset;
        line = lineThere;
        strict = quotesEndOnTheirLine;
        peeked = null;
        waiting.clear();
    }

    int line() { return line; }

    Token peek() throws ShellSyntax {
        if (peeked == null) { peeked = read(); }
        return peeked;
    }

    Token next() throws ShellSyntax {
        Token token = peek();
        peeked = null;
        return token;
    }

    /** The here-document's text is taken at the next line's end. */
    void expectBody(Redirect redirect) {
        waiting.add(redirect);
    }

    /** The text up to {@code end}, which is stepped over; for what isn't read as words. Nothing may be peeked. */
    String rawUntil(String end) throws ShellSyntax {
        int stop = text.indexOf(end, at);
        int lineEnd = text.indexOf('\n', at);
        if (stop < 0 || lineEnd >= 0 && stop > lineEnd) { throw new ShellSyntax(line, "no " + end + " on this line"); }
        String raw = text.substring(at, stop);
        at = stop + end.length();
        return raw;
    }

    private Token read() throws ShellSyntax {
        Abandoned.check();
        int before = at;
        skipBlanks();
        boolean glued = before == at && at > 0;
        int start = line;
        if (at >= text.length()) {
            bodies();
            return new Token(Token.Kind.END, null, null, start, glued);
        }
        if (text.charAt(at) == '\n') {
            at++;
            line++;
            bodies();
            return new Token(Token.Kind.NEWLINE, null, null, start, glued);
        }
        boolean numbered =
                at + 1 < text.length() && Character.isDigit(text.charAt(at)) && "<>".indexOf(text.charAt(at + 1)) >= 0;
        // which of the streams is redirected makes no difference here
        at += numbered ? 1 : 0;
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Token.Kind.OPERATOR, operator, null, start, glued);
            }
        }
        return new Token(Token.Kind.WORD, null, word(), start, glued);
    }

    private void skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                at += 2;
                line++;
            } else if (c == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (c == ' ' || c == '\t') {
                at++;
            } else {
                return;
            }
        }
    }

    private void bodies() throws ShellSyntax {
        for (Redirect redirect : waiting) {
            String end = redirect.target.toString();
            boolean tabs = redirect.operator.equals("<<-");
            redirect.bodyLine = line;
            while (true) {
                if (at >= text.length()) {
                    cutShort.add(redirect);
                    break;
                }
                int stop = text.indexOf('\n', at);
                String body = text.substring(at, stop < 0 ? text.length() : stop);
                at = stop < 0 ? text.length() : stop + 1;
                line++;
                while (tabs && body.startsWith("\t")) {
                    body = body.substring(1);
                }
                if (body.equals(end)) { break; }
                redirect.body.add(body);
            }
        }
        waiting.clear();
    }

    private void flush(boolean quoted) {
        if (plain.length() > 0) {
            word.pieces.add(Piece.text(plain.toString(), quoted));
            plain.setLength(0);
        }
    }

    private ShellWord word() throws ShellSyntax {
        word = new ShellWord(line);
        plain.setLength(0);
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(' && plain.length() > 1 && plain.charAt(plain.length() - 1) == '=') {
                flush(false);
                word.pieces.add(Piece.unknown(balanced('(', ')', at), false));
            } else if (" \t\n;&|<>()".indexOf(c) >= 0) {
                break;
            } else if (c == '\\') {
                escaped();
            } else if (c == '\'') {
                single();
            } else if (c == '"') {
                doubled();
            } else if (c == '$' || c == '`') {
                dollar(false);
            } else {
                plain.append(c);
                at++;
            }
        }
        flush(false);
        return word;
    }

    private void escaped() throws ShellSyntax {
        if (at + 1 >= text.length()) { throw new ShellSyntax(line, "a backslash at the text's end"); }
        if (text.charAt(at + 1) == '\n') {
            line++;
        } else {
            flush(false);
            word.pieces.add(Piece.text(text.substring(at + 1, at + 2), true));
        }
        at += 2;
    }

    private void single() throws ShellSyntax {
        flush(false);
        int end = text.indexOf('\'', at + 1);
        int lineEnd = text.indexOf('\n', at);
        if (end < 0 || strict && lineEnd >= 0 && lineEnd < end) {
            throw new ShellSyntax(line, "a quote is opened and not closed");
        }
        String inside = text.substring(at + 1, end);
        word.pieces.add(Piece.text(inside, true));
        countLines(inside);
        at = end + 1;
    }

    private void countLines(String inside) {
        for (int i = 0; i < inside.length(); i++) {
            line += inside.charAt(i) == '\n' ? 1 : 0;
        }
    }

    private void doubled() throws ShellSyntax {
        flush(false);
        int opened = line;
        at++;
        boolean empty = true;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            empty = false;
            if (c == '\n' && strict) { throw new ShellSyntax(opened, "a quote is opened and not closed"); }
            if (c == '\\' && at + 1 < text.length() && "$`\"\\\n".indexOf(text.charAt(at + 1)) >= 0) {
                line += text.charAt(at + 1) == '\n' ? 1 : 0;
                plain.append(text.charAt(at + 1) == '\n' ? "" : text.substring(at + 1, at + 2));
                at += 2;
            } else if (c == '$' || c == '`') {
                dollar(true);
            } else {
                line += c == '\n' ? 1 : 0;
                plain.append(c);
                at++;
            }
        }
        if (at >= text.length()) { throw new ShellSyntax(opened, "a quote is opened and not closed"); }
        at++;
        flush(true);
        if (empty) { word.pieces.add(Piece.text("", true)); }
    }

    /** The words of a here-document's line: all one piece of quoted text with names in it. */
    static ShellWord hereLine(String body, int line) throws ShellSyntax {
        return hereLine(body, line, 0);
    }

    private static ShellWord hereLine(String body, int line, int depth) throws ShellSyntax {
        if (depth > NESTING_LIMIT) { throw new ShellSyntax(line, "expansions nested too deeply"); }
        ShellLexer lexer = new ShellLexer("\"" + body.replace("\\\"", "\\\\\"").replace("\"", "\\\"") + "\"");
        lexer.line = line;
        lexer.depth = depth;
        return lexer.word();
    }

    private void dollar(boolean quoted) throws ShellSyntax {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if (text.charAt(at) == '`') {
            flush(quoted);
            word.pieces.add(Piece.unknown(balanced('`', '`', at), quoted));
        } else if (next == '(') {
            flush(quoted);
            word.pieces.add(Piece.unknown("$" + balanced('(', ')', at + 1), quoted));
        } else if (next == '{') {
            flush(quoted);
            braces(quoted);
        } else {
            int end = at + 1;
            boolean letters = end < text.length() && ShellWord.isName(text.substring(end, end + 1));
            while (letters && end < text.length() && ShellWord.isName("_" + text.charAt(end))) {
                end++;
            }
            if (!letters && "0123456789@*#?$!-".indexOf(next) >= 0) { end++; }
            if (end == at + 1) {
                plain.append('$');
            } else {
                flush(quoted);
                word.pieces.add(Piece.name(text.substring(at + 1, end), quoted));
            }
            at = end;
        }
    }

    /** {@code ${NAME}}, {@code ${NAME:-other}} and its like; every other form is for a shell. */
    private void braces(boolean quoted) throws ShellSyntax {
        int from = at + 2;
        String all = balanced('{', '}', at + 1);
        String inside = all.length() < 2 ? "" : text.substring(from, at - 1);
        int end = 0;
        while (end < inside.length() && ShellWord.isName("_" + inside.charAt(end))) {
            end++;
        }
        String name = inside.substring(0, end);
        boolean good = ShellWord.isName(name) || name.length() > 0 && name.length() < 4
                && Character.isDigit(name.charAt(0)) && name.replaceAll("[0-9]", "").length() == 0;
        String rest = inside.substring(end);
        String operator = rest.startsWith(":") ? rest.substring(0, Math.min(2, rest.length()))
                : rest.substring(0, Math.min(1, rest.length()));
        if (good && rest.length() == 0) {
            word.pieces.add(Piece.name(name, quoted));
        } else if (good && operator.length() > 0 && "-=+".indexOf(operator.charAt(operator.length() - 1)) >= 0) {
            word.pieces.add(Piece.name(name, quoted, operator,
                    hereLine(ShellWord.unquoted(rest.substring(operator.length())), line, depth + 1)));
        } else if (inside.equals("@") || inside.equals("*") || inside.equals("#")) {
            word.pieces.add(Piece.name(inside, quoted));
        } else {
            word.pieces.add(Piece.unknown("${" + inside + "}", quoted));
        }
    }

    /**
     * Steps over a bracket and all inside it, quotes respected; returns it. {@code from} is the opening one's place.
     */
    private String balanced(char open, char close, int from) throws ShellSyntax {
        int depth = 0;
        int i = from;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' && strict) { break; }
            if (c == '\\') {
                i++;
            } else if (c == close && (open != close || depth == 1)) {
                depth--;
            } else if (c == open) {
                depth++;
            } else if (c == '\'' && open == '(') {
                int end = text.indexOf('\'', i + 1);
                i = end < 0 ? text.length() : end;
            }
            if (depth == 0) {
                String inside = text.substring(from, i + 1);
                countLines(inside);
                at = i + 1;
                return inside;
            }
        }
        throw new ShellSyntax(line, "a " + open + " is opened and not closed");
    }
}
