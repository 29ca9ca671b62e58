package boxwall.imports;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a script into words and operators as a POSIX shell does. It does not expand names; {@code $( )}, backticks and
 * {@code $(( ))} become one piece each, because nothing is executed.
 */
final class ShellLexer {
    /** Longer operators before their beginnings. */
    private static final String[] OPERATORS = {"<<-", "<<<", ";;", "&&", "||", "<<", ">>", "<&", ">&", "<>", ">|", "&>",
            ";", "&", "|", "<", ">", "(", ")"};
    /** Levels of ${A:-${B:-...}}: each needs some of a small stack. */
    private static final int NESTING_LIMIT = 8;
    private static final String OPEN_QUOTE = "a quote is opened and not closed";

    private final String text;
    private int depth;
    private int at;
    /** The line of the next character, 1-based. */
    int line = 1;
    /** Whether a quote must end on its line: outside of scripts an apostrophe is no quote. */
    private boolean quotesEndOnLine;
    private final List<Node.Redirect> expectedBodies = new ArrayList<>();
    /** Here-documents without their last line: a shell reads them up to the end of the text. */
    final List<Node.Redirect> cutShort = new ArrayList<>();
    private ShellWord peeked;
    /** Whether no blank was before the last word. */
    boolean glued;
    private ShellWord word;
    /** The end of {@link #word} that is no piece yet. */
    private final StringBuilder plain = new StringBuilder();
    private boolean quoted;

    ShellLexer(String text) { this.text = text; }

    /** Continues at the beginning of a line. */
    void moveTo(int offset, int lineNumber, boolean quotesEndOnTheirLine) {
        at = offset;
        line = lineNumber;
        quotesEndOnLine = quotesEndOnTheirLine;
        peeked = null;
        expectedBodies.clear();
    }

    ShellWord peek() throws ShellError {
        if (peeked == null) { peeked = read(); }
        return peeked;
    }

    ShellWord next() throws ShellError {
        ShellWord next = peek();
        peeked = null;
        return next;
    }

    /** Reads the text of the here-document after the next line end. */
    void expectBody(Node.Redirect redirect) {
        expectedBodies.add(redirect);
    }

    /** Returns the text up to {@code end} on this line, and skips both. No word may be peeked. */
    String rawUntil(String end) throws ShellError {
        int stop = text.indexOf(end, at);
        if (stop < 0 || stop > lineEnd(at)) { throw new ShellError(line, "no " + end + " on this line"); }
        String raw = text.substring(at, stop);
        at = stop + end.length();
        return raw;
    }

    /** A line of a here-document: quoted text with names in it. {@code depth}: the number of expansions around it. */
    static ShellWord hereLine(String body, int line, int depth) throws ShellError {
        if (depth > NESTING_LIMIT) { throw new ShellError(line, "expansions nested too deeply"); }
        ShellLexer lexer = new ShellLexer(body);
        lexer.line = line;
        lexer.depth = depth;
        lexer.word = new ShellWord(line, null);
        lexer.readQuoted("$`\\\n", '\0');
        return lexer.word;
    }

