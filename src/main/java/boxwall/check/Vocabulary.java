package boxwall.check;

import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.RequiredRelease;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a compiled ruleset says that the box's iptables is too old to read: the compiler has said otherwise what could
 * be.
 */
final class Vocabulary {
    /**
     * A finding iptables-too-old for each thing that is missing, with all its rules; empty when the version isn't
     * known.
     */
    static List<Finding> of(Ruleset compiled, BoxFacts facts) {
        String version = facts.userland.version();
        Map<String, List<String>> lines = new LinkedHashMap<>();
        Map<String, StringBuilder> places = new LinkedHashMap<>();
        for (Family family : Family.values()) {
            for (Table table : compiled.tables(family)) {
                for (Chain chain : compiled.chains(family, table)) {
                    for (Rule rule : chain.rules()) {
                        String missing = RequiredRelease.missingIn(version, family, rule);
                        if (missing == null) { continue; }
                        if (!lines.containsKey(missing)) {
                            lines.put(missing, new ArrayList<String>());
                            places.put(missing, new StringBuilder());
                        }
                        StringBuilder where = places.get(missing);
                        where.append(where.length() == 0 ? "" : ", ").append(rule.origin);
                        lines.get(missing).add(rule.origin + ": " + Writer.rule(chain.name(), rule));
                    }
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<String, List<String>> each : lines.entrySet()) {
            each.getValue().add(0, "iptables --version: " + version);
            findings.add(new Finding("iptables-too-old", Finding.Severity.REFUSE, places.get(each.getKey()).toString(),
                    each.getValue(), each.getKey() + ", and this box has " + version,
                    "leave it out; the kernel determines which iptables Freetz builds"));
        }
        return findings;
    }
}
