package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.explain.BoxNetwork;
import boxwall.explain.Packet;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * UDP replies without connection tracking: the rules for replies keep all conditions of the rule for ESTABLISHED, and
 * accept all replies to accepted requests.
 */
class UdpRepliesTest {
    private static final String LOCAL = "32768:61000";
    private static final String[] REQUESTS = {"--dport 53", "--dport 123", "-m multiport --dports 53,123,5060",
            "-m multiport --ports 53", "-m multiport --dports 120:125 -d 198.51.100.0/24", "--dport 53 -d 198.51.100.7",
            "--dport 53 -m iprange --dst-range 198.51.100.7-198.51.100.9", "--sport 40000:50000 --dport 53",
            "--sport 123 --dport 123", "--dport 53 ! -d 198.51.100.8", "! --sport 40001 --dport 53",
            "-o ds+ --dport 53", "! -o lan --dport 53", "-o dsl --dport 123"};
    private static final String[] STATE_RULES = {"", "-p udp", "-p udp --sport 53",
            "-p udp -m multiport --sports 53,123", "-p udp ! --sport 123", "-p udp -m multiport ! --sports 53,5060",
            "-p udp -m multiport --ports 53,40000:41000", "-p udp -m multiport ! --ports 123",
            "-p udp --sport 53 --dport 32768:61000", "-p udp --sport 123 --dport 123", "-p udp --dport 1024:65535",
            "-p udp ! --dport 40001", "! -p tcp"};
    private static final String[] FROM = {"", "-i dsl", "-i d+", "! -i lan", "! -i guest", "-s 198.51.100.7",
            "-s 198.51.100.0/28", "! -s 198.51.100.8", "! -s 203.0.113.0/24", "-s 198.51.100.0/255.255.255.5",
            "-m iprange --src-range 198.51.100.7-198.51.100.20", "-m limit --limit 1000/sec --limit-burst 1000",
            "-m mark --mark 0", "! -f"};

    private static ParsedRules parsed(String text) {
        ParsedRules parsed = RulesetParser.parse(new Source("t", text), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors(), text);
        return parsed;
    }

    private static Ruleset stateless(String text) {
        return FewFacts.stateless(parsed(text).ruleset(), LOCAL, "dsl").ruleset();
    }

