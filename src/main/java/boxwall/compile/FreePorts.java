package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The box's UDP ports that answers may go to: ip_local_port_range without the ports that rules of INPUT name for new packets, for those have a service:
 * WireGuard's 51820 lies in the midst of what the kernel gives to programs.
 */
final class FreePorts {
    /** A range of more ports than this names no service. */
    private static final int SERVICE_MAX = 256;
    /** multiport takes 15 ports, a range counts twice (xt_multiport.h: XT_MULTI_PORTS). */
    private static final int RANGES_MAX = 7;

    /** {@code low:high}, or several with commas, as one multiport takes them; {@code local} is {@code low:high}. */
    static String of(String local, Ruleset ruleset, Family family, Table table, Jumps jumps) {
        return words(few(cut(local, ruleset, family, table, jumps)));
    }

    /** All ports that no rule of INPUT names. */
    static String unserved(Ruleset ruleset, Family family, Table table, Jumps jumps) {
        return words(cut(UdpPorts.ALL, ruleset, family, table, jumps));
    }

    private static List<int[]> cut(String within, Ruleset ruleset, Family family, Table table, Jumps jumps) {
        int[] range = range(within);
        TreeSet<Integer> served = new TreeSet<>();
        for (String name : jumps.any("INPUT")) {
            Chain chain = ruleset.chain(family, table, name);
            for (Rule rule : chain.rules()) {
                Set<State> states = State.of(rule);
                // a rule that only lets answers in names no service
                if (Negatable.is("udp").equals(rule.protocol) && (states == null || states.contains(State.NEW))) {
                    collect(rule, range, served);
                }
            }
        }
        return cut(range, served);
    }

    private static void collect(Rule rule, int[] within, TreeSet<Integer> served) {
        for (Match match : rule.matches()) {
            for (Option option : match.options) {
                if (!option.negated && (option.name.equals("--dport") || option.name.equals("--dports"))) {
                    for (int[] named : ranges(option.value())) {
                        boolean few = named[1] - named[0] < SERVICE_MAX;
                        for (int port = Math.max(named[0], within[0]); few && port <= Math.min(named[1], within[1]); port++) {
                            served.add(Integer.valueOf(port));
                        }
                    }
                }
            }
        }
    }

    /** What is left, in order. */
    private static List<int[]> cut(int[] range, TreeSet<Integer> served) {
        List<int[]> left = new ArrayList<>();
        int low = range[0];
        for (Integer port : served) {
            if (port.intValue() > low) {
                left.add(new int[] {low, port.intValue() - 1});
            }
            low = port.intValue() + 1;
        }
        if (low <= range[1]) {
            left.add(new int[] {low, range[1]});
        }
        return left;
    }

    /** Of more ranges than multiport can ask for, the largest. */
    private static List<int[]> few(List<int[]> ranges) {
        List<int[]> left = ranges;
        if (left.size() > RANGES_MAX) {
            sort(left, false);
            left = new ArrayList<>(left.subList(0, RANGES_MAX));
            sort(left, true);
        }
        return left;
    }

    private static void sort(List<int[]> ranges, final boolean byPort) {
        Collections.sort(ranges, new Comparator<int[]>() {
            @Override
            public int compare(int[] a, int[] b) {
                return byPort ? a[0] - b[0] : b[1] - b[0] - (a[1] - a[0]);
            }
        });
    }

    /** The ports of some ranges, comma-separated, that lie in some others; {@code ""} when there are none. */
    static String within(String ranges, String others) {
        List<int[]> both = new ArrayList<>();
        List<int[]> bounds = ranges(others);
        for (int[] range : ranges(ranges)) {
            for (int[] bound : bounds) {
                int low = Math.max(range[0], bound[0]);
                int high = Math.min(range[1], bound[1]);
                if (low <= high) {
                    both.add(new int[] {low, high});
                }
            }
        }
        return words(both);
    }

    /** The ports of some ranges that lie in none of the others. */
    static String without(String ranges, String others) {
        String left = ranges;
        for (int[] out : ranges(others)) {
            String below = out[0] == 0 ? "" : within(left, "0:" + (out[0] - 1));
            String above = out[1] == 65535 ? "" : within(left, out[1] + 1 + ":65535");
            left = below + (below.length() == 0 || above.length() == 0 ? "" : ",") + above;
        }
        return left;
    }

    /** Both ends of each range; none of {@code ""}. */
    static List<int[]> ranges(String text) {
        List<int[]> ranges = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            ranges.add(range(text.substring(at, end)));
            at = end + 1;
        }
        return ranges;
    }

    private static String words(List<int[]> ranges) {
        StringBuilder text = new StringBuilder();
        for (int[] range : ranges) {
            text.append(text.length() == 0 ? "" : ",").append(word(range));
        }
        return text.toString();
    }

    static String word(int[] range) {
        return range[0] + (range[0] == range[1] ? "" : ":" + range[1]);
    }

    /** {@code 80} or {@code 1024:65535}, both ends. */
    static int[] range(String text) {
        int colon = text.indexOf(':');
        int low = Integer.parseInt(colon < 0 ? text : text.substring(0, colon));
        return new int[] {low, colon < 0 ? low : Integer.parseInt(text.substring(colon + 1))};
    }
}
