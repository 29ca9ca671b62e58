package boxwall.syntax;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Numbers wider than 32 bits, and fractions. */
final class WideNumbers {
    private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private static BigInteger parse(String text) throws ValueException {
        if (Counters.digits(text) == 0 || text.length() > 1 && text.charAt(0) == '0'
                || new BigInteger(text).compareTo(MAX) > 0) {
            throw new ValueException("not a number of 64 bits: " + Errors.show(text), "write it in decimal");
        }
        return new BigInteger(text);
    }

    static String number(String text) throws ValueException { return parse(text).toString(); }

    /** {@code from:to} as -m connbytes takes it; without an end, iptables-save prints the beginning alone. */
    static String range(String text) throws ValueException {
        int colon = text.indexOf(':');
        BigInteger from = colon == 0 ? BigInteger.ZERO : parse(colon < 0 ? text : text.substring(0, colon));
        if (colon < 0 || colon == text.length() - 1) { return from.toString(); }
        BigInteger to = parse(text.substring(colon + 1));
        if (from.compareTo(to) > 0) {
            throw new ValueException("a range that runs backwards: " + Errors.show(text), "write the lower end first");
        }
        return to.equals(MAX) ? from.toString() : from + ":" + to;
    }

    /** 0 to 1; the kernel keeps 31 bits, iptables-save prints 11 digits of those. */
    static String probability(String text) throws ValueException {
        int dot = text.indexOf('.');
        String digits = dot < 0 ? text : text.substring(0, dot) + text.substring(dot + 1);
        boolean good = Counters.digits(digits) > 0;
        BigDecimal value =
                good ? new BigDecimal(dot == 0 ? "0" + text : text.endsWith(".") ? text + "0" : text) : BigDecimal.ZERO;
        if (!good || value.compareTo(BigDecimal.ONE) > 0) {
            throw new ValueException("not a probability: " + Errors.show(text), "write a number from 0 to 1, as 0.25");
        }
        BigDecimal unit = new BigDecimal(BigInteger.ONE.shiftLeft(31));
        BigDecimal kept = value.multiply(unit).setScale(0, RoundingMode.HALF_UP);
        return kept.divide(unit, 40, RoundingMode.HALF_EVEN).setScale(11, RoundingMode.HALF_EVEN).toPlainString();
    }
}
