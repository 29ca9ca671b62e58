package boxwall.explain;

import boxwall.netfilter.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Random rulesets, as text that both iptables-restore and {@link Rules} read. They use few different values, so that
 * packets often match.
 */
final class RandomRules {
    private static final String[] STATES = {"NEW", "ESTABLISHED", "RELATED", "INVALID"};
    private static final String[] FLAGS =
            {"FIN,SYN,RST,ACK SYN", "SYN SYN", "ACK ACK", "SYN,ACK SYN,ACK", "FIN,SYN,RST,PSH,ACK,URG NONE", "RST RST"};

    private final Random random;
    private final Family family;
    private final String[] addresses;
    private final String[] devices;
    private final Set<Feature> features;
    private final List<String> lines = new ArrayList<>();

    /** Matches and targets that rules may use besides addresses, interfaces, protocols, ports, flags and types. */
    enum Feature {
        STATE, FRAGMENT, MAC, MARK, LIMIT, RAW, NAT
    }

    RandomRules(Random random, Family family, String[] addresses, String[] devices, Set<Feature> features) {
        this.random = random;
        this.family = family;
        this.addresses = addresses;
        this.devices = devices;
        this.features = features;
    }

    List<String> lines() {
        if (features.contains(Feature.RAW)) { raw(); }
        if (features.contains(Feature.MARK)) { mangle(); }
        if (features.contains(Feature.NAT)) { nat(); }
        filter();
        return lines;
    }

    private void raw() {
        lines.add("*raw");
        some(3, "PREROUTING", "-j NOTRACK");
        some(2, "OUTPUT", "-j CT --notrack");
        lines.add("COMMIT");
    }

    private void mangle() {
        lines.add("*mangle");
        for (String chain : new String[] {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}) {
            lines.add(":" + chain + " " + (random.nextInt(9) == 0 ? "DROP" : "ACCEPT") + " [0:0]");
        }
        for (String chain : new String[] {"PREROUTING", "INPUT", "FORWARD", "OUTPUT"}) {
            some(2, chain, "-j MARK --set-xmark 0x" + Integer.toHexString(random.nextInt(16)) + "/0x"
                    + Integer.toHexString(1 + random.nextInt(15)));
            some(1, chain,
                    features.contains(Feature.LIMIT)
                            ? pick("-j CONNMARK --restore-mark", "-j DROP", "-j ACCEPT", "-j CONNMARK --save-mark")
                            : pick("-j DROP", "-j ACCEPT"));
        }
        lines.add("COMMIT");
    }