    private ShellWord read() throws ShellError {
        Cancelled.check();
        int before = at;
        while (isAny(" \t#", at) || text.startsWith("\\\n", at)) {
            skipTo(text.charAt(at) == '#' ? lineEnd(at) : text.charAt(at) == '\\' ? at + 2 : at + 1);
        }
        glued = before == at && at > 0;
        int start = line;
        if (at >= text.length() || text.charAt(at) == '\n') {
            String end = at >= text.length() ? "" : "\n";
            skipTo(at + end.length());
            readBodies();
            return new ShellWord(start, end);
        }
        // it makes no difference which stream is redirected
        at += Character.isDigit(text.charAt(at)) && isAny("<>", at + 1) ? 1 : 0;
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                at += operator.length();
                return new ShellWord(start, operator);
            }
        }
        return readWord();
    }

    /** Whether the text has one of these characters at an index. */
    private boolean isAny(String characters, int index) {
        return index < text.length() && characters.indexOf(text.charAt(index)) >= 0;
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private void skipTo(int end) {
        for (; at < end; at++) {
            line += text.charAt(at) == '\n' ? 1 : 0;
        }
    }

    /** Reads the text of the here-documents of the line that ends before, in their order. */
    private void readBodies() {
        for (Node.Redirect redirect : expectedBodies) {
            redirect.bodyLine = line;
            boolean complete = false;
            while (!complete && at < text.length()) {
                int from = at;
                while (redirect.operator.equals("<<-") && isAny("\t", from)) {
                    from++;
                }
                String body = text.substring(from, lineEnd(at));
                at = Math.min(lineEnd(at) + 1, text.length());
                // also after a last line without a line end
                line++;
                complete = body.equals(redirect.target.toString());
                if (!complete) { redirect.body.add(body); }
            }
            if (!complete) { cutShort.add(redirect); }
        }
        expectedBodies.clear();
    }

    private ShellWord readWord() throws ShellError {
        word = new ShellWord(line, null);
        plain.setLength(0);
        quoted = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(' && plain.length() > 1 && plain.charAt(plain.length() - 1) == '=') {
                // bash's arrays, NAME=(...)
                add(ShellWord.Kind.UNKNOWN, balanced('(', ')', at));
            } else if (isAny(" \t\n;&|<>()", at)) {
                break;
            } else if (c == '\\') {
                if (at + 1 >= text.length()) { throw new ShellError(line, "a backslash at the text's end"); }
                if (text.charAt(at + 1) != '\n') { addQuoted(text.substring(at + 1, at + 2)); }
                skipTo(at + 2);
            } else if (c == '\'') {
                int end = text.indexOf('\'', at + 1);
                if (end < 0 || quotesEndOnLine && lineEnd(at) < end) { throw new ShellError(line, OPEN_QUOTE); }
                addQuoted(text.substring(at + 1, end));
                skipTo(end + 1);
            } else if (c == '"') {
                flush();
                int opened = line;
                int from = ++at;
                readQuoted("$`\"\\\n", '"');
                if (at >= text.length()) { throw new ShellError(opened, OPEN_QUOTE); }
                if (at++ == from) { addQuoted(""); }
            } else if (c == '$' || c == '`') {
                readExpansion();
            } else {
                plain.append(c);
                at++;
            }
        }
        flush();
        return word;
    }

    private void flush() {
        if (plain.length() > 0) { word.pieces.add(new ShellWord.Piece(ShellWord.Kind.TEXT, plain.toString(), quoted)); }
        plain.setLength(0);
    }

    private void add(ShellWord.Kind kind, String source) {
        flush();
        word.pieces.add(new ShellWord.Piece(kind, source, quoted));
    }

    private void addQuoted(String literal) {
        flush();
        word.pieces.add(new ShellWord.Piece(ShellWord.Kind.TEXT, literal, true));
    }

    /** Reads text in double quotes or a here-document: a backslash quotes only the characters {@code special}. */
    private void readQuoted(String special, char end) throws ShellError {
        int opened = line;
        quoted = true;
        while (at < text.length() && text.charAt(at) != end) {
            char c = text.charAt(at);
            if (c == '\n' && quotesEndOnLine) { throw new ShellError(opened, OPEN_QUOTE); }
            if (c == '\\' && isAny(special, at + 1)) {
                plain.append(text.charAt(at + 1) == '\n' ? "" : text.substring(at + 1, at + 2));
                skipTo(at + 2);
            } else if (c == '$' || c == '`') {
                readExpansion();
            } else {
                plain.append(c);
                skipTo(at + 1);
            }
        }
        flush();
        quoted = false;
    }

    private void readExpansion() throws ShellError {
        if (text.charAt(at) == '`') {
            add(ShellWord.Kind.UNKNOWN, balanced('`', '`', at));
        } else if (isAny("(", at + 1)) {
            add(ShellWord.Kind.UNKNOWN, "$" + balanced('(', ')', at + 1));
        } else if (isAny("{", at + 1)) {
            readBraces();
        } else if (!quoted && isAny("'", at + 1)) {
            addQuoted(unescaped(balanced('\'', '\'', at + 1)));
        } else {
            int end = nameEnd(text, at + 1);
            end = end == at + 1 && isAny("0123456789@*#?$!-", end) ? end + 1 : end;
            if (end == at + 1) {
                plain.append('$');
            } else {
                add(ShellWord.Kind.NAME, text.substring(at + 1, end));
            }
            at = end;
        }
    }

    /** The text between the quotes of {@code $'\n\t'}. */
    private static String unescaped(String inQuotes) {
        StringBuilder out = new StringBuilder();
        for (int i = 1; i < inQuotes.length() - 1; i++) {
            int escape = inQuotes.charAt(i) == '\\' ? "ntb\\'\"".indexOf(inQuotes.charAt(i + 1)) : -1;
            out.append(escape < 0 ? inQuotes.charAt(i) : "\n\t\b\\'\"".charAt(escape));
            i += escape < 0 ? 0 : 1;
        }
        return out.toString();
    }

    /** The end of the name that begins at an index; the index itself if none does. */
    static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && ShellWord.isName(text.substring(from, from + 1) + text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** {@code ${NAME}}, {@code ${NAME:-other}} and its like; only a shell can compute the other forms. */
    private void readBraces() throws ShellError {
        String all = balanced('{', '}', at + 1);
        String inside = all.substring(1, all.length() - 1);
        int end = Math.max(nameEnd(inside, 0), Words.digits(inside, 0));
        boolean known = end > 0 && (end < 4 || ShellWord.isName(inside.substring(0, end)));
        String rest = inside.substring(end);
        String operator = rest.substring(0, Math.min(rest.startsWith(":") ? 2 : 1, rest.length()));
        if (known && rest.length() == 0 || ShellWord.isOneOf(inside, "@", "*", "#")) {
            add(ShellWord.Kind.NAME, inside);
        } else if (known && operator.length() > 0 && "-=+?".indexOf(operator.charAt(operator.length() - 1)) >= 0) {
            add(ShellWord.Kind.NAME, inside.substring(0, end));
            ShellWord.Piece name = word.pieces.get(word.pieces.size() - 1);
            name.operator = operator;
            name.other = hereLine(withoutQuotes(rest.substring(operator.length())), line, depth + 1);
        } else {
            add(ShellWord.Kind.UNKNOWN, "$" + all);
        }
    }

    /** The text without the quotes around all of it. */
    private static String withoutQuotes(String text) {
        boolean quotes = text.length() > 1 && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quotes ? text.substring(1, text.length() - 1) : text;
    }

    /** Returns the text from a bracket to its counterpart, and skips it; quoted brackets do not count. */
    private String balanced(char open, char close, int from) throws ShellError {
        int nested = 0;
        for (int i = from; i < text.length() && !(quotesEndOnLine && text.charAt(i) == '\n'); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == close && (open != close || nested == 1)) {
                nested--;
            } else if (c == open) {
                nested++;
            } else if (c == '\'' && open == '(') {
                int end = text.indexOf('\'', i + 1);
                i = end < 0 ? text.length() : end;
            }
            if (nested == 0) {
                at = from;
                skipTo(i + 1);
                return text.substring(from, i + 1);
            }
        }
        throw new ShellError(line, "a " + open + " is opened and not closed");
    }
}
