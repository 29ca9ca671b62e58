package boxwall.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names while a file is read: those of the box, overridden by assignments and by the current include. */
final class NameValues {
    private final Map<String, String> box;
    private final ParsedRules rules;
    /** Null for a name set from a parameter without a value. */
    private final Map<String, String> assigned = new HashMap<>();
    /** Names set from a name that the box lacks, which is the value. */
    private final Map<String, String> assignedLacking = new HashMap<>();
    /** The names that the current include sets; null for a parameter without a value. */
    Map<String, String> given = new HashMap<>();
    /** The first name in this line that the box lacks, or null. */
    String lacking;
    /** Whether this line uses a parameter without a value. */
    boolean unset;

    NameValues(Map<String, String> box, ParsedRules rules) {
        this.box = box;
        this.rules = rules;
    }

    void beginLine() {
        lacking = null;
        unset = false;
    }

    boolean isSet(String name) { return assigned.containsKey(name); }

    /** The value of a name; null when it is unknown (an error), unset, or the box lacks it. */
    String value(String name, Word at) {
        if (given.containsKey(name) || isSet(name)) {
            String value = given.containsKey(name) ? given.get(name) : assigned.get(name);
            unset |= value == null;
            return value;
        }
        String without = assignedLacking.get(name);
        String value = without == null ? box.get(name) : null;
        if (value != null) {
            rules.namesUsed.put(name, value);
        } else if (without != null || box.containsKey(name)) {
            lacking = lacking != null ? lacking : without != null ? without : name;
        } else if (rules.found.isFull()) {
            rules.found.more();
        } else {
            // only one letter may differ: a more distant name (VPN_IF) is probably one that a preset expects
            List<String> known = new ArrayList<>(assigned.keySet());
            known.addAll(assignedLacking.keySet());
            known.addAll(box.keySet());
            rules.found.add(at, "the name " + Characters.show(name) + " isn't set",
                    Suggestion.hint(name, known, 2, "write " + name + "=... in a line before"));
        }
        return value;
    }

    /** Carries out {@code NAME=value}. */
    void assign(List<Word> line) {
        Word word = line.get(0);
        if (line.size() > 1) {
            rules.found.add(line.get(1), "a word after an assignment: " + Characters.show(line.get(1).text),
                    "quote the value if it has blanks, or begin a new line");
            return;
        }
        String name = word.text.substring(0, word.assignment);
        assigned.remove(name);
        assignedLacking.remove(name);
        if (lacking != null) {
            assignedLacking.put(name, lacking);
        } else {
            // without a value, a rule that uses the name would lose a condition
            assigned.put(name, unset ? null : word.text.substring(word.assignment + 1));
        }
    }
}
