package boxwall.syntax;

import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads numbers as iptables does, decimal or 0x..., but refuses a leading zero, which means octal to iptables. Also
 * reads names of numbers (services, protocols ...), from the resource {@code names}: {@code kind name number}.
 */
final class NumberReader {
    static final long U32 = 0xffffffffL;
    /** The protocols that iptables knows without /etc/protocols. */
    private static final String[] BUILTIN =
            {"icmp", "tcp", "udp", "esp", "ah", "ipv6-icmp", "udplite", "ipv6-mh", "sctp"};
    private static final Map<String, Map<String, String>> KINDS = new HashMap<>();
    /** The names of {@link #BUILTIN} by number. */
    private static final Map<String, String> PRINTED = new HashMap<>();

    static {
        for (String[] fields : ResourceRows.of("/boxwall/syntax/names")) {
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

    /** A number of at most 32 bits; -1 for another text. */
    static long parse(String text) {
        boolean octal = text.length() > 1 && text.charAt(0) == '0' && text.charAt(1) != 'x' && text.charAt(1) != 'X';
        return octal ? -1 : Words.number(text, U32);
    }

    /** Reads a number from {@code low} to {@code high}. */
    static long within(String text, long low, long high) throws ValueException {
        long value = parse(text);
        if (value < low || value > high || value < 0) {
            int zeros = 0;
            while (zeros < text.length() - 1 && text.charAt(zeros) == '0') {
                zeros++;
            }
            throw new ValueException("not a number from " + low + " to " + high + ": " + Characters.show(text),
                    zeros > 0 && parse(text.substring(zeros)) >= 0
                            ? "write it without the leading zero (iptables would read octal)" : "write the number");
        }
        return value;
    }

    /** Reads a number within {@code LOW-HIGH}. */
    static long within(String text, String bounds) throws ValueException {
        return within(text, Long.parseLong(Words.before(bounds, '-')), Long.parseLong(Words.after(bounds, '-')));
    }

    /** Reads a number, {@code low:high}, {@code low:} or {@code :high}; with the separator {@code -} no open ranges. */
    static String range(String text, char separator, long max) throws ValueException {
        String low = Words.before(text, separator);
        String high = Words.after(text, separator);
        if (high == null) { return String.valueOf(within(text, 0, max)); }
        boolean open = separator == ':';
        return range(open && low.length() == 0 ? 0 : within(low, 0, max),
                open && high.length() == 0 ? max : within(high, 0, max), separator, text);
    }

    /** A range as iptables-save prints it. */
    static String range(long low, long high, char separator, String text) throws ValueException {
        if (low > high) {
            throw new ValueException("a range that runs backwards: " + Characters.show(text),
                    "write the lower end first");
        }
        return low == high ? String.valueOf(low) : low + String.valueOf(separator) + high;
    }

    /** A mark in one of its notations, printed for the kernel's formula {@code (old & ~mask) ^ value}. */
    static String mark(String kind, String text) throws ValueException {
        boolean masked = kind.equals("mark") || kind.equals("xmark") || kind.equals("setmark");
        String after = masked ? Words.after(text, '/') : null;
        long value = within(masked ? Words.before(text, '/') : text, 0, U32);
        long mask = after == null ? U32 : within(after, 0, U32);
        if (kind.equals("mark") && mask == U32) { return hex(value); }
        long second = kind.equals("setmark") ? value | mask : kind.equals("andmark") ? ~value & U32
                : kind.equals("ormark") ? value : kind.equals("xormark") ? 0 : mask;
        return hex(kind.equals("andmark") ? 0 : value) + "/" + hex(second);
    }

    private static String hex(long value) { return "0x" + Long.toHexString(value); }

    /** Whether it is {@code [packets:bytes]} of iptables-save. */
    static boolean isCounters(String text) {
        int colon = text.indexOf(':');
        return text.startsWith("[") && text.endsWith("]") && colon > 1 && isCount(text.substring(1, colon))
                && isCount(text.substring(colon + 1, text.length() - 1));
    }

    /** Whether the text is digits only, at most as many as a 64-bit number has. */
    static boolean isCount(String text) {
        return Words.isNumber(text) && text.length() <= 20;
    }

    /** The number of a name, case ignored; or null. */
    static String named(String kind, String name) {
        return KINDS.get(kind).get(name.toLowerCase(Locale.ROOT));
    }

    static Iterable<String> names(String kind) { return KINDS.get(kind).keySet(); }

    /**
     * A protocol of -p as iptables-save prints it: {@code tcp}, {@code 47}, {@code 0} for all; null for another text.
     * Only {@link #BUILTIN} has names, because a box may lack /etc/protocols.
     */
    static String protocol(String text) {
        String named = parse(text) < 0 ? named("protocol", text) : text;
        long number = named == null ? -1 : parse(named);
        if (number < 0 || number > 255) { return null; }
        String printed = String.valueOf(number);
        return PRINTED.containsKey(printed) ? PRINTED.get(printed) : printed;
    }
}
