package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the stateless with the stateful form over all packets at once. Random rulesets with states, negation,
 * protocols, jumps and targets are compiled for a box without connection tracking; every packet that the two forms
 * decide differently must belong to an allowed class.
 */
class StatelessProofTest {
    private static final BoxFacts BOX =
            new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual-avm"));
    private static final BoxNetwork SITE = BoxNetwork.of(BOX);
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};
    /** 8192 or more ports do not count as a fixed port; the other requests have mirrored replies. */
    private static final String[] UDP = {"", "--dport 53", "-m multiport --dports 53,123", "--sport 5060 --dport 5060",
            "--dport 1024:65535", "--sport 1024:65535 --dport 123", "! --dport 53"};
    private static final String[] TCP =
            {"", "--dport 22", "--syn", "! --syn", "--tcp-flags SYN,ACK SYN", "--dport 80 --tcp-flags ALL NONE"};
    private static final String[] STATES = {"NEW", "ESTABLISHED", "RELATED", "INVALID"};

    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void differencesBelongToAllowedClasses(@ForAll long seed) {
        List<String> lines = lines(seed);
        assertNull(wrong(lines, lines, family(seed)), () -> String.join("\n", lines));
    }

    /** A chain shared by several hooks: replies to the box itself must not be forwarded, and the reverse. */
    @ParameterizedTest
    @ValueSource(strings = {"OUTPUT -p udp --dport 53", "FORWARD -p udp --dport 53", "INPUT -p udp --dport 53",
            "OUTPUT -p udp --sport 5060 --dport 5060"})
    void sharedChainAcceptsOnlyRepliesOfEachHook(String request) {
        List<String> lines = List.of("iptables -P INPUT DROP", "iptables -P FORWARD DROP", "iptables -P OUTPUT DROP",
                "iptables -N OUTER", "iptables -N ONE", "iptables -A " + request + " -j ACCEPT",
                "iptables -A INPUT -j ONE", "iptables -A FORWARD -j OUTER", "iptables -A OUTPUT -g ONE",
                "iptables -A OUTER -j ONE", "iptables -A ONE -m state --state ESTABLISHED -j ACCEPT");
        assertNull(wrong(lines, lines, Family.IPV4));
    }

    /** Simulates bugs of the compiler by changing the rules that it reads: each must be detected. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"negation ignored              | 'state ! --state ' | 'state --state '",
            "ESTABLISHED treated as NEW    | '--state ESTABLISHED ' | '--state NEW '",
            "NEW dropped from a list       | '--state NEW -j (DROP|REJECT)' | '--state RELATED -j $1'",
            "state omitted                 | ' -m state --state ESTABLISHED -j' | ' -j'",
            "all UDP treated as replies    | '-p udp +-m state --state ESTABLISHED -j ACCEPT' | '-p udp -j ACCEPT'",
            "a request treated as a reply  | '--icmp-type 8 -m state --state ESTABLISHED -j' | '--icmp-type 8 -j'",})
    void bugOfCompilerIsDetected(String name, String right, String broken) {
        int tried = 0;
        for (long seed = 0; seed < 20000; seed++) {
            List<String> lines = lines(seed);
            List<String> other =
                    lines.stream().map(line -> line.replaceAll(right, broken == null ? "" : broken)).toList();
            if (!other.equals(lines) && ++tried > 0 && wrong(lines, other, family(seed)) != null) { return; }
        }
        assertTrue(false, name + " was not detected in " + tried + " rulesets");
    }

    private static Family family(long seed) { return seed % 3 == 0 ? Family.IPV6 : Family.IPV4; }

    /** Random rules with the interfaces of the box. */
    private static List<String> lines(long seed) {
        Random random = new Random(seed);
        boolean four = family(seed) == Family.IPV4;
        String ip = four ? "iptables " : "ip6tables ";
        List<String> lines = new ArrayList<>();
        for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
            lines.add(ip + "-P " + chain + (random.nextInt(3) == 0 ? " ACCEPT" : " DROP"));
        }
        lines.addAll(List.of(ip + "-N ONE", ip + "-N TWO"));
        String[] chains = {"INPUT", "INPUT", "FORWARD", "FORWARD", "OUTPUT", "ONE", "TWO"};
        for (int i = 4 + random.nextInt(8); i > 0; i--) {
            String chain = pick(random, chains);
            StringBuilder line = new StringBuilder(ip + "-A " + chain);
            if (random.nextInt(3) == 0 && !chain.equals("OUTPUT")) {
                line.append(" -i ").append(pick(random, "lan", "dsl", "guest"));
            }
            if (random.nextInt(4) == 0 && (chain.equals("OUTPUT") || chain.equals("FORWARD"))) {
                line.append(" -o ").append(pick(random, "lan", "dsl", "guest"));
            }
            if (random.nextInt(4) == 0) {
                line.append(random.nextInt(5) == 0 ? " ! -s " : " -s ").append(
                        pick(random, four ? "192.168.178.0/24" : "fd00:178::/64", four ? "9.9.9.9" : "2001:db8::9"));
            }
            line.append(protocol(random, four)).append(state(random)).append(" -j ");
            String target =
                    pick(random, "ACCEPT", "ACCEPT", "ACCEPT", "DROP", "DROP", "REJECT", "RETURN", "LOG", "ONE", "TWO");
            boolean loop = target.equals("ONE") && (chain.equals("ONE") || chain.equals("TWO")) || target.equals(chain);
            lines.add(line + (loop ? "DROP" : target));
        }
        if (random.nextInt(3) == 0) {
            // one chain for several hooks, as in many scripts
            for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
                if (random.nextInt(3) > 0) { lines.add(ip + "-A " + chain + " -j ONE"); }
            }
        }
        return lines;
    }

    private static String protocol(Random random, boolean four) {
        String icmp = four ? "icmp" : "icmpv6";
        String type = four ? pick(random, "8", "0", "3", "3/4") : pick(random, "128", "129", "1", "1/4");
        return switch (random.nextInt(10)) {
            case 0, 1 -> " -p tcp " + pick(random, TCP);
            case 2, 3, 4 -> " -p udp " + pick(random, UDP);
            case 5 -> " -p " + icmp + (random.nextInt(3) == 0 ? " ! --" : " --") + icmp + "-type " + type;
            case 6 -> " -p " + icmp;
            case 7 -> " ! -p " + pick(random, "tcp", "udp", icmp);
            case 8 -> random.nextInt(3) == 0 ? " -p esp" : "";
            default -> "";
        };
    }

    private static String state(Random random) {
        if (random.nextInt(4) == 0) { return ""; }
        List<String> states = new ArrayList<>(Arrays.asList(STATES));
        Collections.shuffle(states, random);
        String list = String.join(",", states.subList(0, 1 + random.nextInt(3)));
        String negated = random.nextInt(5) == 0 ? "! " : "";
        return random.nextBoolean() ? " -m state " + negated + "--state " + list
                : " -m conntrack " + negated + "--ctstate " + list;
    }

    private static String pick(Random random, String... of) { return of[random.nextInt(of.length)]; }

    private static Compiled compiled(List<String> lines, AutoYesNo form) {
        ParsedRules parsed =
                RulesetParser.parse(new Source("t", String.join("\n", lines) + "\n"), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return Compiler.compile(parsed, BOX, form, AutoYesNo.AUTO, false);
    }

    /**
     * A forbidden difference between the stateful form of the first ruleset and the stateless form of the second; null
     * if there is none.
     */
    private static String wrong(List<String> stateful, List<String> stateless, Family family) {
        Ruleset with = compiled(stateful, AutoYesNo.YES).ruleset;
        Ruleset without = compiled(stateless, AutoYesNo.NO).ruleset;
        boolean dropsUdpReplies = stateful.stream().anyMatch(StatelessProofTest::treatsUdpAsReplies);
        boolean returnsOthers = stateful.stream().anyMatch(l -> l.contains("state") && l.contains("-j RETURN"));
        for (Hook way : WAYS) {
            PacketSets sets = new PacketSets(new RuleValues(List.of(with, without), SITE, family, List.of()), 1 << 22);
            Bdd bdd = sets.bdd;
            int all = bdd.and(sets.everything(), sets.whole());
            int before = accepted(with, sets, way, all);
            int after = accepted(without, sets, way, all);
            int more = bdd.minus(after, before);
            int less = bdd.minus(before, after);
            int tcp = sets.protocol(6);
            int udp = sets.protocol(17);
            int first = bdd.and(sets.first(), all);
            int mirrored = bdd.and(udp, udpReplies(sets, way));
            int others = bdd.minus(first, bdd.or(bdd.or(tcp, udp), sets.protocol(family == Family.IPV4 ? 1 : 58)));
            int allowedMore = bdd.or(mirrored, returnsOthers ? others : Bdd.NONE);
            String found = show(sets, way, bdd.minus(bdd.and(first, more), allowedMore),
                    "a dropped first packet is now accepted", with, without);
            // rules that drop replies match all UDP, and all packets of a protocol that they name; a DROP after a jump
            // may match mirrored replies
            int allowedLess = bdd.or(allowedMore, dropsUdpReplies ? bdd.or(udp, others) : Bdd.NONE);
            found = found != null ? found : show(sets, way, bdd.minus(bdd.and(first, less), allowedLess),
                    "an accepted first packet is now dropped", with, without);
            int later = bdd.and(sets.state(ConnectionState.ESTABLISHED),
                    bdd.or(bdd.and(tcp, sets.flags(Packet.ACK, Packet.ACK)),
                            bdd.and(tcp, sets.flags(Packet.RST, Packet.RST | Packet.SYN))));
            found = found != null ? found : show(sets, way, bdd.and(later, bdd.or(more, less)),
                    "a reply is decided differently", with, without);
            // a segment without ACK that opens no connection: a rule that names INVALID may differ, with a note
            int odd = bdd.and(sets.state(ConnectionState.INVALID), bdd.minus(tcp,
                    bdd.or(sets.flags(Packet.ACK, Packet.ACK), sets.flags(Packet.RST, Packet.RST | Packet.SYN))));
            odd = bdd.minus(odd, sets.flags(Packet.SYN, Packet.FIN | Packet.SYN | Packet.RST | Packet.ACK));
            boolean asked = stateful.stream().anyMatch(StatelessProofTest::concernsInvalid);
            found = found != null ? found : show(sets, way, asked ? Bdd.NONE : bdd.and(odd, more),
                    "a stray segment is accepted", with, without);
            if (found != null) { return found; }
        }
        return null;
    }

    private static boolean treatsUdpAsReplies(String line) {
        return line.contains("state") && !line.contains("-j ACCEPT");
    }

    /** Whether a rule names INVALID, or all other states, which the stateless form treats as all packets. */
    private static boolean concernsInvalid(String line) {
        return line.contains("INVALID") || line.contains("! --state") || line.contains("! --ctstate")
                || line.contains("NEW") && line.contains("ESTABLISHED") && line.contains("RELATED");
    }

    private static int accepted(Ruleset ruleset, PacketSets sets, Hook way, int packets) {
        WalkOutcome walk = HookWalk.walk(ruleset, sets, way, packets);
        assertEquals(Bdd.NONE, walk.possible(Verdict.UNKNOWN));
        return walk.possible(Verdict.ACCEPT);
    }

    /** UDP that looks like a reply to a request that these rules accept; as narrow as the notes say. */
    private static int udpReplies(PacketSets sets, Hook way) {
        Bdd bdd = sets.bdd;
        int from = sets.having(Field.SPORT, Criteria.spans(boxwall.netfilter.Ports.parse("53,123,5060")));
        String low =
                way == Hook.INPUT ? BOX.portRange == null ? "32768:61000" : BOX.portRange.toString() : "1024:65535";
        int to = sets.having(Field.DPORT, Criteria.spans(boxwall.netfilter.Ports.parse(low)));
        to = bdd.or(to, bdd.and(sets.having(Field.SPORT, Criteria.spans(boxwall.netfilter.Ports.parse("5060"))),
                sets.having(Field.DPORT, Criteria.spans(boxwall.netfilter.Ports.parse("5060")))));
        byte[] dsl = FieldBytes.interfaceName("dsl");
        return bdd.and(bdd.and(from, to), way == Hook.FORWARD ? sets.having(Field.IN, Span.range(dsl, dsl)) : Bdd.ALL);
    }

    private static String show(PacketSets sets, Hook way, int set, String what, Ruleset with, Ruleset without) {
        if (set == Bdd.NONE) { return null; }
        Packet packet = Example.of(sets, way, set);
        return way + ": " + what + ": " + packet + "\n" + new Verdicts(with, SITE).packet(packet, way).inFull() + "\n"
                + new Verdicts(without, SITE).packet(packet, way).inFull();
    }
}
