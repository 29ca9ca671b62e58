package boxwall.check;

import boxwall.box.Finding;
import boxwall.explain.Protection;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.syntax.ParsedRules;
import java.util.Collections;
import java.util.List;

/** A ruleset that stops no packet: a success to iptables, and no protection. */
public final class EmptyRuleset {
    public static final String CODE = "empty-ruleset";

    private EmptyRuleset() {}

    /** The finding, or none; it says what became of the rules when the text had some. */
    static List<Finding> of(ParsedRules parsed, Ruleset compiled) {
        if (Protection.stopsAnything(compiled)) { return Collections.emptyList(); }
        boolean leftOut = Protection.stopsAnything(parsed.ruleset());
        int rules = 0;
        boolean tables = false;
        for (Family family : Family.values()) {
            rules += compiled.ruleCount(family);
            tables |= !compiled.tables(family).isEmpty();
        }
        String what = !tables ? "no rule and no policy is in this ruleset"
                : rules == 0 ? "this ruleset has no rule, and every policy is ACCEPT"
                : "no rule of this ruleset drops anything, and every policy is ACCEPT";
        return Collections.singletonList(
                finding(leftOut ? what + " after the rules were left out that this box can't load" : what));
    }

    /** The finding about rules that are live. */
    public static Finding live() {
        return finding("the rules that are loaded drop nothing, and every policy is ACCEPT");
    }

    private static Finding finding(String what) {
        return new Finding(CODE, Finding.Severity.WARN, "", Collections.<String>emptyList(),
                what + ": the box is as open as without boxwall",
                "add accept rules, then iptables -P INPUT DROP; or include wiki-basic. If there were rules: was the text sent complete"
                        + " (curl -T FILE, or --data-binary @FILE, not -d)?");
    }
}
