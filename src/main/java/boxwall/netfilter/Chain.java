package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A chain of a table: its rules in order, and the policy of a built-in chain. */
public final class Chain {
    public final String name;
    public final Policy policy;
    public final List<Rule> rules;

    /** The policy is null for a user-defined chain. */
    public Chain(String name, Policy policy, List<Rule> rules) {
        this.name = name;
        this.policy = policy;
        this.rules = Collections.unmodifiableList(new ArrayList<Rule>(rules));
    }

    public boolean isBuiltin() { return policy != null; }

    /** The same chain with other rules. */
    public Chain withRules(List<Rule> other) {
        return new Chain(name, policy, other);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Chain)) { return false; }
        Chain c = (Chain) other;
        return c.name.equals(name) && c.policy == policy && c.rules.equals(rules);
    }

    @Override
    public int hashCode() { return name.hashCode() * 31 + rules.hashCode(); }
}
