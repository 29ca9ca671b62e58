package boxwall.syntax;

import java.util.List;

/** The words of a command that are still to be read, the value attached to the current option, and a ! before it. */
final class CommandWords {
    private final List<Word> words;
    private final Errors errors;
    private int at;
    /** The value attached to the current option ({@code --dport=80}, {@code -ptcp}), or null. */
    Word attached;
    /** The ! before the current or next option, or null. */
    Word inverted;

    CommandWords(List<Word> words, int from, Errors errors) {
        this.words = words;
        this.at = from;
        this.errors = errors;
    }

    boolean atEnd() { return at >= words.size(); }

    Word next() { return words.get(at++); }

    /** The next word, which stays unread; null at the end. */
    Word peek() { return atEnd() ? null : words.get(at); }

    static boolean isOption(Word w) { return w.text.length() > 1 && w.text.charAt(0) == '-'; }

    static boolean isValue(Word w) { return !isOption(w) && !w.is("!"); }

    /** The attached value, or the next word if it is a value; else null. */
    Word optional() {
        Word value = attached;
        attached = null;
        return value != null ? value : !atEnd() && isValue(peek()) ? next() : null;
    }

    /**
     * The value of an option, as {@link #optional}; null, with an error, when there is none. {@code what} names the
     * value; null when its absence is no error.
     */
    Word value(Word option, String what) {
        Word value = optional();
        if (value != null && isValue(value)) { return value; }
        if (value != null) {
            errors.add(value, "not a value: " + Characters.show(value.text),
                    "iptables-save would print it as an option of its own");
        } else if (what != null) {
            String next = atEnd() ? "" : ": the next word is " + Characters.show(peek().text);
            errors.add(option, what + " is missing after " + option + next, "write it, or remove " + option);
        }
        return null;
    }

    /** The same for a text, which may begin with a dash. */
    Word anyValue(Word option, String what) {
        return attached != null ? optional() : atEnd() ? value(option, what) : next();
    }

    /** Keeps a ! for the option after it. */
    void invert(Word w) {
        if (inverted != null) { errors.add(w, "two ! in a row", "keep one"); }
        inverted = w;
    }

    /** Whether a ! precedes the current option or, in the old way, its value ({@code -s ! x}); consumes the !. */
    boolean negated(boolean takesValue) {
        boolean before = inverted != null;
        inverted = null;
        boolean after = takesValue && attached == null && at + 1 < words.size() && peek().is("!")
                && !isOption(words.get(at + 1));
        if (after && before) { errors.add(peek(), "a second ! for one option", "keep one"); }
        at += after ? 1 : 0;
        return before || after;
    }

    /** Reports a ! before an option that can't be negated. */
    void refuseInvert(Word w) {
        if (inverted != null) { errors.add(inverted, "! before " + w + ", which can't be negated", "remove the !"); }
        inverted = null;
    }

    /** Skips to the next option, after an error that makes the values meaningless. */
    void skipValues() {
        attached = null;
        while (!atEnd() && isValue(peek())) {
            at++;
        }
    }
}
