package boxwall.facts;

import java.util.Arrays;
import java.util.Collections;

import boxwall.box.Finding;
import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/** Findings from counters: whether netfilter sees the packets, or Packet Acceleration bypasses it. */
public final class CounterFindings {
    /** With fewer packets between two readings there is no verdict. */
    private static final long ENOUGH = 200;
    private static final String RULE = "counting rule for ICMP on lo: ";
    private static final String SAVE = "iptables-save";
    /** The packets of each interface. */
    public static final String DEV = "/proc/net/dev";

    private CounterFindings() {}

    /**
     * Returns the finding for a message of boxwall-apply about its counting test,
     * {@code counting rule for ICMP on lo: 0 packets, 0 bytes; sent 2 packets, 168 bytes}. Modules built for another
     * struct sk_buff load, match nothing or count nonsense, and crash the box at the first LOG (measured on 2.6.32).
     * Other messages are about a ping that could not be sent, or about Packet Acceleration's control file, which takes
     * any word without an error, so its state is read back. Null for all other messages.
     */
    public static Finding of(String message) {
        int at = message.indexOf(RULE);
        if (at >= 0) {
            boolean none = message.startsWith("0 packets", at + RULE.length());
            return Finding.of(none ? "netfilter-sees-nothing" : "netfilter-layout-mismatch.counted", "",
                    Collections.singletonList(Words.split(message.substring(at), '|')[0].trim()));
        }
        for (String code : new String[] {"pa-control-ineffective", "netfilter-unproved"}) {
            if (message.startsWith(code)) {
                return Finding.of(code, "", Collections.singletonList("boxwall-apply: " + message));
            }
        }
        return null;
    }

    private static long number(String text) { return Words.number(text, Long.MAX_VALUE); }

    /** The packets that an interface received and sent (/proc/net/dev); -1 when it isn't there. */
    private static long interfacePackets(Readings readings, String name) {
        for (ReadingLine line : readings.all(DEV)) {
            int colon = line.text.lastIndexOf(':');
            if (colon > 0 && line.text.substring(0, colon).trim().equals(name)) {
                String[] words = Words.of(line.text.substring(colon + 1));
                return words.length < 10 || number(words[1]) < 0 || number(words[9]) < 0 ? -1
                        : number(words[1]) + number(words[9]);
            }
        }
        return -1;
    }

    /**
     * The packets that policies and rules of the filter table counted, {@code :FORWARD ACCEPT [12:3456]},
     * {@code [1:60] -A …}; -1 without counters.
     */
    private static long filterPackets(Readings readings) {
        boolean inFilter = false;
        long packets = -1;
        for (ReadingLine saved : readings.all(SAVE)) {
            String line = saved.text;
            inFilter = line.startsWith("*") ? line.equals("*filter") : inFilter;
            int open = line.startsWith("[") ? 0 : line.startsWith(":") ? line.lastIndexOf(" [") + 1 : -1;
            int colon = open < 0 ? -1 : line.indexOf(':', open + 1);
            if (inFilter && colon > 0 && line.charAt(open) == '[') {
                packets = Math.max(packets, 0) + Math.max(0, number(line.substring(open + 1, colon)));
            }
        }
        return packets;
    }

    /** The counters of the readings alone, to compare the next readings with. */
    public static Readings counted(Readings readings) {
        return readings.only(DEV, SAVE);
    }

    /**
     * Returns a finding when the Internet side moved packets between two readings that the filter table didn't count;
     * else null.
     */
    public static Finding bypassed(BoxFacts facts, Readings before, Readings after) {
        if (facts.wan == null || !facts.acceleration.mayBypass()) { return null; }
        String wan = facts.wan.name;
        long moved = interfacePackets(after, wan) - interfacePackets(before, wan);
        long counted = filterPackets(after) - filterPackets(before);
        if (interfacePackets(before, wan) < 0 || filterPackets(before) < 0 || moved < ENOUGH || counted * 10 > moved
                || counted < 0) {
            return null;
        }
        return Finding.of("pa-bypasses-netfilter.counted", "",
                Arrays.asList("/proc/net/dev: " + wan + " moved " + moved + " packets",
                        "iptables-save -c: filter counted " + counted + " of them"),
                moved - counted, moved);
    }
}
