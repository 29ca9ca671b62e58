package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.AutoYesNo;
import boxwall.plan.Plan;
import boxwall.plan.Stamp;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ruleset that cannot stop any packet gives a warning and is marked in the plan. */
class EmptyRulesetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''                                                                          | true",
            "# my rules iptables -P INPUT DROP iptables -A INPUT -i lo -j ACCEPT         | true",
            "NET=10.0.0.0/8                                                              | true",
            "iptables -P INPUT ACCEPT                                                    | true",
            "iptables -A INPUT -i lan -j ACCEPT                                          | true",
            "iptables -A INPUT -j LOG                                                    | true",
            "iptables -A INPUT -p tcp --dport 22                                         | true",
            "iptables -t mangle -A PREROUTING -j MARK --set-mark 1                       | true",
            "iptables -t nat -A POSTROUTING -o dsl -j MASQUERADE                         | true",
            "iptables -N X;iptables -A X -j DROP                                         | true",
            "iptables -N X;iptables -A X -j RETURN;iptables -A INPUT -j X                | true",
            "iptables -N X;iptables -N Y;iptables -A X -j DROP;iptables -A Y -j X        | true",
            "*filter;:INPUT ACCEPT [0:0];COMMIT                                          | true",
            "iptables -N X;iptables -A X -j DROP;iptables -A INPUT -j X                  | false",
            "iptables -N X;iptables -A X -j DROP;iptables -A INPUT -g X                  | false",
            "iptables -P FORWARD DROP                                                    | false",
            "ip6tables -P INPUT DROP                                                     | false",
            "iptables -A INPUT -i dsl -j REJECT                                          | false",
            "iptables -A INPUT -i dsl -j NFQUEUE                                         | false",
            "iptables -t raw -A PREROUTING -s 10.0.0.0/8 -j DROP                         | false",})
    void rulesetThatStopsNoPacketGivesWarning(String lines, boolean empty) {
        BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual"));
        ParsedRules parsed =
                RulesetParser.parse(new Source("rules", lines.replace(';', '\n') + "\n"), facts.names, null);
        assertEquals(List.of(), parsed.errors());
        Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
        int warnings = 0;
        for (Finding each : AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, facts))) {
            warnings += each.code.equals("empty-ruleset") && each.severity == Finding.Severity.WARN ? 1 : 0;
        }
        assertEquals(empty ? 1 : 0, warnings);
        Stamp stamp = new Stamp();
        Plan.files(compiled, lines, stamp, "leave");
        assertEquals(empty ? "no" : null, stamp.get("protects"));
    }
}
