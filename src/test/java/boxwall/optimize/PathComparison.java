package boxwall.optimize;

import boxwall.compile.Presets;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Namespace;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.explain.Wire;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.syntax.Note;
import boxwall.syntax.RuleWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Runs inside a separate network namespace (see PathIT): loads a block list as written and optimized, sends the same
 * UDP packets to both through a veth pair, and records which arrive at a socket. The source port is the number of the
 * packet. Packets are sent in groups that fit into a socket's buffer; after each group it waits for the expected ones.
 * The number of compared rules is computed from the kernel's counters.
 */
final class PathComparison {
    private static final int LIST = 1000;
    private static final int AT_ONCE = 100;
    private static final int FIRST_PORT = 20000;
    private static final int PORTS = 40000;
    private static final int SERVICES = 12;
    /** A busy machine delivers packets late; after half a minute for a hundred packets, some are lost. */
    private static final long TIMEOUT_SECONDS = 30;

    private final Process injector;
    private final BufferedReader answers;
    private final PrintStream requests;
    private final Selector selector = Selector.open();
    private final BitSet expected = new BitSet();
    private final List<String> frames = new ArrayList<>();

    private PathComparison(String path) throws IOException {
        injector = new ProcessBuilder(path).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = new BufferedReader(new InputStreamReader(injector.getInputStream()));
        requests = new PrintStream(injector.getOutputStream(), true);
    }

    /**
     * Arguments: the path of the injector, packets, seed, and {@code broken} to remove some rules from the optimized
     * ones.
     */
    public static void main(String[] args) throws Exception {
        int packets = Integer.parseInt(args[1]);
        Random random = new Random(Long.parseLong(args[2]));
        Namespace.run(
                "set -e\nip link set lo up\nsysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0\n"
                        + "ip link add lan address 02:00:00:00:01:01 type veth peer name lanp address 02:00:00:00:01:02\n"
                        + "sysctl -qw net.ipv4.conf.lan.rp_filter=0 net.ipv6.conf.all.disable_ipv6=1\nip link set lanp arp off up\nip link set lan up\n"
                        + "ip addr add 10.8.1.1/24 dev lan\nip route add default dev lan\n",
                "sh");
        PathComparison comparison = new PathComparison(args[0]);
        List<int[]> list = new ArrayList<>();
        Ruleset before = OptimizerTest.parse(rules(random, list));
        List<Note> notes = new ArrayList<>();
        Ruleset after = Optimizer.of(before, EnumSet.allOf(Family.class),
                BoxNetwork.of(new BoxFacts(Presets.box("virtual"))), notes);
        notes.forEach(note -> System.out.println(note.origin + ": " + note.text));
        comparison.packets(random, list, new Verdicts(before, BoxNetwork.unknown()), packets);
        String text = RuleWriter.restore(after, Family.IPV4).text;
        String broken = text.lines().filter(line -> !line.matches("-A bw_\\w*[05] .*-j DROP")).reduce("",
                (a, b) -> a + b + "\n");
        double old = comparison.comparedRules(RuleWriter.restore(before, Family.IPV4).text, packets);
        double now = comparison.comparedRules(args.length > 3 ? broken : text, packets);
        comparison.injector.destroy();
        System.out.printf(
                "measured: %d packets against a list of %d networks: verdicts equal, %.1f rules asked of each before, %.1f after (1/%.1f); seed %s%n",
                packets, LIST, old, now, old / now, args[2]);
        System.out.println(now * 20 <= old ? "at most a twentieth" : "MORE than a twentieth");
    }

    private static List<String> rules(Random random, List<int[]> list) {
        List<String> lines = new ArrayList<>(List.of("iptables -P INPUT DROP", "iptables -A INPUT -i lo -j ACCEPT"));
        for (int i = 0; i < LIST; i++) {
            int prefix = new int[] {32, 32, 32, 28, 24, 24, 20, 16}[random.nextInt(8)];
            int[] entry = {address(random) & -1 << 32 - prefix, prefix};
            list.add(entry);
            lines.add("iptables -A INPUT -i lan -s " + text(entry[0]) + "/" + prefix + " -j DROP");
        }
        for (int i = 0; i < SERVICES; i += 2) {
            lines.add("iptables -A INPUT -p udp --dport " + (5000 + i) + " -j ACCEPT");
        }
        return lines;
    }

