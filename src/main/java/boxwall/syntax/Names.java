package boxwall.syntax;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The names known without being set in the file ({@code LAN_NET} ...), some of which this box has no value for. */
public final class Names {
    /** By name; null for one that this box lacks. */
    final Map<String, String> values;

    private Names(Map<String, String> values) { this.values = new HashMap<>(values); }

    /** Makes the names; for {@code lacking} this box has nothing to put there (no guest network, say). */
    public static Names of(Map<String, String> values, Collection<String> lacking) {
        Names names = new Names(values);
        for (String name : lacking) {
            names.values.put(name, null);
        }
        return names;
    }

    /** No name at all. */
    public static Names none() { return new Names(Collections.<String, String>emptyMap()); }
}
