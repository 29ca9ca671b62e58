package boxwall.bench;

import boxwall.box.Readings;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiler;
import boxwall.explain.Wire;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.optimize.PathCounts;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.TestIncludes;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Packets per second of processor time through real iptables in a network namespace, with rulesets as written and after
 * {@code --optimize}, alternately; and the number of rules that a packet was compared with, by the kernel's counters.
 * The namespace is the router of the recorded box "virtual" with veth pairs; one processor sends, receives, routes and
 * filters. Needs root, gcc, iptables-legacy.
 */
final class PathBench {
    private static final int PACKETS = 64_000;
    private static final int ROUNDS = 9;
    private static final String BASE = "include anti-spoof\ninclude wiki-basic\n";
    private static final Readings BOX = BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual");
    private static final BoxFacts FACTS = new BoxFacts(BOX);

    private PathBench() {}

    /** Without arguments restarts in its own namespace. */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            Path flood = Files.createTempFile("flood", "");
            run("", "gcc", "-O1", "-o", flood.toString(), "src/test/java/boxwall/bench/flood.c");
            Process inside =
                    new ProcessBuilder("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"",
                            "sh", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
                            System.getProperty("java.class.path"), "boxwall.bench.PathBench", flood.toString())
                            .inheritIO().start();
            int status = inside.waitFor();
            Files.delete(flood);
            System.exit(status);
        }
        configureNamespace();
        List<String> home = conversations("lan", "192.168.178.20");
        List<String> guests = conversations("guest", "192.168.179.20");
        List<String> list = new ArrayList<>();
        String listed = blockList(new Random(1), list);
        measure(args[0], "no rules",
                "iptables -P INPUT ACCEPT\niptables -P FORWARD ACCEPT\niptables -P OUTPUT ACCEPT\n", home);
        measure(args[0], "wiki-basic", BASE, home);
        measure(args[0], "wiki-basic and guest-isolation", BASE + "include guest-isolation\n", guests);
        measure(args[0], "list of 1000 networks", listed, list);
    }

    /**
     * Neighbours have MAC addresses of no veth end, so that packets to them are dropped there and not routed back.
     */
    private static void configureNamespace() throws Exception {
        StringBuilder script = new StringBuilder(
                "set -e\nip link set lo up\nsysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0"
                        + " net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1\n");
        String[][] devices = {{"lan", "192.168.178"}, {"guest", "192.168.179"}, {"dsl", "203.0.113"}};
        for (int i = 0; i < 3; i++) {
            String d = devices[i][0];
            script.append("ip link add ").append(d).append(" address ").append(mac(i, 1))
                    .append(" type veth peer name ").append(d).append("p address ").append(mac(i, 2))
                    .append("\nip link set ").append(d).append("p arp off up\nip link set ").append(d)
                    .append(" up\nip addr add ").append(devices[i][1]).append(d.equals("dsl") ? ".2" : ".1")
                    .append("/24 dev ").append(d).append("\nip neigh add ").append(devices[i][1])
                    .append(d.equals("dsl") ? ".1" : ".20").append(" lladdr ").append(mac(i, 9)).append(" dev ")
                    .append(d).append('\n');
        }
        run(script + "ip route add default via 203.0.113.1\n", "sh");
    }

    private static String mac(int device, int end) { return "02:00:00:00:0" + (device + 1) + ":0" + end; }

    /** 32 conversations with a server over UDP 443 with more replies than requests, as in a download. */
    private static List<String> conversations(String device, String address) {
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            for (int port = 40000; port < 40032; port++) {
                String out = "src=" + address + " dst=198.51.100.7 proto=udp sport=" + port + " dport=443";
                String back = "src=198.51.100.7 dst=" + address + " proto=udp sport=443 dport=" + port;
                frames.add(i == 0 ? frame(device, device.equals("lan") ? 0 : 1, out) : frame("dsl", 2, back));
            }
        }
        return frames;
    }

    private static String frame(String device, int number, String keys) {
        return Wire.frame(device + "p", mac(number, 1).replace(":", ""), mac(number, 2).replace(":", ""),
                "in=" + device + " " + keys).substring(2);
    }

    /** A block list before wiki-basic; packets from the Internet, half of them from the list. */
    private static String blockList(Random random, List<String> frames) {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            String net = (11 + random.nextInt(80)) + "." + random.nextInt(256) + "." + random.nextInt(256);
            rules.append("iptables -A INPUT -i $WAN_IF -s ").append(net).append(".0/24 -j DROP\n");
            String from = i % 2 == 0 ? net + ".9"
                    : 130 + random.nextInt(60) + "." + random.nextInt(256) + "." + random.nextInt(256) + ".9";
            frames.add(
                    frame("dsl", 2, "src=" + from + " dst=203.0.113.2 proto=udp sport=" + (2000 + i) + " dport=53413"));
        }
        return rules + BASE;
    }

    private static String compiled(String text, boolean optimize) {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", text), FACTS.names, (TestIncludes) name -> {
            try {
                return new Source(name,
                        Files.readString(Path.of("conf/presets", name + ".rules"), StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (!parsed.errors().isEmpty()) { throw new IllegalStateException(parsed.errors().get(0).toString()); }
        return RuleWriter.restore(Compiler.compile(parsed, FACTS, AutoYesNo.YES, AutoYesNo.AUTO, optimize).ruleset,
                Family.IPV4).text;
    }

    private static void measure(String flood, String name, String rules, List<String> frames) throws Exception {
        double[][] speed = new double[2][ROUNDS];
        double[][] comparedRules = new double[2][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            for (int i = 0; i < 2; i++) {
                run(compiled(rules, i == 1), "iptables-legacy-restore");
                long nanos = Long.parseLong(run(String.join("\n", frames) + "\n", flood, "" + PACKETS).strip());
                PathCounts counts = PathCounts.of(run("", "iptables-legacy-save", "-c", "-t", "filter"));
                if (Math.abs(counts.decided() - PACKETS) > PACKETS / 100) {
                    throw new IllegalStateException(
                            name + ": " + PACKETS + " packets were sent, the rules saw " + counts.decided());
                }
                if (round >= 0) {
                    speed[i][round] = counts.decided() / (nanos / 1e9);
                    comparedRules[i][round] = (double) counts.compared() / counts.decided();
                }
            }
        }
        for (int i = 0; i < 2; i++) {
            String form = i == 0 ? ", as written" : ", optimized";
            Bench.row("packet path: " + name + form + ", rules asked", comparedRules[i], "rules");
            Bench.row("packet path: " + name + form, speed[i], "packets/s");
        }
    }

    private static String run(String input, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) { throw new IllegalStateException(String.join(" ", command) + ": " + output); }
        return output;
    }
}
