package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.BoxNetwork;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A shared chain for UDP replies accepts the same packets as separate rules for each pair of a request and a rule that
 * accepts its replies.
 */
class ReplyChainsTest {
    private static final BoxNetwork SITE =
            BoxNetwork.of(new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/explain/box")));
    private static final int PAIRS = 26;
    private static final int PACKETS = 150;

    private static Ruleset compile(List<String> lines) {
        ParsedRules parsed = RulesetParser.parse(
                new Source("t", "iptables -P INPUT DROP\niptables -P FORWARD DROP\n" + String.join("\n", lines) + "\n"),
                Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return FewFacts.stateless(parsed.ruleset(), "32768:60999", "dsl").ruleset();
    }

    private static String acceptsReplies(int i) {
        return "iptables -A " + (i % 2 == 0 ? "INPUT -s 10.0." : "FORWARD -d 10.0.") + i + ".0/25"
                + (i % 3 == 0 ? " -i dsl" : "") + (i % 5 == 0 ? " -p udp" : "")
                + " -m state --state ESTABLISHED -j ACCEPT";
    }

    private static String acceptsRequest(int i) {
        return "iptables -A " + (i % 2 == 0 ? "OUTPUT -d 10.0." : "FORWARD -i lan -o dsl -s 10.0.") + i
                + ".0/24 -p udp --dport " + (50 + i) + " -j ACCEPT";
    }

    private static boolean passes(Ruleset ruleset, Packet packet) {
        return new Verdicts(ruleset, SITE).packet(packet, null).verdict == Verdict.ACCEPT;
    }

    @Test
    void sharedReplyChainAcceptsSamePacketsAsSeparateRules() {
        List<String> all = new ArrayList<>();
        List<Ruleset> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            all.add(acceptsReplies(i));
            all.add(acceptsRequest(i));
            for (int k = 0; k < PAIRS; k++) {
                pairs.add(compile(List.of(acceptsReplies(i), acceptsRequest(k))));
            }
        }
        Ruleset shared = compile(all);
        assertTrue(
                shared.chain(Family.IPV4, Table.FILTER, "udp-answers") != null
                        && shared.chain(Family.IPV4, Table.FILTER, "udp-answers-2") != null,
                "a chain for INPUT and one for FORWARD");
        long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
        System.out.println("UDP replies: seed " + seed);
        Random random = new Random(seed);
        int passed = 0;
        for (int n = 0; n < PACKETS; n++) {
            // mostly a reply to an accepted request; sometimes from another port or interface
            int request = random.nextInt(PAIRS);
            byte[] net = Addresses.parse("10.0." + request + "." + random.nextInt(256));
            Packet packet = Packet.of(Family.IPV4).in(random.nextInt(8) == 0 ? "lan" : "dsl").protocol(17)
                    .sport(50 + request + (random.nextInt(6) == 0 ? 1 : 0))
                    .dport(random.nextInt(6) == 0 ? 1000 : 40000);
            Packet one = (request % 2 == 1 ? packet.out("lan").src(Addresses.parse("198.51.100.7")).dst(net)
                    : packet.src(net).dst(Addresses.parse("203.0.113.2")));
            boolean expected = pairs.stream().anyMatch(pair -> passes(pair, one));
            assertEquals(expected, passes(shared, one), "seed " + seed + ": " + one);
            passed += expected ? 1 : 0;
        }
        assertTrue(passed > PACKETS / 20 && passed < PACKETS, passed + " packets passed: seed " + seed);
    }

    @Test
    void fewRepliesNeedNoSharedChain() {
        for (Chain chain : compile(List.of(acceptsReplies(0), acceptsReplies(1), acceptsRequest(0), acceptsRequest(1)))
                .chains(Family.IPV4, Table.FILTER)) {
            assertTrue(!chain.name.startsWith("udp-answers"), chain.name);
        }
    }

    @Test
    void numberOfReplyRulesGrowsLinearly() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(acceptsReplies(0) + " -m comment --comment " + i);
            all.add(acceptsRequest(2).replace("10.0.2.0/24", "10.1." + i + ".0/24"));
        }
        int rules = 0;
        for (Chain chain : compile(all).chains(Family.IPV4, Table.FILTER)) {
            rules += chain.rules.size();
        }
        assertTrue(rules < 400 * 10, rules + " rules");
    }
}
