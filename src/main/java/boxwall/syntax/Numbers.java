package boxwall.syntax;

/** Numbers as iptables takes them: decimal or 0x...; a leading zero is refused, since iptables reads it as octal. */
final class Numbers {
    static final long U32 = 0xffffffffL;

    /** The value, or -1 when the text is no number of at most 32 bits. */
    static long parse(String text) {
        boolean hex = text.length() > 2 && text.charAt(0) == '0' && (text.charAt(1) == 'x' || text.charAt(1) == 'X');
        int from = hex ? 2 : 0;
        if (text.length() == from || text.length() > from + 10 || !hex && text.length() > 1 && text.charAt(0) == '0') {
            return -1;
        }
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, hex ? 16 : 10) : -1;
            if (digit < 0) { return -1; }
            value = value * (hex ? 16 : 10) + digit;
        }
        return value > U32 ? -1 : value;
    }

    /** A number from {@code low} to {@code high}. */
    static long within(String text, long low, long high) throws ValueException {
        long value = parse(text);
        if (value < low || value > high || value < 0) {
            throw new ValueException("not a number from " + low + " to " + high + ": " + Errors.show(text),
                    text.length() > 1 && text.charAt(0) == '0' && parse(strip(text)) >= 0
                            ? "write it without the leading zero (iptables would read octal)" : "write the number");
        }
        return value;
    }

    private static String strip(String text) {
        int i = 0;
        while (i < text.length() - 1 && text.charAt(i) == '0') {
            i++;
        }
        return text.substring(i);
    }

    /**
     * {@code low:high}, either of them left out, or one number; the same with {@code separator} {@code -}, where both
     * are needed.
     */
    static long[] range(String text, char separator, long max) throws ValueException {
        int at = text.indexOf(separator);
        if (at < 0) {
            long one = within(text, 0, max);
            return new long[] {one, one};
        }
        String low = text.substring(0, at);
        String high = text.substring(at + 1);
        boolean open = separator == ':';
        long from = open && low.length() == 0 ? 0 : within(low, 0, max);
        long to = open && high.length() == 0 ? max : within(high, 0, max);
        return ordered(from, to, text);
    }

    static long[] ordered(long from, long to, String text) throws ValueException {
        if (from > to) {
            throw new ValueException("a range that runs backwards: " + Errors.show(text), "write the lower end first");
        }
        return new long[] {from, to};
    }

    static String print(long[] range, char separator) {
        return range[0] == range[1] ? String.valueOf(range[0]) : range[0] + String.valueOf(separator) + range[1];
    }

    static String hex(long value) { return "0x" + Long.toHexString(value); }

    /** Two digits at least. */
    static String hex2(long value) {
        return (value < 16 ? "0x0" : "0x") + Long.toHexString(value);
    }

    /** {@code value} or {@code value/mask}: the two numbers, the mask {@code max} when left out. */
    static long[] masked(String text, long max) throws ValueException {
        int slash = text.indexOf('/');
        if (slash < 0) { return new long[] {within(text, 0, max), max}; }
        return new long[] {within(text.substring(0, slash), 0, max), within(text.substring(slash + 1), 0, max)};
    }
}
