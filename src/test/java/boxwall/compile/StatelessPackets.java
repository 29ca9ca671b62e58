package boxwall.compile;

import boxwall.box.Readings;
import boxwall.explain.Namespace;
import boxwall.explain.Wire;
import boxwall.netfilter.Family;
import boxwall.syntax.RuleWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs inside a separate network namespace, which is the router (see StatelessIT); the namespaces {@code home},
 * {@code guests} and {@code net} are the hosts. Legitimate exchanges use real sockets ({@link Peer}). Forged packets
 * are sent as frames and counted by rules of the table security, which packets traverse after filter: a counted packet
 * has passed.
 */
final class StatelessPackets {
    private static final String[] FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
    private static final String[] HOSTS = {"home", "guests", "net"};
    private static final String[] DEVICES = {"lan", "guest", "dsl"};
    private static final String NAMESPACES =
            """
                    set -e
                    mount -t tmpfs none /run
                    ip link set lo up
                    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
                    sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv4.icmp_ratelimit=0 net.ipv4.ip_local_port_range='32768 61000'
                    n=0
                    for host in home guests net; do
                      n=$((n + 1)); set -- lan guest dsl; shift $((n - 1)); dev=$1
                      ip netns add $host
                      ip link add $dev address 02:00:00:00:0$n:01 type veth peer name eth0 address 02:00:00:00:0$n:02 netns $host
                      ip link set $dev up
                      ip -n $host link set lo up
                      ip netns exec $host sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv4.icmp_ratelimit=0
                      ip -n $host link set eth0 up
                    done
                    ip link set dsl mtu 1280; ip -n net link set eth0 mtu 1280
                    ip addr add 192.168.178.1/24 dev lan; ip addr add fd00:178::1/64 dev lan nodad
                    ip addr add 192.168.179.1/24 dev guest; ip addr add fd00:179::1/64 dev guest nodad
                    ip addr add 203.0.113.2/24 dev dsl; ip addr add 2001:db8:d51::2/64 dev dsl nodad
                    ip route add default via 203.0.113.1; ip -6 route add default via 2001:db8:d51::1
                    ip -n home addr add 192.168.178.20/24 dev eth0; ip -n home addr add fd00:178::20/64 dev eth0 nodad
                    ip -n guests addr add 192.168.179.20/24 dev eth0; ip -n guests addr add fd00:179::20/64 dev eth0 nodad
                    ip -n net addr add 203.0.113.1/24 dev eth0; ip -n net addr add 2001:db8:d51::1/64 dev eth0 nodad
                    ip -n net addr add 198.51.100.7/32 dev eth0; ip -n net addr add 198.51.100.8/32 dev eth0
                    ip -n net addr add 2001:db8:7::7/128 dev eth0 nodad
                    ip -n home route add default via 192.168.178.1; ip -n home -6 route add default via fd00:178::1
                    ip -n guests route add default via 192.168.179.1; ip -n guests -6 route add default via fd00:179::1
                    ip -n net route add 192.168.0.0/16 via 203.0.113.2; ip -n net -6 route add fd00::/16 via 2001:db8:d51::2
                    """;

    private final String injector;
    private final Map<String, Process> peers = new HashMap<>();
    private final Map<String, BufferedReader> output = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private String presets;
    private int exchanges;
    private int forged;

    private StatelessPackets(String injector) { this.injector = injector; }

    /**
     * Arguments: the path of the injector; optional rules to append to the first presets, then only those are tested.
     */
    public static void main(String[] args) throws Exception {
        StatelessPackets test = new StatelessPackets(args[0]);
        Namespace.run(NAMESPACES, "sh");
        Readings box = Presets.box("virtual-avm");
        test.start();
        for (String presets : new String[] {"anti-spoof wiki-basic ipv6-basic guest-isolation",
                "anti-spoof stateless-basic ipv6-basic guest-isolation",
                "anti-spoof wiki-basic ipv6-basic guest-isolation voip vpn-interface dmz-host block-tr069 flood-limits port-scan prioritise"
                        + " call-home-log"}) {
            test.presets = presets;
            String extraRules = args.length > 1 ? args[1] : "";
            // a service in the middle of the local port range
            extraRules += "iptables -A INPUT -i lan -p udp --dport 51820 -j ACCEPT\n";
            Presets.OnBox on = Presets.on(box, Presets.text(List.of(presets.split(" "))) + extraRules, AutoYesNo.NO);
            for (Family family : Family.values()) {
                String text = RuleWriter.restore(on.compiled().ruleset, family).text;
                if (text.contains("state") || text.contains("conntrack")) {
                    throw new AssertionError("a state is left in " + text);
                }
                Namespace.run(text, family.command + "-legacy-restore");
            }
            test.exchanges(presets.contains("voip"));
            test.forged(presets.contains("port-scan"));
            if (args.length > 1) { break; }
        }
        for (Process peer : test.peers.values()) {
            peer.destroyForcibly();
        }
        for (String each : test.wrong) {
            System.out.println(each);
        }
        System.out.println(
                test.exchanges + " exchanges and " + test.forged + " forged packets, wrong: " + test.wrong.size());
        System.out.println(test.wrong.isEmpty() ? "all as expected" : "not as expected");
        System.exit(test.wrong.isEmpty() ? 0 : 1);
    }

