package boxwall.bench;

import boxwall.facts.BoxFacts;
import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import boxwall.box.Readings;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.AutoYesNo;
import boxwall.probe.BoxReader;
import boxwall.syntax.LargeRules;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.sys.LiveSys;
import java.util.Map;

/** Parse, compile and check of long rulesets, for a box with connection tracking and for one that refuses it. */
final class RulesBench {
    private RulesBench() {}

    /** Prints the rows. */
    public static void main(String[] args) {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            Readings readings = BoxReader.read(new LiveSys(), "src/test/resources/boxes/" + box);
            BoxFacts facts = new BoxFacts(readings);
            String form = box.equals("virtual") ? "stateful" : "stateless";
            for (int count : new int[] {10, 100, 1000, 10000, 50000}) {
                LargeRules rules = new LargeRules(count);
                Map<String, String> names = facts.names;
                Bench.millis("parse+compile+check of " + count + " rules, " + form, () -> {
                    ParsedRules parsed = RulesetParser.parse(rules.main(), names, rules);
                    Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false);
                    return AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, facts));
                });
            }
        }
    }
}
