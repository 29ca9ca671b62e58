package boxwall.box;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A packet as netfilter's LOG target prints it, from dmesg or, with a head before it, from syslog:
 * <pre>
 * &lt;4&gt;[ 1234.567890] [IPT] drop IN=lan OUT= MAC=… SRC=192.168.178.20 DST=192.168.178.1 LEN=60 TOS=0x00 … PROTO=TCP SPT=40000 DPT=23 WINDOW=…
 * Nov 23 08:15:02 fritz kern.warn kernel: [ 1234.567890] [IPT] drop IN=lan …
 * </pre>
 * (net/ipv4/netfilter/nf_log_ipv4.c). What an ICMP error quotes stands in brackets and is left out; so is MAC=, always. Immutable.
 */
public final class LogLine {
    private static final Pattern HEAD = Pattern.compile("^(<[0-9]{1,2}>)?(\\[ *([0-9]{1,9}\\.[0-9]{1,6})\\] ?)?");
    private static final Pattern WHEN = Pattern.compile("^([A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}) ");
    private static final Pattern START = Pattern.compile("IN=[^ ]{0,20} OUT=[^ ]{0,20}( |$)");
    private static final int LONGEST = 1000;

    private final String prefix;
    private final String uptime;
    private final String when;
    private final Map<String, String> values;

    private LogLine(String prefix, String uptime, String when, Map<String, String> values) {
        this.prefix = prefix;
        this.uptime = uptime;
        this.when = when;
        this.values = values;
    }

    /** Reads a line; null when it is none of LOG. */
    public static LogLine parse(String line) {
        if (line.length() > LONGEST) {
            return null;
        }
        Matcher clock = WHEN.matcher(line);
        int kernel = line.indexOf("kernel: ");
        boolean syslog = clock.find() && kernel > 0;
        String text = syslog ? line.substring(kernel + 8) : line;
        Matcher head = HEAD.matcher(text);
        String uptime = head.find() ? head.group(3) : null;
        text = text.substring(head.end());
        Matcher start = START.matcher(text);
        if (!start.find()) {
            return null;
        }
        Map<String, String> values = new HashMap<String, String>();
        for (String word : text.substring(start.start()).split(" ")) {
            if (word.startsWith("[")) {
                break;
            }
            int at = word.indexOf('=');
            if (at > 0 && !values.containsKey(word.substring(0, at))) {
                values.put(word.substring(0, at), word.substring(at + 1));
            }
        }
        return values.containsKey("SRC") ? new LogLine(text.substring(0, start.start()).trim(), uptime, syslog ? clock.group(1) : null, values) : null;
    }

    /** The rule's --log-prefix without blanks around it; may be empty. */
    public String prefix() {
        return prefix;
    }

    /** Seconds since the kernel started ({@code 1234.567890}), or null when the kernel doesn't print them. */
    public String uptime() {
        return uptime;
    }

    /** Syslog's date and time ({@code Nov 23 08:15:02}), or null. */
    public String when() {
        return when;
    }

    /** Name of the interface it came in by; empty for what the box sent. */
    public String in() {
        return text("IN");
    }

    public String out() {
        return text("OUT");
    }

    public String source() {
        return text("SRC");
    }

    public String destination() {
        return text("DST");
    }

    /** {@code TCP}, {@code UDP}, {@code ICMP} or a number; empty when it wasn't said. */
    public String protocol() {
        return text("PROTO");
    }

    private String text(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    /** SPT, DPT, LEN or TYPE; -1 when it isn't there. */
    public int number(String key) {
        String value = text(key);
        try {
            return value.length() == 0 || value.length() > 6 ? -1 : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
