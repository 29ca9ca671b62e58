package boxwall.optimize;

import boxwall.explain.Packet;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random rulesets that can be optimized: lists of networks and ports, mixed with rules that must not be moved.
 */
final class RandomLists {
    private static final String[] TARGETS = {"ACCEPT", "DROP", "REJECT", "CALLED", "BACK"};

    private final Random random;
    private final Family family;
    private final String command;
    private final List<String> lines = new ArrayList<>();

    RandomLists(long seed) {
        random = new Random(seed);
        family = seed % 3 == 0 ? Family.IPV6 : Family.IPV4;
        command = family.command + " ";
    }

    Family family() { return family; }

    List<String> lines() {
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            lines.add(command + "-P " + chain + pick(" ACCEPT", " DROP"));
        }
        for (String chain : new String[] {"CALLED", "BACK", "LISTS"}) {
            lines.add(command + "-N " + chain);
        }
        if (random.nextInt(3) == 0) {
            lines.add(command + "-t mangle -A PREROUTING -s " + network() + " -j MARK --set-mark 1");
        }
        for (int i = 2 + random.nextInt(5); i > 0; i--) {
            part(pick("INPUT", "INPUT", "FORWARD", "LISTS", "OUTPUT"));
        }
        lines.add(command + "-A CALLED " + pick("-j LOG", "-m limit --limit 1/sec -j LOG", "-p tcp -j DROP"));
        lines.add(command + "-A CALLED -j " + pick("DROP", "RETURN"));
        lines.add(command + "-A BACK -p udp -j ACCEPT");
        lines.add(command + "-A INPUT -j LISTS");
        lines.add(command + "-A INPUT -m state --state ESTABLISHED -j ACCEPT");
        return lines;
    }

    private void part(String chain) {
        switch (random.nextInt(6)) {
            case 0 -> ports(chain);
            case 1 -> any(chain);
            case 2 -> mixed(chain);
            default -> addresses(chain);
        }
    }

    /** Many rules {@code -s X -j DROP}; some have another target, a port or an interface. */
    private void addresses(String chain) {
        String option = pick("-s ", "-s ", "-d ");
        String in = chain.equals("OUTPUT") ? "" : pick("", "-i dsl ", "-i lan ");
        String match = pick("", "", "-p tcp --dport 22 ", "-m mark --mark 1 ");
        String target = pick(TARGETS);
        for (int i = 3 + random.nextInt(60); i > 0; i--) {
            boolean odd = random.nextInt(12) == 0;
            lines.add(command + "-A " + chain + " " + in + option + network() + " "
                    + (odd ? pick("-p udp ", match) : match) + "-j " + (odd ? pick(TARGETS) : target));
        }
    }

    private void ports(String chain) {
        String start = pick("-p tcp ", "-p udp ") + (random.nextBoolean() ? "" : "-s " + network() + " ");
        String target = pick("ACCEPT", "DROP", "CALLED");
        for (int i = 2 + random.nextInt(24); i > 0; i--) {
            lines.add(command + "-A " + chain + " " + start + pick("--dport ", "--dport ", "--dport ", "--sport ")
                    + port() + " -j " + (random.nextInt(9) == 0 ? pick(TARGETS) : target));
        }
    }

    /** Rules with and without interfaces and protocols. */
    private void mixed(String chain) {
        for (int i = 16 + random.nextInt(30); i > 0; i--) {
            String in = chain.equals("OUTPUT") ? pick("-o lan ", "-o dsl ", "")
                    : pick("-i lan ", "-i dsl ", "-i guest ", random.nextInt(5) == 0 ? "" : "-i lan ");
            lines.add(command + "-A " + chain + " " + in
                    + pick("-p tcp --dport " + port(), "-p udp --sport " + port(), "-p udp", "-s " + network()) + " -j "
                    + pick("ACCEPT", "ACCEPT", "DROP", "BACK"));
        }
    }

    /** Various rules, most of which must not be merged. */
    private void any(String chain) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            lines.add(command + "-A " + chain + " " + pick("-j LOG", "-s " + network() + " -j LOG --log-prefix some",
                    "", "-m limit --limit 2/sec -j ACCEPT", "! -s " + network() + " -p udp -j DROP", "-g BACK",
                    "-s " + network() + " -j RETURN", "-m state --state ESTABLISHED,RELATED -j ACCEPT",
                    "-m state --state NEW -p tcp -j DROP", "-m comment --comment twice -s " + network() + " -j DROP",
                    "-p tcp --syn -j ACCEPT", "-m recent --name x --update -j DROP",
                    "-p tcp -m multiport --dports 22,25:30 -j ACCEPT", "! -p tcp -j DROP",
                    "-m conntrack --ctstate NEW -j BACK", "-s " + network() + " -d " + network() + " -j ACCEPT"));
        }
    }

    /** Networks with few different bits, so that many are equal, adjacent or contained in each other. */
    private String network() {
        int low = random.nextInt(256);
        if (family == Family.IPV4) {
            return "10." + random.nextInt(4) + "." + (random.nextInt(8) * 32) + "." + low + "/"
                    + pick("32", "32", "31", "30", "24", "20", "12");
        }
        return "2001:db8:" + random.nextInt(4) + "::" + Integer.toHexString(low) + "/"
                + pick("128", "128", "127", "126", "48", "40");
    }

    private String port() {
        int port = 20 + random.nextInt(30);
        return random.nextInt(8) == 0 ? port + ":" + (port + 3) : "" + port;
    }

    private String pick(String... of) { return of[random.nextInt(of.length)]; }

    /** A packet that may match such rules. */
    Packet packet(boolean leaves) {
        Packet packet = Packet.of(family).src(address()).dst(address())
                .protocol(new int[] {6, 17, 6, 17, 47}[random.nextInt(5)]).sport(18 + random.nextInt(36))
                .dport(18 + random.nextInt(36)).flags(random.nextInt(3) == 0 ? Packet.ACK : Packet.SYN).icmp(8, 0)
                .fragment(random.nextInt(9) == 0)
                .state(ConnectionState.values()[random.nextInt(ConnectionState.values().length)])
                .mark((long) random.nextInt(2)).mac(new byte[6]);
        return leaves ? packet.out(pick("lan", "dsl", "guest")) : packet.in(pick("lan", "dsl", "guest"));
    }

    private byte[] address() {
        String text = network();
        return Addresses.parse(text.substring(0, text.indexOf('/')));
    }
}
