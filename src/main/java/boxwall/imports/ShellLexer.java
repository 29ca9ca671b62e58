package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Words;

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
    private static final String OPEN_QUOTE = "a quote is opened and not closed";

    private final String text;
    private int depth;
    private int at;
    /** Where it reads, 1-based. */
    int line = 1;
    /** Quotes may not reach over a line's end: for texts that aren't scripts, where an apostrophe is just that. */
    private boolean strict;
    private final List<Node.Redirect> waiting = new ArrayList<>();
    /** Here-documents without their last line: they go to the text's end, as a shell takes them. */
    final List<Node.Redirect> cutShort = new ArrayList<>();
    private ShellWord peeked;
    /** Whether what was read last follows what is before it without a blank. */
    boolean glued;
    private ShellWord word;
    private final StringBuilder plain = new StringBuilder();

    ShellLexer(String text) { this.text = text; }

    /** Goes on at a line's beginning. */
    void moveTo(int offset, int lineThere, boolean quotesEndOnTheirLine) {
        at = offset;
        line = lineThere;
        strict = quotesEndOnTheirLine;
        peeked = null;
        waiting.clear();
    }

    ShellWord peek() throws ShellError {
        if (peeked == null) { peeked = read(); }
        return peeked;
    }

    ShellWord next() throws ShellError {
        ShellWord token = peek();
        peeked = null;
        return token;
    }

    /** The here-document's text is taken at the next line's end. */
    void expectBody(Node.Redirect redirect) {
        waiting.add(redirect);
    }

    /** The text up to {@code end}, which is stepped over; for what isn't read as words. Nothing may be peeked. */
    String rawUntil(String end) throws ShellError {
        int stop = text.indexOf(end, at);
        if (stop < 0 || stop > lineEnd(at)) { throw new ShellError(line, "no " + end + " on this line"); }
        String raw = text.substring(at, stop);
        at = stop + end.length();
        return raw;
    }

    private ShellWord read() throws ShellError {
        Abandoned.check();
        int before = at;
        skipBlanks();
        glued = before == at && at > 0;
        int start = line;
        if (at >= text.length() || text.charAt(at) == '\n') {
            String end = at >= text.length() ? "" : "\n";
            at += end.length();
            line += end.length();
            bodies();
            return new ShellWord(start, end);
        }
        // which of the streams is redirected makes no difference here
        boolean numbered = at + 1 < text.length() && Character.isDigit(text.charAt(at)) && in("<>", at + 1);
        at += numbered ? 1 : 0;
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return new ShellWord(start, operator);
            }
        }
        return word();
    }

    /** Whether one of these characters is at a place, within the text. */
    private boolean in(String characters, int place) {
        return place < text.length() && characters.indexOf(text.charAt(place)) >= 0;
    }

    private void skipBlanks() {
        while (in(" \t#", at) || text.startsWith("\\\n", at)) {
            char c = text.charAt(at);
            line += c == '\\' ? 1 : 0;
            at = c == '#' ? lineEnd(at) : c == '\\' ? at + 2 : at + 1;
        }
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private void bodies() {
        for (Node.Redirect redirect : waiting) {
            redirect.bodyLine = line;
            boolean done = false;
            while (!done && at < text.length()) {
                int stop = lineEnd(at);
                int from = at;
                while (redirect.operator.equals("<<-") && in("\t", from)) {
                    from++;
                }
                String body = text.substring(from, stop);
                at = Math.min(stop + 1, text.length());
                line++;
                done = body.equals(redirect.target.toString());
                if (!done) { redirect.body.add(body); }
            }
            if (!done) { cutShort.add(redirect); }
        }
        waiting.clear();
    }

    private void flush(boolean quoted) {
        if (plain.length() > 0) {
            word.pieces.add(new ShellWord.Piece(ShellWord.Piece.Kind.TEXT, plain.toString(), quoted));
            plain.setLength(0);
        }
    }

    private void piece(ShellWord.Piece.Kind kind, String source, boolean quoted) {
        flush(quoted);
        word.pieces.add(new ShellWord.Piece(kind, source, quoted));
    }

    private ShellWord word() throws ShellError {
        word = new ShellWord(line);
        plain.setLength(0);
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(' && plain.length() > 1 && plain.charAt(plain.length() - 1) == '=') {
                piece(ShellWord.Piece.Kind.UNKNOWN, balanced('(', ')', at), false);
            } else if (in(" \t\n;&|<>()", at)) {
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

    private void escaped() throws ShellError {
        if (at + 1 >= text.length()) { throw new ShellError(line, "a backslash at the text's end"); }
        if (text.charAt(at + 1) == '\n') {
            line++;
        } else {
            flush(false);
            piece(ShellWord.Piece.Kind.TEXT, text.substring(at + 1, at + 2), true);
        }
        at += 2;
    }

    private void single() throws ShellError {
        flush(false);
        int end = text.indexOf('\'', at + 1);
        if (end < 0 || strict && lineEnd(at) < end) { throw new ShellError(line, OPEN_QUOTE); }
        piece(ShellWord.Piece.Kind.TEXT, text.substring(at + 1, end), true);
        stepTo(end + 1);
    }

    private void stepTo(int end) {
        for (; at < end; at++) {
            line += text.charAt(at) == '\n' ? 1 : 0;
        }
    }

    private void doubled() throws ShellError {
        flush(false);
        int opened = line;
        int from = ++at;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c == '\n' && strict) { throw new ShellError(opened, OPEN_QUOTE); }
            if (c == '\\' && in("$`\"\\\n", at + 1)) {
                plain.append(text.charAt(at + 1) == '\n' ? "" : text.substring(at + 1, at + 2));
                stepTo(at + 2);
            } else if (c == '$' || c == '`') {
                dollar(true);
            } else {
                plain.append(c);
                stepTo(at + 1);
            }
        }
        if (at >= text.length()) { throw new ShellError(opened, OPEN_QUOTE); }
        flush(true);
        if (at++ == from) { word.pieces.add(new ShellWord.Piece(ShellWord.Piece.Kind.TEXT, "", true)); }
    }

    /** A here-document's line: quoted text with names in it. {@code depth}: within so many others. */
    static ShellWord hereLine(String body, int line, int depth) throws ShellError {
        if (depth > NESTING_LIMIT) { throw new ShellError(line, "expansions nested too deeply"); }
        String quotes = Words.replace(Words.replace(body, "\\\"", "\\\\\""), "\"", "\\\"");
        ShellLexer lexer = new ShellLexer('"' + quotes + '"');
        lexer.line = line;
        lexer.depth = depth;
        return lexer.word();
    }

    private void dollar(boolean quoted) throws ShellError {
        if (text.charAt(at) == '`') {
            piece(ShellWord.Piece.Kind.UNKNOWN, balanced('`', '`', at), quoted);
        } else if (in("(", at + 1)) {
            piece(ShellWord.Piece.Kind.UNKNOWN, "$" + balanced('(', ')', at + 1), quoted);
        } else if (in("{", at + 1)) {
            flush(quoted);
            braces(quoted);
        } else {
            int end = nameEnd(text, at + 1);
            end = end == at + 1 && in("0123456789@*#?$!-", end) ? end + 1 : end;
            if (end == at + 1) {
                plain.append('$');
            } else {
                piece(ShellWord.Piece.Kind.NAME, text.substring(at + 1, end), quoted);
            }
            at = end;
        }
    }

    /** Where the name that begins at a place ends; the place itself when none begins there. */
    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && ShellWord.isName(text.substring(from, from + 1) + text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** {@code ${NAME}}, {@code ${NAME:-other}} and its like; every other form is for a shell. */
    private void braces(boolean quoted) throws ShellError {
        int from = at + 2;
        String all = balanced('{', '}', at + 1);
        String inside = all.length() < 2 ? "" : text.substring(from, at - 1);
        int end = Math.max(nameEnd(inside, 0), Words.digits(inside, 0));
        boolean good = end > 0 && (end < 4 || ShellWord.isName(inside.substring(0, end)));
        String rest = inside.substring(end);
        String operator = rest.substring(0, Math.min(rest.startsWith(":") ? 2 : 1, rest.length()));
        if (good && rest.length() == 0 || inside.equals("@") || inside.equals("*") || inside.equals("#")) {
            piece(ShellWord.Piece.Kind.NAME, inside, quoted);
        } else if (good && operator.length() > 0 && "-=+".indexOf(operator.charAt(operator.length() - 1)) >= 0) {
            ShellWord.Piece name = new ShellWord.Piece(ShellWord.Piece.Kind.NAME, inside.substring(0, end), quoted);
            name.operator = operator;
            name.other = hereLine(unquoted(rest.substring(operator.length())), line, depth + 1);
            word.pieces.add(name);
        } else {
            piece(ShellWord.Piece.Kind.UNKNOWN, "${" + inside + "}", quoted);
        }
    }

    /** Without the quotes around all of it. */
    private static String unquoted(String other) {
        boolean wrapped = other.length() > 1 && (other.charAt(0) == '"' || other.charAt(0) == '\'')
                && other.charAt(other.length() - 1) == other.charAt(0);
        return wrapped ? other.substring(1, other.length() - 1) : other;
    }

    /** Steps over a bracket and all inside it, quotes respected; returns it. {@code from} is where it opens. */
    private String balanced(char open, char close, int from) throws ShellError {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
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
                at = from;
                stepTo(Math.min(i + 1, text.length()));
                return text.substring(from, i + 1);
            }
        }
        throw new ShellError(line, "a " + open + " is opened and not closed");
    }
}
