package boxwall.syntax;

import java.util.Locale;

/** {@code 3/min} and its like. The kernel keeps the time between two packets, so what it prints may be rounded: 7/min is kept, 40000/s isn't. */
final class Rate {
    /** Units of a ten-thousandth of a second, XT_LIMIT_SCALE. */
    private static final long SCALE = 10000;
    private static final long HASH_SCALE = 1000000;
    private static final String[] NAMES = {"day", "hour", "min", "sec"};
    private static final String[] LONG = {"day", "hour", "minute", "second"};
    private static final long[] SECONDS = {86400, 3600, 60, 1};

    private Rate() {
    }

    /** -m limit's --limit. */
    static String limit(String text) throws Bad {
        return print(period(text, SCALE), SCALE);
    }

    /** -m hashlimit's rate in packets. Its scale is a hundred times finer since revision 2 of the match. */
    static String hash(String text) throws Bad {
        if (text.endsWith("b/s")) {
            throw new Bad("a rate in bytes: " + Errors.show(text), "only rates in packets are known here, as 5/second");
        }
        return print(period(text, HASH_SCALE), HASH_SCALE);
    }

    /** How many seconds a rate's unit has: {@code 3/hour} gives 3600. */
    static long seconds(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? 1 : unit(text.substring(slash + 1));
    }

    private static long period(String text, long scale) throws Bad {
        int slash = text.indexOf('/');
        long unit = seconds(text) * scale;
        long count = Numbers.parse(slash < 0 ? text : text.substring(0, slash));
        if (unit == 0 || count <= 0) {
            throw new Bad("not a rate: " + Errors.show(text), "write it as 3/minute; second, minute, hour and day are known");
        }
        long period = unit / count;
        if (period == 0) {
            throw new Bad("a rate above " + scale + " a second: " + Errors.show(text), "the kernel can't count faster");
        }
        return period;
    }

    private static long unit(String name) {
        for (int i = 0; i < LONG.length && name.length() > 0; i++) {
            if (LONG[i].startsWith(name.toLowerCase(Locale.ROOT))) {
                return SECONDS[i];
            }
        }
        return 0;
    }

    /** The largest unit in which the period isn't lost, as iptables-save chooses it. */
    private static String print(long period, long scale) {
        int i = 1;
        while (i < SECONDS.length && period <= SECONDS[i] * scale && SECONDS[i] * scale / period >= SECONDS[i] * scale % period) {
            i++;
        }
        return SECONDS[i - 1] * scale / period + "/" + NAMES[i - 1];
    }
}
