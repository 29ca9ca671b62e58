package boxwall.box;

import java.util.HashMap;
import java.util.Map;

import boxwall.netfilter.Words;

/**
 * A packet as netfilter's LOG target prints it, from dmesg or, with a head before it, from syslog: <pre>
 * &lt;4&gt;[ 1234.567890] [IPT] drop IN=lan OUT= MAC=… SRC=192.168.178.20 DST=192.168.178.1 LEN=60 TOS=0x00 … PROTO=TCP SPT=40000 DPT=23 WINDOW=…
 * Nov 23 08:15:02 fritz kern.warn kernel: [ 1234.567890] [IPT] drop IN=lan …
 * </pre> (net/ipv4/netfilter/nf_log_ipv4.c). What an ICMP error quotes stands in brackets and is left out; so is MAC=,
 * always. Immutable.
 */
public final class LogLine {
    private static final int LONGEST = 1000;
    /**
     * --log-prefix takes this much (xt_LOG.h: 30 with the end); whatever has more in front of IN= wasn't written by
     * LOG.
     */
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

    /** Reads a line; null when it is none of LOG, or wasn't written by the kernel. */
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

    /** What an ICMP error quotes stands in brackets; the first of two words with one key counts. */
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

    /** What stands behind {@code IN=}, {@code SRC=} …; empty when it isn't there. */
    public String get(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    /** SPT, DPT, LEN or TYPE; -1 when it isn't there. */
    public int number(String key) {
        return (int) Words.number(get(key), 999999);
    }
}
