package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The hours of a rule with -m time, as xt_time of Linux interprets them: in UTC, including both ends; they cross
 * midnight if the end is before the start, and the second part counts as the new day.
 */
public final class Hours {
    /** Options that don't restrict the hours: the kernel's value for no date, and the time zone that applies anyway. */
    private static final List<String> NO_DATE =
            Arrays.asList("--timestart", "--timestop", "--datestop 2038-01-19T03:14:07", "--utc");
    private static final List<String> DAYS = Arrays.asList("su", "mo", "tu", "we", "th", "fr", "sa");
    private static final int DAY = 86400;
    /** 1 January 1970. */
    private static final int THURSDAY = 4;

    /** HH:MM:SS. */
    public final String from;
    /** HH:MM:SS. */
    public final String to;
    private final int start;
    private final int stop;
    private final boolean[] days = new boolean[7];
    /** Whether the hours and days are the only condition on the time, and all of it is understood. */
    private boolean decidable;

    private Hours(Match time, boolean single) {
        decidable = single;
        Option first = time.option("--timestart");
        Option last = time.option("--timestop");
        from = first == null ? "00:00:00" : first.value();
        to = last == null ? "23:59:59" : last.value();
        start = seconds(from);
        stop = seconds(to);
        Arrays.fill(days, true);
        for (Option option : time.options) {
            if (option.name.equals("--weekdays")) {
                days(option);
            } else if (option.negated || !NO_DATE.contains(option.name) && !NO_DATE.contains(option.toString())) {
                decidable = false;
            }
        }
    }

    /** The hours of a rule; null for a rule without -m time. */
    public static Hours of(Rule rule) {
        Hours hours = null;
        for (Match match : rule.matches) {
            if (match.name.equals("time")) { hours = new Hours(match, hours == null); }
        }
        return hours;
    }

    /** Reads names, by their first two letters, and numbers from 1 (Monday) to 7. */
    private void days(Option option) {
        Arrays.fill(days, option.negated);
        for (String word : Words.split(option.value(), ',')) {
            int day = Words.isNumber(word) && word.length() == 1 ? word.charAt(0) - '0' : word.length() < 2 ? -1
                    : DAYS.indexOf(word.substring(0, 2).toLowerCase(Locale.ENGLISH));
            decidable &= day >= 0 && day <= 7;
            if (decidable) { days[day % 7] = !option.negated; }
        }
    }

    /** Whether they include a second since 1970; null for null, or if the rule has other conditions on the time. */
    public Boolean holds(Long second) {
        return second == null || !decidable ? null : (Boolean) at(second);
    }

    private boolean at(long second) {
        long time = second % DAY;
        return days[(int) ((second / DAY + THURSDAY) % 7)]
                && (start < stop ? time >= start && time <= stop : time >= start || time <= stop);
    }

    /** The number of seconds until that changes; 0 if it doesn't within a day. */
    public int left(long second) {
        int time = (int) (second % DAY);
        int least = 0;
        for (int edge : new int[] {start, stop + 1, DAY}) {
            int left = edge > time ? edge - time : edge - time + DAY;
            if ((least == 0 || left < least) && at(second + left) != at(second)) { least = left; }
        }
        return least;
    }

    /** The end that is {@code left} seconds away, as the rule writes it. */
    public String end(long second, int left) {
        long time = (second + left) % DAY;
        return time == (stop + 1) % DAY ? to : time == start ? from : "00:00:00";
    }

    /** The ruleset at a second since 1970: rules within their hours lose -m time, rules outside lose their target. */
    public static Ruleset at(Ruleset ruleset, Family family, long second) {
        Ruleset result = ruleset;
        for (Table table : ruleset.tables(family)) {
            List<Chain> chains = new ArrayList<>();
            for (Chain chain : ruleset.chains(family, table)) {
                List<Rule> rules = new ArrayList<>();
                for (Rule rule : chain.rules) {
                    rules.add(at(rule, second));
                }
                chains.add(chain.withRules(rules));
            }
            result = result.with(family, table, chains);
        }
        return result;
    }

    /** A rule outside its hours stays, so that the next rules keep their numbers. */
    private static Rule at(Rule rule, long second) {
        Hours hours = of(rule);
        if (hours == null || !hours.decidable) { return rule; }
        List<Match> others = new ArrayList<>(rule.matches);
        others.remove(rule.match("time"));
        Rule.Builder result = rule.copy().matches(others);
        return (hours.at(second) ? result : result.target(null)).build();
    }

    private static int seconds(String time) {
        int seconds = 0;
        for (String part : Words.split(time, ':')) {
            seconds = seconds * 60 + Integer.parseInt(part);
        }
        return seconds;
    }
}