    /**
     * An address that the kernel accepts as a remote source: no loopback, no multicast, not the network of the veth
     * pair.
     */
    private static int address(Random random) {
        int address;
        do {
            address = random.nextInt();
        } while (address >>> 24 == 0 || address >>> 24 == 127 || address >>> 24 == 10 || address >>> 24 >= 224);
        return address;
    }

    private static String text(int a) {
        return (a >>> 24) + "." + (a >>> 16 & 255) + "." + (a >>> 8 & 255) + "." + (a & 255);
    }

    /** Makes packets, half of them from the list; the walk gives the expected verdict of each. */
    private void packets(Random random, List<int[]> list, Verdicts walk, int count) {
        for (int i = 0; i < count; i++) {
            int[] entry = list.get(random.nextInt(list.size()));
            int inside = entry[1] == 32 ? entry[0] : entry[0] | random.nextInt() >>> entry[1];
            Packet packet = Packet.of(Family.IPV4).in("lan")
                    .src(Addresses.parse(text(random.nextBoolean() ? inside : address(random))))
                    .dst(Addresses.parse("10.8.1.1")).protocol(17).sport(FIRST_PORT + i % PORTS)
                    .dport(5000 + random.nextInt(SERVICES)).fragment(false).state(ConnectionState.NEW)
                    .mac(new byte[] {2, 0, 0, 0, 1, 2});
            expected.set(i, walk.packet(packet, Hook.INPUT).verdict == Verdict.ACCEPT);
            frames.add(Wire.frame("lanp", "020000000101", "020000000102", packet));
        }
        if (expected.cardinality() < count / 10 || expected.cardinality() > count / 2) {
            throw new IllegalStateException(
                    expected.cardinality() + " of " + count + " are accepted: the test is not meaningful");
        }
    }

    /** Loads the rules and sends the packets; returns with how many rules each packet was compared on average. */
    private double comparedRules(String rules, int packets) throws Exception {
        Namespace.run(rules, "iptables-legacy-restore");
        BitSet arrived = new BitSet();
        for (int i = 0; i < SERVICES; i++) {
            DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress("10.8.1.1", 5000 + i));
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
        }
        int sent = 0;
        while (sent < packets) {
            int end = Math.min(packets, sent + AT_ONCE);
            for (int i = sent; i < end; i++) {
                requests.println(frames.get(i));
                if (!"ok".equals(answers.readLine())) {
                    throw new AssertionError("packet " + i + " could not be sent");
                }
            }
            sent = end;
            receive(arrived, sent, expected.get(0, sent).cardinality());
        }
        PathCounts counts = counts();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (counts.decided() < packets && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
            counts = counts();
        }
        // all packets are decided now: a wrongly accepted one is waiting in a socket
        receive(arrived, sent, 0);
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.selectNow();
        if (!arrived.equals(expected)) {
            BitSet wrong = (BitSet) arrived.clone();
            wrong.xor(expected);
            int first = wrong.nextSetBit(0);
            System.out.println("wrong: " + wrong.cardinality() + " packets, the first "
                    + (arrived.get(first) ? "let in: " : "lost: ") + frames.get(first));
            System.exit(1);
        }
        if (counts.decided() != packets) {
            throw new AssertionError(packets + " packets were sent, the kernel decided " + counts.decided());
        }
        return (double) counts.compared() / packets;
    }

    private static PathCounts counts() throws Exception {
        return PathCounts.of(Namespace.run("", "iptables-legacy-save", "-c", "-t", "filter"));
    }

    private void receive(BitSet arrived, int sent, int expectedCount) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        ByteBuffer buffer = ByteBuffer.allocate(256);
        do {
            int ready = expectedCount > arrived.cardinality() ? selector.select(100) : selector.selectNow();
            for (SelectionKey key : ready > 0 ? selector.selectedKeys() : java.util.Set.<SelectionKey>of()) {
                InetSocketAddress from;
                while ((from = (InetSocketAddress) ((DatagramChannel) key.channel()).receive(buffer.clear())) != null) {
                    int number = from.getPort() - FIRST_PORT;
                    arrived.set(number + (sent - 1 - number) / PORTS * PORTS);
                }
            }
            selector.selectedKeys().clear();
        } while (expectedCount > arrived.cardinality() && System.nanoTime() < end);
    }
}
