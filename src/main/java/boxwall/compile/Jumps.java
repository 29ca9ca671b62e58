package boxwall.compile;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Match;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The chains of one table: which are reached from which, on what conditions, and which names are free. */
final class Jumps {
    /** Paths to rules that are followed; a ruleset made to have more loses mirrored answers, never soundness. */
    private static final int PATHS_MAX = 10000;
    /** Characters of a copied chain's name before its number; the kernel takes 28 of a name. */
    private static final int COPIED_NAME_MAX = 22;
    /** What a chain may hold and still do nothing but drop. */
    private static final Set<String> DROPPING = new HashSet<>(Arrays.asList("DROP", "REJECT", "LOG", "ULOG", "NFLOG"));

    private Ruleset ruleset;
    private final Family family;
    private final Table table;
    private final Map<String, Boolean> dropping = new HashMap<>();
    /** The next number behind a wanted name. */
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    /** The copies of each chain that hooks shared, by its name. */
    private final Map<String, List<String>> copies = new HashMap<>();
    private final Set<String> copied = new HashSet<>();
    private int paths;

    Jumps(Ruleset ruleset, Family family, Table table) {
        this.ruleset = ruleset;
        this.family = family;
        this.table = table;
        for (Chain chain : chains()) {
            taken.add(chain.name);
        }
    }

    List<Chain> chains() { return ruleset.chains(family, table); }

    /** The name itself, or with a number behind it when it is taken; it then is. */
    String freeName(String wanted) {
        String name = wanted;
        int number = numbers.containsKey(wanted) ? numbers.get(wanted).intValue() : 2;
        while (!taken.add(name)) {
            name = wanted + "-" + number++;
        }
        // a ruleset can need thousands
        numbers.put(wanted, Integer.valueOf(number));
        return name;
    }

    /** The rules of all chains that packets of a hook may get to. */
    List<Rule> rulesFrom(String start) {
        List<Rule> rules = new ArrayList<>();
        for (String name : any(start)) {
            rules.addAll(ruleset.chain(family, table, name).rules);
        }
        return rules;
    }

    /** The chain and all that its packets may get to. */
    Set<String> any(String start) {
        Set<String> reached = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(Arrays.asList(start));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            Chain chain = ruleset.chain(family, table, name);
            if (chain == null || !reached.add(name)) { continue; }
            for (Rule rule : chain.rules) {
                if (rule.target != null) { open.add(rule.target.name); }
            }
        }
        return reached;
    }

    /**
     * Makes a copy for each hook of every chain that leads to one of these, so that what stands in it can differ by
     * hook; false when no two hooks share one. The first hook keeps the name. Example: INPUT and FORWARD both jump to
     * {@code block}; then FORWARD jumps to its copy {@code block-2}.
     */
    boolean copyPerHook(List<String> wanted) {
        Set<String> leading = leadingTo(wanted);
        Set<String> kept = new HashSet<>();
        Map<String, Chain> all = new LinkedHashMap<>();
        for (Chain chain : chains()) {
            all.put(chain.name, chain);
        }
        for (Hook hook : table.hooks) {
            Map<String, String> names = new HashMap<>();
            List<String> shared = new ArrayList<>(any(hook.name()));
            shared.retainAll(leading);
            for (String name : shared) {
                if (kept.add(name)) { continue; }
                String copy = freeName(name.substring(0, Math.min(name.length(), COPIED_NAME_MAX)));
                names.put(name, copy);
                if (!copies.containsKey(name)) { copies.put(name, new ArrayList<String>()); }
                copies.get(name).add(copy);
                copied.add(copy);
            }
            for (String name : names.isEmpty() ? Collections.<String>emptyList() : shared) {
                Chain chain = ruleset.chain(family, table, name);
                List<Rule> rules = new ArrayList<>();
                for (Rule rule : chain.rules) {
                    String to = rule.target == null ? null : names.get(rule.target.name);
                    rules.add(to == null ? rule : rule.copy().target(rule.target.to(to)).build());
                }
                String own = names.containsKey(name) ? names.get(name) : name;
                all.put(own, new Chain(own, chain.policy, rules));
            }
        }
        ruleset = ruleset.with(family, table, new ArrayList<>(all.values()));
        return !copied.isEmpty();
    }

    /** The names of a chain's copies; empty when it has none. */
    List<String> copiesOf(String chain) {
        return copies.containsKey(chain) ? copies.get(chain) : Collections.<String>emptyList();
    }

    boolean isCopy(String chain) { return copied.contains(chain); }

    /** These chains and all that may get to them. */
    private Set<String> leadingTo(List<String> wanted) {
        Map<String, List<String>> callers = new HashMap<>();
        for (Chain chain : chains()) {
            for (Rule rule : chain.rules) {
                if (rule.target == null || !taken.contains(rule.target.name)) { continue; }
                if (!callers.containsKey(rule.target.name)) { callers.put(rule.target.name, new ArrayList<String>()); }
                callers.get(rule.target.name).add(chain.name);
            }
        }
        Set<String> leading = new HashSet<>();
        List<String> open = new ArrayList<>(wanted);
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (leading.add(name) && callers.containsKey(name)) { open.addAll(callers.get(name)); }
        }
        return leading;
    }

    /** Whether a target can only take packets away: DROP, REJECT, or a chain with nothing else in it. */
    boolean onlyDrops(Target target) {
        if (target == null || target.name.equals("DROP") || target.name.equals("REJECT")) { return target != null; }
        Boolean known = dropping.get(target.name);
        if (known == null) {
            known = Boolean.valueOf(dropsOnly(target.name));
            dropping.put(target.name, known);
        }
        return known.booleanValue();
    }

    private boolean dropsOnly(String chain) {
        Set<String> reached = any(chain);
        for (Rule rule : rulesFrom(chain)) {
            Target next = rule.target;
            if (next != null && !DROPPING.contains(next.name) && !reached.contains(next.name)) { return false; }
        }
        return !reached.isEmpty();
    }

    /**
     * The rules of the chain, and of those that it jumps to, that accept new packets; each with what the jumps to it
     * asked for as well. A jump with a condition that one rule can't express (a limit, say) isn't followed.
     */
    List<Rule> acceptsNew(String start) {
        List<Rule> found = new ArrayList<>();
        paths = 0;
        collect(start, null, new HashSet<String>(), found);
        return found;
    }

    private void collect(String name, Rule conditions, Set<String> open, List<Rule> found) {
        Chain chain = ruleset.chain(family, table, name);
        if (chain == null || !open.add(name)) { return; }
        for (Rule rule : chain.rules) {
            Set<State> states = States.of(rule);
            boolean takesNew = states != null && states.contains(State.NEW);
            if (rule.target == null || !takesNew || ++paths > PATHS_MAX) { continue; }
            Rule here = conditions == null ? rule : RuleIntersection.by(rule, conditions);
            if (here != null && Target.ACCEPT.equals(rule.target)) {
                found.add(here);
            } else if (here != null && asksNoMore(rule)) { collect(rule.target.name, here, open, found); }
        }
        open.remove(name);
    }

    private static boolean asksNoMore(Rule rule) {
        for (Match match : States.further(rule)) {
            if (!match.name.equals("comment") && !match.options.isEmpty()) { return false; }
        }
        return true;
    }

    /** Whether a rule's target works from within another chain: RETURN and a goto don't. */
    static boolean worksInChain(Rule rule) {
        return rule.target != null && !rule.target.isGoto() && !rule.target.equals(Target.RETURN);
    }
}
