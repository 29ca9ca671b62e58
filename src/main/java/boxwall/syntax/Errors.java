package boxwall.syntax;

import boxwall.netfilter.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects errors and notes; the same one twice (a line that is parsed for both families) counts once. */
final class Errors {
    /** More than this helps nobody, and noise must not fill a small heap. */
    static final int LIMIT = 500;

    final List<SyntaxError> list = new ArrayList<>();
    final List<Note> notes = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int count;

    void add(Word at, String what, String todo) { add(at.origin, at.column, what, todo); }

    /** What is wrong with a value, words before it. */
    void add(Word at, String before, ValueException bad) {
        add(at, before + bad.getMessage(), bad.todo);
    }

    /** Notes what is wrong with a name, words before it; false when something is. */
    boolean name(Word at, String text, int limit, String before) {
        try {
            Letters.name(text, limit);
            return true;
        } catch (ValueException bad) {
            add(at, before, bad);
            return false;
        }
    }

    boolean name(Word at, int limit, String before) { return name(at, at.text, limit, before); }

    void add(Origin at, int column, String what, String todo) {
        count++;
        if (list.size() > LIMIT) { return; }
        if (list.size() == LIMIT) {
            list.add(new SyntaxError(at, column, "more than " + LIMIT + " errors", "is this a ruleset at all?"));
            return;
        }
        SyntaxError error = new SyntaxError(at, column, what, todo);
        if (seen.add(error.toString())) { list.add(error); }
    }

    /** Says something about a line that is no error. */
    void note(Origin origin, String text) {
        if (seen.add(origin + " " + text)) { notes.add(new Note(origin, text)); }
    }

    void note(Word at, String text) { note(at.origin, text); }

    /** Whether more errors aren't kept. */
    boolean isFull() { return list.size() > LIMIT; }

    /** One more that isn't kept. */
    void more() { count++; }

    /** Grows with each error, repeated ones too: compare before and after. */
    int count() { return count; }
}
