package boxwall.syntax;

import java.util.ArrayList;
import java.util.List;

/** The options that belong to iptables itself and not to an extension, by letter and by long name. */
final class BaseOption {
    private static final String[] TABLE = {"A append", "C check", "D delete", "I insert", "R replace", "L list",
            "S list-rules", "F flush", "Z zero", "N new-chain", "X delete-chain", "E rename-chain", "P policy",
            "s source", "s src", "d destination", "d dst", "p protocol", "i in-interface", "o out-interface", "j jump",
            "g goto", "m match", "t table", "f fragments", "n numeric", "v verbose", "x exact", "# line-numbers",
            "w wait", "W wait-interval", "M modprobe", "c set-counters", "V version", "h help", "4 ipv4", "6 ipv6"};
    /** Letters that say what to do. */
    static final String COMMANDS = "ACDIRLSFZNXEP";
    /** Letters after which getopt takes a value even when it is glued on: {@code -ptcp}. */
    private static final String VALUED = "ACDIRNEPsdpijogmtMcLSFZXwW";

    /** The letter of exactly that long name, or 0. */
    static char exact(String name) {
        for (String row : TABLE) {
            if (row.length() == name.length() + 2 && row.endsWith(name)) { return row.charAt(0); }
        }
        return 0;
    }

    /** The letters of the long names that begin so, each once. */
    static String beginning(String name) {
        StringBuilder letters = new StringBuilder();
        for (String row : TABLE) {
            if (row.startsWith(name, 2) && letters.indexOf(row.substring(0, 1)) < 0) { letters.append(row.charAt(0)); }
        }
        return letters.toString();
    }

    /** Whether there is such a short option. */
    static boolean isLetter(char letter) {
        return takesValue(letter) || "fnvxVh46".indexOf(letter) >= 0;
    }

    static boolean takesValue(char letter) { return VALUED.indexOf(letter) >= 0; }

    /** All long names with their dashes. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (String row : TABLE) {
            names.add("--" + row.substring(2));
        }
        return names;
    }
}
