package boxwall.box;

import java.util.HashMap;
import java.util.Map;

import boxwall.netfilter.Words;

/**
 * A packet as netfilter's LOG target prints it, from dmesg or, with a head before it, from syslog: <pre>
 * &lt;4&gt;[ 1234.567890] [IPT] drop IN=lan OUT= MAC=… SRC=192.168.178.20 DST=192.168.178.1 LEN=60 TOS=0x00 … PROTO=TCP SPT=40000 DPT=23 WINDOW=…
 * Nov 23 08:15:02 fritz kern.warn kernel: [ 1234.567890] [IPT] drop IN=lan …
 * </pre> (net/ipv4/netfilter/nf_log_ipv4.c). Without MAC=, and without the packet that an ICMP error quotes in
 * brackets. Immutable.
 */
public final class LogLine {
    private static final int LONGEST = 1000;
    /** The longest --log-prefix (xt_LOG.h: 30 with the end): LOG writes no more before IN=. */
    private static final int LONGEST_PREFIX = 29;

    /** The rule's --log-prefix without blanks around it; may be empty. */
    public final String prefix;
    /** Seconds since the kernel started ({@code 1234.567890}), or null when the kernel doesn't print them. */
    public final String uptime;
    /** Syslog's date and time ({@code Nov 23 08:15:02}), or null. */
    public final String when;
    private final Map<String, String> values;

    private LogLine(String prefix, String uptime, String when, Map<String, String> values) {
        this.prefix = prefix;
        this.uptime = uptime;
        this.when = when;
        this.values = values;
    }

    /** Reads a line; null when it isn't from LOG, or not from the kernel. */
    public static LogLine parse(String line) {
        if (line.length() > LONGEST) { return null; }
        for (LogMessage message = LogMessage.of(line); message != null && message.kernel; message = message.next()) {
            String text = message.text();
            for (int start = Words.find(text, "IN=", 0); start >= 0 && start <= LONGEST_PREFIX; start =
                    Words.find(text, "IN=", start + 1)) {
                int out = text.indexOf(' ', start) + 1;
                Map<String, String> values =
                        out > 0 && text.startsWith("OUT=", out) && text.indexOf('=', start + 3) > out
                                ? values(text.substring(start)) : null;
                if (values != null && values.containsKey("SRC")) {
                    return new LogLine(text.substring(0, start).trim(), message.uptime(), message.when, values);
                }
            }
        }
        return null;
    }

    /** The values up to a bracket, which begins the packet in an ICMP error; the first value of a key counts. */
    private static Map<String, String> values(String text) {
        Map<String, String> values = new HashMap<>();
        for (String word : Words.of(text)) {
            if (word.startsWith("[")) { break; }
            int at = word.indexOf('=');
            if (at > 0 && !values.containsKey(word.substring(0, at))) {
                values.put(word.substring(0, at), word.substring(at + 1));
            }
        }
        return values;
    }

    /** The value of {@code IN}, {@code SRC} …; empty for none. */
    public String get(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    /** The value of SPT, DPT, LEN or TYPE; -1 for none. */
    public int number(String key) {
        return (int) Words.number(get(key), 999999);
    }
}
