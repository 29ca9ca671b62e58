package boxwall.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.compile.Presets;
import boxwall.explain.Answer;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.explain.Difference;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Includes;
import boxwall.syntax.Note;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An optimized ruleset gives the same verdicts and side effects with fewer rules per packet. */
class OptimizerTest {
    private static final BoxNetwork SITE = BoxNetwork.of(new BoxFacts(Presets.box("virtual")));
    private static final Set<Family> BOTH = EnumSet.allOf(Family.class);
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    private final List<Note> notes = new ArrayList<>();

    static Ruleset parse(List<String> lines) {
        ParsedRules parsed =
                RulesetParser.parse(new Source("t", String.join("\n", lines) + "\n"), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return parsed.ruleset();
    }

    private Ruleset optimized(Ruleset before) {
        notes.clear();
        return Optimizer.of(before, BOTH, SITE, notes);
    }

    private List<String> optimized(String... lines) {
        Ruleset after = optimized(parse(List.of(lines)));
        return rules(after, lines[0].startsWith("ip6") ? Family.IPV6 : Family.IPV4);
    }

    private static List<String> rules(Ruleset ruleset, Family family) {
        return RuleWriter.restore(ruleset, family).text.lines().filter(line -> line.startsWith("-A")).toList();
    }

    // ---- random rulesets

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void optimizerChangesNoVerdict(@ForAll long seed) {
        RandomLists lists = new RandomLists(seed);
        List<String> lines = lists.lines();
        Ruleset before = parse(lines);
        Ruleset after = optimized(before);
        assertFalse(allNotes().contains("optimizer step skipped"), () -> seed + ": " + allNotes());
        assertNull(firstDifference(lists, before, after, 60),
                () -> seed + "\n" + String.join("\n", lines) + "\n" + RuleWriter.restore(after, lists.family()).text);
        assertEquals(List.of(), Difference.of(before, after, SITE).changes);
        assertValidNames(before, after, lists.family());
    }

    private String allNotes() {
        StringBuilder all = new StringBuilder();
        notes.forEach(note -> all.append(note.origin).append(": ").append(note.text).append('\n'));
        return all.toString();
    }

    /**
     * Compares single packets: the verdict, the deciding line (except of merged rules), and the barriers passed, in
     * order. Returns the first difference, or null.
     */
    private static String firstDifference(RandomLists lists, Ruleset before, Ruleset after, int packets) {
        Verdicts old = new Verdicts(before, SITE);
        Verdicts now = new Verdicts(after, SITE);
        Set<String> written = new HashSet<>();
        each(before, lists.family(), rule -> written.add(ruleWithLine(rule)));
        for (int i = 0; i < packets; i++) {
            for (Hook way : WAYS) {
                Packet packet = lists.packet(way == Hook.OUTPUT);
                Answer a = old.packet(packet, way);
                Answer b = now.packet(packet, way);
                Rule by = b.decidedBy == null ? null : b.decidedBy.rule;
                boolean merged = by != null && (!written.contains(ruleWithLine(by)) || RuleOrder.acceptsKnown(by));
                boolean sameLine = merged || a.decidedBy == null || b.decidedBy == null
                        || String.valueOf(a.decidedBy.origin()).equals(String.valueOf(b.decidedBy.origin()));
                if (!a.possible.equals(b.possible) || !sameLine || !barriers(a).equals(barriers(b))) {
                    return a.inFull() + "\n" + b.inFull();
                }
            }
        }
        return null;
    }

    private static String ruleWithLine(Rule rule) { return rule.origin + " " + RuleWriter.rule("X", rule); }

    private static List<String> barriers(Answer answer) {
        List<String> passed = new ArrayList<>();
        for (TrailEntry step : answer.trail) {
            Rule rule = step.rule;
            boolean jumps = rule != null && rule.target != null && rule.target.name.startsWith("bw_");
            if (rule != null && !jumps
                    && (!RuleOrder.decides(rule) || !RuleOrder.readsPacketOnly(rule, answer.packet.family))) {
                passed.add(ruleWithLine(rule));
            }
        }
        return passed;
    }

    private static void each(Ruleset ruleset, Family family, java.util.function.Consumer<Rule> to) {
        for (Table table : ruleset.tables(family)) {
            ruleset.chains(family, table).forEach(chain -> chain.rules.forEach(to));
        }
    }

    /**
     * New chains have valid names that were not in use, one caller each, and every rule has an origin in the user's
     * file.
     */
    private static void assertValidNames(Ruleset before, Ruleset after, Family family) {
        List<String> callees = new ArrayList<>();
        each(after, family, rule -> {
            assertEquals("t", rule.origin.file);
            if (rule.target != null && rule.target.name.startsWith("bw_")) {
                callees.add(rule.target.name);
                assertEquals(0, rule.origin.line);
            } else {
                assertTrue(rule.origin.line > 0);
            }
        });
        Set<String> newChains = new HashSet<>();
        for (Chain chain : after.chains(family, Table.FILTER)) {
            if (before.chain(family, Table.FILTER, chain.name) == null) {
                newChains.add(chain.name);
                assertTrue(chain.name.matches("bw_[A-Za-z0-9_.+-]{1,25}"), chain.name);
            }
        }
        assertEquals(newChains.size(), callees.size());
        assertEquals(newChains, new HashSet<>(callees));
    }

    /** Simulates bugs of the optimizer by changing its result: the proof and single packets must both detect them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"network too wide          | '/31 '      | '/29 '",
            "rule lost                 | '^-A INPUT -s [^ ]+/32 -i dsl -j DROP$' | ''",
            "list for the wrong side   | ' -s (\\S+)/30 ' | ' -d $1/30 '",
            "port lost                 | '--dports (\\d+),' | '--dports '",
            "multiport's other side    | '--dports '    | '--sports '",
            "additional match in jump  | '^(-A \\S+ -s \\S+)( .*|)-j (bw_\\S+)$' | '$1$2 -p tcp -j $3'",
            "REJECT treated as DROP    | '-j REJECT --reject-with \\S+' | '-j DROP'",
            "list before its barrier   | '-g BACK' | '-j BACK'", "RETURN lost in a branch   | '-j RETURN' | ''",
            "NEW moved first too       | '--state ESTABLISHED ' | '--state NEW,ESTABLISHED '",})
    void bugOfOptimizerIsDetected(String name, String right, String broken) {
        boolean proof = false;
        boolean packets = false;
        for (long seed = 0; seed < 3000 && !(proof && packets); seed++) {
            RandomLists lists = new RandomLists(seed);
            Ruleset before = parse(lists.lines());
            Family family = lists.family();
            String text = RuleWriter.restore(optimized(before), family).text;
            String other = text.lines().map(line -> line.replaceAll(right, broken == null ? "" : broken)).reduce("",
                    (a, b) -> a + b + "\n");
            if (!other.equals(text)) {
                Ruleset after = parse(List
                        .of((family == Family.IPV4 ? other : other.replaceAll("(?m)^\\*(\\w+)$", "*$16")).split("\n")));
                proof |= Difference.unproved(before, after, SITE, Difference.affordable()) != null;
                packets |= firstDifference(lists, before, after, 100) != null;
            }
        }
        assertTrue(proof, name + " was not detected by the proof");
        assertTrue(packets, name + " was not detected by packets");
    }

    // ---- single steps

    /**
     * A packet with a truncated header is dropped by the first rule that reads the header, which sets cannot represent:
     * such rules keep their order relative to overlapping rules.
     */
    @Test
    void rulesThatReadTransportHeaderKeepTheirOrder() {
        List<String> lines = List.of("iptables -A INPUT -s 10.0.0.0/25 -p tcp --dport 22 -j ACCEPT",
                "iptables -A INPUT -i lan -s 10.0.0.0/8 -j ACCEPT",
                "iptables -A INPUT -s 10.0.0.128/25 -p tcp --dport 22 -j ACCEPT",
                "iptables -A FORWARD -s 10.0.0.0/25 -p tcp --dport 22 -j ACCEPT",
                "iptables -A FORWARD -i lan -j ACCEPT",
                "iptables -A FORWARD -s 10.0.0.128/25 -p tcp --dport 22 -j ACCEPT");
        assertEquals(rules(parse(lines), Family.IPV4), optimized(lines.toArray(new String[0])));
        assertFalse(RuleOrder.commute(parse(lines).chain(Family.IPV4, Table.FILTER, "INPUT").rules.get(0),
                parse(lines).chain(Family.IPV4, Table.FILTER, "INPUT").rules.get(1)));
    }

    @Test
    void ruleCoveredByEarlierRuleIsRemoved() {
        assertEquals(
                List.of("-A INPUT -s 10.0.0.0/8 -j DROP", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
                        "-A INPUT -j LOG", "-A INPUT -s 10.2.0.0/16 -j DROP"),
                optimized("iptables -A INPUT -s 10.0.0.0/8 -j DROP", "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
                        "iptables -A INPUT -s 10.1.0.0/16 -j ACCEPT", "iptables -A INPUT -p tcp --dport 22 -j DROP",
                        "iptables -A INPUT -j LOG", "iptables -A INPUT -s 10.2.0.0/16 -j DROP"));
        assertTrue(allNotes().contains("t:3: left out of INPUT: t:1 (DROP) matches all its packets"), allNotes());
        assertTrue(allNotes().contains("t:4: left out of INPUT: t:2 (ACCEPT) matches all its packets"), allNotes());
    }

    @Test
    void ruleForEstablishedIsMovedForwardAsFarAsPossible() {
        assertEquals(
                List.of("-A INPUT -s 10.0.0.0/8 -j DROP",
                        "-A INPUT -i dsl -m state --state RELATED,ESTABLISHED -j ACCEPT", "-A INPUT -i lan -j DROP",
                        "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"),
                optimized("iptables -A INPUT -s 10.0.0.0/8 -j DROP", "iptables -A INPUT -i lan -j DROP",
                        "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
                        "iptables -A INPUT -i dsl -m state --state ESTABLISHED,RELATED -j ACCEPT"));
    }

    @Test
    void portsAreMergedInGroupsOfFifteen() {
        List<String> lines = new ArrayList<>();
        for (int port = 1; port <= 17; port++) {
            lines.add("iptables -A INPUT -p tcp --dport " + (port == 3 ? "100:200" : "" + port) + " --syn -j ACCEPT");
            lines.add("iptables -A INPUT -p udp --sport " + port + " -j ACCEPT");
        }
        assertEquals(List.of(
                "-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m multiport --dports 1,2,100:200,4,5,6,7,8,9,10,11,12,13,14 -j ACCEPT",
                "-A INPUT -p udp -m udp -m multiport --sports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j ACCEPT",
                "-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m multiport --dports 15,16,17 -j ACCEPT",
                "-A INPUT -p udp -m udp -m multiport --sports 16,17 -j ACCEPT"),
                optimized(lines.toArray(new String[0])));
        assertTrue(allNotes().contains("t:1: stands for t:3, t:5, "), allNotes());
        Ruleset without = Optimizer.of(parse(lines), EnumSet.noneOf(Family.class), SITE, notes);
        assertEquals(34,
                rules(without, Family.IPV4).stream()
                        .filter(rule -> rule.contains("port ") && rule.endsWith(" -j ACCEPT")).count(),
                "without multiport on the box");
    }

    @Test
    void adjacentNetworksAreMergedWithLineOfFirst() {
        Ruleset after = optimized(parse(List.of("iptables -A INPUT -s 10.0.0.128/25 -j DROP",
                "iptables -A INPUT -s 11.0.0.0/8 -j DROP", "iptables -A INPUT -s 10.0.1.0/24 -j DROP",
                "iptables -A INPUT -s 10.0.0.0/25 -j DROP", "iptables -A INPUT -s 10.0.2.0/24 -j DROP")));
        assertEquals(List.of("-A INPUT -s 10.0.0.0/23 -j DROP", "-A INPUT -s 11.0.0.0/8 -j DROP",
                "-A INPUT -s 10.0.2.0/24 -j DROP"), rules(after, Family.IPV4));
        assertEquals("t:1", after.chain(Family.IPV4, Table.FILTER, "INPUT").rules.get(0).origin.toString());
        assertTrue(allNotes().contains("t:1: stands for t:3, t:4 as well, as 10.0.0.0/23"), allNotes());
        assertEquals(List.of("-A INPUT -s ::/1 -j DROP", "-A INPUT -s 8000::/1 -j DROP"),
                optimized("ip6tables -A INPUT -s ::/1 -j DROP", "ip6tables -A INPUT -s 8000::/1 -j DROP"),
                "networks are not merged into all addresses");
    }

    /** Also for a chain with a name of maximum length, and if the new names are already in use. */
    @Test
    void longListsBecomeTrees() {
        List<String> lines =
                new ArrayList<>(List.of("iptables -N twenty-eight-letters-long-ab", "iptables -N bw_INPUT_1"));
        for (int i = 0; i < 150; i++) {
            lines.add("iptables -A INPUT -i dsl -s 10." + i % 256 + "." + i / 3 + "." + i % 7 * 30 + " -j "
                    + (i % 5 == 0 ? "twenty-eight-letters-long-ab" : "DROP"));
            lines.add("iptables -A twenty-eight-letters-long-ab -d 10." + i % 256 + ".0.0/" + (i % 2 == 0 ? 16 : 24)
                    + " -j REJECT");
        }
        Ruleset before = parse(lines);
        Ruleset after = optimized(before);
        assertNull(Difference.unproved(before, after, SITE, Difference.affordable()));
        assertValidNames(before, after, Family.IPV4);
        assertEquals(1, after.chain(Family.IPV4, Table.FILTER, "INPUT").rules.size());
        assertTrue(allNotes().matches(
                "(?s).*compared with at most [1-3][0-9] of their rules.*compared with at most [1-3][0-9] of their rules.*"),
                allNotes());
    }

    @Test
    void otherRulesAreUnchanged() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add("iptables -A INPUT -s 10.0.0." + i + " -m limit --limit 1/sec -j ACCEPT");
            lines.add("iptables -A FORWARD -s 10.0.0." + i + " -j RETURN");
            lines.add("iptables -A OUTPUT -d 10.0.0." + i);
            lines.add("iptables -t nat -A POSTROUTING -s 10.0.0." + i + " -j ACCEPT");
        }
        Ruleset before = parse(lines);
        assertEquals(before, optimized(before));
        assertEquals("", allNotes());
    }

    @Test
    void stepThatCannotBeProvedIsSkippedWithNote() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            lines.add("iptables -A INPUT -s 10." + i * 37 % 256 + "." + i * 91 % 256 + "." + i * 3 % 256 + " -j DROP");
        }
        Ruleset before = parse(lines);
        assertEquals(before, Optimizer.of(before, BOTH, SITE, 2048, notes));
        assertTrue(allNotes().startsWith("--optimize: optimizer step skipped (")
                && allNotes().contains("could not be compared, too complex"), allNotes());
    }
}
