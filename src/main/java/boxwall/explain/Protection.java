package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether a ruleset can stop any packet at all. */
public final class Protection {
    private Protection() {}

    /** Whether a policy, or a rule of a chain that packets can reach, may stop a packet; an unknown target may. */
    public static boolean stopsAnything(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                for (Chain chain : ruleset.chains(family, table)) {
                    if (chain.isBuiltin() && stops(ruleset, family, table, chain)) { return true; }
                }
            }
        }
        return false;
    }

    /** The same for one chain and the chains that it calls. */
    public static boolean stops(Ruleset ruleset, Family family, Table table, Chain start) {
        List<Chain> open = new ArrayList<>(Collections.singletonList(start));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Chain chain = open.remove(open.size() - 1);
            if (!seen.add(chain.name)) { continue; }
            if (chain.policy == Policy.DROP) { return true; }
            for (Rule rule : chain.rules) {
                Target target = rule.target;
                Chain called = target == null ? null : ruleset.chain(family, table, target.name);
                if (called != null) {
                    open.add(called);
                } else if (!Targets.goesOn(target) && !Targets.translates(target) && !target.equals(Target.ACCEPT)
                        && !target.equals(Target.RETURN)) {
                    return true;
                }
            }
        }
        return false;
    }
}
