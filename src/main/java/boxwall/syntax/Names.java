package boxwall.syntax;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The names known without being set in the file ({@code LAN_NET} ...), some of which this box has no value for. */
public final class Names {
    private final Map<String, String> values;
    /** All names that mean something, be it lacking on this box. */
    private final Set<String> all;

    private Names(Map<String, String> values, Collection<String> lacking) {
        this.values = new HashMap<>(values);
        this.all = new HashSet<>(values.keySet());
        all.addAll(lacking);
    }

    /** Makes the names; for {@code lacking} this box has nothing to put there (no guest network, say). */
    public static Names of(Map<String, String> values, Collection<String> lacking) {
        return new Names(values, lacking);
    }

    /** No name at all. */
    public static Names none() {
        return of(Collections.<String, String>emptyMap(), Collections.<String>emptySet());
    }

    /** Null when it has none. */
    public String get(String name) { return values.get(name); }

    Set<String> all() { return all; }

    /** Also one that is lacking. */
    public boolean knows(String name) { return all.contains(name); }
}
