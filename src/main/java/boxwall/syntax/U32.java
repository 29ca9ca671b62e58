package boxwall.syntax;

/**
 * The little language of -m u32, as iptables-save prints it: no blanks, every number in hex.
 *
 * <pre>
 * 0 &gt;&gt; 22 &amp; 0x3C @ 4 = 1:5,7 &amp;&amp; 8 = 0      tests joined by &amp;&amp;; each: a place made with &amp; &lt;&lt; &gt;&gt; @, =, values or ranges
 * </pre>
 *
 * Limits (the kernel's xt_u32.h): 10 tests, in each 10 numbers of a place and 10 values; xt_u32.c refuses shifts above
 * 31 bits since 6.5.
 */
final class U32 {
    private static final int LIMIT = 10;

    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private U32(String text) { this.text = text; }

    static String canonical(String text) throws ValueException {
        U32 u32 = new U32(text);
        int tests = 0;
        do {
            u32.test();
            limit(++tests, "tests joined by &&");
        } while (u32.takes("&&"));
        u32.blanks();
        if (u32.at < text.length()) { throw u32.bad("nothing more"); }
        return u32.out.toString();
    }

    private static void limit(int count, String what) throws ValueException {
        if (count > LIMIT) { throw new ValueException("more than " + LIMIT + " " + what, "write two rules"); }
    }

    private void test() throws ValueException {
        int numbers = 1;
        number(Numbers.U32);
        while (!takes("=")) {
            boolean shift = false;
            String operator = null;
            for (String each : new String[] {"<<", ">>", "&", "@"}) {
                if (operator == null && !ahead("&&") && takes(each)) {
                    operator = each;
                    shift = each.length() == 2;
                }
            }
            if (operator == null) { throw bad("&, <<, >>, @ or ="); }
            limit(++numbers, "numbers in one place");
            number(shift ? 31 : Numbers.U32);
        }
        int values = 0;
        do {
            limit(++values, "values of one test");
            values();
        } while (takes(","));
    }

    private void values() throws ValueException {
        long low = number(Numbers.U32);
        int before = out.length();
        if (takes(":")) {
            long high = number(Numbers.U32);
            if (high == low) { out.setLength(before); }
            Numbers.ordered(low, high, text);
        }
    }

    private long number(long max) throws ValueException {
        blanks();
        int from = at;
        while (at < text.length()
                && (Character.digit(text.charAt(at), 16) >= 0 || "xX".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        long value = Numbers.within(text.substring(from, at), 0, max);
        out.append(Numbers.hex(value));
        return value;
    }

    private void blanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private boolean ahead(String token) {
        blanks();
        return text.startsWith(token, at);
    }

    private boolean takes(String token) {
        if (!ahead(token)) { return false; }
        at += token.length();
        out.append(token);
        return true;
    }

    private ValueException bad(String expected) {
        return new ValueException("not a u32 test at character " + (at + 1) + ": " + Errors.show(text),
                "expected there: " + expected);
    }
}
