package boxwall.explain;

import boxwall.explain.RandomRules.Feature;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs inside a separate network namespace (see KernelIT): loads random rulesets, sends real packets, and compares the
 * kernel's counters (packets and bytes of every rule and policy) with those that the walk predicts.
 *
 * <p>
 * The namespace is a router with three veth pairs; a frame sent on {@code lanp} arrives on {@code lan}. The kernel's
 * own replies (resets, errors, echo replies) would be counted too, so OUTPUT of raw drops every packet without the
 * sender's mark.
 */
final class KernelComparison {
    private static final String[] DEVICES = {"lan", "guest", "dsl"};
    private static final String[] V4 = {"10.8.1.1", "10.8.1.20", "10.8.2.20", "10.8.3.20", "198.51.100.9"};
    private static final String[] V6 = {"fd00:8:1::1", "fd00:8:1::20", "fd00:8:2::20", "fd00:8:3::20", "2001:db8:1::9"};
    private static final String NO_MANGLE =
            "\n*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n"
                    + ":OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT";

    /**
     * A table that was used once stays loaded, and nat loads conntrack: rulesets with nat and without run in separate
     * namespaces.
     */
    private final boolean nat;
    private final Process injector;
    private final BufferedReader answers;
    private final PrintStream requests;
    private final BoxNetwork boxNetwork = boxNetwork();
    private final Set<String> used = new HashSet<>();

    private KernelComparison(String injectorPath, boolean nat) throws IOException {
        this.nat = nat;
        injector = new ProcessBuilder(injectorPath).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = new BufferedReader(new InputStreamReader(injector.getInputStream()));
        requests = new PrintStream(injector.getOutputStream(), true);
    }