    private void start() throws IOException {
        peer("box", "udp:0.0.0.0:53", "udp:0.0.0.0:5060", "udp:0.0.0.0:1900", "tcp:0.0.0.0:22", "tcp:0.0.0.0:53",
                "tcp:0.0.0.0:80");
        peer("home", "udp:192.168.178.20:68", "tcp:192.168.178.20:22");
        peer("guests", "udp:192.168.179.20:68");
        peer("net", "udp:198.51.100.7:53", "udp:198.51.100.7:123", "udp:198.51.100.7:443", "udp:198.51.100.7:5060",
                "tcp:198.51.100.7:22", "tcp:198.51.100.7:80", "tcp:198.51.100.7:443", "tcp:198.51.100.7:5060",
                "udp:2001/db8/7//7:53", "tcp:2001/db8/7//7:443");
        for (String name : output.keySet()) {
            String first = output.get(name).readLine();
            if (!"up".equals(first)) { throw new AssertionError(name + " did not start: " + first); }
        }
    }

    private void peer(String name, String... services) throws IOException {
        List<String> command = new ArrayList<>();
        if (!name.equals("box")) { command.addAll(List.of("ip", "netns", "exec", name)); }
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto", "-cp", System.getProperty("java.class.path"), "boxwall.compile.Peer"));
        command.addAll(List.of(services));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        peers.put(name, process);
        output.put(name, new BufferedReader(new InputStreamReader(process.getInputStream())));
    }

    private void exchange(String peer, String request, String expected, String what) throws IOException {
        PrintStream to = new PrintStream(peers.get(peer).getOutputStream(), true);
        to.println(request);
        String answer = output.get(peer).readLine();
        exchanges++;
        if (!expected.equals(answer)) {
            wrong.add(presets + ": " + what + ": " + peer + " sends '" + request + "': expected " + expected
                    + ", found " + answer);
        }
    }

    /** Exchanges that the stateful form accepts. */
    private void exchanges(boolean telephony) throws IOException {
        for (String host : new String[] {"home", "guests"}) {
            exchange(host, "udp 0 198.51.100.7 53 100", "answered 100", "DNS");
            exchange(host, "udp 0 198.51.100.7 53 3000", "answered 3000", "a fragmented DNS reply");
            exchange(host, "udp 0 198.51.100.7 123 48", "answered 48", "NTP");
            exchange(host, "udp 0 198.51.100.7 443 1200", "answered 1200", "QUIC");
            exchange(host, "tcp 198.51.100.7 80", "open", "HTTP");
            exchange(host, "tcp 198.51.100.7 443", "open", "HTTPS");
            exchange(host, "tcp 198.51.100.7 22", "open", "ssh out");
            exchange(host, "udp 0 198.51.100.8 53 9", "refused", "port unreachable");
            exchange(host, "ping 198.51.100.7", "answered", "echo");
            exchange(host, "tcp 198.51.100.8 80", "refused", "a reset");
            exchange(host, "udp 0 2001:db8:7::7 53 100", "answered 100", "DNS over IPv6");
            exchange(host, "udp 0 2001:db8:7::7 53 3000", "answered 3000", "a fragmented DNS reply over IPv6");
            exchange(host, "tcp 2001:db8:7::7 443", "open", "HTTPS over IPv6");
            exchange(host, "udp 0 " + (host.equals("home") ? "192.168.178.1" : "192.168.179.1") + " 53 100",
                    "answered 100", "DNS of the box");
        }
        exchange("home", "udp 0 198.51.100.7 5060 100", "answered 100", "SIP of the LAN");
        exchange("home", "udp 5060 198.51.100.7 5060 100", "answered 100", "SIP of the LAN from its own port");
        exchange("home", "tcp 192.168.178.1 22", "open", "ssh in");
        exchange("home", "tcp 192.168.178.1 80", "open", "the web page");
        exchange("guests", "tcp 192.168.179.1 53", "open", "DNS of the box over TCP");
        exchange("box", "udp 0 198.51.100.7 53 100", "answered 100", "the box's DNS");
        exchange("box", "udp 0 198.51.100.7 53 3000", "answered 3000", "a fragmented reply to the box");
        exchange("box", "udp 0 2001:db8:7::7 53 3000", "answered 3000", "a fragmented reply to the box over IPv6");
        exchange("box", "udp 0 198.51.100.7 123 48", "answered 48", "the box's NTP");
        exchange("box", "udp 0 198.51.100.8 53 9", "refused", "port unreachable, to the box");
        exchange("box", "tcp 198.51.100.7 5060", "open", "SIP over TCP");
        exchange("box", "tcp 192.168.178.20 22", "open", "ssh from the box into the LAN");
        exchange("box", "udp 67 192.168.178.20 68 300", "answered 300", "the box's DHCP reply to the LAN");
        if (telephony) { exchange("net", "udp 0 203.0.113.2 5060 100", "answered 100", "a call for the box"); }
    }