    private void nat() {
        lines.add("*nat");
        for (String chain : new String[] {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"}) {
            lines.add(":" + chain + " ACCEPT [0:0]");
        }
        // addresses that no packet has: a translation to the packet's own destination would not be visible
        String to =
                family == Family.IPV4 ? pick("192.168.178.77", "192.168.179.1") : pick("fd00:178::77", "fd00:179::1");
        String bracket = family == Family.IPV4 ? to : "[" + to + "]";
        some(2, "PREROUTING", pick("-j DNAT --to-destination " + to, "-j REDIRECT", "-j ACCEPT"));
        some(1, "OUTPUT", pick("-j DNAT --to-destination " + to, "-j ACCEPT"));
        lines.add("-A PREROUTING -p tcp -m tcp --dport " + port() + " -j DNAT --to-destination " + bracket + ":"
                + port());
        lines.add("-A PREROUTING -p udp -m udp --sport " + port() + " -j REDIRECT --to-ports " + port());
        some(1, "POSTROUTING", "-j MASQUERADE");
        lines.add("COMMIT");
    }

    private void filter() {
        lines.add("*filter");
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            lines.add(":" + chain + " " + policy() + " [0:0]");
        }
        int chains = random.nextInt(4);
        for (int i = 0; i < chains; i++) {
            lines.add(":U" + i + " - [0:0]");
        }
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            rules(chain, 0, chains);
        }
        for (int i = 0; i < chains; i++) {
            rules("U" + i, i + 1, chains);
        }
        lines.add("COMMIT");
    }

    private String policy() { return random.nextInt(3) == 0 ? "DROP" : "ACCEPT"; }

    private void some(int most, String chain, String target) {
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            lines.add("-A " + chain + " " + matches(chain) + target);
        }
    }

    private void rules(String chain, int firstCallable, int chains) {
        for (int i = random.nextInt(8); i > 0; i--) {
            String target =
                    pick("-j ACCEPT", "-j DROP", "-j REJECT", "-j RETURN", "", "call", "call", "-j ACCEPT", "-j DROP");
            if (target.equals("call")) {
                target = firstCallable == chains ? "-j RETURN" : (random.nextInt(3) == 0 ? "-g U" : "-j U")
                        + (firstCallable + random.nextInt(chains - firstCallable));
            }
            String matches = matches(chain);
            if (target.equals("-j REJECT") && matches.contains("-p tcp ") && !matches.contains("! -p")
                    && random.nextBoolean()) {
                target = "-j REJECT --reject-with tcp-reset";
            }
            lines.add(("-A " + chain + " " + matches + target).trim());
        }
    }

    private String matches(String chain) {
        StringBuilder out = new StringBuilder();
        address(out, "-s ");
        address(out, "-d ");
        boolean user = chain.startsWith("U");
        if (!chain.equals("OUTPUT") && !chain.equals("POSTROUTING") && random.nextInt(4) == 0) {
            out.append(not()).append("-i ").append(device()).append(' ');
        }
        if ((chain.equals("FORWARD") || chain.equals("OUTPUT") || user) && random.nextInt(4) == 0) {
            out.append(not()).append("-o ").append(device()).append(' ');
        }
        protocol(out);
        if (features.contains(Feature.STATE) && random.nextInt(5) == 0) {
            String state = pick(STATES) + (random.nextBoolean() ? "" : "," + pick("ESTABLISHED", "UNTRACKED"));
            out.append(
                    random.nextBoolean() ? "-m state " + not() + "--state " : "-m conntrack " + not() + "--ctstate ");
            out.append(String.join(",", new TreeSet<>(List.of(state.split(","))))).append(' ');
        }
        unusual(out, chain);
        return out.toString();
    }

    private void unusual(StringBuilder out, String chain) {
        if (features.contains(Feature.LIMIT) && random.nextInt(8) == 0) { out.append("-m limit --limit 1/sec "); }
        if (features.contains(Feature.MARK) && random.nextInt(6) == 0) {
            out.append("-m mark ").append(not()).append("--mark 0x").append(Integer.toHexString(random.nextInt(8)))
                    .append("/0x").append(Integer.toHexString(random.nextInt(8) | 7)).append(' ');
        }
        boolean incoming = chain.equals("INPUT") || chain.equals("FORWARD") || chain.equals("PREROUTING");
        if (features.contains(Feature.MAC) && incoming && random.nextInt(10) == 0) {
            // a negated match without -i is unknown: a packet that did not arrive over Ethernet has no address
            // (WalkTest)
            boolean oneInterface = out.indexOf("-i ") >= 0 && out.indexOf("! -i ") < 0;
            out.append("-m mac ").append(oneInterface ? not() : "").append("--mac-source 00:11:22:33:44:0")
                    .append(random.nextInt(3)).append(' ');
        }
        if (features.contains(Feature.FRAGMENT) && family == Family.IPV4 && random.nextInt(10) == 0) {
            out.append(not()).append("-f ");
        }
    }

    private void address(StringBuilder out, String option) {
        int kind = random.nextInt(6);
        int bits = family.addressBits;
        if (kind == 0) {
            out.append(not()).append(option).append(pick(addresses)).append('/').append(bits).append(' ');
        } else if (kind == 1) {
            out.append(not()).append(option).append(pick(addresses)).append('/').append(bits - 1 - random.nextInt(16))
                    .append(' ');
        } else if (kind == 2 && random.nextInt(4) == 0 && family == Family.IPV4) {
            out.append(not()).append(option).append(pick(addresses)).append("/255.0.255.").append(random.nextInt(256))
                    .append(' ');
        } else if (kind == 3 && random.nextInt(3) == 0) {
            List<String> two = new ArrayList<>(List.of(pick(addresses), pick(addresses)));
            two.sort((a, b) -> FieldBytes.compare(boxwall.netfilter.Addresses.parse(a),
                    boxwall.netfilter.Addresses.parse(b)));
            out.append("-m iprange ").append(not()).append(option.equals("-s ") ? "--src-range " : "--dst-range ")
                    .append(two.get(0)).append('-').append(two.get(1)).append(' ');
        }
    }

    private void protocol(StringBuilder out) {
        String protocol = pick("tcp", "tcp", "udp", "udp", "icmp", "none", "none");
        if (protocol.equals("none")) { return; }
        if (protocol.equals("icmp")) {
            boolean six = family == Family.IPV6;
            out.append(six ? "-p ipv6-icmp " : "-p icmp ");
            if (random.nextBoolean()) {
                String type = six ? pick("128", "129", "1/4", "1") : pick("8", "0", "3/3", "3", "any");
                out.append(six ? "-m icmp6 " : "-m icmp ").append(not()).append(six ? "--icmpv6-type " : "--icmp-type ")
                        .append(type).append(' ');
            }
            return;
        }
        if (random.nextInt(6) == 0) {
            out.append("! -p ").append(protocol).append(' ');
            return;
        }
        out.append("-p ").append(protocol).append(' ');
        int kind = random.nextInt(5);
        if (kind < 2) {
            out.append("-m ").append(protocol).append(' ').append(not()).append(pick("--dport ", "--sport "));
            out.append(random.nextBoolean() ? "" + port() : range()).append(' ');
        } else if (kind == 2) {
            out.append("-m multiport ").append(not()).append(pick("--dports ", "--sports ", "--ports "));
            out.append(port()).append(',').append(range()).append(' ');
        } else if (kind == 3 && protocol.equals("tcp")) {
            out.append("-m tcp ").append(not()).append("--tcp-flags ").append(pick(FLAGS)).append(' ');
        }
    }

    private String range() {
        int low = port();
        return low + ":" + (low + 7 * (1 + random.nextInt(3)));
    }

    int port() { return 1000 + random.nextInt(6) * 7; }

    private String device() {
        String name = pick(devices);
        return random.nextInt(5) == 0 ? name.substring(0, 1 + random.nextInt(name.length())) + "+" : name;
    }

    private String not() { return random.nextInt(4) == 0 ? "! " : ""; }

    String pick(String... words) { return words[random.nextInt(words.length)]; }
}
