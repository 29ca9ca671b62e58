package boxwall.syntax;

import boxwall.netfilter.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects errors and notes, repeated ones (of a line that is parsed for both families) once. */
final class Errors {
    /** Protects a small heap from a file that is no ruleset. */
    static final int LIMIT = 500;

    final List<SyntaxError> list = new ArrayList<>();
    final List<Note> notes = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int count;

    void add(Word at, String what, String todo) { add(at.origin, at.column, what, todo); }

    void add(Word at, String prefix, ValueException invalid) { add(at, prefix + invalid.getMessage(), invalid.todo); }

    /** Reports an invalid name of an extension or a module; returns whether it is valid. */
    boolean name(Word at, String text, int limit) {
        try {
            Characters.name(text, limit);
            return true;
        } catch (ValueException invalid) {
            add(at, "", invalid);
            return false;
        }
    }

    /** Reports an invalid name of a chain, with a prefix; returns whether it is valid. */
    boolean chain(Word at, String prefix) {
        try {
            Characters.chainName(at.text, 28);
            return true;
        } catch (ValueException invalid) {
            add(at, prefix, invalid);
            return false;
        }
    }

    void add(Origin at, int column, String what, String todo) {
        count++;
        if (list.size() < LIMIT) {
            SyntaxError error = new SyntaxError(at, column, what, todo);
            if (seen.add(error.toString())) { list.add(error); }
        } else if (list.size() == LIMIT) {
            list.add(new SyntaxError(at, column, "more than " + LIMIT + " errors", "is this a ruleset at all?"));
        }
    }

    void note(Origin origin, String text) { if (seen.add(origin + " " + text)) { notes.add(new Note(origin, text)); } }

    void note(Word at, String text) { note(at.origin, text); }

    /** Whether further errors are only counted. */
    boolean isFull() { return list.size() > LIMIT; }

    /** Counts an error that isn't kept. */
    void more() { count++; }

    /** The number of errors, including repeated ones and those that aren't kept. */
    int count() { return count; }
}