    /** Sends forged frames from all sides; the counters of the table security show which passed. */
    private void forged(boolean scanning) throws Exception {
        List<String[]> sends = new ArrayList<>();
        for (int flags = 0; flags < 64; flags++) {
            boolean ack = (flags & 16) != 0;
            boolean passes = ack || (flags & 6) == 4;
            // port-scan also drops unusual combinations: SYN with FIN or RST, FIN without ACK
            passes &= !scanning || (flags & 3) != 3 && (flags & 6) != 6 && (flags & 17) != 1;
            String words = words(flags);
            sends.add(new String[] {"net",
                    "family=4 src=198.51.100.9 dst=203.0.113.2 proto=tcp sport=40000 dport=22 flags=" + words,
                    "INPUT -i dsl -p tcp --dport 22 --tcp-flags ALL " + words, "" + passes});
            sends.add(new String[] {"net",
                    "family=4 src=198.51.100.9 dst=192.168.178.20 proto=tcp sport=40000 dport=445 flags=" + words,
                    "FORWARD -i dsl -o lan -p tcp --dport 445 --tcp-flags ALL " + words, "" + passes});
            sends.add(new String[] {"guests",
                    "family=4 src=192.168.179.20 dst=192.168.178.20 proto=tcp sport=40000 dport=445 flags=" + words,
                    "FORWARD -i guest -o lan -p tcp --dport 445 --tcp-flags ALL " + words, "" + (scanning && ack)});
        }
        for (int port : new int[] {53, 67, 68, 69, 123, 137, 161, 500, 1900, 4500, 5351, 5353, 5355, 7077, 51820}) {
            for (String[] side : new String[][] {{"net", "dsl", "198.51.100.9", "203.0.113.2"},
                    {"guests", "guest", "192.168.179.20", "192.168.179.1"}}) {
                boolean served = side[0].equals("guests") && (port == 53 || port == 67);
                String match = " -i " + side[1] + " -p udp --sport 53 --dport " + port;
                if (!served || port == 53) {
                    sends.add(new String[] {side[0],
                            "src=" + side[2] + " dst=" + side[3] + " proto=udp sport=53 dport=" + port, "INPUT" + match,
                            "" + served});
                }
            }
        }
        other(sends, scanning);
        count(sends);
    }

