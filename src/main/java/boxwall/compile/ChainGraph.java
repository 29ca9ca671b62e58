package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The chains of one table: which chains packets reach from which, and which names are free. The parser refuses loops.
 */
final class ChainGraph {
    /** Rules that {@link #acceptingNew} follows; a ruleset with more paths loses UDP replies, never soundness. */
    private static final int PATHS_MAX = 10000;
    /** Characters of a copied chain's name before its number; the kernel takes 28 of a name. */
    private static final int COPIED_NAME_MAX = 22;
    /** Targets that no packet is accepted by. */
    private static final Set<String> DROPPING = new HashSet<>(Arrays.asList("DROP", "REJECT", "LOG", "ULOG", "NFLOG"));

    private final Table table;
    private final Map<String, Chain> chains = new LinkedHashMap<>();
    /** For each chain as written its name and those of its copies. */
    private final Map<String, List<String>> copies = new LinkedHashMap<>();
    private final Map<String, Boolean> dropping = new HashMap<>();
    private final Set<String> usedNames = new HashSet<>();
    /** For each name that was in use the next number to try: a ruleset can need thousands. */
    private final Map<String, Integer> numbers = new HashMap<>();
    private int paths;

    ChainGraph(Table table, List<Chain> all) {
        this.table = table;
        for (Chain chain : all) {
            chains.put(chain.name, chain);
            copies.put(chain.name, new ArrayList<>(Collections.singletonList(chain.name)));
        }
        usedNames.addAll(chains.keySet());
    }

    /** All chains, with the copies. */
    Collection<Chain> chains() { return chains.values(); }

    /**
     * Each chain as written, followed by its copies: they have the same rules but for the chains that these jump to.
     */
    List<List<Chain>> chainsWithCopies() {
        List<List<Chain>> all = new ArrayList<>();
        for (List<String> names : copies.values()) {
            List<Chain> same = new ArrayList<>();
            for (String name : names) {
                same.add(chains.get(name));
            }
            all.add(same);
        }
        return all;
    }

    /** Reserves the wanted name, or that name with a number if it is in use. */
    String freeName(String wanted) {
        String name = wanted;
        int number = numbers.containsKey(wanted) ? numbers.get(wanted).intValue() : 2;
        while (!usedNames.add(name)) {
            name = wanted + "-" + number++;
        }
        numbers.put(wanted, Integer.valueOf(number));
        return name;
    }

    /** A new chain that returns packets of some protocols, perhaps only whole ones, and has a target for all others. */
    Chain chainPast(List<String> protocols, boolean whole, String wanted, Target target, Origin origin) {
        List<Rule> rules = new ArrayList<>();
        for (String protocol : protocols) {
            Rule.Builder rule = new Rule.Builder(origin).protocol(Negatable.is(protocol)).target(Target.RETURN);
            rules.add((whole ? rule.match(Match.of(protocol)) : rule).build());
        }
        rules.add(new Rule.Builder(origin).target(target).build());
        return new Chain(freeName(wanted), null, rules);
    }

    /** The rules of all chains that packets reach from this one. */
    List<Rule> rulesFrom(String start) {
        List<Rule> rules = new ArrayList<>();
        for (String name : reachable(start)) {
            rules.addAll(chains.get(name).rules);
        }
        return rules;
    }

