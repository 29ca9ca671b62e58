package boxwall.explain;

import java.util.Set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets with a link-scoped address are never forwarded, whatever is known about the box. */
class LinkScopeTest {
    private static final String[] LINK_SCOPED =
            {"fe80::22", "fe80::1:2:3:4", "febf::9", "ff02::1", "ff02::1:ff00:1", "ff12::5", "ff01::1"};
    private static final String[] ROUTABLE = {"2001:db8::5", "fd00:178::20", "fec0::1", "ff05::2", "ff0e::7"};

    private static Ruleset rules(String text) {
        ParsedRules parsed = RulesetParser.parse(new Source("t", text), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return parsed.ruleset();
    }

    private static BoxNetwork boxNetwork(String box) {
        return box.isEmpty() ? BoxNetwork.unknown() : BoxNetwork.of(facts(box));
    }

    private static BoxFacts facts(String box) {
        return new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/" + box));
    }

    @Test
    void dhcpReplyToLinkLocalAddressIsDeliveredToBox() {
        Ruleset ruleset = rules("ip6tables -P INPUT DROP\nip6tables -P FORWARD DROP\n"
                + "ip6tables -A INPUT -i wan -s fe80::/10 -p udp --sport 547 --dport 546 -j ACCEPT\n");
        Packet packet = Packet.of(Family.IPV6).in("wan").src(Addresses.parse("fe80::22"))
                .dst(Addresses.parse("fe80::2")).protocol(17).sport(547).dport(546).state(ConnectionState.NEW);
        Answer answer = new Verdicts(ruleset, boxNetwork("7530-0729")).packet(packet, null);
        assertEquals(Verdict.ACCEPT, answer.verdict, answer.inFull());
        assertEquals("INPUT", answer.decidedBy.chain);
    }

    /** Random interfaces, given or not; FORWARD accepts and INPUT drops, so a forwarded packet is detected. */
    @Test
    void linkScopedPacketNeverReachesForward() {
        Ruleset ruleset = rules("ip6tables -P INPUT DROP\nip6tables -P FORWARD ACCEPT\nip6tables -A FORWARD -j LOG\n");
        long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
        System.out.println("link scope: seed " + seed);
        Random random = new Random(seed);
        String[] names = {null, "", "lan", "dsl", "wan"};
        int forwarded = 0;
        for (String box : new String[] {"", "virtual", "7530-0729"}) {
            BoxNetwork boxNetwork = boxNetwork(box);
            for (int i = 0; i < 500; i++) {
                boolean bySource = random.nextBoolean();
                boolean linkScoped = random.nextInt(3) > 0;
                String one = linkScoped ? LINK_SCOPED[random.nextInt(LINK_SCOPED.length)] : ROUTABLE[random.nextInt(2)];
                String other = ROUTABLE[random.nextInt(2)];
                one = bySource && one.startsWith("ff") ? "fe80::7" : one;
                Packet packet = Packet.of(Family.IPV6).in(names[random.nextInt(names.length)])
                        .out(names[random.nextInt(names.length)]).src(Addresses.parse(bySource ? one : other))
                        .dst(Addresses.parse(bySource ? other : one)).protocol(17).sport(1).dport(2)
                        .state(ConnectionState.NEW);
                Answer answer = new Verdicts(ruleset, boxNetwork).packet(packet, null);
                boolean reachesForward = answer.trail.stream().anyMatch(step -> step.chain.equals("FORWARD"));
                forwarded += reachesForward ? 1 : 0;
                assertFalse(reachesForward && linkScoped, "seed " + seed + ", box " + box + ": " + answer.inFull());
            }
        }
        assertTrue(forwarded > 100, forwarded + " packets of other addresses were forwarded: seed " + seed);
    }

    @Test
    void kernelDropsPacketThatWouldHaveToBeForwarded() {
        Packet packet = Packet.of(Family.IPV6).in("lan").src(Addresses.parse("fe80::22"))
                .dst(Addresses.parse("2001:db8::5")).protocol(6);
        Answer answer =
                new Verdicts(rules("ip6tables -P INPUT ACCEPT\nip6tables -P FORWARD ACCEPT\n"), boxNetwork("virtual"))
                        .packet(packet, null);
        assertEquals(Verdict.DROP, answer.verdict);
        assertTrue(answer.toString().contains("by the kernel itself")
                && answer.notes.toString().contains("never forwarded"), answer.inFull());
    }

    @Test
    void pathOfPacketFromLinkLocalAddressBeginsWhereItsWalkBegins() {
        Explanation explanation = new Explanation(rules("ip6tables -P OUTPUT DROP\n"), null,
                Map.of("out", "lan", "src", "fe80::22", "dst", "2001:db8::5"), facts("virtual"));
        assertEquals("OUTPUT", explanation.answer.decidedBy.chain);
        assertEquals("the box", explanation.path.get(0));
        assertEquals("lan", explanation.path.get(2));
    }

    /**
     * DNAT to a host in the LAN: both walks know that the kernel drops the packet without evaluating the rules of
     * FORWARD.
     */
    @Test
    void translatedLinkScopedPacketIsDropped() {
        Ruleset ruleset = rules(
                "*nat6\n-A PREROUTING -j DNAT --to-destination fd00:178::20\nCOMMIT\n*filter6\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
        BoxNetwork boxNetwork = boxNetwork("virtual");
        Packet packet = Packet.of(Family.IPV6).in("dsl").src(Addresses.parse("fe80::22"))
                .dst(Addresses.parse("2001:db8:d51::2")).protocol(6).sport(1).dport(2).flags(Packet.SYN)
                .state(ConnectionState.NEW).fragment(false);
        assertEquals(java.util.Set.of(Verdict.DROP), new Verdicts(ruleset, boxNetwork).packet(packet, null).possible,
                new Verdicts(ruleset, boxNetwork).packet(packet, null).inFull());
        PacketSets sets = new PacketSets(new RuleValues(List.of(ruleset), boxNetwork, Family.IPV6, List.of()), 1 << 20);
        WalkOutcome walk = HookWalk.walk(ruleset, sets, boxwall.netfilter.Hook.INPUT, SetsAgreeTest.of(sets, packet));
        assertEquals(Bdd.NONE, walk.possible(Verdict.ACCEPT));
        assertTrue(walk.possible(Verdict.DROP) != Bdd.NONE);
    }

    /** Expect lines, exposure, differences and lint. */
    @ParameterizedTest
    @CsvSource({"''", "virtual", "7530-0729"})
    void proofsExcludeForwardedLinkScopedPackets(String box) {
        BoxNetwork boxNetwork = boxNetwork(box);
        String wan = box.startsWith("75") ? "wan" : "dsl";
        Ruleset open = rules("iptables -P FORWARD DROP\nip6tables -P FORWARD DROP\nip6tables -A FORWARD -i " + wan
                + " -o lan -s fe80::/10 -j ACCEPT\n" + "ip6tables -A FORWARD -i " + wan
                + " -o lan -d ff02::/16 -j ACCEPT\n");
        assertTrue(Expectation.check("DROP", Map.of("family", "6", "in", wan, "out", "lan"),
                new Verdicts(open, boxNetwork), Set.of()).held);
        assertEquals(List.of(), Exposure.of(new Verdicts(open, boxNetwork), List.of(), List.of(wan, "lan")).forwarded);
        assertEquals(List.of(), Difference.of(open, rules("iptables -P FORWARD DROP\nip6tables -P FORWARD DROP\n"),
                boxNetwork).changes);
        assertEquals(2, NeedlessRules.of(new Verdicts(open, boxNetwork)).size());
    }
}
