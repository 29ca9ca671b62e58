package boxwall.syntax;

import boxwall.netfilter.Origin;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into logical lines and those into words, in one pass over the characters.
 *
 * <p>
 * {@link #nextShell} reads as busybox ash would: {@code 'as it is'}, {@code "with $NAME"}, {@code \x}, pieces side by
 * side are one word, a bare $NAME is split at blanks, {@code #} at a word's start begins a comment, {@code \} at the
 * end continues. What would need a shell ({@code ; | & < > ` $( )}) is an error. {@link #nextSave} reads as
 * iptables-restore does: only double quotes, inside them {@code \} takes the next character as it is, and no names.
 */
final class Tokenizer {
    /** Names can repeat each other; a longer word can't be meant. iptables-restore 1.4.11 stops at 1023. */
    static final int WORD_LIMIT = 1023;
    /** iptables-restore 1.4.11 takes 255 arguments, its own included. */
    static final int WORDS_LIMIT = 250;

    private final String text;
    private final Errors errors;
    private int at;
    /** Of the line that is being read. */
    private Origin line;
    private final int row;
    private int lineStart;

    // the word being built
    private final StringBuilder word = new StringBuilder();
    private boolean open;
    private boolean bare;
    private boolean quoted;
    private int assignment;
    private Origin wordLine;
    private int wordColumn;
    private List<Word> words;
    private boolean broken;

    /** Reads a text, with the row of {@link Origin#row} that its lines have; 0 when each is its own. */
    Tokenizer(Source source, int row, Errors errors) {
        this.errors = errors;
        this.text = source.text;
        this.row = row;
        beginLine(new Origin(source.name, 1, row == 0 ? 1 : row));
    }

    /** A byte order mark at a line's start says nothing; a file glued together of others has several. */
    private void beginLine(Origin next) {
        line = next;
        at += Letters.mark(text, at);
        lineStart = at;
    }

    boolean atEnd() { return at >= text.length(); }

    /** The next line's words, none for a blank or comment line; null, with an error, when it can't be read. */
    List<Word> nextShell(Variables names) {
        begin();
        while (!atEnd() && !broken && lineEnd(at) == 0) {
            char c = text.charAt(at);
            if (c == '#' && !open) {
                skipLine();
            } else if (c == ' ' || c == '\t') {
                close();
                at++;
            } else if (c == '\\') {
                backslash();
            } else if (c == '\'' || c == '"') {
                quoted(c, names);
            } else if (c == '$') {
                start();
                dollar(names, true);
            } else if (";&|<>()`".indexOf(c) >= 0) {
                fail(line, column(), Letters.show(String.valueOf(c)) + " is for a shell, and there is none here",
                        c == ';' || c == '&' ? "write one command a line"
                                : c == '>' || c == '<' ? "leave the redirection out" : "quote it, or write its result");
            } else {
                plain(c);
            }
        }
        return end();
    }

    /** The next line as iptables-restore splits it. */
    List<Word> nextSave() {
        begin();
        if (!atEnd() && text.charAt(at) == '#') { skipLine(); }
        while (!atEnd() && !broken && lineEnd(at) == 0) {
            char c = text.charAt(at);
            if (c == '"') {
                quoted(c, null);
                close();
            } else if (c == ' ' || c == '\t') {
                close();
                at++;
            } else {
                plain(c);
            }
        }
        return end();
    }

    private void begin() {
        words = new ArrayList<>();
        broken = false;
        open = false;
        word.setLength(0);
    }

    private List<Word> end() {
        close();
        if (broken) { skipLine(); }
        newline();
        return broken ? null : words;
    }

    private int column() { return at - lineStart + 1; }

    /** How long the line's end at an index is, {@code \n} or {@code \r\n}; 0 when there is none. */
    private int lineEnd(int index) {
        char c = index < text.length() ? text.charAt(index) : ' ';
        return c == '\n' ? 1 : c == '\r' && text.startsWith("\r\n", index) ? 2 : 0;
    }

    /** Steps over a line's end; false when there is none here. */
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
     * Takes the ordinary characters that begin there, else one, which may be several bytes long: how many. Within
     * quotes it may be any that is seen.
     */
    private int append(String from, int index, boolean inQuotes) {
        int plain = Letters.plain(from, index) - index;
        int length = plain > 0 ? plain : Letters.length(from, index);
        ValueException foreign = plain > 0 ? null : Letters.refused(from, index, inQuotes);
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

    /** An ordinary character; recognises {@code NAME=} at the start of a line's first word. */
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
     * Up to the closing quote; within double quotes names are replaced and a backslash takes what a shell lets it.
     * Without names, as iptables-restore reads it: a backslash takes any character.
     */
    private void quoted(char quote, Variables names) {
        start();
        bare = false;
        quoted = true;
        Origin start = line;
        int column = column();
        boolean shell = quote == '"' && names != null;
        at++;
        while (!atEnd() && !broken && text.charAt(at) != quote && lineEnd(at) == 0) {
            char c = text.charAt(at);
            boolean taken = c == '\\' && at + 1 < text.length() && (names == null ? lineEnd(at + 1) == 0
                    : shell && ("$`\"\\".indexOf(text.charAt(at + 1)) >= 0 || lineEnd(at + 1) > 0));
            if (taken) {
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

    /** {@code $NAME} or {@code ${NAME}}; another dollar stands for itself, unless only a shell could expand it. */
    private void dollar(Variables names, boolean split) {
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

    private void put(String value, boolean split) {
        boolean empty = word.length() == 0 && !quoted;
        bare = false;
        if (value == null || value.length() == 0) {
            // as in a shell: a bare name that stands for nothing leaves no word, if nothing else is beside it
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

    /** Letters, digits and _, not beginning with a digit. */
    private static boolean isName(CharSequence name) {
        return Words.isName(name.toString(), "_") && (name.charAt(0) < '0' || name.charAt(0) > '9');
    }
}
