package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.modules.ConntrackVerdict;
import boxwall.box.Readings;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.AutoYesNo;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * If it is unknown whether connection tracking makes the box reboot, nothing loads it unless the administrator requests
 * states.
 */
class UnknownConntrackTest {
    private static final BoxFacts UNKNOWN =
            new BoxFacts(Readings.none().with("dmesg", "kdsld: init start (sizeof(struct sk_buff) = 384)\n"));
    private static final String STATES =
            "iptables -P INPUT DROP\niptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\nmodprobe nf_conntrack\n";

    private static ParsedRules parsed(String rules) {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules), Map.of(), null);
        assertEquals(List.of(), parsed.errors());
        return parsed;
    }

    @Test
    void autoCompilesWithoutStatesAndYesWithStates() {
        assertEquals(ConntrackVerdict.State.UNKNOWN, UNKNOWN.conntrack().state);
        Compiled auto = Compiler.compile(parsed(STATES), UNKNOWN, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
        assertFalse(auto.stateful);
        assertTrue(auto.modules.stream().noneMatch(UNKNOWN::pullsConntrack), auto.modules.toString());
        assertFalse(Checker.refuses(AllFindings.checked(new CheckedRuleset(parsed(STATES), auto.ruleset, UNKNOWN))));
        Compiled yes = Compiler.compile(parsed(STATES), UNKNOWN, AutoYesNo.YES, AutoYesNo.AUTO, false);
        assertTrue(yes.stateful);
        assertFalse(Checker.refuses(AllFindings.checked(new CheckedRuleset(parsed(STATES), yes.ruleset, UNKNOWN))));
    }

    @Test
    void rulesThatWouldLoadConntrackAreOmittedWithNote() {
        for (String rule : new String[] {"iptables -t nat -A POSTROUTING -o dsl -j MASQUERADE",
                "iptables -A INPUT -m connlimit --connlimit-above 3 -j DROP",
                "iptables -t mangle -A PREROUTING -j CONNMARK --restore-mark",
                "iptables -A INPUT -m connmark --mark 1 -j ACCEPT", "iptables -t raw -A PREROUTING -j NOTRACK",
                "modprobe ip_conntrack_ftp"}) {
            Compiled auto = Compiler.compile(parsed(rule + "\n"), UNKNOWN, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
            assertTrue(auto.modules.stream().noneMatch(UNKNOWN::pullsConntrack), () -> rule + ": " + auto.modules);
            assertFalse(auto.notes.isEmpty(), rule);
        }
    }
}
