package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.facts.BoxFacts;
import java.util.Collections;
import java.util.List;

/** A part of a check, which adds findings. */
class CheckPart {
    static final List<String> NO_EVIDENCE = Collections.emptyList();
    final CheckedRuleset rules;
    final BoxFacts facts;
    final List<Finding> out;

    CheckPart(CheckedRuleset rules, List<Finding> out) {
        this.rules = rules;
        this.facts = rules.facts;
        this.out = out;
    }

    /** Adds the finding of a row of the resource findings. */
    final void add(String row, String where, List<String> evidence, Object... values) {
        out.add(Finding.of(row, where, evidence, values));
    }

    /** Adds a finding about all rules of the groups. */
    final void add(String row, RuleGroups groups, Object... values) {
        add(row, groups.places(), groups.lines(), values);
    }

    /** The user's line of the rule that decides; empty for a policy. */
    static String where(Answer answer) {
        return answer.rule() == null ? "" : answer.rule().origin.toString();
    }

    /** Whether the box has an IPv6 address on any interface. */
    final boolean hasIpv6Address() {
        for (Interface one : facts.interfaces) {
            if (one.ip6 != null) { return true; }
        }
        return false;
    }
}
