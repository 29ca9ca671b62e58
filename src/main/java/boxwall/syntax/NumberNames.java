package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names that iptables takes for numbers (services, protocols ...), from the resource {@code names}:
 * {@code kind name number}.
 */
final class NumberNames {
    private static final Map<String, Map<String, String>> KINDS = new HashMap<>();

    static {
        for (String line : Extensions.resource("names")) {
            String[] fields = Words.of(line);
            Map<String, String> names = KINDS.get(fields[0]);
            if (names == null) {
                names = new LinkedHashMap<>();
                KINDS.put(fields[0], names);
            }
            names.put(fields[1].toLowerCase(Locale.ROOT), fields[2]);
        }
    }

    /** The number of exactly that name, case ignored, or null. */
    static String number(String kind, String name) {
        return KINDS.get(kind).get(name.toLowerCase(Locale.ROOT));
    }

    /** All names of a kind. */
    static Iterable<String> names(String kind) { return KINDS.get(kind).keySet(); }
}
