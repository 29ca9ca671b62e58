package boxwall.imports;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code -s} and {@code -d} with no address after them, as rules look that went through a page which took the addresses
 * out, or whose name was empty. What was meant shows from the rest of the line: its chain, interfaces, ports and
 * comment.
 */
final class MissingAddress {
    private static final List<String> OPTIONS =
            Arrays.asList("-s", "--source", "--src", "-d", "--destination", "--dst");

    private MissingAddress() {}

    /** Whether the word at {@code i} is such an option and no value follows. */
    static boolean at(List<String> words, int i) {
        if (!OPTIONS.contains(words.get(i))
                || i > 0 && (words.get(i - 1).equals("--comment") || words.get(i - 1).equals("--log-prefix"))) {
            return false;
        }
        int next = i + 1 < words.size() && words.get(i + 1).equals("!") ? i + 2 : i + 1;
        if (next >= words.size()) { return true; }
        String value = words.get(next);
        return value.length() == 0 || value.length() > 1 && value.charAt(0) == '-';
    }

    /** What to write there; the line's source is asked for its comment. */
    static String suggest(List<String> words, int i, String source) {
        boolean from = OPTIONS.indexOf(words.get(i)) < 3;
        String option = words.get(i);
        String comment =
                source.indexOf('#') < 0 ? "" : source.substring(source.lastIndexOf('#')).toLowerCase(Locale.ROOT);
        if (words.contains("67") && words.contains("68")) {
            return "write " + option + (from ? " 0.0.0.0" : " 255.255.255.255") + ", which DHCP asks with";
        }
        if (comment.contains("local")) {
            return "write " + option + " 127.0.0.1, or better the interface: "
                    + (words.contains("OUTPUT") ? "-o lo" : "-i lo");
        }
        if (comment.contains("emergency")) {
            return "write " + option + " 169.254.0.0/16, the box's emergency network";
        }
        if (comment.contains("upnp")) {
            return "write " + option + " 239.255.255.250 (UPnP's multicast) or " + option + " 224.0.0.0/24";
        }
        boolean web = words.contains("OUTPUT") && words.contains("80");
        if (web || comment.contains("dyndns") || comment.contains("mail") || comment.contains("server")) {
            return "write " + option + " with the server's address, in numbers";
        }
        if (words.contains("guest") || words.contains("${GUEST_IF}")) {
            return from == words.contains("-i") ? "write " + option + " $GUEST_NET" : "write " + option + " $LAN_NET";
        }
        boolean lan = words.contains("OUTPUT") ? !from : from;
        return lan ? "write " + option + " $LAN_NET, or remove " + option
                : "write " + option + " with an address (the box's own is $LAN_IP), or remove " + option;
    }
}
