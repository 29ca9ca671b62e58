package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Proves which rules of a ruleset do nothing, for every packet that there can be. All that is found may be deleted
 * together: a rule is judged with those found before it already gone. Of two equal rules the second is unreachable, and
 * the first then isn't redundant.
 */
public final class Lint {
    /**
     * More rules than these (of a family) are not judged: sets of long rulesets are large, and the second question is
     * quadratic.
     */
    static final int RULES_MAX = 1000;
    static final int REDUNDANT_MAX = 250;
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    private final Ruleset ruleset;
    private final Site site;
    private final Sets sets;
    private final List<NeedlessRule> idle = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    /** The packets that each rule matches, or may, by way. */
    private final Map<Rule, int[]> matched = new IdentityHashMap<>();
    /** Which ways lead through a chain, a bit each, by table and chain. */
    private final Map<String, Integer> visited = new HashMap<>();
    private final Map<Rule, Rule> gone = new IdentityHashMap<>();

    private Lint(Ruleset ruleset, Site site, Sets sets) {
        this.ruleset = ruleset;
        this.site = site;
        this.sets = sets;
    }

    /** What was decided of packets, in the order of the walk; the verdict is null for RETURN and goto. */
    private static final class Event {
        private final TrailEntry step;
        private final int way;
        private final Verdict verdict;
        private final int packets;

        Event(TrailEntry step, int way, Verdict verdict, int packets) {
            this.step = step;
            this.way = way;
            this.verdict = verdict;
            this.packets = packets;
        }
    }

    /**
     * The idle rules in the order of the tables; a ruleset that is too long or too complex is judged as far as it goes.
     */
    public static List<NeedlessRule> of(Ruleset ruleset, Site site) { return of(ruleset, site, Bdd.affordable()); }

    static List<NeedlessRule> of(Ruleset ruleset, Site site, int nodes) {
        List<NeedlessRule> all = new ArrayList<>();
        for (Family family : Family.values()) {
            if (ruleset.ruleCount(family) == 0 || ruleset.ruleCount(family) > RULES_MAX) { continue; }
            Sets sets = new Sets(family,
                    new Universe(Collections.singletonList(ruleset), site, family, Collections.<Criterion>emptyList()),
                    nodes);
            Lint lint = new Lint(ruleset, site, sets);
            try {
                lint.judge();
            } catch (TooComplex e) {
                // what was proved before stays proved
                all.addAll(lint.idle);
                continue;
            }
            all.addAll(lint.idle);
        }
        return all;
    }

    private void judge() {
        for (int way = 0; way < WAYS.length; way++) {
            new HookWalk(ruleset, sets, site, listener(way)).walk(WAYS[way], WAYS[way] == Hook.FORWARD
                    ? sets.bdd.and(sets.everything(), LinkScope.crossing(sets)) : sets.everything());
        }
        for (Table table : ruleset.tables(sets.family)) {
            for (Chain chain : ruleset.chains(sets.family, table)) {
                unreachable(table, chain);
            }
        }
        if (ruleset.ruleCount(sets.family) <= REDUNDANT_MAX) {
            for (Chain chain : ruleset.chains(sets.family, Table.FILTER)) {
                int number = 0;
                for (Rule rule : chain.rules()) {
                    redundant(TrailEntry.rule(Table.FILTER, chain.name(), ++number, rule, true));
                }
            }
        }
    }

    private ChainWalk.Listener listener(final int way) {
        return new ChainWalk.Listener() {
            @Override
            void decided(TrailEntry step, Verdict verdict, int packets) {
                events.add(new Event(step, way, verdict, packets));
            }

            @Override
            void entered(Table table, Chain chain) {
                visited.put(key(table, chain.name()), Integer.valueOf(visits(table, chain.name()) | 1 << way));
            }

            @Override
            void matched(TrailEntry step, int some) {
                int[] ways = matched.get(step.rule);
                if (ways == null) {
                    ways = new int[WAYS.length];
                    matched.put(step.rule, ways);
                }
                ways[way] = sets.bdd.or(ways[way], some);
                Target target = step.rule.target;
                if (target != null && step.certain && (target.isGoto() || target.name.equals("RETURN"))) {
                    events.add(new Event(step, way, null, some));
                }
            }
        };
    }

    private static String key(Table table, String chain) { return table.word() + " " + chain; }

