package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which chains of a table are reached from which. */
final class Jumps {
    private final Ruleset ruleset;
    private final Family family;
    private final Table table;

    Jumps(Ruleset ruleset, Family family, Table table) {
        this.ruleset = ruleset;
        this.family = family;
        this.table = table;
    }

    /** The chain and all that its packets may get to. */
    Set<String> any(String start) {
        return from(start, false);
    }

    /** The chain and all that it jumps to without a condition: what stands there is asked for every packet. */
    Set<String> withoutCondition(String start) {
        return from(start, true);
    }

    private Set<String> from(String start, boolean unconditional) {
        Set<String> reached = new LinkedHashSet<String>();
        List<String> open = new ArrayList<String>();
        open.add(start);
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            Chain chain = ruleset.chain(family, table, name);
            if (chain == null || !reached.add(name)) {
                continue;
            }
            for (Rule rule : chain.rules()) {
                if (rule.target() != null && (!unconditional || takesEverything(rule))) {
                    open.add(rule.target().name());
                }
            }
        }
        return reached;
    }

    private static boolean takesEverything(Rule rule) {
        return rule.source() == null && rule.destination() == null && rule.in() == null && rule.out() == null
                && rule.protocol() == null && rule.fragment() == null && rule.matches().isEmpty();
    }
}
