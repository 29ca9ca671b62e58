package boxwall.syntax;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The names that a ruleset may use without an assignment, such as {@code LAN_NET}; a box may lack some. */
public final class Names {
    /** By name; null if the box lacks it. */
    final Map<String, String> values;

    private Names(Map<String, String> values) { this.values = new HashMap<>(values); }

    /** The names with their values, and those that the box lacks, such as that of a guest network. */
    public static Names of(Map<String, String> values, Collection<String> lacking) {
        Names names = new Names(values);
        for (String name : lacking) {
            names.values.put(name, null);
        }
        return names;
    }

    public static Names none() { return new Names(Collections.<String, String>emptyMap()); }
}
