package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/** Times of -m time: {@code 8:30}, {@code 2026-05-01T12:00}, {@code Mon,Tue}, {@code 1,15}. */
final class Times {
    private static final String[] WEEK = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    /** The days of a list in their order, or with {@code others} those that it leaves out. */
    static String days(String kind, String text, boolean others) throws ValueException {
        boolean week = kind.equals("weekdays");
        boolean[] days = new boolean[week ? 7 : 31];
        for (String part : Words.split(text, ',')) {
            int found = -1;
            for (int i = 0; week && i < 7; i++) {
                found = part.length() >= 2 && part.length() <= 3 && WEEK[i].startsWith(part) ? i : found;
            }
            days[found >= 0 ? found : (int) Numbers.within(part, 1, days.length) - 1] = true;
        }
        List<String> list = new ArrayList<>();
        for (int i = 0; i < days.length; i++) {
            if (days[i] != others) { list.add(week ? WEEK[i] : String.valueOf(i + 1)); }
        }
        if (list.isEmpty()) { throw new ValueException("all days negated match no packet at all", "remove the rule"); }
        return Words.join(list, ",");
    }

    /** {@code h:mm[:ss]} to {@code hh:mm:ss}. */
    static String clock(String text) throws ValueException {
        String[] parts = Words.split(text, ':');
        int[] limits = {23, 59, 59};
        if (parts.length < 2 || parts.length > 3) {
            throw new ValueException("not a time of day: " + Errors.show(text), "write hh:mm or hh:mm:ss");
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            out.append(i == 0 ? "" : ":").append(two(i < parts.length ? parts[i] : "0", 0, limits[i], text));
        }
        return out.toString();
    }

    private static String two(String digits, int low, int high, String whole) throws ValueException {
        boolean good = digits.length() == 1 || digits.length() == 2;
        int value = 0;
        for (int i = 0; good && i < digits.length(); i++) {
            char c = digits.charAt(i);
            good = c >= '0' && c <= '9';
            value = value * 10 + c - '0';
        }
        if (!good || value < low || value > high) {
            throw new ValueException("not a number from " + low + " to " + high + " in " + Errors.show(whole) + ": "
                    + Errors.show(digits), "write dates as 2026-05-01T12:00:00");
        }
        return value < 10 ? "0" + value : String.valueOf(value);
    }

    /** {@code YYYY[-MM[-DD[Thh[:mm[:ss]]]]]}; the kernel counts seconds in 32 bits, up to January 2038. */
    static String date(String text) throws ValueException {
        int t = text.indexOf('T');
        String[] day = Words.split(t < 0 ? text : text.substring(0, t), '-');
        long year = Numbers.parse(day[0]);
        if (year < 1970 || year > 2038 || day.length > 3 || t >= 0 && day.length < 3) {
            throw new ValueException("not a date: " + Errors.show(text),
                    "write YYYY-MM-DD or YYYY-MM-DDThh:mm:ss, from 1970 to 2038-01-19T03:14:07");
        }
        String month = two(day.length > 1 ? day[1] : "1", 1, 12, text);
        int last = daysOf((int) year, Integer.parseInt(month));
        String date = year + "-" + month + "-" + two(day.length > 2 ? day[2] : "1", 1, last, text);
        String clock = t < 0 ? "0:0" : text.substring(t + 1);
        date += "T" + clock(clock.indexOf(':') < 0 ? clock + ":0" : clock);
        if (date.compareTo("2038-01-19T03:14:07") > 0) {
            throw new ValueException("a date beyond the kernel's: " + Errors.show(text),
                    "2038-01-19T03:14:07 is the last");
        }
        return date;
    }

    private static int daysOf(int year, int month) {
        return month == 2 ? year % 4 == 0 ? 29 : 28 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }
}
