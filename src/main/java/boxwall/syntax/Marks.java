package boxwall.syntax;

/**
 * Marks and the type-of-service byte: value and mask in hex, and the four ways to write what the kernel keeps as
 * {@code (old & ~mask) ^ value}.
 */
final class Marks {
    static String value(String kind, String text) throws ValueException {
        switch (kind) {
            case "mark" :
                long[] mark = Numbers.masked(text, Numbers.U32);
                return mark[1] == Numbers.U32 ? Numbers.hex(mark[0]) : pair(mark[0], mark[1]);
            case "xmark" :
                long[] x = Numbers.masked(text, Numbers.U32);
                return pair(x[0], x[1]);
            case "setmark" :
                long[] set = Numbers.masked(text, Numbers.U32);
                return pair(set[0], set[0] | set[1]);
            case "andmark" :
                return pair(0, ~u32(text) & Numbers.U32);
            case "ormark" :
                return pair(u32(text), u32(text));
            case "xormark" :
                return pair(u32(text), 0);
            case "tos" :
                String named = NumberNames.number("tos", text);
                long[] tos = named != null ? new long[] {Long.parseLong(named), 0x3f} : Numbers.masked(text, 255);
                return bytes(tos[0], tos[1]);
            case "andtos" :
                return bytes(0, ~Numbers.within(text, 0, 255) & 255);
            case "ortos" :
                return bytes(Numbers.within(text, 0, 255), Numbers.within(text, 0, 255));
            case "xortos" :
                return bytes(Numbers.within(text, 0, 255), 0);
            case "dscp" :
                return Numbers.hex2(Numbers.within(text, 0, 63));
            case "dscpclass" :
                String number = NumberNames.number("dscp", text);
                if (number == null) {
                    throw new ValueException("unknown DSCP class " + Errors.show(text),
                            "use BE, EF, CS0 to CS7, AF11 to AF43");
                }
                return Numbers.hex2(Long.parseLong(number));
            default :
                throw new IllegalStateException("extensions: unknown kind " + kind);
        }
    }

    /** {@code MAJOR:MINOR}, both in hex without 0x. */
    static String trafficClass(String text) throws ValueException {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new ValueException("not a traffic class: " + Errors.show(text), "write MAJOR:MINOR in hex, as 1:2f");
        }
        long major = Numbers.within("0x" + text.substring(0, colon), 0, 0xffff);
        long minor = Numbers.within("0x" + text.substring(colon + 1), 0, 0xffff);
        return Long.toHexString(0x10000 | major).substring(1) + ":" + Long.toHexString(0x10000 | minor).substring(1);
    }

    private static long u32(String text) throws ValueException { return Numbers.within(text, 0, Numbers.U32); }

    private static String pair(long value, long mask) { return Numbers.hex(value) + "/" + Numbers.hex(mask); }

    private static String bytes(long value, long mask) { return Numbers.hex2(value) + "/" + Numbers.hex2(mask); }
}
