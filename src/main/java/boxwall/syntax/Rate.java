package boxwall.syntax;

import java.math.BigInteger;
import java.util.Locale;

/**
 * {@code 3/min} and its like. The kernel keeps the time between two packets, so what it prints may be rounded: 7/min is
 * kept, 40000/s isn't.
 */
final class Rate {
    /** Units of a ten-thousandth of a second, XT_LIMIT_SCALE. */
    private static final long SCALE = 10000;
    private static final long HASH_SCALE = 1000000;
    private static final String[] NAMES = {"day", "hour", "min", "sec"};
    private static final String[] LONG = {"day", "hour", "minute", "second"};
    private static final long[] SECONDS = {86400, 3600, 60, 1};

    /** -m limit's --limit. */
    static String limit(String text) throws ValueException {
        return print(period(text, SCALE), SCALE);
    }

    /** The time between two packets of a rate as {@link #limit} prints it, in ten-thousandths of a second. */
    static long limitPeriod(String text) throws ValueException {
        return period(text, SCALE);
    }

    /** The same for a rate as {@link #hash} prints it, in millionths. */
    static long hashPeriod(String text) throws ValueException {
        return period(text, HASH_SCALE);
    }

    /**
     * Whether the kernel can count the time that a burst takes: in 32 bits (xt_limit.c), or 64 (xt_hashlimit.c), and in
     * credits, of which a second gives HZ times a power of two. HZ 100, 250 and 1000 are in use.
     */
    static boolean countable(long period, long burst, boolean wide) {
        BigInteger limit = BigInteger.ONE.shiftLeft(wide ? 64 : 32);
        BigInteger scale = BigInteger.valueOf(wide ? HASH_SCALE : SCALE);
        for (int hz : new int[] {100, 250, 1000}) {
            BigInteger perJiffy = limit.divide(BigInteger.valueOf(hz * 86400L));
            BigInteger perSecond = BigInteger.ONE.shiftLeft(perJiffy.bitLength() - 1).multiply(BigInteger.valueOf(hz));
            BigInteger whole = BigInteger.valueOf(period).multiply(BigInteger.valueOf(burst)).mod(limit);
            if (credits(whole, limit, scale, perSecond)
                    .compareTo(credits(BigInteger.valueOf(period), limit, scale, perSecond)) < 0) {
                return false;
            }
        }
        return burst > 0;
    }

    /**
     * Whether -m hashlimit takes a burst since Linux 4.19 (user2credits in xt_hashlimit.c divides the constants first);
     * from 4.9 to 4.18 it rounded some to nothing, see {@link #countable}.
     */
    static boolean isCounted(long period, long burst) {
        // 137438953: HZ times the credits of a jiffy, by the scale; the largest for HZ 100, 250 and 1000
        return burst > 0 && BigInteger.valueOf(period).multiply(BigInteger.valueOf(burst))
                .multiply(BigInteger.valueOf(137438953)).bitLength() <= 64;
    }

    private static BigInteger credits(BigInteger period, BigInteger limit, BigInteger scale, BigInteger perSecond) {
        boolean large = period.compareTo(limit.divide(perSecond)) > 0;
        return (large ? period.divide(scale).multiply(perSecond) : period.multiply(perSecond).divide(scale)).mod(limit);
    }

    /** -m hashlimit's rate in packets. Its scale is a hundred times finer since revision 2 of the match. */
    static String hash(String text) throws ValueException {
        if (text.endsWith("b/s")) {
            throw new ValueException("a rate in bytes: " + Errors.show(text),
                    "only rates in packets are known here, as 5/second");
        }
        return print(period(text, HASH_SCALE), HASH_SCALE);
    }

    /** How many seconds a rate's unit has: {@code 3/hour} gives 3600. */
    static long seconds(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? 1 : unit(text.substring(slash + 1));
    }

    private static long period(String text, long scale) throws ValueException {
        int slash = text.indexOf('/');
        long unit = seconds(text) * scale;
        long count = Numbers.parse(slash < 0 ? text : text.substring(0, slash));
        if (unit == 0 || count <= 0) {
            throw new ValueException("not a rate: " + Errors.show(text),
                    "write it as 3/minute; second, minute, hour and day are known");
        }
        long period = unit / count;
        if (period == 0) {
            throw new ValueException("a rate above " + scale + " a second: " + Errors.show(text),
                    "the kernel can't count faster");
        }
        return period;
    }

    private static long unit(String name) {
        for (int i = 0; i < LONG.length && name.length() > 0; i++) {
            if (LONG[i].startsWith(name.toLowerCase(Locale.ROOT))) { return SECONDS[i]; }
        }
        return 0;
    }

    /** The largest unit in which the period isn't lost, as iptables-save chooses it. */
    private static String print(long period, long scale) {
        int i = 1;
        while (i < SECONDS.length && period <= SECONDS[i] * scale
                && SECONDS[i] * scale / period >= SECONDS[i] * scale % period) {
            i++;
        }
        return SECONDS[i - 1] * scale / period + "/" + NAMES[i - 1];
    }
}
