package boxwall.syntax;

import boxwall.netfilter.Rows;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Names for numbers (services, protocols ...), from the resource {@code names}: {@code kind name number}. */
final class NumberNames {
    private static final String[] BUILTIN =
            {"icmp", "tcp", "udp", "esp", "ah", "ipv6-icmp", "udplite", "ipv6-mh", "sctp"};
    private static final Map<String, Map<String, String>> KINDS = new HashMap<>();
    /** Protocols' names by number, of those built into iptables. */
    private static final Map<String, String> PRINTED = new HashMap<>();

    static {
        for (String[] fields : Rows.of("/boxwall/syntax/names")) {
            Map<String, String> names = KINDS.get(fields[0]);
            if (names == null) {
                names = new LinkedHashMap<>();
                KINDS.put(fields[0], names);
            }
            names.put(fields[1].toLowerCase(Locale.ROOT), fields[2]);
        }
        for (String name : BUILTIN) {
            PRINTED.put(number("protocol", name), name);
        }
    }

    /** The number of exactly that name, case ignored, or null. */
    static String number(String kind, String name) {
        return KINDS.get(kind).get(name.toLowerCase(Locale.ROOT));
    }

    /** All names of a kind. */
    static Iterable<String> names(String kind) { return KINDS.get(kind).keySet(); }

    /**
     * A protocol of -p: {@code tcp}, {@code 47}, {@code 0} for all; null when unknown. By name only where iptables has
     * the name built in: iptables-restore would look for others in /etc/protocols, which a box may not have.
     */
    static String protocol(String text) {
        String named = Numbers.parse(text) < 0 ? number("protocol", text) : text;
        long number = named == null ? -1 : Numbers.parse(named);
        if (number < 0 || number > 255) { return null; }
        String printed = String.valueOf(number);
        return PRINTED.containsKey(printed) ? PRINTED.get(printed) : printed;
    }
}
