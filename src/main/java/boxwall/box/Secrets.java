package boxwall.box;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Words;

/**
 * Removes keys, names and addresses of a box or its owner from texts, by the table {@code secrets}; boxwall-anonymous
 * does the same for the shell. Addresses of one network stay in one network: the first 24 bits of a public IPv4 address
 * become 198.18.N (RFC 2544), the first 48 of an IPv6 address 2001:db8:ffN (RFC 3849), also in the form of /proc/net.
 * Immutable.
 */
public final class Secrets {
    private static final String MASK = "***";
    private static final String NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    /** The secrets of an unknown box. */
    static final Secrets NONE = new Secrets(Readings.none());
    /** Characters of {@code 1.2.3.} and {@code 2a02::}, the shortest texts of a network. */
    private static final int SHORTEST = 6;
    private static final int NETWORKS_MAX = 256;

    /** The box's public IPv4 networks: {@code 84.1.2.} to the same in hex digits. */
    private final Map<String, String> networks4 = new LinkedHashMap<>();
    /** The first 12 hex digits of its public IPv6 addresses. */
    private final List<String> networks6 = new ArrayList<>();
    private String host = "";

    /** The secrets of a box. */
    public Secrets(Readings readings) {
        for (String command : readings.commandNames()) {
            if (command.startsWith("ip_a") || command.startsWith("ifconfig")) {
                for (String line : readings.lines(command)) {
                    addresses(line);
                }
            }
        }
        for (String line : readings.lines("/proc/net/if_inet6")) {
            if (line.length() >= 32) { network6(SecretForms.lower(line)); }
        }
        for (String line : readings.lines("uname_-a")) {
            String[] words = Words.of(line);
            host = words.length > 2 && words[1].length() > 2 ? SecretForms.lower(words[1]) : "";
        }
    }

    /** A finding's sentence without secrets: masks only the values that it quotes. */
    String sentence(String sentence) {
        return shown(sentence, true);
    }

    /** A line of an unknown box without secrets. */
    public static String masked(String line) { return NONE.line(line); }

