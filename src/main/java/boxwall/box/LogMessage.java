package boxwall.box;

import boxwall.netfilter.Words;

/**
 * One message of a log, without the head that dmesg, klogd, syslogd or a serial console add: <pre>
 * [ 4626.852000] text                       &lt;3&gt;[  138.742734][2]text          the processor's number, with or without a blank after it
 *  4626.852000] text                        the first bracket was lost in copying
 * Jan  1 01:00:54 fritz kern.err kernel: [   17.2] text              syslogd, with or without host and facility
 * 7590.log:Jan  1 01:00:59 fritz kern.err kernel: [   17.2] text     the same from grep over some files
 * 2000-01-01 01:00:19 dsld: text            a daemon of AVM's on the console
 * kern.info kernel: [   20.12] ^M&lt;6&gt;[   20.14] text               a second message in one line: {@link #next}
 * </pre> The head also determines the sender. Every program that can write to syslog can write
 * {@code sipd[77]: … kernel: …}, so the kernel is the sender only if {@code kernel} is syslog's tag, and the facility,
 * if any, is kern. Immutable.
 */
public final class LogMessage {
    private static final String MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
    private static final String LEVELS = " emerg panic alert crit err error warn warning notice info debug ";
    /** Words between time and tag: the host's name; facility and level. */
    private static final int WORDS_BEFORE_TAG = 2;
    private static final int LONGEST_TAG = 48;

    private final String line;
    /** Syslog's date and time ({@code Nov 23 08:15:02}), or null. */
    public final String when;
    /** Syslog's tag without a process' number ({@code kernel}, {@code dsld}); null for a line without syslog's head. */
    public final String tag;
    /** Whether the kernel is the sender: a line without syslog's head, or with the kernel's tag. */
    public final boolean kernel;
    private String uptime;
    private final int start;
    private final int end;
    private final int following;

    private LogMessage(String line, int from, String when, String tag, boolean kernel) {
        this.line = line;
        this.when = when;
        this.tag = tag;
        this.kernel = kernel;
        start = kernel ? kernelHead(from) : after(line, " ", from);
        following = kernel ? inner(start) : -1;
        end = following < 0 ? line.length() : following;
    }

    /** The first message of a line; never null. */
    public static LogMessage of(String line) {
        int from = carriageReturns(line, 0);
        int level = fileName(line, after(line, "<3>", from));
        int time = time(line, level);
        if (time == level) { return new LogMessage(line, from, null, null, true); }
        String when = line.substring(level, time);
        boolean kern = true;
        int word = time + 1;
        for (int i = 0; i <= WORDS_BEFORE_TAG && word < line.length(); i++) {
            int blank = line.indexOf(' ', word);
            int last = blank < 0 ? line.length() : blank;
            if (last > word + 1 && last - word <= LONGEST_TAG && line.charAt(last - 1) == ':') {
                int bracket = line.indexOf('[', word);
                String tag = line.substring(word, bracket > word && bracket < last ? bracket : last - 1);
                return new LogMessage(line, last, when, tag,
                        kern && tag.equals("kernel") && last - 1 - word == tag.length());
            }
            int dot = line.lastIndexOf('.', last);
            kern &= dot <= word || LEVELS.indexOf(' ' + line.substring(dot + 1, last) + ' ') < 0
                    || line.startsWith("kern.", word);
            word = last + 1;
        }
        return new LogMessage(line, time + 1, when, "", false);
    }

    /** The next message in the same line, or null. */
    public LogMessage next() {
        return following < 0 ? null : new LogMessage(line, following, when, tag, kernel);
    }

    /** The index after the file's name that {@code grep TEXT FILES} adds before syslog's time. */
    private static int fileName(String line, int from) {
        int colon = line.indexOf(':', from);
        return colon > from && colon - from <= LONGEST_TAG && line.lastIndexOf(' ', colon) < from
                && time(line, colon + 1) > colon + 1 ? colon + 1 : from;
    }

