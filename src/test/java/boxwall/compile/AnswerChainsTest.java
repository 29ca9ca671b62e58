package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.explain.Packet;
import boxwall.explain.Site;
import boxwall.explain.Verdict;
import boxwall.explain.Walk;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Answers over UDP in a chain of their own: the same packets pass as where each answer is written out at each rule that
 * lets it in.
 */
class AnswerChainsTest {
    private static final Site SITE =
            Site.of(BoxFacts.of(BoxReader.read(new LiveSys(), "src/test/resources/explain/box")));
    private static final int EACH = 26;
    private static final int PACKETS = 150;

    private static Ruleset compile(List<String> lines) {
        ParsedRules parsed = RulesetParser.parse(
                new Source("t", "iptables -P INPUT DROP\niptables -P FORWARD DROP\n" + String.join("\n", lines) + "\n"),
                Names.none(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return FewFacts.stateless(parsed.ruleset(), "32768:60999", "dsl").ruleset();
    }

    private static String letsIn(int i) {
        return "iptables -A " + (i % 2 == 0 ? "INPUT -s 10.0." : "FORWARD -d 10.0.") + i + ".0/25"
                + (i % 3 == 0 ? " -i dsl" : "") + (i % 5 == 0 ? " -p udp" : "")
                + " -m state --state ESTABLISHED -j ACCEPT";
    }

    private static String asks(int i) {
        return "iptables -A " + (i % 2 == 0 ? "OUTPUT -d 10.0." : "FORWARD -i lan -o dsl -s 10.0.") + i
                + ".0/24 -p udp --dport " + (50 + i) + " -j ACCEPT";
    }

    private static boolean passes(Ruleset ruleset, Packet packet) {
        return new Walk(ruleset, SITE).packet(packet, null).verdict == Verdict.ACCEPT;
    }

    @Test
    void whatPassesIsTheSameAsWrittenOut() {
        List<String> all = new ArrayList<>();
        List<Ruleset> pairs = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            all.add(letsIn(i));
            all.add(asks(i));
            for (int k = 0; k < EACH; k++) {
                pairs.add(compile(List.of(letsIn(i), asks(k))));
            }
        }
        Ruleset shared = compile(all);
        assertTrue(
                shared.chain(Family.IPV4, Table.FILTER, "udp-answers") != null
                        && shared.chain(Family.IPV4, Table.FILTER, "udp-answers-2") != null,
                "a chain for INPUT and one for FORWARD");
        long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
        System.out.println("answers over UDP: seed " + seed);
        Random random = new Random(seed);
        int passed = 0;
        for (int n = 0; n < PACKETS; n++) {
            // mostly the answer to a question that was asked; now and then of another port, or from another side
            int asked = random.nextInt(EACH);
            byte[] net = Addresses.parse("10.0." + asked + "." + random.nextInt(256));
            Packet packet = Packet.of(Family.IPV4).in(random.nextInt(8) == 0 ? "lan" : "dsl").protocol(17)
                    .sport(50 + asked + (random.nextInt(6) == 0 ? 1 : 0)).dport(random.nextInt(6) == 0 ? 1000 : 40000);
            Packet one = (asked % 2 == 1 ? packet.out("lan").src(Addresses.parse("198.51.100.7")).dst(net)
                    : packet.src(net).dst(Addresses.parse("203.0.113.2")));
            boolean written = pairs.stream().anyMatch(pair -> passes(pair, one));
            assertEquals(written, passes(shared, one), "seed " + seed + ": " + one);
            passed += written ? 1 : 0;
        }
        assertTrue(passed > PACKETS / 20 && passed < PACKETS, passed + " packets passed: seed " + seed);
    }

    @Test
    void fewAreWrittenOutWhereTheyStand() {
        for (Chain chain : compile(List.of(letsIn(0), letsIn(1), asks(0), asks(1))).chains(Family.IPV4, Table.FILTER)) {
            assertTrue(!chain.name.startsWith("udp-answers"), chain.name);
        }
    }

    @Test
    void theSizeIsTheRulesAndNotTheirProduct() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(letsIn(0) + " -m comment --comment " + i);
            all.add(asks(2).replace("10.0.2.0/24", "10.1." + i + ".0/24"));
        }
        int rules = 0;
        for (Chain chain : compile(all).chains(Family.IPV4, Table.FILTER)) {
            rules += chain.rules.size();
        }
        assertTrue(rules < 400 * 10, rules + " rules");
    }
}
