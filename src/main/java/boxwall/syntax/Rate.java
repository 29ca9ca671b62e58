package boxwall.syntax;

import java.math.BigInteger;
import java.util.Locale;

/**
 * {@code 3/min} and its like, of -m limit. The kernel keeps the time between two packets, so what it prints may be
 * rounded: 7/min is kept, 40000/s isn't.
 */
final class Rate {
    private static final String[] NAMES = {"day", "hour", "min", "sec"};
    private static final String[] LONG = {"day", "hour", "minute", "second"};
    private static final long[] SECONDS = {86400, 3600, 60, 1};

    /** Units of a second: XT_LIMIT_SCALE. */
    private static final long SCALE = 10000;

    /** The time between two packets, in units of the scale. */
    private static long period(String text) throws ValueException {
        int slash = text.indexOf('/');
        long unit = seconds(text) * SCALE;
        long count = Numbers.parse(slash < 0 ? text : text.substring(0, slash));
        if (unit == 0 || count <= 0) {
            throw new ValueException("not a rate: " + Letters.show(text),
                    "write it as 3/minute; second, minute, hour and day are known");
        }
        if (unit < count) {
            throw new ValueException("a rate above " + SCALE + " a second: " + Letters.show(text),
                    "the kernel can't count faster");
        }
        return unit / count;
    }

    /** How many seconds a rate's unit has: {@code 3/hour} gives 3600; 0 when it isn't known. */
    private static long seconds(String text) {
        int slash = text.indexOf('/');
        String unit = slash < 0 ? "second" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
        for (int i = 0; i < LONG.length && unit.length() > 0; i++) {
            if (LONG[i].startsWith(unit)) { return SECONDS[i]; }
        }
        return 0;
    }

    /** As iptables-save prints it: in the largest unit in which the period isn't lost. */
    static String print(String text) throws ValueException {
        long period = period(text);
        int i = 1;
        while (i < SECONDS.length && period <= SECONDS[i] * SCALE
                && SECONDS[i] * SCALE / period >= SECONDS[i] * SCALE % period) {
            i++;
        }
        return SECONDS[i - 1] * SCALE / period + "/" + NAMES[i - 1];
    }

    /** Refuses a burst that takes longer than the kernel can count in 32 bits (xt_limit.c), for each HZ in use. */
    static void burst(String rate, String packets) throws ValueException {
        BigInteger period = BigInteger.valueOf(period(rate));
        BigInteger whole = period.multiply(new BigInteger(packets));
        if (packets.equals("0") || !isCounted(period, whole, 100) || !isCounted(period, whole, 250)
                || !isCounted(period, whole, 1000)) {
            throw new ValueException("a burst of " + packets + " takes longer than the kernel can count, or is nothing",
                    "choose a higher rate or another burst, as 1");
        }
    }

    /** Whether -m limit counts a burst in credits, of which a second gives HZ times a power of two. */
    private static boolean isCounted(BigInteger period, BigInteger whole, int hz) {
        BigInteger limit = BigInteger.ONE.shiftLeft(32);
        long perJiffy = (1L << 32) / (hz * 86400L);
        BigInteger perSecond = BigInteger.valueOf(Long.highestOneBit(perJiffy) * hz);
        return credits(whole.mod(limit), limit, perSecond).compareTo(credits(period, limit, perSecond)) >= 0;
    }

    private static BigInteger credits(BigInteger period, BigInteger limit, BigInteger perSecond) {
        BigInteger scale = BigInteger.valueOf(SCALE);
        boolean large = period.compareTo(limit.divide(perSecond)) > 0;
        return (large ? period.divide(scale).multiply(perSecond) : period.multiply(perSecond).divide(scale)).mod(limit);
    }
}
