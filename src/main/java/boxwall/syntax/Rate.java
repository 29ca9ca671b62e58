package boxwall.syntax;

import java.util.Locale;

/** {@code 3/min} and its like. The kernel keeps the time between two packets, so what it prints may be rounded: 7/min is kept, 40000/s isn't. */
final class Rate {
    /** Units of a ten-thousandth of a second, XT_LIMIT_SCALE. */
    private static final long SCALE = 10000;
    private static final String[] NAMES = {"day", "hour", "min", "sec"};
    private static final String[] LONG = {"day", "hour", "minute", "second"};
    private static final long[] UNITS = {86400 * SCALE, 3600 * SCALE, 60 * SCALE, SCALE};

    private Rate() {
    }

    /** -m limit's --limit. */
    static String limit(String text) throws Bad {
        int slash = text.indexOf('/');
        long unit = slash < 0 ? SCALE : unit(text.substring(slash + 1));
        long count = Numbers.parse(slash < 0 ? text : text.substring(0, slash));
        if (unit == 0 || count <= 0) {
            throw new Bad("not a rate: " + Errors.show(text), "write it as 3/minute; second, minute, hour and day are known");
        }
        long period = unit / count;
        if (period == 0) {
            throw new Bad("a rate above 10000 a second: " + Errors.show(text), "the kernel can't count faster");
        }
        return print(period);
    }

    private static long unit(String name) {
        for (int i = 0; i < LONG.length && name.length() > 0; i++) {
            if (LONG[i].startsWith(name.toLowerCase(Locale.ROOT))) {
                return UNITS[i];
            }
        }
        return 0;
    }

    /** The largest unit in which the period isn't lost, as iptables-save chooses it. */
    private static String print(long period) {
        int i = 1;
        while (i < UNITS.length && period <= UNITS[i] && UNITS[i] / period >= UNITS[i] % period) {
            i++;
        }
        return UNITS[i - 1] / period + "/" + NAMES[i - 1];
    }
}
