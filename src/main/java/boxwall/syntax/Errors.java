package boxwall.syntax;

import boxwall.netfilter.Origin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects errors, and notes about what was read; the same one twice (a line that is parsed for both families) counts
 * once.
 */
final class Errors {
    /** More than this helps nobody, and noise must not fill a small heap. */
    static final int LIMIT = 500;
    private static final int SHOWN = 60;

    final List<SyntaxError> list = new ArrayList<>();
    final List<Note> notes = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int count;

    void add(Word at, String what, String todo) { add(at.file, at.line, at.column, what, todo); }

    /** Notes what is wrong with a name, the words before it first. */
    boolean name(Word at, String text, int limit, String before) {
        try {
            ValueKinds.name(text, limit);
            return true;
        } catch (ValueException bad) {
            add(at, before + bad.getMessage(), bad.todo);
            return false;
        }
    }

    void add(Word at, ValueException bad) { add(at, bad.getMessage(), bad.todo); }

    void add(String file, int line, int column, String what, String todo) {
        count++;
        if (list.size() > LIMIT) { return; }
        if (list.size() == LIMIT) {
            list.add(
                    new SyntaxError(file, line, column, "more than " + LIMIT + " errors", "is this a ruleset at all?"));
            return;
        }
        SyntaxError error = new SyntaxError(file, line, column, what, todo);
        if (seen.add(error.toString())) { list.add(error); }
    }

    /** Says something about a line that is no error. */
    void note(Origin origin, String text) {
        if (seen.add(origin + " " + text)) { notes.add(new Note(origin, text)); }
    }

    void note(Word at, String text) { note(at.origin(), text); }

    /** Whether more errors aren't kept. */
    boolean isFull() { return list.size() > LIMIT; }

    /** One more that isn't kept. */
    void more() { count++; }

    /** Grows with each error, repeated ones too: compare before and after. */
    int count() { return count; }

    /** A piece of the user's text for a message: quoted, cut, without characters that would upset a terminal. */
    static String show(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length();) {
            int length = Letters.length(text, i);
            char c = text.charAt(i);
            if (i + length > SHOWN) {
                out.append("...");
                break;
            }
            boolean shown = length > 1
                    ? !Letters.unseen(Letters.code(text, i)) && !Character.isISOControl(Letters.code(text, i))
                    : !Character.isISOControl(c) && !Character.isLowSurrogate(c) && !Character.isHighSurrogate(c);
            out.append(shown ? text.substring(i, i + length) : "?");
            i += length;
        }
        return out.append('"').toString();
    }
}
