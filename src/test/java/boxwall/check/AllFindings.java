package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.avm.Listeners.Service;
import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.util.ArrayList;
import java.util.List;

/** Rulesets for tests, and deciding findings and advice in one list, as in a thorough check. */
public final class AllFindings {
    private AllFindings() {}

    /** A ruleset as written, for a box of src/test/resources/boxes; it must parse without errors. */
    static CheckedRuleset ruleset(String box, String rules) {
        BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/" + box));
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules), facts.names, Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return new CheckedRuleset(parsed, parsed.ruleset(), facts);
    }

    /** The findings with this code about single rules and packets. */
    static List<Finding> checked(String code, String box, String rules) {
        return checked(ruleset(box, rules)).stream().filter(finding -> finding.code.equals(code)).toList();
    }

    /** Findings about single rules and packets: deciding ones, then advice. */
    public static List<Finding> checked(CheckedRuleset rules) {
        List<Finding> all = new ArrayList<>(Checker.decisions(rules));
        all.addAll(Checker.advice(rules));
        return all;
    }

    /** Findings about all packets: expect lines, then advice; {@code services} may be null. */
    public static List<Finding> proved(CheckedRuleset rules, List<Service> services) {
        List<Finding> all = new ArrayList<>(Proofs.expectations(rules));
        all.addAll(Proofs.advice(rules, services));
        return all;
    }
}
