package boxwall.compile;

import boxwall.box.Readings;
import boxwall.explain.Namespace;
import boxwall.netfilter.Family;
import boxwall.script.Wait;
import boxwall.syntax.RuleWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs inside a separate network namespace, which is the box (see QueriesIT). It sends queries to {@link QueryServers}
 * in the namespace {@code net} with busybox' nslookup and rdate, under rulesets compiled without states, and lets them
 * send unrequested packets.
 */
final class StatelessQueries {
    private static final String NAMESPACES =
            """
                    set -e
                    mount -t tmpfs none /run
                    ip link set lo up
                    sysctl -qw net.ipv4.ip_local_port_range='32768 61000' net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
                    ip netns add net
                    ip link add dsl type veth peer name eth0 netns net
                    ip link set dsl up; ip addr add 203.0.113.2/24 dev dsl; ip route add default via 203.0.113.1
                    ip -n net link set lo up; ip -n net link set eth0 up; ip -n net addr add 203.0.113.1/24 dev eth0
                    ip -n net addr add 198.51.100.7/32 dev eth0; ip -n net addr add 198.51.100.8/32 dev eth0
                    """;
    private static final String REST =
            "iptables -P INPUT DROP\niptables -P OUTPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A OUTPUT -o lo -j ACCEPT\n"
                    + "iptables -A OUTPUT -o dsl -p udp -m multiport --dports 53,123 -j ACCEPT\niptables -A INPUT ";
    /**
     * The state rule; the protocols whose replies pass; an unrequested packet that passes nevertheless, since the rules
     * can only compare its ports.
     */
    private static final String[][] FORMS =
            {{"-i dsl -m state --state ESTABLISHED,RELATED -j ACCEPT", "dns ntp", "198.51.100.8 53 40000"},
                    {"-i dsl -p udp --sport 53 -m state --state ESTABLISHED -j ACCEPT", "dns", "198.51.100.8 53 40000"},
                    {"-p udp -m multiport --sports 53,123 -m conntrack --ctstate ESTABLISHED -j ACCEPT", "dns ntp",
                            "198.51.100.8 53 40000"},
                    {"-s 198.51.100.7 -p udp -m state --state ESTABLISHED -j ACCEPT", "dns ntp", ""},
                    {"-i dsl -p udp --sport 123 -m state --state ESTABLISHED -j ACCEPT", "ntp", ""},
                    {"-i lan -m state --state ESTABLISHED -j ACCEPT", "", ""},};
    /** Addresses and ports of unrequested packets: to a service of the box, to a port of the local port range. */
    private static final String[] UNREQUESTED =
            {"198.51.100.7 53 5353", "198.51.100.8 53 40000", "198.51.100.7 9999 40000", "198.51.100.7 9999 5353"};

    private StatelessQueries() {}

    public static void main(String[] args) throws Exception {
        Namespace.run(NAMESPACES, "sh");
        Process servers = new ProcessBuilder("ip", "netns", "exec", "net",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), "boxwall.compile.QueryServers")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader output = new BufferedReader(new InputStreamReader(servers.getInputStream()));
        PrintStream to = new PrintStream(servers.getOutputStream(), true);
        if (!"up".equals(output.readLine())) { throw new AssertionError("no servers"); }
        Readings box = Presets.box("virtual-avm");
        try (DatagramSocket service = new DatagramSocket(5353); DatagramSocket given = new DatagramSocket(40000)) {
            List<String> found = new ArrayList<>();
            found.add(replies("dns ntp") + " | " + passed(to, output, service, given, String.join(", ", UNREQUESTED)));
            for (String[] form : FORMS) {
                String text =
                        RuleWriter.restore(Presets.on(box, REST + form[0] + "\n", AutoYesNo.NO).compiled().ruleset,
                                Family.IPV4).text;
                if (text.contains("state")) { throw new AssertionError("a state is left in " + text); }
                Namespace.run(text, "iptables-legacy-restore");
                String replies = replies(form[1]);
                found.add(replies + " | " + passed(to, output, service, given, form[2]));
                boolean good = found.get(found.size() - 1).equals(form[1] + " | " + form[2]);
                System.out.println((good ? "right: " : "wrong: ") + form[0] + ": " + found.get(found.size() - 1)
                        + (good ? "" : "\n" + text));
            }
            System.out.println("without rules: " + found.get(0));
        }
        servers.destroyForcibly();
        System.exit(0);
    }

    /** The protocols whose replies arrive; for expected ones it waits the full time limit. */
    private static String replies(String expected) throws Exception {
        boolean dns = status("busybox", "nslookup", "-type=a", "box.example.org", "198.51.100.7") == 0;
        boolean ntp = status("timeout", expected.contains("ntp") ? String.valueOf(Wait.SECONDS) : "3", "rdate", "-np",
                "198.51.100.7") == 0;
        return (dns ? "dns" : "") + (dns && ntp ? " " : "") + (ntp ? "ntp" : "");
    }

    /**
     * The unrequested packets that reach a socket. For expected ones it waits the full time limit; others would arrive
     * in microseconds.
     */
    private static String passed(PrintStream to, BufferedReader output, DatagramSocket service, DatagramSocket given,
            String expected) throws IOException {
        StringBuilder passed = new StringBuilder();
        for (String unrequested : UNREQUESTED) {
            to.println(unrequested);
            if (!"sent".equals(output.readLine())) { throw new AssertionError("not sent: " + unrequested); }
            DatagramSocket socket = unrequested.endsWith("5353") ? service : given;
            socket.setSoTimeout(expected.contains(unrequested) ? Wait.SECONDS * 1000 : 200);
            try {
                socket.receive(new DatagramPacket(new byte[1500], 1500));
                passed.append(passed.length() == 0 ? "" : ", ").append(unrequested);
            } catch (SocketTimeoutException e) {
                // dropped
            }
        }
        return passed.toString();
    }

    private static int status(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start().waitFor();
    }
}
