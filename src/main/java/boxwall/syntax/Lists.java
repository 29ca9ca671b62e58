package boxwall.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values out of a fixed set. */
final class Lists {
    private static final String[] TCP = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};

    private Lists() {
    }

    /** {@code a,b}: each part a name or the beginning of one, case ignored; printed in the set's order. */
    static String flags(String text, String[] set) throws Bad {
        boolean[] given = new boolean[set.length];
        for (String part : text.split(",", -1)) {
            int at = find(part, set);
            if (at < 0) {
                throw unknown(part, set);
            }
            given[at] = true;
        }
        return join(given, set);
    }

    private static String join(boolean[] given, String[] set) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < set.length; i++) {
            if (given[i]) {
                out.append(out.length() == 0 ? "" : ",").append(set[i]);
            }
        }
        return out.toString();
    }

    private static int find(String part, String[] set) {
        for (int i = 0; i < set.length && part.length() > 0; i++) {
            if (starts(set[i], part)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean starts(String name, String beginning) {
        return name.toLowerCase(Locale.ROOT).startsWith(beginning.toLowerCase(Locale.ROOT));
    }

    /** One name of a set of {@code name} or {@code alias>name}; with {@code prefix} its beginning is enough, the first that fits wins. */
    static String choice(String text, String[] set, boolean prefix) throws Bad {
        List<String> names = new ArrayList<String>();
        for (String entry : set) {
            int arrow = entry.indexOf('>');
            String name = arrow < 0 ? entry : entry.substring(0, arrow);
            names.add(name);
            if (prefix && text.length() > 0 ? starts(name, text) : name.equalsIgnoreCase(text)) {
                return entry.substring(arrow + 1);
            }
        }
        throw unknown(text, names.toArray(new String[0]));
    }

    private static Bad unknown(String text, String[] set) {
        StringBuilder all = new StringBuilder("use one of");
        for (String name : set) {
            all.append(' ').append(name);
        }
        String hint = Nearest.hint(text, java.util.Arrays.asList(set), all.toString());
        return new Bad(text.length() == 0 ? "an empty name" : "unknown name " + Errors.show(text), hint);
    }

    /** {@code SYN,ACK}, {@code ALL}, {@code NONE}. */
    static String tcpFlags(String text) throws Bad {
        boolean[] given = new boolean[TCP.length];
        boolean any = false;
        for (String part : text.split(",", -1)) {
            boolean all = part.equalsIgnoreCase("ALL");
            boolean known = all || part.equalsIgnoreCase("NONE");
            for (int i = 0; i < TCP.length; i++) {
                if (all || TCP[i].equalsIgnoreCase(part)) {
                    given[i] = true;
                    any = true;
                    known = true;
                }
            }
            if (!known) {
                throw new Bad("unknown TCP flag " + Errors.show(part), "use FIN SYN RST PSH ACK URG, ALL or NONE, with commas");
            }
        }
        return any ? join(given, TCP) : "NONE";
    }
}
