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
        String before = i > 0 ? words.get(i - 1) : "";
        boolean option =
                OPTIONS.contains(words.get(i)) && !before.equals("--comment") && !before.equals("--log-prefix");
        int next = i + 1 < words.size() && words.get(i + 1).equals("!") ? i + 2 : i + 1;
        String value = next < words.size() ? words.get(next) : "";
        return option && (value.length() == 0 || value.length() > 1 && value.charAt(0) == '-');
    }

    /** What to write there; the line's source is asked for its comment. */
    static String suggest(List<String> words, int i, String source) {
        String option = words.get(i);
        boolean from = OPTIONS.indexOf(option) < 3;
        boolean output = words.contains("OUTPUT");
        String write = "write " + option + " ";
        int sign = source.lastIndexOf('#');
        String comment = sign < 0 ? "" : source.substring(sign).toLowerCase(Locale.ROOT);
        if (words.contains("67") && words.contains("68")) {
            return write + (from ? "0.0.0.0" : "255.255.255.255") + ", which DHCP asks with";
        }
        if (comment.contains("local")) {
            return write + "127.0.0.1, or better the interface: " + (output ? "-o lo" : "-i lo");
        }
        if (comment.contains("emergency")) { return write + "169.254.0.0/16, the box's emergency network"; }
        if (comment.contains("upnp")) {
            return write + "239.255.255.250 (UPnP's multicast) or " + option + " 224.0.0.0/24";
        }
        if (output && words.contains("80") || comment.contains("dyndns") || comment.contains("mail")
                || comment.contains("server")) {
            return write + "with the server's address, in numbers";
        }
        if (words.contains("guest") || words.contains("${GUEST_IF}")) {
            return write + (from == words.contains("-i") ? "$GUEST_NET" : "$LAN_NET");
        }
        return write
                + (from != output ? "$LAN_NET, or remove " : "with an address (the box's own is $LAN_IP), or remove ")
                + option;
    }
}