    /**
     * The index after syslog's time: {@code Jan  1 01:00:54} or {@code 2000-01-01 01:00:19}; the index itself for none.
     */
    private static int time(String line, int from) {
        if (line.length() - from > 16 && line.charAt(from + 3) == ' '
                && MONTHS.indexOf(line.substring(from, from + 4)) % 4 == 0
                && after(line, "2:2:2", from + 7) == from + 15 && line.charAt(from + 15) == ' ') {
            return from + 15;
        }
        boolean numbers = after(line, "4-2-2", from) == from + 10 && after(line, "2:2:2", from + 11) == from + 19;
        int blank = numbers ? line.indexOf(' ', from + 11) : -1;
        return blank < 0 ? from : blank;
    }

    /**
     * The index after a text of this shape; the index itself for other text. A digit stands for at most so many digits,
     * a blank for any number of blanks.
     */
    private static int after(String line, String shape, int from) {
        int at = from;
        for (int i = 0; i < shape.length(); i++) {
            char c = shape.charAt(i);
            int digits = c > '0' && c <= '9' ? Words.digits(line, at) - at : 0;
            if (c == ' ') {
                while (at < line.length() && line.charAt(at) == ' ') {
                    at++;
                }
            } else if (digits > 0 && digits <= c - '0') {
                at += digits;
            } else if (at < line.length() && line.charAt(at) == c && (c < '0' || c > '9')) {
                at++;
            } else {
                return from;
            }
        }
        return at;
    }

    /** The index after {@code \r} and {@code ^M}, its form by syslogd and cat -v. */
    private static int carriageReturns(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == '\r' || line.startsWith("^M", at))) {
            at += line.charAt(at) == '\r' ? 1 : 2;
        }
        return at;
    }

    /** The index after line ends, levels and times of the kernel, in any order and number. */
    private int kernelHead(int from) {
        int at = from;
        int before = -1;
        while (at > before) {
            before = at;
            at = after(line, "<3>", carriageReturns(line, after(line, " ", at)));
            int stamp = stamp(at, uptime == null);
            if (stamp > at) {
                uptime = line.substring(at, stamp - 1).replace('[', ' ').trim();
                at = processor(stamp);
            }
        }
        return at;
    }

    /**
     * The index after {@code [ 1234.567890]}, or after {@code 1234.567890]} at the line's start; the index itself for
     * none.
     */
    private int stamp(int from, boolean first) {
        int end = after(line, "[ 9.6]", from);
        return end > from || !first ? end : after(line, " 9.6]", from);
    }

    /** The index after {@code [2]}, the processor, or {@code [   T12]}, the task (CONFIG_PRINTK_CALLER). */
    private int processor(int from) {
        int end = after(line, "[ 7]", from);
        end = end > from ? end : after(line, "[ T7]", from);
        return end > from ? end : after(line, "[ C7]", from);
    }

    /**
     * The start of another message within this one: {@code ^M<6>[   20.140000]}, {@code <6>[   20.140000]}; -1 for
     * none.
     */
    private int inner(int from) {
        for (int open = line.indexOf('[', from + 1); open >= 0; open = line.indexOf('[', open + 1)) {
            char before = line.charAt(open - 1);
            if ((before == '>' || before == '\r' || before == 'M') && stamp(open, false) > open) {
                int at = before == '>' ? line.lastIndexOf('<', open) : before == 'M' ? open - 2 : open - 1;
                boolean head = at > from
                        && (before == '>' ? after(line, "<3>", at) == open : carriageReturns(line, at) == open);
                if (head) { return at; }
            }
        }
        return -1;
    }

    /** The message without blanks and line ends around it. */
    public String text() {
        int last = end;
        while (last > start && (line.charAt(last - 1) <= ' ' || last - 2 >= start && line.startsWith("^M", last - 2))) {
            last -= line.charAt(last - 1) <= ' ' ? 1 : 2;
        }
        return line.substring(Math.min(start, last), last);
    }

    /** Seconds since the kernel started ({@code 1234.567890}), or null. */
    public String uptime() { return uptime; }
}