    /** The lines without secrets, but for empty ones. */
    public List<String> lines(List<String> lines) {
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            if (line.length() > 0) { shown.add(line(line)); }
        }
        return shown;
    }

    /** A line without secrets; only its source, before the first colon, if the line may contain a key. */
    public String line(String line) {
        String shown = shown(line);
        return shown != null ? shown
                : line.substring(0, line.indexOf(": ") + 1) + (line.indexOf(": ") < 0 ? "" : " ") + MASK;
    }

    /** A text without secrets, and without the lines that may contain a key. */
    public String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            String shown = shown(text.substring(start, end < 0 ? text.length() : end));
            out.append(shown == null ? "" : shown).append(shown == null || end < 0 ? "" : "\n");
            start = end < 0 ? text.length() : end + 1;
        }
        return out.toString();
    }

    private String shown(String line) {
        return shown(line, line.indexOf("tables") >= 0 || line.startsWith("-A ") || line.indexOf(" -A ") >= 0);
    }

    private String shown(String line, boolean rule) {
        String text = withoutKeys(line, rule);
        return text == null ? null : renamed(SecretForms.without(withoutUsers(text)));
    }

    /** Masks the values of keys in a rule; null for another line that may contain a key. */
    private static String withoutKeys(String line, boolean rule) {
        String text = line;
        String lower = SecretForms.lower(text);
        for (int at = 0; at < lower.length(); at++) {
            List<String> words = SecretForms.words(lower.charAt(at));
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                boolean name = word.charAt(0) == 'n';
                if (!lower.regionMatches(at, word, 1, word.length() - 1)) { continue; }
                if (!rule) {
                    if (!name || hasValue(lower, at + word.length() - 1)) { return null; }
                    continue;
                }
                int[] value = value(lower, at, word.length() - 1, name);
                if (value != null) {
                    text = text.substring(0, value[0]) + MASK + text.substring(value[1]);
                    lower = SecretForms.lower(text);
                }
            }
        }
        return text;
    }

    /** Whether = or : and a value of at least two characters follow the rest of a name. */
    private static boolean hasValue(String line, int from) {
        int sign = skip(line, skip(line, from, NAME), "\"' \t");
        int value = skip(line, sign, "=:");
        int start = skip(line, value, "\"' \t");
        return value > sign && start + 1 < line.length() && line.charAt(start + 1) > ' '
                && "\"';".indexOf(line.charAt(start + 1)) < 0;
    }

    /** Start and end of the value after a word of a rule, or null. In quotes and comments a blank may precede it. */
    private static int[] value(String line, int at, int length, boolean name) {
        char quote = quote(line, at);
        int from = skip(line, at + length, NAME);
        int start = skip(line, from, quote == 0 ? "=:" : "=:, \t");
        boolean sign = line.substring(from, start).indexOf('=') >= 0 || line.substring(from, start).indexOf(':') >= 0
                || line.charAt(at + length - 1) == ':';
        if (quote == 0 ? !sign : name && !sign) { return null; }
        if (quote == 0) {
            start = skip(line, start, " \t");
            quote = start < line.length() && "\"'".indexOf(line.charAt(start)) >= 0 ? line.charAt(start++) : 0;
        }
        int end = start;
        while (end < line.length()
                && (quote == 0 ? " \t;|&\"'".indexOf(line.charAt(end)) < 0 : line.charAt(end) != quote)) {
            end++;
        }
        return end == start || line.startsWith(MASK, start) ? null : new int[] {start, end};
    }

    /** The quote that is open at an index, a line end in a comment, or 0. */
    private static char quote(String line, int at) {
        char open = 0;
        for (int i = 0; i < at; i++) {
            char c = line.charAt(i);
            if (open == 0 && (c == '"' || c == '\'')) {
                open = c;
            } else if (open == 0 && c == '#' && i > 0 && line.charAt(i - 1) <= ' ') {
                return '\n';
            } else if (open == c) { open = 0; }
        }
        return open;
    }

    private static int skip(String line, int from, String characters) {
        int at = from;
        while (at < line.length() && characters.indexOf(line.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** {@code http://user:password@host/}. */
    private static String withoutUsers(String line) {
        String text = line;
        for (int at = Words.find(text, "://", 0); at >= 0; at = Words.find(text, "://", at + 3)) {
            int end = at + 3;
            while (end < text.length() && "/ \t\"'".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            int user = text.lastIndexOf('@', end - 1);
            if (user > at + 2) { text = text.substring(0, at + 3) + MASK + text.substring(user); }
        }
        return text;
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

    /** Renames a word, or an address that is a part of it: {@code addr:84.1.2.3}, {@code 00000000:0050}. */
    private String word(String word) {
        if (networks4.isEmpty() && networks6.isEmpty() && host.length() == 0 && word.indexOf('.') < 0) { return word; }
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
        if (text.length() != 32) { return renamed4(text); }
        String hex = renamed6(text);
        String swapped = hex != null ? null : renamed6(swapped(text));
        return hex != null ? hex : swapped != null ? swapped(swapped) : text;
    }

    /** Dotted, or 8 hex digits in the byte order of the network or of a little-endian kernel. */
    private String renamed4(String text) {
        int number = 0;
        for (Map.Entry<String, String> network : networks4.entrySet()) {
            String dotted = network.getKey();
            String hex = network.getValue();
            if (text.startsWith(dotted)) { return "198.18." + number + text.substring(dotted.length() - 1); }
            String other = text.length() == 8 ? "C612" + twoDigits(number).toUpperCase(Locale.ROOT) : "";
            if (text.length() == 8 && text.startsWith(hex)) { return other + text.substring(6); }
            if (text.length() == 8 && text.endsWith(swapped(hex))) { return text.substring(0, 2) + swapped(other); }
            number++;
        }
        return text;
    }

    private static String twoDigits(int number) { return Integer.toHexString(0x100 | number).substring(1); }

    private String renamed6(String hex) {
        int i = networks6.indexOf(SecretForms.lower(hex.substring(0, 12)));
        return i < 0 ? null : "20010db8ff" + twoDigits(i) + hex.substring(12);
    }

    /** Reverses the bytes of each word of 4, as a little-endian kernel prints them. */
    private static String swapped(String hex) {
        StringBuilder out = new StringBuilder();
        for (int word = 0; word < hex.length(); word += 8) {
            for (int i = Math.min(word + 8, hex.length()) - 2; i >= word; i -= 2) {
                out.append(hex, i, i + 2);
            }
        }
        return out.toString();
    }

    /**
     * Adds the networks of a line of ifconfig or ip: {@code inet addr:84.1.2.3  P-t-P:…},
     * {@code inet6 2a02::1/64 scope global}.
     */
    private void addresses(String line) {
        if (Words.find(line, "inet", 0) < 0) { return; }
        for (String word : Words.of(line)) {
            String text = Words.before(word, '/');
            byte[] bytes = Addresses.parse(text.indexOf('.') < 0 ? text : text.substring(text.lastIndexOf(':') + 1));
            if (bytes != null && bytes.length == 16) {
                network6(Words.hex(bytes));
            } else if (bytes != null && isPublic(bytes)) {
                String dotted = (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + ".";
                if (networks4.size() < NETWORKS_MAX) {
                    networks4.put(dotted, Words.hex(bytes).substring(0, 6).toUpperCase(Locale.ROOT));
                }
            }
        }
    }

    /** Adds the network of a global unicast address, 2000::/3. */
    private void network6(String hex) {
        String network = hex.substring(0, 12);
        if ((hex.startsWith("2") || hex.startsWith("3")) && !networks6.contains(network)
                && networks6.size() < NETWORKS_MAX) {
            networks6.add(network);
        }
    }

    private static boolean isPublic(byte[] address) {
        int a = address[0] & 255;
        int b = address[1] & 255;
        return a > 0 && a < 224 && a != 10 && a != 127 && !(a == 169 && b == 254) && !(a == 172 && b >= 16 && b < 32)
                && !(a == 192 && b == 168);
    }
}
