package boxwall.facts;

import java.util.Arrays;
import java.util.Collections;

import boxwall.box.Finding.Severity;
import boxwall.box.Finding;
import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * Verdicts from counters and from what was read back: does netfilter see packets, does Packet Acceleration pass it by.
 */
public final class Witness {
    /** Fewer packets than this between two looks say nothing. */
    private static final long ENOUGH = 200;
    private static final String RULE = "counting rule for ICMP on lo: ";
    private static final String SAVE = "iptables-save";
    /** The packets of each interface. */
    public static final String DEV = "/proc/net/dev";

    private Witness() {}

    private static Finding finding(String code, Severity severity, String line, String effect, String remedy) {
        return new Finding(code, severity, "", Collections.singletonList(line), effect, remedy);
    }

    /**
     * The finding behind the boot plane's words about its own counting,
     * {@code counting rule for ICMP on lo: 0 packets, 0 bytes; sent 2 packets, 168 bytes}: modules built for another
     * struct sk_buff load and match nothing, or count nonsense, and crash the box at the first LOG (measured on
     * 2.6.32). Or about a ping that could not be sent, or about Packet Acceleration's control file (which takes any
     * word without an error, so its state is read back). Null when they are about something else.
     */
    public static Finding told(String words) {
        int at = words.indexOf(RULE);
        if (at >= 0) {
            boolean nothing = words.startsWith("0 packets", at + RULE.length());
            return finding(nothing ? "netfilter-sees-nothing" : "netfilter-layout-mismatch", Severity.REFUSE,
                    Words.split(words.substring(at), '|')[0].trim(),
                    nothing ? "Rules load but see no packet: they protect nothing, and a LOG rule may crash the box."
                            : "Rules misread packets: the modules were built for another struct sk_buff, and a LOG "
                                    + "rule would crash the box.",
                    "rebuild the firmware so that kernel and modules agree on NF_CONNTRACK; load no LOG rule before that");
        }
        if (words.startsWith("pa-control-ineffective")) {
            return finding("pa-control-ineffective", Severity.WARN, "boxwall-apply: " + words,
                    "Writing to Packet Acceleration's control file changed nothing: flows still bypass netfilter.",
                    "cat /proc/net/avm_pa/brief; dmesg | grep avm_pa says whether the word is known; AVM's page Support switches it too");
        }
        return !words.startsWith("netfilter-unproved") ? null : finding("netfilter-unproved", Severity.REFUSE,
                "boxwall-apply: " + words,
                "The test whether netfilter sees packets correctly could not run, so no rule with LOG is loaded: on a kernel of this age it may "
                        + "crash the box.",
                "ifconfig lo up; ping -c 1 127.0.0.1 must work; or rules without LOG");
    }

    private static long number(String text) { return Words.number(text, Long.MAX_VALUE); }

    /** Packets through an interface (received and sent, /proc/net/dev), or -1 when it isn't there. */
    private static long interfacePackets(Readings readings, String name) {
        for (Line line : readings.all(DEV)) {
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
     * Packets that the filter table counted, policies and rules: {@code :FORWARD ACCEPT [12:3456]},
     * {@code [1:60] -A …}; -1 for none.
     */
    private static long filterPackets(Readings readings) {
        boolean inFilter = false;
        long packets = -1;
        for (Line saved : readings.all(SAVE)) {
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

    /** As much of a reading as the next one is compared with: the rest may go. */
    public static Readings counted(Readings readings) {
        Readings few = Readings.none();
        few = readings.file(DEV) == null ? few : few.withFile(DEV, readings.file(DEV));
        return readings.command(SAVE) == null ? few : few.withCommand(SAVE, readings.command(SAVE));
    }

    /**
     * The finding when the Internet side moved packets that the filter table didn't count, between two readings; null
     * when not.
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
        return new Finding("pa-bypasses-netfilter", Severity.WARN, "",
                Arrays.asList("/proc/net/dev: " + wan + " moved " + moved + " packets",
                        "iptables-save -c: filter counted " + counted + " of them"),
                "Packet Acceleration carries " + (moved - counted) + " of " + moved
                        + " packets that bypass netfilter: no rule or counter saw them.",
                "echo flush > /proc/net/avm_pa/control ends the flows it carries; PA=disable in boxwall.cfg for every packet");
    }
}
