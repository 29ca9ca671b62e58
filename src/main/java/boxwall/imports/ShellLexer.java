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

    /** A here-document's line: quoted text with names in it. {@code depth}: within so many others. */
    static ShellWord hereLine(String body, int line, int depth) throws ShellError {
        if (depth > NESTING_LIMIT) { throw new ShellError(line, "expansions nested too deeply"); }
        ShellLexer lexer = new ShellLexer(body);
        lexer.line = line;
        lexer.depth = depth;
        lexer.word = new ShellWord(line, null);
        lexer.quoted("$`\\\n", '\0');
        return lexer.word;
    }

    private ShellWord read() throws ShellError {
        Abandoned.check();
        int before = at;
        while (in(" \t#", at) || text.startsWith("\\\n", at)) {
            stepTo(text.charAt(at) == '#' ? lineEnd(at) : text.charAt(at) == '\\' ? at + 2 : at + 1);
        }
        glued = before == at && at > 0;
        int start = line;
        if (at >= text.length() || text.charAt(at) == '\n') {
            String end = at >= text.length() ? "" : "\n";
            stepTo(at + end.length());
            bodies();
            return new ShellWord(start, end);
        }
        // which of the streams is redirected makes no difference here
        at += Character.isDigit(text.charAt(at)) && in("<>", at + 1) ? 1 : 0;
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

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private void stepTo(int end) {
        for (; at < end; at++) {
            line += text.charAt(at) == '\n' ? 1 : 0;
        }
    }

    /** The text of the here-documents that the line that ends here has begun, in their order. */
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

    private ShellWord word() throws ShellError {
        word = new ShellWord(line, null);
        plain.setLength(0);
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(' && plain.length() > 1 && plain.charAt(plain.length() - 1) == '=') {
                // bash's lists, NAME=(...)
                piece(ShellWord.Kind.UNKNOWN, balanced('(', ')', at), false);
            } else if (in(" \t\n;&|<>()", at)) {
                break;
            } else if (c == '\\') {
                if (at + 1 >= text.length()) { throw new ShellError(line, "a backslash at the text's end"); }
                if (text.charAt(at + 1) != '\n') {
                    flush(false);
                    piece(ShellWord.Kind.TEXT, text.substring(at + 1, at + 2), true);
                }
                stepTo(at + 2);
            } else if (c == '\'') {
                flush(false);
                int end = text.indexOf('\'', at + 1);
                if (end < 0 || strict && lineEnd(at) < end) { throw new ShellError(line, OPEN_QUOTE); }
                piece(ShellWord.Kind.TEXT, text.substring(at + 1, end), true);
                stepTo(end + 1);
            } else if (c == '"') {
                flush(false);
                int opened = line;
                int from = ++at;
                quoted("$`\"\\\n", '"');
                if (at >= text.length()) { throw new ShellError(opened, OPEN_QUOTE); }
                if (at++ == from) { piece(ShellWord.Kind.TEXT, "", true); }
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

    private void flush(boolean quoted) {
        String before = plain.toString();
        plain.setLength(0);
        if (before.length() > 0) { piece(ShellWord.Kind.TEXT, before, quoted); }
    }

    private void piece(ShellWord.Kind kind, String source, boolean quoted) {
        flush(quoted);
        word.pieces.add(new ShellWord.Piece(kind, source, quoted));
    }

    /** Text within double quotes or a here-document, where a backslash only quotes the characters {@code special}. */
    private void quoted(String special, char end) throws ShellError {
        int opened = line;
        while (at < text.length() && text.charAt(at) != end) {
            char c = text.charAt(at);
            if (c == '\n' && strict) { throw new ShellError(opened, OPEN_QUOTE); }
            if (c == '\\' && in(special, at + 1)) {
                plain.append(text.charAt(at + 1) == '\n' ? "" : text.substring(at + 1, at + 2));
                stepTo(at + 2);
            } else if (c == '$' || c == '`') {
                dollar(true);
            } else {
                plain.append(c);
                stepTo(at + 1);
            }
        }
        flush(true);
    }

    private void dollar(boolean quoted) throws ShellError {
        if (text.charAt(at) == '`') {
            piece(ShellWord.Kind.UNKNOWN, balanced('`', '`', at), quoted);
        } else if (in("(", at + 1)) {
            piece(ShellWord.Kind.UNKNOWN, "$" + balanced('(', ')', at + 1), quoted);
        } else if (in("{", at + 1)) {
            braces(quoted);
        } else {
            int end = nameEnd(text, at + 1);
            end = end == at + 1 && in("0123456789@*#?$!-", end) ? end + 1 : end;
            if (end == at + 1) {
                plain.append('$');
            } else {
                piece(ShellWord.Kind.NAME, text.substring(at + 1, end), quoted);
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
        String all = balanced('{', '}', at + 1);
        String inside = all.substring(1, all.length() - 1);
        int end = Math.max(nameEnd(inside, 0), Words.digits(inside, 0));
        boolean good = end > 0 && (end < 4 || ShellWord.isName(inside.substring(0, end)));
        String rest = inside.substring(end);
        String operator = rest.substring(0, Math.min(rest.startsWith(":") ? 2 : 1, rest.length()));
        if (good && rest.length() == 0 || ShellWord.isOneOf(inside, "@", "*", "#")) {
            piece(ShellWord.Kind.NAME, inside, quoted);
        } else if (good && operator.length() > 0 && "-=+".indexOf(operator.charAt(operator.length() - 1)) >= 0) {
            piece(ShellWord.Kind.NAME, inside.substring(0, end), quoted);
            ShellWord.Piece name = word.pieces.get(word.pieces.size() - 1);
            name.operator = operator;
            name.other = hereLine(unquoted(rest.substring(operator.length())), line, depth + 1);
        } else {
            piece(ShellWord.Kind.UNKNOWN, "${" + inside + "}", quoted);
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
        int nested = 0;
        for (int i = from; i < text.length() && !(strict && text.charAt(i) == '\n'); i++) {
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
                stepTo(i + 1);
                return text.substring(from, i + 1);
            }
        }
        throw new ShellError(line, "a " + open + " is opened and not closed");
    }
}
