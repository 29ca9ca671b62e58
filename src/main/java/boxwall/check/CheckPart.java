package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.TrailEntry;
import boxwall.facts.BoxFacts;
import java.util.Collections;
import java.util.List;

/** One part of a check: adds what it finds. */
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

    /** Adds one about all rules of the groups. */
    final void add(String row, RuleGroups groups, Object... values) {
        add(row, groups.places(), groups.lines(), values);
    }

    /** Where the user wrote the rule that decides; empty when it is none. */
    static String where(Answer answer) {
        return answer.decidedBy == null || answer.decidedBy.rule == null ? "" : answer.decidedBy.origin().toString();
    }

    /** Whether a line of a shipped preset made the rule: such a line knows what it does, and nobody can edit it. */
    final boolean isShipped(TrailEntry by) {
        return by != null && by.rule != null && rules.parsed.isShipped(by.origin());
    }

    /** Whether the box has an IPv6 address on any interface. */
    final boolean speaksIpv6() {
        boolean speaks = false;
        for (Interface each : facts.interfaces) {
            speaks |= each.ip6 != null;
        }
        return speaks;
    }
}
