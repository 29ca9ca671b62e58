package boxwall.box;

/**
 * A line of {@code ip addr} or {@code ifconfig}, taken apart by hand: the daemon reads these before it listens, and
 * loading java.util.regex for them took an eighth of that time on an interpreter. What a match is stands above each
 * method as a pattern.
 */
final class AddressLine {
    /** IFNAMSIZ is 16 with the end; an alias adds ":0". */
    private static final int NAME = 31;
    private static final String INET = "inet addr:";
    private static final String MASK = "Mask:";

    /** {@code [A-Za-z0-9_.:@+-]{1,31}}, the whole text. */
    static boolean isName(String text) {
        boolean is = text.length() > 0 && text.length() <= NAME;
        for (int i = 0; is && i < text.length(); i++) {
            char c = text.charAt(i);
            is = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || isDigit(c) || "_.:@+-".indexOf(c) >= 0;
        }
        return is;
    }

    /**
     * The name at the start of {@code "lan       Link encap:Ethernet …"}, or null where a line begins with a blank or
     * with nothing.
     */
    static String ifconfigHead(String line) {
        if (line.length() == 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') { return null; }
        return line.indexOf(' ') < 0 ? line : line.substring(0, line.indexOf(' '));
    }

    /** The name in {@code 3: lan: <…} and {@code 7: eth0@if2: <…}, or null: {@code ^[0-9]+: ([^ ]+?)(@[^ ]*)?: <}. */
    static String ipHead(String line) {
        int name = digits(line, 0) + 2;
        if (name == 2 || !line.startsWith(": ", name - 2)) { return null; }
        int end = line.indexOf(' ', name) - 1;
        if (end <= name || !line.startsWith(": <", end)) { return null; }
        int at = line.indexOf('@', name + 1);
        return line.substring(name, at > 0 && at < end ? at : end);
    }

    /**
     * Address and prefix, null without one, of {@code "    inet 192.168.178.1/24 brd …"}, or null:
     * {@code ^ +inet ([0-9.]+)(/([0-9]+))?( .*)?$}.
     */
    static String[] ipInet(String line) {
        int word = 0;
        while (word < line.length() && line.charAt(word) == ' ') {
            word++;
        }
        if (word == 0 || !line.startsWith("inet ", word)) { return null; }
        int address = word + 5;
        int end = dotted(line, address);
        String[] found = {line.substring(address, end), null};
        int prefix = end + 1;
        if (line.startsWith("/", end) && digits(line, prefix) > prefix) {
            end = digits(line, prefix);
            found[1] = line.substring(prefix, end);
        }
        return prefix > address + 1 && (end == line.length() || line.charAt(end) == ' ') ? found : null;
    }

    /**
     * Address and mask of {@code "inet addr:192.168.178.1  Bcast:…  Mask:255.255.255.0"}, or null:
     * {@code inet addr:([0-9.]+).*Mask:([0-9.]+)}.
     */
    static String[] ifconfigInet(String line) {
        for (int at = line.indexOf(INET); at >= 0; at = line.indexOf(INET, at + 1)) {
            int address = at + INET.length();
            int end = dotted(line, address);
            for (int mask = end > address ? line.lastIndexOf(MASK) : -1; mask >= end; mask =
                    line.lastIndexOf(MASK, mask - 1)) {
                int from = mask + MASK.length();
                if (dotted(line, from) > from) {
                    return new String[] {line.substring(address, end), line.substring(from, dotted(line, from))};
                }
            }
        }
        return null;
    }

    private static boolean isDigit(char c) { return c >= '0' && c <= '9'; }

    /** Where the digits from here on end. */
    private static int digits(String line, int from) {
        int end = from;
        while (end < line.length() && isDigit(line.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Where the digits and dots from here on end. */
    private static int dotted(String line, int from) {
        int end = from;
        while (end < line.length() && (isDigit(line.charAt(end)) || line.charAt(end) == '.')) {
            end++;
        }
        return end;
    }
}
