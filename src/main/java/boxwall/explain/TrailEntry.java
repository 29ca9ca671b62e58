package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import java.util.ArrayList;
import java.util.List;

/** A rule that matched (or may have), or the policy at a built-in chain's end, with its place. */
public final class TrailEntry {
    public final Table table;
    public final String chain;
    /** The rule's place in its chain, 1-based as in {@code iptables -L --line-numbers}; 0 for the policy. */
    public final int number;
    /** The rule, or null for the policy. */
    public final Rule rule;
    /** The policy, or null for a rule. */
    public final Policy policy;
    /** False when it is unknown whether the rule matches. */
    public final boolean certain;

    /** The rule with a number, or the policy for 0. */
    TrailEntry(Table table, Chain chain, int number, boolean certain) {
        this.table = table;
        this.chain = chain.name;
        this.number = number;
        this.rule = number == 0 ? null : chain.rules.get(number - 1);
        this.policy = number == 0 ? chain.policy : null;
        this.certain = certain;
    }

    /** Every rule of a family with its place, in the order of the tables. */
    public static List<TrailEntry> all(Ruleset ruleset, Family family) {
        List<TrailEntry> all = new ArrayList<>();
        for (Table table : ruleset.tables(family)) {
            for (Chain chain : ruleset.chains(family, table)) {
                for (int number = 1; number <= chain.rules.size(); number++) {
                    all.add(new TrailEntry(table, chain, number, true));
                }
            }
        }
        return all;
    }

    /** Where the user wrote the rule; null for the policy. */
    public Origin origin() {
        return rule == null ? null : rule.origin;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof TrailEntry)) { return false; }
        TrailEntry o = (TrailEntry) other;
        return o.table == table && o.number == number && o.chain.equals(chain) && o.certain == certain;
    }

    @Override
    public int hashCode() { return chain.hashCode() * 31 + number; }

    /** {@code filter INPUT 3 (rules:12): -i lan -j ACCEPT}, or {@code filter INPUT policy DROP}. */
    @Override
    public String toString() {
        if (rule == null) { return table.word() + " " + chain + " policy " + policy; }
        return table.word() + " " + chain + " " + number + " (" + rule.origin + (certain ? "" : ", perhaps") + "): "
                + rule;
    }
}
