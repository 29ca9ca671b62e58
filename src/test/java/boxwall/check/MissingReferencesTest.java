package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.probe.BoxReader;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interfaces that the box lacks, ports of its bridges, and sets that somebody else must make. */
class MissingReferencesTest {
    private static List<Finding> found(String code, String rules, String box) {
        BoxFacts facts = BoxFacts.of(BoxReader.read(new LiveSys(), "src/test/resources/boxes/" + box));
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules + "\n"),
                Names.of(facts.names, facts.lackingNames()), null);
        assertEquals(List.of(), parsed.errors());
        List<Finding> found = new ArrayList<>();
        for (Finding each : AllFindings.checked(new CheckedRuleset(parsed, parsed.ruleset(), facts))) {
            if (each.code.equals(code)) { found.add(each); }
        }
        return found;
    }

    @Test
    void interfacesOfAnotherRouter() {
        List<Finding> found = found("interface-missing",
                "iptables -P INPUT ACCEPT\niptables -A INPUT -i br-lan -j ACCEPT\n"
                        + "iptables -A INPUT -i eth1 -p tcp --dport 22 -j DROP\niptables -A INPUT -i vlan2 -j DROP\n",
                "7590-0729");
        assertEquals(1, found.size());
        Finding one = found.get(0);
        assertEquals(Finding.Severity.WARN, one.severity);
        assertEquals("rules:2, rules:3, rules:4", one.where);
        assertTrue(one.effect().contains("no interface br-lan, vlan2") && one.effect().contains("eth1 is a port"),
                one.effect());
        assertTrue(one.effect().contains("netfilter sees the bridge") && one.remedy.contains("$LAN_IF (lan)"),
                one.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-i lan -j DROP            | ''", "-i $WAN_IF -j DROP        | ''",
            "-i lo -j ACCEPT           | ''", "-i la+ -j DROP            | ''", "-i + -j DROP              | ''",
            "-i br0 -j DROP            | warn", "! -i br0 -j DROP          | warn", "-i br+ -j DROP            | warn",
            "-i lan0 -j DROP           | warn", "-i eth0 -j DROP           | warn", "-i eth+ -j DROP           | warn",
            "-i tun0 -j DROP           | note", "-i wg0 -j DROP            | note", "-i ppp+ -j DROP           | note",
            "! -i ppp0 -j DROP         | note", "-m physdev --physdev-in lan0 -j DROP | ''",})
    void namesAgainstTheVirtualBox(String rule, String severity) {
        StringBuilder said = new StringBuilder();
        for (Finding each : found("interface-missing", "iptables -A INPUT " + rule, "virtual")) {
            said.append(each.severity.word());
        }
        assertEquals(severity, said.toString());
    }

    /** A box of which no interface was read says nothing. */
    @Test
    void nothingIsSaidWhereNoInterfaceIsKnown() {
        assertEquals(List.of(), found("interface-missing", "iptables -A INPUT -i br0 -j DROP", "expected"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "iptables -A INPUT -m set --match-set Lands src -j DROP        | Lands | iptables's table filter",
            "iptables -A INPUT -m set ! --match-set a dst,src -j DROP      | a     | iptables's table filter",
            "ip6tables -t raw -A PREROUTING -m set --match-set six src -j DROP | six | ip6tables's table raw",
            "iptables -A INPUT -j SET --add-set seen src                   | seen  | iptables's table filter",})
    void aSetMustExistBeforeTheRules(String rule, String set, String table) {
        List<Finding> found = found("set-needed", rule, "virtual");
        assertEquals(1, found.size());
        assertTrue(found.get(0).effect().contains("the set " + set + " must exist")
                && found.get(0).effect().contains(table), found.get(0).effect());
        assertTrue(found.get(0).remedy.contains("--optimize") && found.get(0).remedy.contains("rc.custom runs later"),
                found.get(0).remedy);
    }

    @Test
    void oneFindingForAllSets() {
        assertEquals(1, found("set-needed",
                "iptables -A INPUT -m set --match-set a src -j DROP\niptables -A INPUT -m set --match-set b src -j DROP",
                "virtual").size());
        assertEquals(List.of(), found("set-needed", "iptables -A INPUT -s 10.0.0.0/8 -j DROP", "virtual"));
    }
}
