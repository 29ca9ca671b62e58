package boxwall.probe;

import java.util.Locale;
import java.util.regex.Pattern;

/** Takes out of texts what names a box or its owner: MAC addresses, keys, passwords, serial numbers, accounts. */
final class Secrets {
    private static final Pattern MAC = Pattern.compile("(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\\1[0-9A-Fa-f]{2}){4,13}(?![0-9A-Fa-f:-])");
    /** The second half of an IPv6 address that is made of a MAC (EUI-64, RFC 4291): ff:fe in its middle; in if_inet6 without colons. */
    private static final Pattern EUI64 = Pattern.compile("[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,2}[Ff]{2}:[Ff][Ee][0-9A-Fa-f]{2}:[0-9A-Fa-f]{1,4}");
    private static final Pattern EUI64_BARE = Pattern.compile("(?m)^([0-9a-f]{16})[0-9a-f]{6}fffe[0-9a-f]{6} ");
    private static final String[] WORDS = {"wlan_key", "passw", "passphrase", "pwd=", "psk", "secret", "serialnumber", "serial_number",
        "tr069", "maca", "macb", "macwlan", "macdsl", "token", "username", "account", "sip:", "email", "@t-online", "webgui_pass"};

    /** The text without lines that hold such a word, and with every MAC address zeroed. */
    static String removed(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end + 1;
            String line = text.substring(start, end);
            if (!hasWord(line.toLowerCase(Locale.ROOT))) {
                out.append(line);
            }
            start = end;
        }
        String zeroed = MAC.matcher(out).replaceAll("00:00:00:00:00:00");
        return EUI64_BARE.matcher(EUI64.matcher(zeroed).replaceAll("0:0:0:1")).replaceAll("$10000000000000001 ");
    }

    private static boolean hasWord(String line) {
        for (String word : WORDS) {
            if (line.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
