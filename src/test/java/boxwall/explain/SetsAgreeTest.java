package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The walk of all packets, the walk of one packet by the same engine, and the independent {@link OracleWalk} must agree
 * on every packet.
 */
class SetsAgreeTest {
    private static final String[] V4 =
            {"192.168.178.1", "192.168.178.20", "192.168.179.5", "203.0.113.2", "198.51.100.9"};
    private static final String[] V6 =
            {"fd00:178::1", "fd00:178::20", "fd00:179::5", "2001:db8:d51::2", "2001:db8:1::9"};
    private static final String[] DEVICES = {"lan", "guest", "dsl", "tun0"};
    private static final Set<RandomRules.Feature> ALL = EnumSet.allOf(RandomRules.Feature.class);
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void verdictsOfSetsEqualOracle(@ForAll long seed) {
        List<String> lines = lines(seed);
        assertNull(disagreement(seed, lines, lines));
    }

    /**
     * The comparison detects a bug in either walk: each bug is put into the rules of one walk, then into those of the
     * other.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"goto treated as a jump     | -g U       | -j U",
            "negation ignored           | '! -s '    | '-s '", "negated port ignored       | '! --dport ' | '--dport '",
            "source port as destination | --dport    | --sport", "RETURN ignored             | -j RETURN  | ''",
            "REJECT treated as DROP     | -j REJECT$ | -j DROP",
            "flags' mask ignored        | --tcp-flags SYN SYN | --tcp-flags FIN,SYN,RST,ACK SYN",
            "interface's + ignored      | '\\+ '      | ' '", "untracked treated as NEW   | -j NOTRACK | -j ACCEPT",
            "ICMP codes ignored         | --icmp-type 3/3 | --icmp-type 3",
            "policy ignored             | ':FORWARD DROP' | ':FORWARD ACCEPT'",
            "state list truncated       | ESTABLISHED,NEW | NEW",})
    void bugInEitherWalkIsDetected(String name, String right, String wrong) {
        boolean inSets = false;
        boolean inPackets = false;
        for (long seed = 0; seed < 4000 && !(inSets && inPackets); seed++) {
            List<String> lines = lines(seed);
            List<String> broken =
                    lines.stream().map(line -> line.replaceAll(right, wrong == null ? "" : wrong)).toList();
            if (!broken.equals(lines)) {
                inSets |= disagreement(seed, broken, lines) != null;
                inPackets |= disagreement(seed, lines, broken) != null;
            }
        }
        assertTrue(inSets, name + " in the walk of sets was not detected");
        assertTrue(inPackets, name + " in the walk of packets was not detected");
    }

    private static List<String> lines(long seed) {
        Random random = new Random(seed);
        Family family = family(seed);
        return new RandomRules(random, family, addresses(family), DEVICES, ALL).lines();
    }

    private static Family family(long seed) { return seed % 3 == 0 ? Family.IPV6 : Family.IPV4; }

    private static String[] addresses(Family family) { return family == Family.IPV4 ? V4 : V6; }

    /** The first packet on which the walks disagree, or null. */
    private static String disagreement(long seed, List<String> forSets, List<String> forPackets) {
        Random random = new Random(seed + 1);
        Family family = family(seed);
        Ruleset ruleset = Rules.of(family, forSets.toArray(new String[0]));
        Ruleset other = Rules.of(family, forPackets.toArray(new String[0]));
        BoxNetwork boxNetwork = Rules.box();
        PacketSets sets =
                new PacketSets(new RuleValues(List.of(ruleset, other), boxNetwork, family, deviceNames()), 1 << 20);
        for (Hook way : WAYS) {
            WalkOutcome walked = HookWalk.walk(ruleset, sets, way, sets.everything());
            OracleWalk walk = new OracleWalk(other, boxNetwork);
            for (int i = 0; i < 40; i++) {
                Packet packet = packet(random, family, addresses(family), way);
                Answer answer = walk.packet(packet, way);
                for (Verdict verdict : Verdict.values()) {
                    boolean inSet = sets.bdd.and(of(sets, packet), walked.possible(verdict)) != Bdd.NONE;
                    if (answer.possible.contains(verdict) != inSet) {
                        return verdict + " in " + way + "\n" + String.join("\n", forSets) + "\n" + answer.inFull();
                    }
                }
            }
        }
        return null;
    }

    /** Verdict, deciding rule, trail, dependencies and notes are equal, whatever is unknown about the packet. */
    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void trailOfPacketEqualsOracle(@ForAll long seed) {
        Random random = new Random(seed + 2);
        Family family = family(seed);
        List<String> lines = lines(seed);
        Ruleset ruleset = Rules.of(family, lines.toArray(new String[0]));
        Verdicts walk = new Verdicts(ruleset, Rules.box());
        OracleWalk oracle = new OracleWalk(ruleset, Rules.box());
        for (int i = 0; i < 60; i++) {
            Hook hook = i % 4 == 3 ? null : WAYS[i % 4];
            Packet packet = lessKnown(random, packet(random, family, addresses(family), hook));
            Answer expected = oracle.packet(packet, hook);
            Answer found = walk.packet(packet, hook);
            assertEquals(expected.inFull() + expected.possible + expected.dependsOn,
                    found.inFull() + found.possible + found.dependsOn,
                    () -> hook + " " + packet + "\n" + String.join("\n", lines));
        }
    }

