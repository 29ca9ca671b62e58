package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.LogMessage;
import boxwall.explain.TrailEntry;
import boxwall.facts.BoxFacts;
import boxwall.facts.Requirement;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a table that the kernel refused as a whole, when nothing that is known of the box tells which of them it
 * was.
 */
public final class RejectedRuleCandidates {
    public final Family family;
    public final Table table;
    private final List<TrailEntry> rules = new ArrayList<>();
    /** The rules as lines of a restore file, in their order. */
    public final List<String> lines = new ArrayList<>();

    private RejectedRuleCandidates(Family family, Table table) {
        this.family = family;
        this.table = table;
    }

    /**
     * The rules that may be tried one by one; null when the error is no refusal of a COMMIT, or its reason is known
     * already. Rules that would load connection tracking are left out where the box refuses it; so are those that only
     * jump to a chain or ask for nothing and have a verdict: every kernel takes them.
     *
     * @param error the boot plane's {@code error=}
     * @param chain the chain that the lines are for
     */
    public static RejectedRuleCandidates of(String error, Ruleset compiled, BoxFacts facts, String chain) {
        Family family = error.contains("ip6tables") ? Family.IPV6 : Family.IPV4;
        Table table = FailedTry.refusedTable(error, compiled, family);
        if (table == null || FailedTry.unmet(compiled, family, table, facts) != null) { return null; }
        RejectedRuleCandidates candidates = new RejectedRuleCandidates(family, table);
        boolean tracks = facts.conntrack().state.allowsState();
        for (TrailEntry each : TrailEntry.all(compiled, family)) {
            Target target = each.rule.target;
            boolean jumps = target != null && compiled.chain(family, each.table, target.name) != null;
            Rule alone = jumps ? each.rule.copy().target(null).build() : each.rule;
            boolean plain = alone.matches().isEmpty() && (alone.target == null || alone.target.isStandard());
            if (each.table == table && !plain
                    && (tracks || !Requirement.of(family, table, each.rule, facts).pullsConntrack())) {
                candidates.rules.add(each);
                candidates.lines.add(Writer.rule(chain, alone));
            }
        }
        return candidates;
    }

    /**
     * The finding that one of them is refused.
     *
     * @param index of {@link #lines}
     * @param words what iptables-restore said of it
     * @param log what the kernel log said, verbatim
     */
    public Finding refused(int index, String words, List<String> log) {
        TrailEntry at = rules.get(index);
        List<String> evidence = new ArrayList<>();
        evidence.add(table.word() + " " + at.chain + " " + at.number + " (" + at.origin() + "): "
                + Writer.rule(at.chain, at.rule));
        evidence.add("tried alone: " + words);
        for (String line : log) {
            evidence.add("dmesg: " + line);
        }
        return new Finding("rule-refused", Finding.Severity.REFUSE, at.origin().toString(), evidence,
                "the kernel refuses this rule of the table " + table.word()
                        + (log.isEmpty() ? "; its log gives no reason"
                                : ", and its log gives the reason: " + LogMessage.of(log.get(0)).text()),
                log.isEmpty() ? "change the rule or leave it out; more rules may be refused, the first is named"
                        : "change the rule as the log says, or leave it out; more rules may be refused, the first is named");
    }
}
