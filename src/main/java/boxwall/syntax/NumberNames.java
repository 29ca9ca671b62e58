package boxwall.syntax;

import boxwall.netfilter.Words;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names that iptables takes for numbers (services, protocols, ICMP types ...), from the resource {@code names}:
 * {@code kind name number}.
 */
final class NumberNames {
    private static Map<String, Map<String, String>> loaded;

    private static synchronized Map<String, String> kind(String kind) {
        if (loaded == null) {
            try {
                loaded = read(Extensions.resource("names"));
            } catch (IOException e) {
                throw new IllegalStateException("resource boxwall/syntax/names can't be read: " + e.getMessage(), e);
            }
        }
        return loaded.get(kind);
    }

    private static Map<String, Map<String, String>> read(BufferedReader in) throws IOException {
        Map<String, Map<String, String>> all = new HashMap<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.length() == 0 || line.charAt(0) == '#') { continue; }
            String[] fields = Words.split(line, ' ');
            Map<String, String> names = all.get(fields[0]);
            if (names == null) {
                names = new LinkedHashMap<>();
                all.put(fields[0], names);
            }
            names.put(fields[1].toLowerCase(Locale.ROOT), fields[2]);
        }
        return all;
    }

    /** The number of exactly that name, case ignored, or null. */
    static String number(String kind, String name) {
        return kind(kind).get(name.toLowerCase(Locale.ROOT));
    }

    /** The number of the one name that begins so, case ignored; null when there is none, "" when there are several. */
    static String byPrefix(String kind, String prefix) {
        String lower = prefix.toLowerCase(Locale.ROOT);
        String found = null;
        for (Map.Entry<String, String> e : kind(kind).entrySet()) {
            if (e.getKey().startsWith(lower)) {
                if (found != null) { return ""; }
                found = e.getValue();
            }
        }
        return found;
    }

    /** All names of a kind. */
    static Iterable<String> names(String kind) { return kind(kind).keySet(); }
}
