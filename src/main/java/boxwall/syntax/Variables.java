package boxwall.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names while a file is read: those of the box, and over them those that the file sets. */
final class Variables {
    private final Map<String, String> names;
    private final ParsedRules rules;
    private final Map<String, String> set = new HashMap<>();
    /** Names set from something that this box lacks: they lack too. */
    private final Map<String, String> setLacking = new HashMap<>();
    /** What the include that is read just now sets for its lines; null values leave a line out. */
    Map<String, String> given = new HashMap<>();
    /** The first name of this line that has no value on this box, or null. */
    String lacking;
    /** Whether this line uses a value that its include doesn't have. */
    boolean unset;

    Variables(Names names, ParsedRules rules) {
        this.names = names.values;
        this.rules = rules;
    }

    void beginLine() {
        lacking = null;
        unset = false;
    }

    /** Whether a line before has set it. */
    boolean isSet(String name) { return set.containsKey(name); }

    /** What a name stands for; null when nothing is to be put there, because it is unknown (an error) or lacking. */
    String value(String name, Word at) {
        if (given.containsKey(name)) {
            unset |= given.get(name) == null;
            return given.get(name);
        }
        if (set.containsKey(name)) {
            unset |= set.get(name) == null;
            return set.get(name);
        }
        String without = setLacking.get(name);
        String own = without == null ? names.get(name) : null;
        if (own != null) {
            rules.namesUsed.put(name, own);
            return own;
        }
        if (without != null || names.containsKey(name)) {
            lacking = lacking != null ? lacking : without != null ? without : name;
        } else if (rules.found.isFull()) {
            rules.found.more();
        } else {
            // one letter off is a slip; a name further from the known ones (VPN_IF) is one that a preset wants to be
            // set
            List<String> known = new ArrayList<>(set.keySet());
            known.addAll(setLacking.keySet());
            known.addAll(names.keySet());
            rules.found.add(at, "the name " + Letters.show(name) + " isn't set",
                    Nearest.hint(name, known, 2, "write " + name + "=... in a line before"));
        }
        return null;
    }

    /** Takes a line {@code NAME=value}. */
    void assign(List<Word> line) {
        Word word = line.get(0);
        if (line.size() > 1) {
            rules.found.add(line.get(1), "a word after an assignment: " + Letters.show(line.get(1).text),
                    "quote the value if it has blanks, or begin a new line");
            return;
        }
        String name = word.text.substring(0, word.assignment);
        set.remove(name);
        setLacking.remove(name);
        if (lacking != null) {
            setLacking.put(name, lacking);
        } else {
            // set from a value that its include doesn't have: what uses it would lose a condition
            set.put(name, unset ? null : word.text.substring(word.assignment + 1));
        }
    }
}
