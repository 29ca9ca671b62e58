package boxwall.netfilter;

import java.util.ArrayList;
import java.util.List;

/** The names of ICMP types and codes in iptables and ip6tables, from the resource {@code icmp}. */
public final class IcmpNames {
    private static final List<String[]> ROWS = ResourceRows.of("/boxwall/netfilter/icmp");

    private IcmpNames() {}

    /**
     * The number of the only name with this prefix, case ignored, as in iptables: {@code 8}, or {@code 3/1} with a
     * code; 255 means any in IPv4. Null when no name has it, "" when several have.
     */
    public static String number(Family family, String prefix) {
        String found = null;
        for (String[] row : ROWS) {
            if (row[0].equals(family.digit()) && row[1].regionMatches(true, 0, prefix, 0, prefix.length())) {
                if (found != null) { return ""; }
                found = row[2];
            }
        }
        return found;
    }

    /** First and last type * 256 + code of {@code 8}, {@code 3/4} or {@code any} (255 in IPv4); or null. */
    public static int[] range(String text, Family family) {
        if (text.equals("any") || family == Family.IPV4 && text.equals("255")) { return new int[] {0, 65535}; }
        String after = Words.after(text, '/');
        int type = (int) Words.number(Words.before(text, '/'), 255);
        int code = after == null ? 0 : (int) Words.number(after, 255);
        return type < 0 || code < 0 ? null : new int[] {type * 256 + code, type * 256 + (after == null ? 255 : code)};
    }

    /** All names of a family. */
    public static List<String> all(Family family) {
        List<String> names = new ArrayList<>();
        for (String[] row : ROWS) {
            if (row[0].equals(family.digit())) { names.add(row[1]); }
        }
        return names;
    }
}
