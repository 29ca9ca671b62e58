package boxwall.syntax;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names that are known without being set in the file ({@code LAN_NET} ...), some of which this box has no value
 * for.
 */
public final class Names {
    private final Map<String, String> values;
    private final Set<String> lacking;

    private Names(Map<String, String> values, Collection<String> lacking) {
        this.values = Collections.unmodifiableMap(new HashMap<String, String>(values));
        this.lacking = Collections.unmodifiableSet(new HashSet<String>(lacking));
    }

    /**
     * Makes the names; {@code lacking} are known too, but this box has nothing to put there (no guest network, say).
     */
    public static Names of(Map<String, String> values, Collection<String> lacking) {
        return new Names(values, lacking);
    }

    /** No name at all. */
    public static Names none() {
        return new Names(Collections.<String, String>emptyMap(), Collections.<String>emptySet());
    }

    /** The value, or null when the name is unknown or lacking. */
    public String get(String name) {
        return values.get(name);
    }

    /** All names that mean something. */
    Set<String> all() {
        Set<String> all = new HashSet<>(values.keySet());
        all.addAll(lacking);
        return all;
    }

    /** Whether the name means something, be it lacking on this box. */
    public boolean knows(String name) {
        return values.containsKey(name) || lacking.contains(name);
    }
}
