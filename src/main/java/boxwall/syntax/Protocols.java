package boxwall.syntax;

import java.util.Arrays;
import java.util.List;

/**
 * Protocols of -p. Printed by name only where iptables has the name built in; others by number, since iptables-restore
 * would look for the name in /etc/protocols, which a box may not have.
 */
final class Protocols {
    private static final List<String> BUILTIN =
            Arrays.asList("icmp", "tcp", "udp", "esp", "ah", "ipv6-icmp", "udplite", "ipv6-mh", "sctp");

    /** {@code tcp}, {@code 47}, {@code 0} for all; null when unknown. */
    static String canonical(String text) {
        long number = Numbers.parse(text);
        if (number < 0) {
            String named = NumberNames.number("protocol", text);
            if (named == null) { return null; }
            number = Long.parseLong(named);
        }
        if (number > 255) { return null; }
        String printed = String.valueOf(number);
        for (String name : BUILTIN) {
            if (NumberNames.number("protocol", name).equals(printed)) { return name; }
        }
        return printed;
    }
}
