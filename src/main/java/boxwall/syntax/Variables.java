package boxwall.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names while a file is read: those of the box, and over them those that the file sets. */
final class Variables implements Tokenizer.Lookup {
    private final Names names;
    private final Errors errors;
    private final Map<String, String> set = new HashMap<>();
    /** Names set from something that this box lacks: they lack too. */
    private final Map<String, String> setLacking = new HashMap<>();
    /** The box's names that were used, with their values. */
    final Map<String, String> used = new LinkedHashMap<>();
    private final Set<String> ofFile = new HashSet<>();
    /** What the include that is read just now sets for its lines; null values leave a line out. */
    private Map<String, String> given = new HashMap<>();
    private String lacking;
    private boolean unset;

    Variables(Names names, Errors errors) {
        this.names = names;
        this.errors = errors;
    }

    void beginLine() {
        lacking = null;
        unset = false;
    }

    /** Begins an include with values of its own; returns those of the file around it, for {@link #leave}. */
    Map<String, String> enter(Map<String, String> values) {
        Map<String, String> outer = given;
        given = values;
        return outer;
    }

    void leave(Map<String, String> outer) { given = outer; }

    /** Whether a line before has set it. */
    boolean isSet(String name) { return set.containsKey(name); }

    /** Whether this line uses a value that its include doesn't have. */
    boolean isUnset() { return unset; }

    /** The first name of this line that has no value on this box, or null. */
    String lacking() { return lacking; }

    @Override
    public String value(String name, Word at) {
        if (given.containsKey(name)) {
            unset |= given.get(name) == null;
            return given.get(name);
        }
        if (set.containsKey(name)) { return set.get(name); }
        String without = setLacking.get(name);
        if (without == null && names.get(name) != null) {
            used.put(name, names.get(name));
            return names.get(name);
        }
        if (without != null || names.knows(name)) {
            lacking = lacking != null ? lacking : without != null ? without : name;
            return null;
        }
        if (errors.isFull()) {
            errors.more();
            return null;
        }
        List<String> known = new ArrayList<>(ofFile);
        known.addAll(names.all());
        errors.add(at, "the name " + Errors.show(name) + " isn't set", hint(name, known));
        return null;
    }

    /**
     * One letter off is a slip; a name that is further from the known ones ({@code VPN_IF}) is one that a preset wants
     * to be set.
     */
    private static String hint(String name, List<String> known) {
        for (String each : known) {
            if (Nearest.distance(name, each, 2) < 2) { return "did you mean " + Errors.show(each) + "?"; }
        }
        return "write " + name + "=... in a line before";
    }

    /** Takes a line {@code NAME=value}. */
    void assign(List<Word> line) {
        Word word = line.get(0);
        if (line.size() > 1) {
            errors.add(line.get(1), "a word after an assignment: " + Errors.show(line.get(1).text),
                    "quote the value if it has blanks, or begin a new line");
            return;
        }
        String name = word.text.substring(0, word.assignment);
        String value = word.text.substring(word.assignment + 1);
        ofFile.add(name);
        set.remove(name);
        setLacking.remove(name);
        if (lacking != null) {
            setLacking.put(name, lacking);
        } else {
            set.put(name, value);
        }
    }

    /** Letters, digits and _, not beginning with a digit. */
    static boolean isName(CharSequence name) {
        if (name.length() == 0 || !nameStart(name.charAt(0))) { return false; }
        for (int i = 1; i < name.length(); i++) {
            if (!isNamePart(name.charAt(i))) { return false; }
        }
        return true;
    }

    private static boolean nameStart(char c) { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'; }

    static boolean isNamePart(char c) { return nameStart(c) || c >= '0' && c <= '9'; }
}
