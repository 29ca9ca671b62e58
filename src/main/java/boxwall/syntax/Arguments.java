package boxwall.syntax;

import java.util.List;

/** The words of a command as they are consumed, what is glued to an option, and a ! that waits for its option. */
final class Arguments {
    private final List<Word> words;
    private final Errors errors;
    private int at;
    /** The value glued to the current option ({@code --dport=80}, {@code -ptcp}), or null. */
    Word glued;
    /** The ! that waits for its option, or null. */
    Word inverted;

    Arguments(List<Word> words, int from, Errors errors) {
        this.words = words;
        this.at = from;
        this.errors = errors;
    }

    boolean atEnd() { return at >= words.size(); }

    Word next() { return words.get(at++); }

    /** The next word, left where it is; null at the end. */
    Word peek() { return atEnd() ? null : words.get(at); }

    /** What begins with a dash is an option. */
    static boolean isOption(Word w) {
        return w.text.length() > 1 && w.text.charAt(0) == '-';
    }

    static boolean isValue(Word w) { return !isOption(w) && !w.is("!"); }

    /** What is glued on, or the next word if it is a value; else null. */
    Word optional() {
        Word glue = glued;
        glued = null;
        return glue != null ? glue : !atEnd() && isValue(peek()) ? next() : null;
    }

    /** The value of an option, glued on or the next word; null, with an error, when there is none. */
    Word value(Word option, String what) {
        Word value = optional();
        if (value != null && isValue(value)) { return value; }
        if (value != null) {
            errors.add(value, "not a value: " + Letters.show(value.text),
                    "iptables-save would print it as an option of its own");
        } else if (what != null) {
            String next = atEnd() ? "" : ": the next word is " + Letters.show(peek().text);
            errors.add(option, what + " is missing after " + option + next, "write it, or remove " + option);
        }
        return null;
    }

    /** The next word whatever it is, or null, with an error, at the end: for texts, which may begin with a dash. */
    Word anyValue(Word option, String what) {
        return glued != null ? optional() : atEnd() ? value(option, what) : next();
    }

    /** Takes a !, which belongs to the option after it. */
    void invert(Word w) {
        if (inverted != null) { errors.add(w, "two ! in a row", "keep one"); }
        inverted = w;
    }

    /** The ! before the current option, if any; it is used up. Also takes the old one after it: {@code -s ! x}. */
    boolean negated(boolean takesValue) {
        boolean before = inverted != null;
        inverted = null;
        boolean after =
                takesValue && glued == null && at + 1 < words.size() && peek().is("!") && !isOption(words.get(at + 1));
        if (after && before) { errors.add(peek(), "a second ! for one option", "keep one"); }
        at += after ? 1 : 0;
        return before || after;
    }

    /** Notes a ! before an option that has no negative. */
    void refuseInvert(Word w) {
        if (inverted != null) { errors.add(inverted, "! before " + w + ", which can't be negated", "remove the !"); }
        inverted = null;
    }

    /** Goes on to the next option, after an error that makes values senseless. */
    void skipValues() {
        glued = null;
        while (!atEnd() && isValue(peek())) {
            at++;
        }
    }
}
