package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.Locale;

/** A rate of -m limit, such as {@code 3/min}. The kernel stores the time between two packets, so it may be rounded. */
final class Rate {
    private static final String[] NAMES = {"day", "hour", "min", "sec"};
    private static final String[] LONG = {"day", "hour", "minute", "second"};
    private static final long[] SECONDS = {86400, 3600, 60, 1};
    /** Units in a second: XT_LIMIT_SCALE. */
    private static final long SCALE = 10000;

    /** The time between two packets, in units of the scale. */
    private static long period(String text) throws ValueException {
        String after = Words.after(text, '/');
        String unit = after == null ? "second" : after.toLowerCase(Locale.ROOT);
        long units = 0;
        for (int i = 0; i < LONG.length && unit.length() > 0; i++) {
            units += LONG[i].startsWith(unit) ? SECONDS[i] * SCALE : 0;
        }
        long count = NumberReader.parse(Words.before(text, '/'));
        if (units == 0 || count <= 0) {
            throw new ValueException("not a rate: " + Characters.show(text),
                    "write it as 3/minute; second, minute, hour and day are known");
        }
        if (units < count) {
            throw new ValueException("a rate above " + SCALE + " a second: " + Characters.show(text),
                    "the kernel can't count faster");
        }
        return units / count;
    }

    /** The rate as iptables-save prints it: in the largest unit that keeps the period. */
    static String print(String text) throws ValueException {
        long period = period(text);
        int i = 1;
        while (i < SECONDS.length && period <= SECONDS[i] * SCALE
                && SECONDS[i] * SCALE / period >= SECONDS[i] * SCALE % period) {
            i++;
        }
        return SECONDS[i - 1] * SCALE / period + "/" + NAMES[i - 1];
    }

    /** Refuses a burst whose credits exceed 32 bits in the kernel (xt_limit.c), for each HZ in use. */
    static void burst(String rate, String packets) throws ValueException {
        long period = period(rate);
        long total = period * Long.parseLong(packets) & NumberReader.U32;
        for (int hz : new int[] {100, 250, 1000}) {
            // -m limit adds HZ times a power of two credits per second
            long perSecond = Long.highestOneBit((1L << 32) / (hz * 86400L)) * hz;
            if (packets.equals("0") || credits(total, perSecond) < credits(period, perSecond)) {
                throw new ValueException(
                        "a burst of " + packets + " takes longer than the kernel can count, or is nothing",
                        "choose a higher rate or another burst, as 1");
            }
        }
    }

    private static long credits(long period, long perSecond) {
        boolean large = period > (1L << 32) / perSecond;
        return (large ? period / SCALE * perSecond : period * perSecond / SCALE) & NumberReader.U32;
    }
}