    private static Packet lessKnown(Random random, Packet packet) {
        Packet less = packet;
        for (Field field : Field.values()) {
            if (random.nextInt(6) == 0) {
                if (field == Field.MARK) {
                    less = OracleWalk.marked(less, random.nextInt(16), random.nextInt(16));
                } else {
                    less = less.value(field, null);
                }
            }
        }
        return less;
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void exampleOfSetGetsVerdictOfSet(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> lines = new RandomRules(random, Family.IPV4, V4, DEVICES, ALL).lines();
        Ruleset ruleset = Rules.v4(lines.toArray(new String[0]));
        BoxNetwork boxNetwork = Rules.box();
        PacketSets sets =
                new PacketSets(new RuleValues(List.of(ruleset), boxNetwork, Family.IPV4, deviceNames()), 1 << 20);
        for (Hook way : WAYS) {
            WalkOutcome walked = HookWalk.walk(ruleset, sets, way, sets.everything());
            for (Verdict verdict : Verdict.values()) {
                int set = walked.possible(verdict);
                Packet example = set == Bdd.NONE ? null : sets.packet(set);
                assertTrue(
                        example == null
                                || new Verdicts(ruleset, boxNetwork).packet(example, way).possible.contains(verdict),
                        () -> verdict + " " + example + "\n" + String.join("\n", lines));
            }
        }
    }

    /** A translation to the packet's own destination does not change its path. */
    @Test
    void redirectToSameAddressKeepsPath() {
        Ruleset ruleset = Rules.v4("*nat", ":PREROUTING ACCEPT [0:0]",
                "-A PREROUTING -d 192.168.178.1/32 -m limit --limit 1/sec -j REDIRECT", "COMMIT", "*filter",
                ":INPUT DROP [0:0]", ":FORWARD ACCEPT [0:0]", "COMMIT");
        BoxNetwork boxNetwork = Rules.box();
        PacketSets sets =
                new PacketSets(new RuleValues(List.of(ruleset), boxNetwork, Family.IPV4, deviceNames()), 1 << 20);
        byte[] lan = FieldBytes.interfaceName("lan");
        byte[] box = Addresses.parse("192.168.178.1");
        WalkOutcome walked = HookWalk.walk(ruleset, sets, Hook.FORWARD, sets.bdd
                .and(sets.having(Field.DST, Span.range(box, box)), sets.having(Field.IN, Span.range(lan, lan))));
        assertEquals(Bdd.NONE, walked.possible(Verdict.DROP));
    }

    static List<Criterion> deviceNames() {
        List<Span> names = new ArrayList<>();
        for (String name : DEVICES) {
            names.add(Span.range(FieldBytes.interfaceName(name), FieldBytes.interfaceName(name)));
        }
        return List.of(new Criterion(Field.IN, null, false, names));
    }

    /**
     * The set of one packet. The last address of the rules' values stands for a hardware address that no rule names.
     */
    static int of(PacketSets sets, Packet packet) {
        int set = sets.everything();
        for (Field field : Field.values()) {
            byte[] value = packet.value(field);
            if (value != null) {
                int one = sets.having(field, Span.range(value, value));
                List<byte[]> macs = sets.ruleValues.macs;
                if (field == Field.MAC && one == Bdd.NONE) {
                    one = sets.having(field, Span.range(macs.get(macs.size() - 1), macs.get(macs.size() - 1)));
                }
                set = sets.bdd.and(set, one);
            }
        }
        return set;
    }

    static Packet packet(Random random, Family family, String[] addresses, Hook way) {
        byte[] src = Addresses.parse(addresses[random.nextInt(addresses.length)]);
        byte[] dst = Addresses.parse(addresses[random.nextInt(addresses.length)]);
        if (way == Hook.FORWARD && Rules.box().isLocal(dst)) { dst = Addresses.parse(addresses[4]); }
        src[src.length - 1] += (byte) random.nextInt(2);
        dst[dst.length - 1] += (byte) random.nextInt(2);
        int[] protocols = {6, 17, family == Family.IPV4 ? 1 : 58, 47};
        int[] types = family == Family.IPV4 ? new int[] {8, 0, 3} : new int[] {128, 129, 1};
        Packet packet = Packet.of(family).src(src).dst(dst).protocol(protocols[random.nextInt(4)])
                .sport(1000 + random.nextInt(40)).dport(1000 + random.nextInt(40)).flags(random.nextInt(64))
                .icmp(types[random.nextInt(3)], random.nextInt(5)).fragment(random.nextInt(6) == 0)
                .state(ConnectionState.values()[random.nextInt(5)]).mark((long) random.nextInt(16))
                .mac(new byte[] {0, 0x11, 0x22, 0x33, 0x44, (byte) random.nextInt(4)});
        if (way != Hook.OUTPUT) { packet = packet.in(DEVICES[random.nextInt(DEVICES.length)]); }
        return (way == Hook.INPUT ? packet : packet.out(DEVICES[random.nextInt(DEVICES.length)]));
    }
}
