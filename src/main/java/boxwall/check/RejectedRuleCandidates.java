package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.LogMessage;
import boxwall.facts.BoxFacts;
import boxwall.facts.Requirement;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rules of a table that the kernel refused as a whole, when nothing that is known of the box tells which of them it
 * was.
 */
public final class RejectedRuleCandidates {
    private final Family family;
    private final Table table;
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> places = new ArrayList<>();

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
        for (Chain each : compiled.chains(family, table)) {
            int number = 0;
            for (Rule rule : each.rules()) {
                number++;
                Rule alone =
                        compiled.chain(family, table, target(rule)) == null ? rule : rule.copy().target(null).build();
                boolean plain = alone.matches().isEmpty() && (alone.target == null || alone.target.isStandard());
                if (!plain && (tracks || !Requirement.of(family, table, rule, facts).pullsConntrack())) {
                    candidates.rules.add(rule);
                    candidates.lines.add(Writer.rule(chain, alone));
                    candidates.places.add(table.word() + " " + each.name() + " " + number);
                }
            }
        }
        return candidates;
    }

    private static String target(Rule rule) {
        Target target = rule.target;
        return target == null ? "" : target.name;
    }

    public Family family() { return family; }

    public Table table() { return table; }

    /** The rules as lines of a restore file, in their order. */
    public List<String> lines() {
        return Collections.unmodifiableList(lines);
    }

    /**
     * The finding that one of them is refused.
     *
     * @param index of {@link #lines}
     * @param words what iptables-restore said of it
     * @param log what the kernel log said, verbatim
     */
    public Finding refused(int index, String words, List<String> log) {
        Rule rule = rules.get(index);
        List<String> evidence = new ArrayList<>();
        evidence.add(
                places.get(index) + " (" + rule.origin + "): " + Writer.rule(Words.of(places.get(index))[1], rule));
        evidence.add("tried alone: " + words);
        for (String line : log) {
            evidence.add("dmesg: " + line);
        }
        return new Finding("rule-refused", Finding.Severity.REFUSE, rule.origin.toString(), evidence,
                "the kernel refuses this rule of the table " + table.word()
                        + (log.isEmpty() ? "; its log gives no reason"
                                : ", and its log gives the reason: " + LogMessage.of(log.get(0)).text()),
                log.isEmpty() ? "change the rule or leave it out; more rules may be refused, the first is named"
                        : "change the rule as the log says, or leave it out; more rules may be refused, the first is named");
    }
}
