package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The complete tables of a ruleset, per family: the built-in chains in the table's order, then the user's chains by
 * name, as iptables-save prints them. Other tables of the box stay unchanged.
 */
public final class Ruleset {
    private final Map<Family, Map<Table, Map<String, Chain>>> families = new TreeMap<>();

    private Ruleset() {
        for (Family family : Family.values()) {
            families.put(family, new TreeMap<Table, Map<String, Chain>>());
        }
    }

    /** Without any table. */
    public static Ruleset empty() { return new Ruleset(); }

    /** This ruleset with a table replaced or added; missing built-in chains get the policy ACCEPT. */
    public Ruleset with(Family family, Table table, List<Chain> chains) {
        Ruleset copy = without(family);
        copy.families.get(family).putAll(families.get(family));
        copy.families.get(family).put(table, sorted(table, chains));
        return copy;
    }

    /** This ruleset without the tables of a family. */
    public Ruleset without(Family family) {
        Ruleset copy = new Ruleset();
        copy.families.putAll(families);
        copy.families.put(family, new TreeMap<Table, Map<String, Chain>>());
        return copy;
    }

    private static Map<String, Chain> sorted(Table table, List<Chain> chains) {
        Map<String, Chain> byName = new TreeMap<>();
        for (Chain chain : chains) {
            if (byName.put(chain.name, chain) != null) {
                throw new IllegalArgumentException("chain twice in " + table.word() + ": " + chain.name);
            }
        }
        Map<String, Chain> all = new LinkedHashMap<>();
        for (Hook hook : table.hooks) {
            Chain given = byName.remove(hook.name());
            all.put(hook.name(),
                    given != null ? given : new Chain(hook.name(), Policy.ACCEPT, Collections.<Rule>emptyList()));
        }
        all.putAll(byName);
        return all;
    }

    /** In the order raw, mangle, nat, filter, security; may be empty. */
    public Set<Table> tables(Family family) {
        return Collections.unmodifiableSet(families.get(family).keySet());
    }

    public boolean owns(Family family, Table table) { return families.get(family).containsKey(table); }

    /** The chains of a table in the order of iptables-save; empty when the ruleset lacks the table. */
    public List<Chain> chains(Family family, Table table) {
        return owns(family, table)
                ? Collections.unmodifiableList(new ArrayList<>(families.get(family).get(table).values()))
                : Collections.<Chain>emptyList();
    }

    /** A chain, or null. */
    public Chain chain(Family family, Table table, String name) {
        return owns(family, table) ? families.get(family).get(table).get(name) : null;
    }

    /** The number of rules in all chains of a family. */
    public int ruleCount(Family family) {
        int count = 0;
        for (Table table : tables(family)) {
            for (Chain chain : chains(family, table)) {
                count += chain.rules.size();
            }
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ruleset && ((Ruleset) other).families.equals(families);
    }

    @Override
    public int hashCode() { return families.hashCode(); }
}