    private int visits(Table table, String chain) {
        Integer ways = visited.get(key(table, chain));
        return ways == null ? 0 : ways.intValue();
    }

    private void unreachable(Table table, Chain chain) {
        int number = 0;
        boolean said = false;
        for (Rule rule : chain.rules()) {
            TrailEntry step = TrailEntry.rule(table, chain.name(), ++number, rule, true);
            if (!isMatched(rule)) {
                gone.put(rule, rule);
                boolean chainVisited = visits(table, chain.name()) != 0;
                if (chainVisited) {
                    covered(step);
                } else if (!said) {
                    idle.add(new NeedlessRule(sets.family, step, false, "no packet reaches the chain " + chain.name(),
                            Collections.<TrailEntry>emptyList()));
                    said = true;
                }
            }
        }
    }

    private boolean isMatched(Rule rule) {
        boolean any = false;
        for (int set : matched.containsKey(rule) ? matched.get(rule) : new int[0]) {
            any |= set != Bdd.NONE;
        }
        return any;
    }

    /** Names the rules that take what an unreachable rule asks for. */
    private void covered(TrailEntry step) {
        int wanted = SetMatch.of(sets.universe.criteria(step.rule), sets, sets.everything(), Rewrites.NOTHING).perhaps;
        if (wanted == Bdd.NONE) {
            idle.add(new NeedlessRule(sets.family, step, false, "it matches on something that no packet has",
                    Collections.<TrailEntry>emptyList()));
            return;
        }
        List<TrailEntry> covers = new ArrayList<>();
        boolean otherwise = false;
        int left = wanted;
        for (Event event : events) {
            boolean before =
                    !event.step.chain.equals(step.chain) || event.step.number != 0 && event.step.number < step.number;
            boolean onTheWay = event.step.table == step.table && (visits(step.table, step.chain) & 1 << event.way) != 0;
            if (before && onTheWay && sets.bdd.and(left, event.packets) != Bdd.NONE) {
                left = sets.bdd.minus(left, event.packets);
                covers.add(event.step);
                Target target = step.rule.target;
                otherwise |= event.verdict != null && target != null && !event.verdict.name().equals(target.name);
            }
        }
        idle.add(new NeedlessRule(sets.family, step, false,
                covers.isEmpty() ? "no packet that reaches it matches it"
                        : otherwise ? "shadowed, other rules decide all its packets"
                        : "other rules decide all its packets in the same way",
                covers));
    }

    /**
     * Tries a rule's packets without it. Rules that ask nothing are left alone (an explicit DROP before the policy says
     * what is meant), and so are rules whose packets would meet a LOG or another rule with an effect.
     */
    private void redundant(final TrailEntry step) {
        Target target = step.rule.target;
        boolean ends = target != null
                && (target.name.equals("ACCEPT") || target.name.equals("DROP") || target.name.equals("REJECT"));
        Criteria asked = sets.universe.criteria(step.rule);
        if (!ends || target.isGoto() || gone.containsKey(step.rule) || asked.all.isEmpty() || !asked.opaque.isEmpty()) {
            return;
        }
        Verdict verdict = Verdict.valueOf(target.name);
        final List<TrailEntry> covers = new ArrayList<>();
        final boolean[] seen = {false, false};
        gone.put(step.rule, step.rule);
        boolean same = true;
        for (int way = 0; way < WAYS.length && same; way++) {
            int packets = matched.get(step.rule)[way];
            HookWalk walk = new HookWalk(ruleset, sets, site, new ChainWalk.Listener() {
                @Override
                void decided(TrailEntry other, Verdict found, int set) {
                    if (seen[0] && other.table == Table.FILTER && !covers.contains(other)) { covers.add(other); }
                }

                @Override
                void matched(TrailEntry other, int some) {
                    Target does = other.rule.target;
                    seen[0] |= other.rule == step.rule;
                    seen[1] |= seen[0] && does != null && Targets.goesOn(does);
                }
            }).without(gone);
            if (packets != Bdd.NONE) {
                walk.walk(WAYS[way], packets);
                same = sets.bdd.and(packets, walk.otherThan(verdict)) == Bdd.NONE && !seen[1];
            }
        }
        if (same && !covers.isEmpty()) {
            idle.add(new NeedlessRule(sets.family, step, true, "without it, its packets are decided in the same way",
                    covers));
        } else {
            gone.remove(step.rule);
        }
    }
}
