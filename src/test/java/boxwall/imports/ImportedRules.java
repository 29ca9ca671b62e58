package boxwall.imports;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
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

/** Parses an imported ruleset and lists its rules. */
final class ImportedRules {
    private ImportedRules() {}

    static ParsedRules parse(Imported imported) {
        return RulesetParser.parse(new Source("r", imported.text), Variables.BOX, Includes.NONE);
    }

    /**
     * Rules in the form of iptables-save, user chains and policies other than ACCEPT, each after the family's digit and
     * the table; then modules.
     */
    static List<String> lines(Imported imported) {
        ParsedRules parsed = parse(imported);
        Ruleset ruleset = parsed.ruleset();
        List<String> lines = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                for (Chain chain : ruleset.chains(family, table)) {
                    String at = family.digit() + " " + table.word() + " ";
                    if (chain.policy == null || !chain.policy.toString().equals("ACCEPT")) {
                        lines.add(at + (chain.policy == null ? "-N " + chain.name
                                : "-P " + chain.name + " " + chain.policy));
                    }
                    for (Rule rule : chain.rules) {
                        lines.add(at + RuleWriter.rule(chain.name, rule));
                    }
                }
            }
        }
        parsed.modules.forEach(m -> lines.add("modprobe " + m.name));
        return lines;
    }
}
