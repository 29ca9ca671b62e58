package boxwall.box;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Words;

/**
 * The box's own name and the networks of its public addresses, to be renamed. Networks keep what is in them apart: the
 * first 24 bits of an IPv4 address become 198.18.N (RFC 2544), the first 48 of an IPv6 address 2001:db8:ffN (RFC 3849);
 * as /proc/net writes them too. Immutable.
 */
final class OwnNames {
    /** Characters of {@code 1.2.3.} and {@code 2a02::}: nothing shorter names a network. */
    private static final int SHORTEST = 6;

    private final List<String> own4 = new ArrayList<>();
    private final List<String> own6 = new ArrayList<>();
    private String host = "";

    OwnNames(Readings readings) {
        for (String command : readings.commandNames()) {
            if (command.startsWith("ip_a") || command.startsWith("ifconfig")) {
                for (String line : readings.commandLines(command)) {
                    addresses(line);
                }
            }
        }
        for (String line : readings.lines("/proc/net/if_inet6")) {
            own6(line.length() < 32 ? "" : line.substring(0, 32));
        }
        for (String line : readings.commandLines("uname_-a")) {
            String[] words = Words.of(line);
            host = words.length > 2 && words[1].length() > 2 ? SecretForms.lower(words[1]) : "";
        }
    }

    /** The line with the box and its public networks renamed. */
    String renamed(String line) {
        StringBuilder out = new StringBuilder(line.length());
        int i = 0;
        while (i < line.length()) {
            int start = i;
            while (i < line.length()
                    && (SecretForms.isAlphanumeric(line.charAt(i)) || "_.:-".indexOf(line.charAt(i)) >= 0)) {
                i++;
            }
            out.append(i - start < 3 ? line.substring(start, i) : word(line.substring(start, i)));
            if (i < line.length()) { out.append(line.charAt(i++)); }
        }
        return out.toString();
    }

    /** A word, of which only the part that is an address may be one: {@code addr:84.1.2.3}, {@code 00000000:0050}. */
    private String word(String word) {
        if (own4.isEmpty() && own6.isEmpty() && host.length() == 0 && word.indexOf('.') < 0) { return word; }
        String lower = SecretForms.lower(word);
        for (String end : SecretForms.HOSTS) {
            if (lower.endsWith(end) && lower.length() > end.length()) { return "host" + end; }
        }
        if (lower.equals(host) && !SecretForms.PLAIN.contains(host)) { return "box"; }
        if (word.length() < SHORTEST) { return word; }
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < word.length()) {
            int start = i;
            while (i < word.length()
                    && (SecretForms.hex(word.charAt(i)) || word.charAt(i) == ':' || word.charAt(i) == '.')) {
                i++;
            }
            out.append(address(word.substring(start, i)));
            if (i < word.length()) { out.append(word.charAt(i++)); }
        }
        return out.toString();
    }

    private String address(String text) {
        if (text.length() < SHORTEST) { return text; }
        int colon = text.indexOf(':');
        byte[] bytes = colon < 0 || text.indexOf(':', colon + 1) < 0 ? null : Addresses.parse(text);
        if (bytes == null && colon >= 0) {
            return address(text.substring(0, colon)) + ":" + address(text.substring(colon + 1));
        }
        if (bytes != null) {
            String hex = renamed6(Words.hex(bytes));
            return hex == null ? text : Addresses.print(Words.bytes(hex));
        }
        if (text.length() == 32) {
            String hex = renamed6(text);
            String swapped = hex != null ? hex : renamed6(swapped(text));
            return swapped == null ? text : hex != null ? hex : swapped(swapped);
        }
        return renamed4(text);
    }

    private String renamed4(String text) {
        for (int i = 0; i < own4.size(); i++) {
            String net = own4.get(i);
            if (text.startsWith(net)) { return "198.18." + i + text.substring(net.length() - 1); }
            byte[] bytes = text.length() == 8 ? Addresses.parse(net + "0") : null;
            if (bytes == null) { continue; }
            String hex = Words.hex(bytes).substring(0, 6).toUpperCase(Locale.ROOT);
            String number = "C612" + Integer.toHexString(0x100 | i).substring(1).toUpperCase(Locale.ROOT);
            if (text.startsWith(hex)) { return number + text.substring(6); }
            if (text.substring(2).equals(swapped("00" + hex).substring(0, 6))) {
                return text.substring(0, 2) + swapped("00" + number).substring(0, 6);
            }
        }
        return text;
    }

    private String renamed6(String hex) {
        for (int i = 0; i < own6.size(); i++) {
            if (SecretForms.lower(hex).startsWith(own6.get(i))) {
                return "20010db8ff" + Integer.toHexString(0x100 | i).substring(1) + hex.substring(12);
            }
        }
        return null;
    }

    /** The words of 4 bytes as a little-endian kernel prints them. */
    private static String swapped(String hex) {
        StringBuilder out = new StringBuilder();
        for (int word = 0; word + 8 <= hex.length(); word += 8) {
            for (int i = 6; i >= 0; i -= 2) {
                out.append(hex, word + i, word + i + 2);
            }
        }
        return out.toString();
    }

    /**
     * Takes the addresses of a line of ifconfig or ip: {@code inet addr:84.1.2.3  P-t-P:…},
     * {@code inet6 2a02::1/64 scope global}.
     */
    private void addresses(String line) {
        if (Words.find(line, "inet", 0) < 0) { return; }
        for (String word : Words.of(line)) {
            int slash = word.indexOf('/');
            String text = slash < 0 ? word : word.substring(0, slash);
            byte[] bytes = Addresses.parse(text.indexOf('.') < 0 ? text : text.substring(text.lastIndexOf(':') + 1));
            if (bytes != null && bytes.length == 16) {
                own6(Words.hex(bytes));
            } else if (bytes != null && isPublic(bytes)) {
                add(own4, (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + ".");
            }
        }
    }

    /** Global unicast addresses, 2000::/3. */
    private void own6(String hex) {
        if (hex.startsWith("2") || hex.startsWith("3")) { add(own6, SecretForms.lower(hex).substring(0, 12)); }
    }

    private static void add(List<String> to, String one) { if (!to.contains(one) && to.size() < 256) { to.add(one); } }

    private static boolean isPublic(byte[] address) {
        int a = address[0] & 255;
        int b = address[1] & 255;
        return a > 0 && a < 224 && a != 10 && a != 127 && !(a == 169 && b == 254) && !(a == 172 && b >= 16 && b < 32)
                && !(a == 192 && b == 168);
    }
}
