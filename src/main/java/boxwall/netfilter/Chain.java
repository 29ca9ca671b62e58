package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A chain of one table: its rules in order, and for a built-in chain its policy. */
public final class Chain {
    public final String name;
    /** The policy, or null for a user's chain. */
    public final Policy policy;
    public final List<Rule> rules;

    /** A chain; the policy is null for a user's, which has none. */
    public Chain(String name, Policy policy, List<Rule> rules) {
        this.name = name;
        this.policy = policy;
        this.rules = Collections.unmodifiableList(new ArrayList<Rule>(rules));
    }

    public boolean isBuiltin() { return policy != null; }

    /** Other rules. */
    public Chain withRules(List<Rule> other) { return new Chain(name, policy, other); }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Chain)) { return false; }
        Chain c = (Chain) other;
        return c.name.equals(name) && c.policy == policy && c.rules.equals(rules);
    }

    @Override
    public int hashCode() { return name.hashCode() * 31 + rules.hashCode(); }
}