    /**
     * Arguments: seed, maximum of rulesets, packets per ruleset, maximum of seconds, path of the injector, {@code nat}
     * or {@code filter}.
     */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        namespace();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[3]));
        KernelComparison comparison = new KernelComparison(args[4], args[5].equals("nat"));
        int rulesets = 0;
        for (; rulesets < Integer.parseInt(args[1]) && System.nanoTime() < end; rulesets++) {
            try {
                comparison.compareRuleset(new Random(seed + rulesets), Integer.parseInt(args[2]));
            } catch (AssertionError | RuntimeException e) {
                System.out.println("seed " + (seed + rulesets));
                e.printStackTrace(System.out);
                System.exit(1);
            }
        }
        comparison.injector.destroy();
        System.out.println("the kernel agrees (" + args[5] + "): " + rulesets + " rulesets, " + args[2]
                + " packets each, seed " + seed);
    }

    private static void namespace() throws Exception {
        List<String> script = new ArrayList<>(List.of("set -e", "ip link set lo up",
                "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0"
                        + " net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0"));
        for (int i = 0; i < 3; i++) {
            String d = DEVICES[i];
            String mac = "02:00:00:00:0" + (i + 1);
            script.add("ip link add " + d + " address " + mac + ":01 type veth peer name " + d + "p address " + mac
                    + ":02");
            script.add("sysctl -qw net.ipv6.conf." + d + "p.disable_ipv6=1 net.ipv4.conf." + d + ".rp_filter=0");
            script.add("ip link set " + d + "p arp off up; ip link set " + d + " up");
            script.add("ip addr add 10.8." + (i + 1) + ".1/24 dev " + d);
            script.add("ip addr add fd00:8:" + (i + 1) + "::1/64 dev " + d + " nodad");
        }
        script.add("ip route add default dev dsl; ip -6 route add default dev dsl");
        for (String ip : new String[] {"iptables", "ip6tables"}) {
            script.add(ip + "-legacy -t raw -A OUTPUT -m mark ! --mark 0x1000/0x1000 -j DROP");
        }
        Namespace.run(String.join("\n", script) + "\n", "sh");
    }

    private static BoxNetwork boxNetwork() {
        BoxNetwork boxNetwork = new BoxNetwork().add("lo", Addresses.parse("127.0.0.1"), 8);
        for (int i = 0; i < 3; i++) {
            boxNetwork.add(DEVICES[i], Addresses.parse("10.8." + (i + 1) + ".1"), 24);
            boxNetwork.add(DEVICES[i], Addresses.parse("fd00:8:" + (i + 1) + "::1"), 64);
        }
        return boxNetwork.route(Rules.network(Family.IPV4, "0.0.0.0/0"), "dsl")
                .route(Rules.network(Family.IPV6, "::/0"), "dsl");
    }

    private void compareRuleset(Random random, int packets) throws Exception {
        Family family = random.nextInt(3) == 0 ? Family.IPV6 : Family.IPV4;
        String[] addresses = family == Family.IPV4 ? V4 : V6;
        boolean tracked = nat || random.nextBoolean();
        Set<Feature> features = EnumSet.of(tracked ? Feature.STATE : Feature.FRAGMENT);
        if (nat) { features.add(Feature.NAT); }
        for (Feature feature : new Feature[] {Feature.MAC, Feature.MARK}) {
            if (random.nextInt(3) == 0) { features.add(feature); }
        }
        List<String> lines = new RandomRules(random, family, addresses, DEVICES, features).lines();
        if (tracked) {
            // conntrack is active in a namespace only while a rule uses it
            lines.add(lines.size() - 1, "-A OUTPUT -m state --state NEW");
        }
        String text = String.join("\n", lines) + (features.contains(Feature.MARK) ? "" : NO_MANGLE) + "\n";
        Namespace.run(text, family.command + "-legacy-restore");
        Verdicts walk = new Verdicts(Rules.of(family, text), boxNetwork);
        Traffic traffic = new Traffic(random, family, addresses, tracked, nat, boxNetwork, used);
        Map<String, long[]> predicted = new TreeMap<>();
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < packets; i++) {
            Traffic.Sent sent = traffic.next();
            while (features.contains(Feature.MAC) && loops(sent)) {
                // the hardware address of a packet on lo differs between kernels
                sent = traffic.next();
            }
            Answer answer = walk.packet(sent.packet(), null);
            if (nat && loops(sent) && !answer.trail.stream().allMatch(each -> each.certain)) {
                // masqueraded on the way to the box itself: the kernel chooses the source
                continue;
            }
            log.append(answer.inFull());
            predict(answer, sent.bytes().length, predicted);
            send(family, sent, answer);
            if (answer.verdict == Verdict.ACCEPT) { traffic.accepted(sent); }
        }
        compare(family, predicted, text, log);
    }

    private static void predict(Answer answer, int bytes, Map<String, long[]> predicted) {
        if (answer.verdict == Verdict.UNKNOWN) { throw new AssertionError("not decided: " + answer.inFull()); }
        for (TrailEntry step : answer.trail) {
            String name = step.table.word() + " " + step.chain + " " + step.number;
            long[] counter = predicted.computeIfAbsent(name, k -> new long[2]);
            counter[0]++;
            counter[1] += bytes;
        }
    }

    private void send(Family family, Traffic.Sent sent, Answer answer) throws IOException {
        StringBuilder request = new StringBuilder();
        boolean local = sent.packet().in() == null;
        if (local) {
            request.append(family.digit()).append(' ');
        } else {
            int number = List.of(DEVICES).indexOf(sent.packet().in()) + 1;
            request.append("P ").append(sent.packet().in()).append("p 020000000").append(number).append("01");
            hex(request, sent.packet().value(Field.MAC));
            request.append(family == Family.IPV4 ? "0800" : "86dd");
        }
        hex(request, sent.bytes());
        requests.println(request);
        String reply = answers.readLine();
        // the kernel returns an error to the sender of a packet that OUTPUT drops, but not for a packet through lo
        String expected = local && answer.verdict.stops() ? "Operation not permitted" : "ok";
        if (!expected.equals(reply) && !loops(sent)) {
            throw new AssertionError(
                    "sending returned '" + reply + "', expected '" + expected + "': " + answer.inFull());
        }
    }

    private boolean loops(Traffic.Sent sent) {
        return sent.packet().in() == null && boxNetwork.isOwn(sent.packet().dst());
    }

    private static void hex(StringBuilder out, byte[] bytes) {
        for (byte b : bytes) {
            out.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
    }

    private static void compare(Family family, Map<String, long[]> predicted, String text, CharSequence log)
            throws Exception {
        String wrong = "";
        // the kernel handles a frame in softirq context after the sender returned: retry for a second at most
        for (int attempt = 0; attempt < 100; attempt++) {
            wrong = differences(counters(Namespace.run("", family.command + "-legacy-save", "-c")), predicted);
            if (wrong.isEmpty()) { return; }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new AssertionError(wrong + "\n" + text + "\n" + log);
    }

    private static String differences(Map<String, long[]> counted, Map<String, long[]> predicted) {
        StringBuilder out = new StringBuilder();
        counted.forEach((name, c) -> {
            long[] f = predicted.getOrDefault(name, new long[2]);
            if (c[0] != f[0] || c[1] != f[1]) {
                out.append(name).append(": counted ").append(c[0]).append(" packets ").append(c[1])
                        .append(" bytes, predicted ").append(f[0]).append(" and ").append(f[1]).append('\n');
            }
        });
        return out.toString();
    }

    /**
     * Packets and bytes of each rule, by {@code filter INPUT 3}; number 0 is the policy. Skips raw, which the test uses
     * itself.
     */
    private static Map<String, long[]> counters(String save) {
        Map<String, long[]> counters = new TreeMap<>();
        Map<String, Integer> numbers = new TreeMap<>();
        String table = "";
        for (String line : save.split("\n")) {
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if (!table.equals("raw")
                    && (line.startsWith(":") && !line.contains(" - ") || line.startsWith("["))) {
                String[] words = line.split(" ");
                boolean rule = line.startsWith("[");
                String chain = rule ? words[2] : words[0].substring(1);
                int number = rule ? numbers.merge(table + chain, 1, Integer::sum) : 0;
                String[] pair = (rule ? words[0] : words[2]).replaceAll("[\\[\\]]", "").split(":");
                counters.put(table + " " + chain + " " + number,
                        new long[] {Long.parseLong(pair[0]), Long.parseLong(pair[1])});
            }
        }
        return counters;
    }
}