    private static List<String> input(String text) {
        List<String> lines = new ArrayList<>();
        for (Chain chain : stateless(text).chains(Family.IPV4, Table.FILTER)) {
            for (Rule rule : chain.name.equals("INPUT") || chain.policy == null ? chain.rules : List.<Rule>of()) {
                lines.add(RuleWriter.rule(chain.name, rule));
            }
        }
        return lines;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--dport 53 -o dsl                | -i dsl -p udp --sport 53              | -A INPUT -i dsl -p udp -m udp --sport 53 --dport 32768:61000 -j ACCEPT",
            "--dport 53                       | -p udp --sport 54                     | ''",
            "-m multiport --dports 53,123     | -p udp --sport 123                    | -A INPUT -p udp -m udp --sport 123 --dport 32768:61000 -j ACCEPT",
            "-m multiport --dports 53,123,5060| -p udp -m multiport --sports 123,5060 | -A INPUT -p udp -m udp --dport 32768:61000 -m multiport --sports 123,5060 -j ACCEPT",
            "--dport 123                      | -p udp --sport 123 --dport 123        | -A INPUT -p udp -m udp --sport 123 --dport 123 -j ACCEPT",
            "-m multiport --dports 50:60      | -p udp ! --sport 53                   | -A INPUT -p udp -m udp --dport 32768:61000 -m multiport --sports 50:52,54:60 -j ACCEPT",
            "-o ds+ --dport 53                | -i dsl -p udp                         | -A INPUT -i dsl -p udp -m udp --sport 53 --dport 32768:61000 -j ACCEPT",
            "! -o lan --dport 53              | ! -i guest -p udp                     | -A INPUT ! -i guest -p udp -j udp-answers / -A udp-answers ! -i lan -p udp -m udp --sport 53 --dport 32768:61000 -j ACCEPT",
            "--dport 53                       | -p udp -m limit --limit 5/sec         | -A INPUT -p udp -m limit --limit 5/sec -j udp-answers / -A udp-answers -p udp -m udp --sport 53 --dport 32768:61000 -j ACCEPT",
            "--dport 53 -m iprange --dst-range 9.9.9.9-9.9.9.10 | -p udp               | -A INPUT -p udp -m udp --sport 53 --dport 32768:61000 -m iprange --src-range 9.9.9.9-9.9.9.10 -j ACCEPT",
            "--dport 53                       | -p udp -f                             | ''",})
    void replyRuleCombinesRequestAndStateRule(String request, String state, String expected) {
        String text = "iptables -P INPUT DROP\niptables -A OUTPUT -p udp " + request + " -j ACCEPT\niptables -A INPUT "
                + state + " -m state --state ESTABLISHED -j ACCEPT\n";
        assertEquals(expected, String.join(" / ", input(text)));
    }

    /**
     * The chain "block" of the netfilter HOWTO, used by INPUT and FORWARD. Each hook gets its own replies, and each
     * line one note.
     */
    @Test
    void chainOfTwoHooksIsCopiedForItsReplies() {
        String text = """
                iptables -A OUTPUT -p udp --dport 53 -j ACCEPT
                iptables -A FORWARD -i lan -o dsl -p udp --dport 123 -j ACCEPT
                iptables -N a-name-of-twenty-eight-chars
                iptables -A a-name-of-twenty-eight-chars -p udp -m state --state ESTABLISHED -j ACCEPT
                iptables -N block
                iptables -A block -j a-name-of-twenty-eight-chars
                iptables -A INPUT -j block
                iptables -A FORWARD -g block
                """;
        List<String> rules = new ArrayList<>();
        for (Chain chain : stateless(text).chains(Family.IPV4, Table.FILTER)) {
            chain.rules.stream().map(rule -> RuleWriter.rule(chain.name, rule)).filter(line -> !line.contains("-f"))
                    .forEach(rules::add);
        }
        assertEquals(List.of("-A INPUT -j block", "-A FORWARD -i lan -o dsl -p udp -m udp --dport 123 -j ACCEPT",
                "-A FORWARD -g block-2", "-A OUTPUT -p udp -m udp --dport 53 -j ACCEPT",
                "-A a-name-of-twenty-eight -i dsl -o lan -p udp -m udp --sport 123 --dport 1024:65535 -j ACCEPT",
                "-A a-name-of-twenty-eight-chars -p udp -m udp --sport 53 --dport 32768:61000 -j ACCEPT",
                "-A block -j a-name-of-twenty-eight-chars", "-A block-2 -j a-name-of-twenty-eight"), rules);
        List<String> notes = FewFacts.stateless(parsed(text).ruleset(), LOCAL, "dsl").notes().stream()
                .map(n -> n.origin + ": " + n.text).toList();
        assertEquals(1, notes.stream().filter(n -> n.contains("t:4: ") && n.contains("(2 reply rules)")).count(),
                notes.toString());
    }

    private static boolean passes(Ruleset ruleset, Packet packet, Hook way) {
        return new Verdicts(ruleset, BoxNetwork.unknown()).packet(packet, way).verdict == Verdict.ACCEPT;
    }

    private static String pick(Random random, String... of) { return of[random.nextInt(of.length)]; }

    /**
     * Random requests and state rules. Each packet that the stateless form additionally accepts is a reply: the
     * stateful form accepts it as ESTABLISHED, and accepts its request. Every such reply to the local port range is
     * accepted.
     */
    @Test
    void exactlyRepliesToAcceptedRequestsPass() {
        long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
        System.out.println("UDP replies: seed " + seed);
        Random random = new Random(seed);
        int passed = 0;
        for (int turn = 0; turn < 1500; turn++) {
            StringBuilder text = new StringBuilder("iptables -P INPUT DROP\niptables -P OUTPUT DROP\n");
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                text.append("iptables -A OUTPUT -p udp ").append(pick(random, REQUESTS)).append(" -j ACCEPT\n");
            }
            boolean limit = false;
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                String stateRule = pick(random, STATE_RULES);
                String from = pick(random, FROM);
                limit |= from.contains("limit");
                text.append("iptables -A INPUT ").append(stateRule).append(' ').append(from)
                        .append(" -m state --state ESTABLISHED,RELATED -j ACCEPT\n");
            }
            Ruleset with = parsed(text.toString()).ruleset();
            Ruleset without = stateless(text.toString());
            for (int i = 0; i < 40; i++) {
                byte[] box = Addresses.parse("203.0.113.2");
                byte[] peer = Addresses.parse("198.51.100." + (6 + random.nextInt(5)));
                int remote = new int[] {53, 123, 5060, 54, 1000}[random.nextInt(5)];
                int own = new int[] {40000, 40001, 50001, 123, 1000, 53}[random.nextInt(6)];
                String device = pick(random, "dsl", "dsl", "lan", "guest");
                Packet reply = Packet.of(Family.IPV4).in(device).src(peer).dst(box).protocol(17).sport(remote)
                        .dport(own).state(ConnectionState.NEW).mark(0L).fragment(false);
                Packet request = Packet.of(Family.IPV4).in("").out(device).src(box).dst(peer).protocol(17).sport(own)
                        .dport(remote).state(ConnectionState.NEW).mark(0L).fragment(false);
                boolean established = passes(with, reply.state(ConnectionState.ESTABLISHED), Hook.INPUT);
                boolean requested = passes(with, request, Hook.OUTPUT);
                boolean now = passes(without, reply, Hook.INPUT);
                String what = "seed " + seed + "\n" + text + reply + "\n" + input(text.toString());
                assertTrue(!now || established && requested, () -> "accepted, but not a reply: " + what);
                boolean localRange = own >= 32768 && own <= 61000;
                if (established && requested && localRange && remote != 1000 && !limit) {
                    assertTrue(now, () -> "a reply is dropped: " + what);
                    passed++;
                }
            }
        }
        assertTrue(passed > 2000, passed + " replies passed: seed " + seed);
    }
}
