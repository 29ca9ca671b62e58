package boxwall.syntax;

import boxwall.netfilter.Rows;
import boxwall.netfilter.Words;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Numbers as iptables takes them: decimal or 0x...; a leading zero is refused, since iptables reads it as octal. And
 * names for numbers (services, protocols ...), from the resource {@code names}: {@code kind name number}.
 */
final class Numbers {
    static final long U32 = 0xffffffffL;
    private static final String[] BUILTIN =
            {"icmp", "tcp", "udp", "esp", "ah", "ipv6-icmp", "udplite", "ipv6-mh", "sctp"};
    private static final Map<String, Map<String, String>> KINDS = new HashMap<>();
    /** Protocols' names by number, of those built into iptables. */
    private static final Map<String, String> PRINTED = new HashMap<>();

    static {
        for (String[] fields : Rows.of("/boxwall/syntax/names")) {
            Map<String, String> names = KINDS.get(fields[0]);
            if (names == null) {
                names = new LinkedHashMap<>();
                KINDS.put(fields[0], names);
            }
            names.put(fields[1].toLowerCase(Locale.ROOT), fields[2]);
        }
        for (String name : BUILTIN) {
            PRINTED.put(named("protocol", name), name);
        }
    }

    /** The value, or -1 when the text is no number of at most 32 bits. */
    static long parse(String text) {
        boolean octal = text.length() > 1 && text.charAt(0) == '0' && text.charAt(1) != 'x' && text.charAt(1) != 'X';
        return octal ? -1 : Words.number(text, U32);
    }

    /** A number from {@code low} to {@code high}. */
    static long within(String text, long low, long high) throws ValueException {
        long value = parse(text);
        if (value < low || value > high || value < 0) {
            int zeros = 0;
            while (zeros < text.length() - 1 && text.charAt(zeros) == '0') {
                zeros++;
            }
            throw new ValueException("not a number from " + low + " to " + high + ": " + Letters.show(text),
                    zeros > 0 && parse(text.substring(zeros)) >= 0
                            ? "write it without the leading zero (iptables would read octal)" : "write the number");
        }
        return value;
    }

    /** {@code LOW-HIGH} as the table of extensions writes it. */
    static long within(String text, String bounds) throws ValueException {
        int dash = bounds.indexOf('-');
        return within(text, Long.parseLong(bounds.substring(0, dash)), Long.parseLong(bounds.substring(dash + 1)));
    }

    /**
     * {@code low:high}, either of them left out, or one number; the same with {@code separator} {@code -}, where both
     * are needed. As iptables-save prints it.
     */
    static String range(String text, char separator, long max) throws ValueException {
        int at = text.indexOf(separator);
        if (at < 0) { return String.valueOf(within(text, 0, max)); }
        String low = text.substring(0, at);
        String high = text.substring(at + 1);
        boolean open = separator == ':';
        return range(open && low.length() == 0 ? 0 : within(low, 0, max),
                open && high.length() == 0 ? max : within(high, 0, max), separator, text);
    }

    static String range(long from, long to, char separator, String text) throws ValueException {
        if (from > to) {
            throw new ValueException("a range that runs backwards: " + Letters.show(text), "write the lower end first");
        }
        return from == to ? String.valueOf(from) : from + String.valueOf(separator) + to;
    }

    /** A mark in one of the ways to write it, as the kernel keeps it: {@code (old & ~mask) ^ value}. */
    static String mark(String kind, String text) throws ValueException {
        boolean masked = kind.equals("mark") || kind.equals("xmark") || kind.equals("setmark");
        int slash = masked ? text.indexOf('/') : -1;
        long value = within(slash < 0 ? text : text.substring(0, slash), 0, U32);
        long mask = slash < 0 ? U32 : within(text.substring(slash + 1), 0, U32);
        if (kind.equals("mark") && mask == U32) { return hex(value); }
        long second = kind.equals("setmark") ? value | mask : kind.equals("andmark") ? ~value & U32
                : kind.equals("ormark") ? value : kind.equals("xormark") ? 0 : mask;
        return hex(kind.equals("andmark") ? 0 : value) + "/" + hex(second);
    }

    private static String hex(long value) { return "0x" + Long.toHexString(value); }

    /** {@code [packets:bytes]}, as iptables-save prints them. */
    static boolean isCounters(String text) {
        int colon = text.indexOf(':');
        return text.startsWith("[") && text.endsWith("]") && colon > 1 && isCount(text.substring(1, colon))
                && isCount(text.substring(colon + 1, text.length() - 1));
    }

    /** Whether the text is digits only, not more than a 64-bit number has. */
    static boolean isCount(String text) {
        return Words.isNumber(text) && text.length() <= 20;
    }

    /** The number of exactly that name, case ignored, or null. */
    static String named(String kind, String name) {
        return KINDS.get(kind).get(name.toLowerCase(Locale.ROOT));
    }

    /** All names of a kind. */
    static Iterable<String> names(String kind) { return KINDS.get(kind).keySet(); }

    /**
     * A protocol of -p: {@code tcp}, {@code 47}, {@code 0} for all; null when unknown. By name only where iptables has
     * the name built in: iptables-restore would look for others in /etc/protocols, which a box may not have.
     */
    static String protocol(String text) {
        String named = parse(text) < 0 ? named("protocol", text) : text;
        long number = named == null ? -1 : parse(named);
        if (number < 0 || number > 255) { return null; }
        String printed = String.valueOf(number);
        return PRINTED.containsKey(printed) ? PRINTED.get(printed) : printed;
    }
}
