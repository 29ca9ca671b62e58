package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finds the needless rules, unreachable and redundant ones, and no others. */
class NeedlessRulesTest {
    private static final String[] ADDRESSES = {"192.168.178.1", "192.168.178.20", "192.168.179.5", "203.0.113.2"};

    private static String found(String... lines) {
        StringBuilder out = new StringBuilder();
        for (NeedlessRules.NeedlessRule needless : NeedlessRules.of(new Verdicts(Rules.v4(lines), Rules.box()))) {
            out.append(needless.redundant ? "redundant " : "unreachable ").append(needless.entry.origin().line)
                    .append(' ').append(needless.why()).append('\n');
        }
        return out.toString();
    }

    @Property(tries = 80, shrinking = ShrinkingMode.OFF)
    void deletingAllNeedlessRulesChangesNoVerdict(@ForAll long seed) {
        List<String> lines = new RandomRules(new Random(seed), Family.IPV4, ADDRESSES, new String[] {"lan", "guest"},
                EnumSet.of(RandomRules.Feature.STATE, RandomRules.Feature.MARK, RandomRules.Feature.FRAGMENT)).lines();
        Ruleset ruleset = Rules.v4(lines.toArray(new String[0]));
        List<NeedlessRules.NeedlessRule> needless = NeedlessRules.of(new Verdicts(ruleset, Rules.box()));
        Ruleset rest = without(ruleset, needless);
        Difference difference = Difference.of(ruleset, rest, Rules.box());
        assertEquals(List.of(), difference.changes, () -> String.join("\n", lines) + "\n"
                + needless.stream().map(NeedlessRules.NeedlessRule::why).toList());
    }

    /** An unreachable chain is reported by its first rule: all its rules are removed. */
    private static Ruleset without(Ruleset ruleset, List<NeedlessRules.NeedlessRule> needless) {
        Ruleset rest = ruleset;
        for (Table table : ruleset.tables(Family.IPV4)) {
            List<Chain> chains = new ArrayList<>();
            for (Chain chain : ruleset.chains(Family.IPV4, table)) {
                List<Rule> rules = new ArrayList<>(chain.rules);
                for (NeedlessRules.NeedlessRule each : needless) {
                    if (each.entry.table == table && each.entry.chain.equals(chain.name)) {
                        rules.removeIf(rule -> rule == each.entry.rule
                                || each.why().startsWith("no packet reaches the chain"));
                    }
                }
                chains.add(chain.withRules(rules));
            }
            rest = rest.with(Family.IPV4, table, chains);
        }
        return rest;
    }

    @Test
    void shadowedRuleIsReportedWithCoveringRules() {
        assertEquals("unreachable 5 shadowed, other rules decide all its packets: rules:2 (DROP), rules:3 (DROP)\n"
                + "unreachable 6 shadowed, other rules decide all its packets: rules:2 (DROP), rules:3 (DROP), rules:4 (ACCEPT)\n",
                found(":INPUT ACCEPT", "-A INPUT -p tcp -m tcp --dport 1:1000 -j DROP",
                        "-A INPUT -p tcp -m tcp --dport 1001:2000 -j DROP", "-A INPUT -s 10.0.0.0/8 -j ACCEPT",
                        "-A INPUT -p tcp -m tcp --dport 900:1100 -j ACCEPT", "-A INPUT -s 10.1.0.0/16 -j ACCEPT",
                        "-A INPUT -p udp -j DROP"));
    }

    @Test
    void secondOfTwoEqualRulesIsUnreachable() {
        assertEquals("unreachable 3 other rules decide all its packets in the same way: rules:2 (ACCEPT)\n",
                found(":INPUT DROP", "-A INPUT -i lan -p udp -j ACCEPT", "-A INPUT -i lan -p udp -j ACCEPT"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "-A INPUT -s 10.1.0.0/16 -j ACCEPT;-A INPUT -s 10.0.0.0/8 -j ACCEPT | redundant 2 without it, its packets are decided in the same way: rules:3 (ACCEPT)",
            "-A INPUT -s 10.1.0.0/16 -j DROP                                    | redundant 2 without it, its packets are decided in the same way: the policy of INPUT",
            "-A INPUT -j DROP                                                   | ''",
            "-A INPUT -s 10.1.0.0/16 -j REJECT                                  | ''",
            "-A INPUT -s 10.1.0.0/16 -j DROP;-A INPUT -j LOG                    | ''",
            "-A INPUT -s 10.1.0.0/16 -m limit --limit 1/sec -j DROP             | ''",
            "-A INPUT -p udp -m state --state ESTABLISHED -p tcp -j DROP        | redundant 2 without it, its packets are decided in the same way: the policy of INPUT",
            "-A OUTPUT -j NOWHERE                                               | ''",})
    void ruleIsRedundantIfVerdictsAndLogsStayTheSame(String rules, String expected) {
        List<String> lines = new ArrayList<>(List.of(":INPUT DROP"));
        lines.addAll(List.of(rules.split(";")));
        assertEquals(expected == null ? "" : expected, found(lines.toArray(new String[0])).trim());
    }

    @Test
    void unusedChainIsReportedOnce() {
        assertEquals("unreachable 3 no packet reaches the chain U\n",
                found(":INPUT DROP", ":U -", "-A U -s 10.0.0.1/32 -j ACCEPT", "-A U -j DROP"));
    }

    @Test
    void lintStopsAtLimitsOfRulesAndNodes() {
        List<Rule> rules = new ArrayList<>();
        Rule one = Rules.v4("-A INPUT -s 10.0.0.1/32 -j DROP").chain(Family.IPV4, Table.FILTER, "INPUT").rules.get(0);
        for (int i = 0; i <= Verdicts.RULES_MAX; i++) {
            rules.add(one.copy().build());
        }
        Ruleset many =
                Ruleset.empty().with(Family.IPV4, Table.FILTER, List.of(new Chain("INPUT", Policy.ACCEPT, rules)));
        assertEquals(List.of(), NeedlessRules.of(new Verdicts(many, Rules.box())));
        Ruleset nested = Wiki.with("-A INPUT -s 192.168.178.5/32 -j ACCEPT", "-A INPUT -s 192.168.178.5/32 -j ACCEPT");
        assertTrue(NeedlessRules.of(new Verdicts(nested, Rules.box())).size() > 1);
        assertTrue(NeedlessRules.of(new Verdicts(nested, Rules.box(), List.of(), null, 1024)).size() < NeedlessRules
                .of(new Verdicts(nested, Rules.box())).size(), "the limit was not met");
    }
}
