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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Proves which rules of a ruleset do nothing, for every packet that there can be. All that is found may be deleted
 * together: a rule is judged with those found before it already gone. Of two equal rules the second is unreachable, and
 * the first then isn't redundant.
 */
public final class Lint {
    /** More rules than these (of a family) are not tried without: that is quadratic. */
    static final int REDUNDANT_MAX = 250;
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};

    private final FamilyVerdicts of;
    private final Ruleset ruleset;
    private final Sets sets;
    private final List<NeedlessRule> idle = new ArrayList<>();
    private final Map<Rule, Rule> gone = new IdentityHashMap<>();
    private final FamilyVerdicts.Walked[] ways = new FamilyVerdicts.Walked[WAYS.length];

    private Lint(FamilyVerdicts of) {
        this.of = of;
        this.ruleset = of.ruleset;
        this.sets = of.sets;
    }

    /**
     * The idle rules in the order of the tables; a ruleset that is too long or too complex is judged as far as it goes.
     */
    public static List<NeedlessRule> of(Verdicts verdicts) {
        List<NeedlessRule> all = new ArrayList<>();
        for (Family family : Family.values()) {
            int rules = verdicts.ruleset.ruleCount(family);
            if (rules == 0 || rules > Verdicts.RULES_MAX) { continue; }
            final Lint[] last = new Lint[1];
            try {
                new Verdicts.Question<Void>() {
                    @Override
                    Void ask(FamilyVerdicts of) {
                        last[0] = new Lint(of);
                        last[0].judge();
                        return null;
                    }
                }.of(verdicts, family);
            } catch (TooComplex e) {
                // what was proved before stays proved
                all.addAll(last[0].idle);
                continue;
            }
            all.addAll(last[0].idle);
        }
        return all;
    }

    private void judge() {
        for (int way = 0; way < WAYS.length; way++) {
            ways[way] = of.at(WAYS[way], of.everything(WAYS[way]));
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

    private boolean isEntered(Chain chain) {
        boolean any = false;
        for (FamilyVerdicts.Walked way : ways) {
            any |= way.entered.containsKey(chain);
        }
        return any;
    }

    private void unreachable(Table table, Chain chain) {
        int number = 0;
        boolean said = false;
        for (Rule rule : chain.rules()) {
            TrailEntry step = TrailEntry.rule(table, chain.name(), ++number, rule, true);
            if (!isMatched(rule)) {
                gone.put(rule, rule);
                if (isEntered(chain)) {
                    covered(step, chain);
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
        for (FamilyVerdicts.Walked way : ways) {
            any |= way.matched.containsKey(rule);
        }
        return any;
    }

    /** Names the rules that take what an unreachable rule asks for. */
    private void covered(TrailEntry step, Chain chain) {
        int wanted = SetMatch.of(sets.universe.criteria(step.rule), sets, sets.everything(), Rewrites.NOTHING).perhaps;
        if (wanted == Bdd.NONE) {
            idle.add(new NeedlessRule(sets.family, step, false, "it matches on something that no packet has",
                    Collections.<TrailEntry>emptyList()));
            return;
        }
        List<TrailEntry> covers = new ArrayList<>();
        boolean otherwise = false;
        int left = wanted;
        for (FamilyVerdicts.Walked way : ways) {
            for (FamilyVerdicts.Event event : way.entered.containsKey(chain) ? way.events
                    : Collections.<FamilyVerdicts.Event>emptyList()) {
                boolean before = !event.step.chain.equals(step.chain)
                        || event.step.number != 0 && event.step.number < step.number;
                if (before && event.step.table == step.table && sets.bdd.and(left, event.packets) != Bdd.NONE) {
                    left = sets.bdd.minus(left, event.packets);
                    covers.add(event.step);
                    Target target = step.rule.target;
                    otherwise |= event.verdict != null && target != null && !event.verdict.name().equals(target.name);
                }
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
            Integer packets = ways[way].matched.get(step.rule);
            HookWalk walk = new HookWalk(ruleset, sets, of.site, new ChainWalk.Listener() {
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
            if (packets != null) {
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
