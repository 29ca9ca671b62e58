package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Splits a text into logical lines and words, in one pass over the characters.
 *
 * <p>
 * Lines are read like in busybox ash: {@code 'literal'}, {@code "with $NAME"}, {@code \x}, adjacent parts are one word,
 * an unquoted $NAME is split at blanks, {@code #} at the start of a word begins a comment, {@code \} at the end
 * continues the line. Syntax that needs a shell ({@code ; | & < > ` $( )}) is an error. Lines of an iptables-save block
 * are read like in iptables-restore: only double quotes, in them {@code \} escapes any character, no names.
 */
final class Tokenizer {
    /** Names can contain each other repeatedly; iptables-restore 1.4.11 stops at 1023. */
    static final int WORD_LIMIT = 1023;
    /** iptables-restore 1.4.11 accepts 255 arguments, including those that it adds. */
    static final int WORDS_LIMIT = 250;

    private final String text;
    private final Errors errors;
    private int at;
    /** The current line. */
    private Origin line;
    private final int row;
    private int lineStart;

    /** The words of the current logical line. */
    private List<Word> words;
    /** Whether the line has an error. */
    private boolean broken;
    /** The characters of the current word. */
    private final StringBuilder word = new StringBuilder();
    /** Whether a word has begun. */
    private boolean open;
    /** Whether it has neither quotes nor names so far. */
    private boolean bare;
    private boolean quoted;
    /** See {@link Word#assignment}. */
    private int assignment;
    private Origin wordLine;
    private int wordColumn;

    /** Reads a text whose lines have that {@link Origin#row}; 0 for their own number. */
    Tokenizer(Source source, int row, Errors errors) {
        this.errors = errors;
        this.text = source.text;
        this.row = row;
        beginLine(new Origin(source.name, 1, row == 0 ? 1 : row));
    }

    /** Skips a byte order mark, which every line may have: a concatenated file has several. */
    private void beginLine(Origin next) {
        line = next;
        at += Characters.mark(text, at);
        lineStart = at;
    }

    boolean atEnd() { return at >= text.length(); }

    /**
     * The words of the next line, none for a blank line, a comment and after an error. {@code names} is null for a line
     * of a block.
     */
    List<Word> next(NameValues names) {
        boolean block = names == null;
        words = new ArrayList<>();
        broken = false;
        open = false;
        word.setLength(0);
        if (block && !atEnd() && text.charAt(at) == '#') { skipLine(); }
        while (!atEnd() && !broken && lineEnd(at) == 0) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t') {
                close();
                at++;
            } else if (c == '"' || c == '\'' && !block) {
                quoted(c, names);
                if (block) { close(); }
            } else if (block) {
                plain(c);
            } else if (c == '#' && !open) {
                skipLine();
            } else if (c == '\\') {
                backslash();
            } else if (c == '$') {
                start();
                dollar(names, true);
            } else if (";&|<>()`".indexOf(c) >= 0) {
                fail(line, column(), Characters.show(String.valueOf(c)) + " is for a shell, and there is none here",
                        c == ';' || c == '&' ? "write one command a line"
                                : c == '>' || c == '<' ? "leave the redirection out" : "quote it, or write its result");
            } else {
                plain(c);
            }
        }
        close();
        if (broken) { skipLine(); }
        newline();
        return broken ? Collections.<Word>emptyList() : words;
    }

    private int column() { return at - lineStart + 1; }

    /** The length of the line end at an index, {@code \n} or {@code \r\n}; 0 when there is none. */
    private int lineEnd(int index) {
        char c = index < text.length() ? text.charAt(index) : ' ';
        return c == '\n' ? 1 : c == '\r' && text.startsWith("\r\n", index) ? 2 : 0;
    }

    /** Skips a line end; false when there is none. */
    private boolean newline() {
        int length = lineEnd(at);
        if (length == 0) { return false; }
        at += length;
        beginLine(new Origin(line.file, line.line + 1, row == 0 ? line.line + 1 : row));
        return true;
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
        if (!atEnd() && at > lineStart && text.charAt(at - 1) == '\r') { at--; }
    }

    private void start() {
        if (!open) {
            open = true;
            bare = true;
            quoted = false;
            assignment = -1;
            wordLine = line;
            wordColumn = column();
        }
    }

    private void close() {
        if (!open) { return; }
        open = false;
        if (words.size() == WORDS_LIMIT) {
            fail(wordLine, wordColumn, "more than " + WORDS_LIMIT + " words on a line", "write several rules");
            return;
        }
        words.add(new Word(word.toString(), wordLine, wordColumn, assignment));
        word.setLength(0);
    }

    /**
     * Appends the ordinary characters at an index, or else a single character (of several bytes); returns its length.
     */
    private int append(String from, int index, boolean inQuotes) {
        int plain = Characters.plain(from, index) - index;
        int length = plain > 0 ? plain : Words.utf8Length(from, index);
        ValueException foreign = plain > 0 ? null : Characters.refused(from, index, inQuotes);
        if (word.length() + length > WORD_LIMIT) {
            fail(wordLine, wordColumn, "a word of more than " + WORD_LIMIT + " characters",
                    "iptables-restore can't read it; write several rules");
        } else if (foreign != null) {
            fail(line, column(), foreign.getMessage(), foreign.todo);
        } else {
            word.append(from, index, index + length);
        }
        return length;
    }

    /** Reads an unquoted character; recognises {@code NAME=} at the start of a line. */
    private void plain(char c) {
        start();
        if (c == '=' && bare && assignment < 0 && words.isEmpty() && isName(word)) { assignment = word.length(); }
        at += append(text, at, false);
    }

    private void backslash() {
        at++;
        if (newline()) { return; }
        start();
        bare = false;
        quoted = true;
        if (atEnd()) {
            fail(line, column() - 1, "a backslash at the end of the text", "remove it");
            return;
        }
        at += append(text, at, true);
    }

    /**
     * Reads to the closing quote. In double quotes, expands names, and a backslash escapes the same characters as in a
     * shell. {@code names} is null for iptables-restore, where a backslash escapes any character.
     */
    private void quoted(char quote, NameValues names) {
        start();
        bare = false;
        quoted = true;
        Origin start = line;
        int column = column();
        boolean shell = quote == '"' && names != null;
        at++;
        while (!atEnd() && !broken && text.charAt(at) != quote && lineEnd(at) == 0) {
            char c = text.charAt(at);
            boolean escape = c == '\\' && at + 1 < text.length() && (names == null ? lineEnd(at + 1) == 0
                    : shell && ("$`\"\\".indexOf(text.charAt(at + 1)) >= 0 || lineEnd(at + 1) > 0));
            if (escape) {
                at++;
                if (!newline()) { at += append(text, at, true); }
            } else if (shell && c == '$') {
                dollar(names, false);
            } else if (shell && c == '`') {
                fail(line, column(), "` is for a shell, and there is none here", "write the output of the command");
            } else {
                at += append(text, at, true);
            }
        }
        if (!broken && (atEnd() || text.charAt(at) != quote)) {
            fail(start, column, "a quote is opened and not closed on its line", "close it with " + quote);
        }
        at += broken ? 0 : 1;
    }

    /** Expands {@code $NAME} or {@code ${NAME}}; another dollar is literal, unless only a shell could expand it. */
    private void dollar(NameValues names, boolean split) {
        int column = column();
        int from = at + 1;
        boolean braces = from < text.length() && text.charAt(from) == '{';
        int end = braces ? from + 1 : from;
        int begin = end;
        while (end < text.length() && Words.isName(text.substring(end, end + 1), "_")) {
            end++;
        }
        String name = text.substring(begin, end);
        boolean whole = isName(name) && (!braces || end < text.length() && text.charAt(end) == '}');
        char next = from < text.length() ? text.charAt(from) : ' ';
        if (!whole && (braces || name.length() > 0 || "(@*#?$!-'".indexOf(next) >= 0 && !(next == '\'' && !split))) {
            fail(line, column, "an expansion that only a shell could do", "only $NAME and ${NAME} are known here");
        } else if (!whole) {
            at += append("$", 0, true);
        } else {
            at = braces ? end + 1 : end;
            put(names.value(name, new Word(name, line, column, -1)), split && assignment < 0);
        }
    }

    /** Appends the value of a name, which may be null; with {@code split} blanks in it separate words. */
    private void put(String value, boolean split) {
        boolean empty = word.length() == 0 && !quoted;
        bare = false;
        if (value == null || value.length() == 0) {
            // as in a shell, an unquoted empty value alone is no word
            if (split && empty && (atEnd() || " \t\r\n$".indexOf(text.charAt(at)) >= 0)) { open = false; }
            return;
        }
        for (int i = 0; i < value.length() && !broken;) {
            char c = value.charAt(i);
            if (split && (c == ' ' || c == '\t')) {
                if (word.length() > 0) { close(); }
                open = ++i < value.length();
                bare = false;
                assignment = -1;
            } else {
                open = true;
                i += append(value, i, true);
            }
        }
    }

    private void fail(Origin at, int column, String what, String todo) {
        if (!broken) { errors.add(at, column, what, todo); }
        broken = true;
    }

    /** Whether it has letters, digits and _ only, and doesn't begin with a digit. */
    private static boolean isName(CharSequence name) {
        return Words.isName(name.toString(), "_") && (name.charAt(0) < '0' || name.charAt(0) > '9');
    }
}