    private static void other(List<String[]> sends, boolean scanning) {
        String lan = "src=192.168.178.20 dst=";
        for (String proto : new String[] {"tcp sport=1 dport=22", "udp sport=53 dport=40001", "icmp type=8"}) {
            String name = proto.substring(0, proto.indexOf(' ') < 0 ? proto.length() : proto.indexOf(' '));
            // spoofed LAN addresses from the Internet side
            sends.add(new String[] {"net", lan + "203.0.113.2 proto=" + proto,
                    "INPUT -i dsl -s 192.168.178.0/24 -p " + name, "false"});
            sends.add(new String[] {"net", "src=192.168.178.77 dst=192.168.178.20 proto=" + proto,
                    "FORWARD -i dsl -s 192.168.178.77 -p " + name, "false"});
            // guests to the LAN, and to the box with source port 53
            sends.add(new String[] {"guests", "src=192.168.179.21 dst=192.168.178.21 proto=" + proto,
                    "FORWARD -i guest -d 192.168.178.21 -p " + name, "false"});
        }
        sends.add(new String[] {"guests", "src=192.168.179.21 dst=192.168.179.1 proto=udp sport=53 dport=40000",
                "INPUT -i guest -p udp --dport 40000", "false"});
        // described in the notes: unrequested replies to ports without a service
        sends.add(new String[] {"net", "src=198.51.100.9 dst=203.0.113.2 proto=udp sport=53 dport=40002",
                "INPUT -i dsl -p udp --dport 40002", "true"});
        sends.add(new String[] {"net", "src=198.51.100.9 dst=203.0.113.2 proto=udp sport=54 dport=40003",
                "INPUT -i dsl -p udp --dport 40003", "false"});
        sends.add(new String[] {"net", "src=198.51.100.9 dst=192.168.178.20 proto=udp sport=53 dport=1023",
                "FORWARD -i dsl -p udp --dport 1023", "false"});
        // errors and requests of ICMP
        sends.add(new String[] {"net", "src=198.51.100.9 dst=192.168.178.20 proto=icmp type=3/4",
                "FORWARD -i dsl -p icmp --icmp-type 3/4", "true"});
        sends.add(new String[] {"net", "src=198.51.100.9 dst=203.0.113.2 proto=icmp type=3/4",
                "INPUT -i dsl -p icmp --icmp-type 3/4", "true"});
        for (int type : new int[] {8, 13, 15, 17, 5, 9, 10}) {
            sends.add(new String[] {"net", "src=198.51.100.9 dst=203.0.113.2 proto=icmp type=" + type,
                    "INPUT -i dsl -p icmp --icmp-type " + type, "false"});
            sends.add(new String[] {"net", "src=198.51.100.9 dst=192.168.178.20 proto=icmp type=" + type,
                    "FORWARD -i dsl -p icmp --icmp-type " + type, "false"});
        }
        // DHCP: requests from the LAN and from guests are accepted, no others
        for (String[] side : new String[][] {{"home", "lan", "true"}, {"guests", "guest", "true"},
                {"net", "dsl", "false"}}) {
            sends.add(new String[] {side[0], "src=0.0.0.0 dst=255.255.255.255 proto=udp sport=68 dport=67",
                    "INPUT -i " + side[1] + " -p udp --sport 68 --dport 67", side[2]});
        }
        // any other protocol
        sends.add(new String[] {"net", "src=198.51.100.9 dst=203.0.113.2 proto=gre", "INPUT -i dsl -p gre", "false"});
    }

    private static String words(int flags) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            out.append((flags >> i & 1) == 0 ? "" : (out.length() == 0 ? "" : ",") + FLAGS[i]);
        }
        return out.length() == 0 ? "NONE" : out.toString();
    }

    /**
     * Sends all frames; rule N of the table security counts whether packet N passed, raw counts the received packets.
     */
    private void count(List<String[]> sends) throws Exception {
        StringBuilder text = new StringBuilder(
                "*raw\n-A PREROUTING -i dsl\n-A PREROUTING -i guest\n-A PREROUTING -i lan\nCOMMIT\n*security\n");
        for (int i = 0; i < sends.size(); i++) {
            text.append("-A ").append(sends.get(i)[2]).append(" -m comment --comment n").append(i).append("\n");
        }
        Namespace.run(text + "COMMIT\n", "iptables-legacy-restore", "--noflush");
        int before = total("raw", null)[0];
        for (int host = 0; host < HOSTS.length; host++) {
            StringBuilder requests = new StringBuilder();
            for (String[] send : sends) {
                if (send[0].equals(HOSTS[host])) {
                    String macs = "020000000" + (host + 1);
                    String to = send[1].contains("255.255.255.255") ? "ffffffffffff" : macs + "01";
                    requests.append(Wire.frame("eth0", to, macs + "02", send[1])).append('\n');
                    forged++;
                }
            }
            String printed = Namespace.run(requests.toString(), "ip", "netns", "exec", HOSTS[host], injector);
            if (printed.lines().anyMatch(l -> !l.equals("ok"))) { throw new AssertionError("not sent: " + printed); }
        }
        // the kernel handles frames in softirq context after the sender returned: retry for two seconds at most
        for (int turn = 0; turn < 200 && total("raw", null)[0] - before < sends.size(); turn++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        int[] passed = total("security", sends);
        for (int i = 0; i < sends.size(); i++) {
            if (passed[i] > 0 != Boolean.parseBoolean(sends.get(i)[3])) {
                wrong.add(presets + ": from " + sends.get(i)[0] + " " + sends.get(i)[1]
                        + (passed[i] > 0 ? " passed" : " was dropped"));
            }
        }
        Namespace.run("*raw\nCOMMIT\n*security\nCOMMIT\n", "iptables-legacy-restore");
    }

    /** The packets counted by each numbered rule; without {@code sends} all of them in the first element. */
    private static int[] total(String table, List<String[]> sends) throws Exception {
        int[] counted = new int[sends == null ? 1 : sends.size()];
        for (String line : Namespace.run("", "iptables-legacy-save", "-c", "-t", table).split("\n")) {
            if (line.startsWith("[")) {
                int packets = Integer.parseInt(line.substring(1, line.indexOf(':')));
                int at = line.indexOf("--comment n");
                counted[at < 0 ? 0 : Integer.parseInt(line.substring(at + 11).split("\\D")[0])] += packets;
            }
        }
        return counted;
    }
}