    /** The chain and all that packets reach from it; empty if there is no such chain. */
    Set<String> reachable(String start) {
        Set<String> reached = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(Arrays.asList(start));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (!chains.containsKey(name) || !reached.add(name)) { continue; }
            for (Rule rule : chains.get(name).rules) {
                if (rule.target != null) { open.add(rule.target.name); }
            }
        }
        return reached;
    }

    /**
     * Makes every chain that leads to one of these the chain of one hook: the first hook keeps it, each other hook that
     * reaches it gets a copy. Example: INPUT and FORWARD both jump to {@code block}; then FORWARD jumps to the copy
     * {@code block-2}.
     */
    void copyPerHook(Collection<String> wanted) {
        Set<String> leading = leadingTo(wanted);
        Set<String> kept = new HashSet<>();
        Map<String, Chain> all = new LinkedHashMap<>(chains);
        for (Hook hook : table.hooks) {
            Map<String, String> newNames = new HashMap<>();
            List<String> ofHook = new ArrayList<>(reachable(hook.name()));
            ofHook.retainAll(leading);
            for (String name : ofHook) {
                if (kept.add(name)) { continue; }
                String copy = freeName(name.substring(0, Math.min(name.length(), COPIED_NAME_MAX)));
                newNames.put(name, copy);
                copies.get(name).add(copy);
            }
            for (String name : ofHook) {
                List<Rule> rules = new ArrayList<>();
                for (Rule rule : chains.get(name).rules) {
                    String to = rule.target == null ? null : newNames.get(rule.target.name);
                    rules.add(to == null ? rule : rule.copy().target(rule.target.to(to)).build());
                }
                String newName = newNames.containsKey(name) ? newNames.get(name) : name;
                all.put(newName, new Chain(newName, chains.get(name).policy, rules));
            }
        }
        chains.putAll(all);
    }

    /** These chains and all from which packets reach them. */
    private Set<String> leadingTo(Collection<String> wanted) {
        Set<String> leading = new HashSet<>();
        if (wanted.isEmpty()) { return leading; }
        Map<String, List<String>> callers = new HashMap<>();
        for (Chain chain : chains.values()) {
            for (Rule rule : chain.rules) {
                String to = rule.target == null ? null : rule.target.name;
                if (!chains.containsKey(to)) { continue; }
                if (!callers.containsKey(to)) { callers.put(to, new ArrayList<String>()); }
                callers.get(to).add(chain.name);
            }
        }
        List<String> open = new ArrayList<>(wanted);
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (leading.add(name) && callers.containsKey(name)) { open.addAll(callers.get(name)); }
        }
        return leading;
    }

    /** Whether a target can only drop packets: DROP, REJECT, or a chain with no other targets. */
    boolean onlyDrops(Target target) {
        if (target == null || target.name.equals("DROP") || target.name.equals("REJECT")) { return target != null; }
        Boolean known = dropping.get(target.name);
        if (known == null) {
            Set<String> reached = reachable(target.name);
            boolean drops = !reached.isEmpty();
            for (Rule rule : rulesFrom(target.name)) {
                drops &= rule.target == null || DROPPING.contains(rule.target.name)
                        || reached.contains(rule.target.name);
            }
            known = Boolean.valueOf(drops);
            dropping.put(target.name, known);
        }
        return known.booleanValue();
    }

    /**
     * The rules that accept new packets of a hook, each with the conditions of the jumps that lead to it. A jump with a
     * condition that one rule can't express (a limit, say) isn't followed.
     */
    List<Rule> acceptingNew(Hook hook) {
        List<Rule> found = new ArrayList<>();
        paths = 0;
        addAcceptingNew(hook.name(), null, found);
        return found;
    }

    private void addAcceptingNew(String chain, Rule jumps, List<Rule> found) {
        if (!chains.containsKey(chain)) { return; }
        for (Rule rule : chains.get(chain).rules) {
            Set<ConnectionState> states = RuleStates.of(rule);
            boolean matchesNew = states != null && states.contains(ConnectionState.NEW);
            if (rule.target == null || !matchesNew || ++paths > PATHS_MAX) { continue; }
            Rule narrowed = jumps == null ? rule : new RuleIntersection(rule, jumps).rule;
            if (narrowed != null && Target.ACCEPT.equals(rule.target)) {
                found.add(narrowed);
            } else if (narrowed != null && RuleStates.hasNoFurtherCondition(rule)) {
                addAcceptingNew(rule.target.name, narrowed, found);
            }
        }
    }

    /** Whether a rule can have its target in another chain: RETURN and a goto would lead back elsewhere. */
    static boolean canMove(Rule rule) {
        return rule.target != null && !rule.target.isGoto() && !rule.target.equals(Target.RETURN);
    }
}
