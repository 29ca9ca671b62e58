package boxwall.check;

import boxwall.explain.BoxNetwork;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Ruleset;
import boxwall.syntax.Directive;
import boxwall.syntax.ParsedRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A ruleset as written and as it would be loaded on a box, with what becomes of packets under both. */
public final class CheckedRuleset {
    final ParsedRules parsed;
    /** What would be loaded; empty when the text has errors. */
    final Ruleset compiled;
    final BoxFacts facts;
    /** What becomes of packets under the rules that would be loaded. */
    public final Verdicts loaded;
    /** The same under the rules as written. */
    final Verdicts written;

    /** A parsed ruleset and its compiled form, which is empty when there are errors. */
    public CheckedRuleset(ParsedRules parsed, Ruleset compiled, BoxFacts facts) {
        this.parsed = parsed;
        this.compiled = compiled;
        this.facts = facts;
        List<Map<String, String>> statements = new ArrayList<>();
        for (Directive expect : parsed.expects) {
            statements.add(expect.keys);
        }
        loaded = new Verdicts(compiled, BoxNetwork.of(facts), statements);
        written = loaded.like(parsed.ruleset());
    }
}
