package boxwall.syntax;

import boxwall.netfilter.TcpFlags;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values out of a fixed set. */
final class Lists {
    /** {@code a,b}: each part a name or the beginning of one, case ignored; printed in the set's order. */
    static String flags(String text, String[] set) throws ValueException {
        boolean[] given = new boolean[set.length];
        for (String part : Words.split(text, ',')) {
            given[known(find(part, set), part, set)] = true;
        }
        // NONE is no flag but the lack of any, so beside others it says nothing
        given[0] &= !set[0].equals("NONE") || join(given, set).equals("NONE");
        return join(given, set);
    }

    /** {@code a,b}: each part a whole name to the letter; printed in the set's order. */
    static String words(String text, String[] set) throws ValueException {
        boolean[] given = new boolean[set.length];
        for (String part : Words.split(text, ',')) {
            given[known(Arrays.asList(set).indexOf(part), part, set)] = true;
        }
        return join(given, set);
    }

    private static int known(int at, String part, String[] set) throws ValueException {
        if (at < 0) { throw unknown(part, set); }
        return at;
    }

    private static String join(boolean[] given, String[] set) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < set.length; i++) {
            if (given[i]) { out.append(out.length() == 0 ? "" : ",").append(set[i]); }
        }
        return out.toString();
    }

    private static int find(String part, String[] set) {
        for (int i = 0; i < set.length && part.length() > 0; i++) {
            if (starts(set[i], part)) { return i; }
        }
        return -1;
    }

    private static boolean starts(String name, String beginning) {
        return name.toLowerCase(Locale.ROOT).startsWith(beginning.toLowerCase(Locale.ROOT));
    }

    /**
     * One name of a set of {@code name} or {@code alias>name}; with {@code prefix} its beginning is enough, the first
     * that fits wins.
     */
    static String choice(String text, String[] set, boolean prefix) throws ValueException {
        List<String> names = new ArrayList<>();
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

    private static ValueException unknown(String text, String[] set) {
        StringBuilder all = new StringBuilder("use one of");
        for (String name : set) {
            all.append(' ').append(name);
        }
        String hint = Nearest.hint(text, java.util.Arrays.asList(set), all.toString());
        return new ValueException(text.length() == 0 ? "an empty name" : "unknown name " + Errors.show(text), hint);
    }

    /** {@code SYN,ACK}, {@code ALL}, {@code NONE}. */
    static String tcpFlags(String text) throws ValueException {
        for (String part : Words.split(text, ',')) {
            if (TcpFlags.bits(part.toUpperCase(Locale.ROOT)) < 0) {
                throw new ValueException("unknown TCP flag " + Errors.show(part),
                        "use FIN SYN RST PSH ACK URG, ALL or NONE, with commas");
            }
        }
        return TcpFlags.words(TcpFlags.bits(text.toUpperCase(Locale.ROOT)));
    }

    /**
     * {@code 149:92,12}: option types, some with a length, where 255 stands for any; the kernel's array has 16 places.
     */
    static String ipv6Options(String text) throws ValueException {
        StringBuilder out = new StringBuilder();
        String[] parts = Words.split(text, ',');
        for (String part : parts) {
            int colon = part.indexOf(':');
            out.append(out.length() == 0 ? "" : ",")
                    .append(Numbers.within(colon < 0 ? part : part.substring(0, colon), 0, 255));
            long length = colon < 0 ? 255 : Numbers.within(part.substring(colon + 1), 0, 255);
            out.append(length == 255 ? "" : ":" + length);
        }
        if (parts.length > 16) { throw new ValueException("more than 16 options", "write two rules"); }
        return out.toString();
    }

    /** {@code DATA,SACK}: chunks of SCTP in the order of their numbers, or ALL or NONE. */
    static String chunks(String text) throws ValueException {
        if (text.equalsIgnoreCase("ALL") || text.equalsIgnoreCase("NONE")) { return text.toUpperCase(Locale.ROOT); }
        List<String> known = new ArrayList<>();
        for (String name : NumberNames.names("chunk")) {
            known.add(name.toUpperCase(Locale.ROOT));
        }
        return words(text.toUpperCase(Locale.ROOT), known.toArray(new String[0]));
    }

    /** {@code src,dst}: up to six directions. */
    static String setFlags(String text) throws ValueException {
        String[] parts = Words.split(text, ',');
        for (String part : parts) {
            if (!part.equals("src") && !part.equals("dst") || parts.length > 6) {
                throw new ValueException("not a list of src and dst: " + Errors.show(text),
                        "write src, dst, src,dst ...");
            }
        }
        return text;
    }

    /** TCP options to strip: numbers from 2, or names; printed as sorted numbers. */
    static String tcpOptions(String text) throws ValueException {
        boolean[] given = new boolean[256];
        for (String part : Words.split(text, ',')) {
            String number = NumberNames.number("tcpoption", part);
            given[number != null ? Integer.parseInt(number) : (int) Numbers.within(part, 2, 255)] = true;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < given.length; i++) {
            out.append(given[i] ? (out.length() == 0 ? "" : ",") + i : "");
        }
        return out.toString();
    }

    /** {@code 0:3}: a range of queues. All 65536 of them overflow the kernel's counter. */
    static String queues(String text) throws ValueException {
        if (text.indexOf(':') < 0) {
            throw new ValueException("not a range of queues: " + Errors.show(text), "write FIRST:LAST");
        }
        long[] range = Numbers.range(text, ':', 65535);
        if (range[0] == range[1]) {
            throw new ValueException("a range of one queue: " + Errors.show(text), "use --queue-num");
        }
        if (range[1] - range[0] == 65535) { throw new ValueException("65536 queues", "65535 are the limit"); }
        return range[0] + ":" + range[1];
    }

    /** {@code 2,6 0 0 1,6 0 0 0}: the number of instructions, at most 64, and four numbers for each. */
    static String bpf(String text) throws ValueException {
        String[] parts = Words.split(text, ',');
        boolean good = Numbers.parse(parts[0]) == parts.length - 1 && parts.length > 1 && parts.length <= 65;
        for (int i = 1; i < parts.length && good; i++) {
            String[] numbers = Words.split(parts[i], ' ');
            good = numbers.length == 4;
            for (int k = 0; k < numbers.length && good; k++) {
                good = Counters.digits(numbers[k]) > 0 && Numbers.parse(numbers[k]) >= 0;
            }
        }
        if (!good) {
            throw new ValueException("not a BPF program: " + Errors.show(text), "write what nfbpf_compile prints");
        }
        return text;
    }
}
