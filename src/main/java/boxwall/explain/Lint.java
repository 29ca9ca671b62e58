package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Proves which rules of a ruleset do nothing, for every packet that there can be. All that is found may be deleted
 * together: a rule is judged with those found before it already gone. Of two equal rules the second is unreachable, and
 * the first then isn't redundant.
 */
public final class Lint {
    /** More rules than these (of a family) are not tried without: that is quadratic. */
    private static final int REDUNDANT_MAX = 250;
    private static final List<TrailEntry> NOBODY = Collections.emptyList();

    /** A rule that could be left out: it is never reached, or what it decides would be decided the same without it. */
    public static final class NeedlessRule {
        private static final int NAMED_MAX = 4;

        public final Family family;
        /** The rule with its place. */
        public final TrailEntry step;
        /** True when packets get to it, but are decided the same without it; false when no packet gets to it. */
        public final boolean redundant;
        private final String why;
        /** The rules that decide its packets; empty when it asks for what no packet has, or nothing leads to it. */
        public final List<TrailEntry> covers;

        NeedlessRule(Family family, TrailEntry step, boolean redundant, String why, List<TrailEntry> covers) {
            this.family = family;
            this.step = step;
            this.redundant = redundant;
            this.why = why;
            this.covers = Collections.unmodifiableList(new ArrayList<TrailEntry>(covers));
        }

        /** Whether the rule would decide or send elsewhere, rather than only log, mark or count. */
        public boolean decides() {
            return !Targets.goesOn(step.rule.target);
        }

        /** What is proved, in a sentence, the covering rules named by the user's lines. */
        public String why() {
            StringBuilder out = new StringBuilder(why);
            for (int i = 0; i < covers.size() && i < NAMED_MAX; i++) {
                TrailEntry each = covers.get(i);
                out.append(i == 0 ? ": " : ", ").append(each.rule == null ? "the policy of " + each.chain
                        : each.origin() + " (" + (each.rule.target == null ? "counts" : each.rule.target.name) + ")");
            }
            return out.append(covers.size() > NAMED_MAX ? " and " + (covers.size() - NAMED_MAX) + " more" : "")
                    .toString();
        }
    }

    private final FamilyVerdicts of;
    private final Sets sets;
    private final List<NeedlessRule> idle;
    private final Map<Rule, Rule> gone = new IdentityHashMap<>();
    private final Map<Hook, FamilyVerdicts.Walked> ways = new TreeMap<>();
    /** Of all ways. */
    private final Map<Rule, Integer> matched = new IdentityHashMap<>();
    private final Map<Chain, Chain> entered = new IdentityHashMap<>();

    private Lint(FamilyVerdicts of, List<NeedlessRule> idle) {
        this.of = of;
        this.sets = of.sets;
        this.idle = idle;
    }

    /** The idle rules in their order; a ruleset that is too long or complex is judged as far as it goes. */
    public static List<NeedlessRule> of(Verdicts verdicts) {
        List<NeedlessRule> all = new ArrayList<>();
        for (Family family : Family.values()) {
            int rules = verdicts.ruleset.ruleCount(family);
            if (rules > 0 && rules <= Verdicts.RULES_MAX) {
                all.addAll(new Verdicts.Question<NeedlessRule>() {
                    @Override
                    void ask(FamilyVerdicts of) { new Lint(of, found).judge(); }
                }.asFarAsItGoes(verdicts, family));
            }
        }
        return all;
    }

    private void judge() {
        for (Hook way : FamilyVerdicts.WAYS) {
            FamilyVerdicts.Walked walked = of.at(way, of.everything(way));
            ways.put(way, walked);
            matched.putAll(walked.matched);
            entered.putAll(walked.entered);
        }
        List<TrailEntry> rules = TrailEntry.all(of.walk.ruleset, sets.family);
        Chain unused = null;
        for (TrailEntry each : rules) {
            if (matched.containsKey(each.rule)) { continue; }
            gone.put(each.rule, each.rule);
            Chain chain = of.walk.ruleset.chain(sets.family, each.table, each.chain);
            if (entered.containsKey(chain)) {
                covered(each, chain);
            } else if (chain != unused) {
                add(each, false, "no packet reaches the chain " + each.chain, NOBODY);
                unused = chain;
            }
        }
        for (TrailEntry each : rules.size() <= REDUNDANT_MAX ? rules : NOBODY) {
            if (each.table == Table.FILTER) { redundant(each); }
        }
    }

    private void add(TrailEntry step, boolean redundant, String why, List<TrailEntry> covers) {
        idle.add(new NeedlessRule(sets.family, step, redundant, why, covers));
    }

    /** Names the rules that take what an unreachable rule asks for. */
    private void covered(TrailEntry step, Chain chain) {
        int left = SetMatch.of(sets.universe.criteria(step.rule), sets, sets.everything(), Rewrites.NOTHING).perhaps;
        if (left == Bdd.NONE) {
            add(step, false, "it matches on something that no packet has", NOBODY);
            return;
        }
        List<TrailEntry> covers = new ArrayList<>();
        boolean otherwise = false;
        Target target = step.rule.target;
        for (FamilyVerdicts.Walked way : ways.values()) {
            for (FamilyVerdicts.Event event : way.entered.containsKey(chain) ? way.events
                    : Collections.<FamilyVerdicts.Event>emptyList()) {
                boolean before = !event.step.chain.equals(step.chain)
                        || event.step.number != 0 && event.step.number < step.number;
                if (before && event.step.table == step.table && sets.bdd.and(left, event.packets) != Bdd.NONE) {
                    left = sets.bdd.minus(left, event.packets);
                    covers.add(event.step);
                    otherwise |= event.verdict != null && target != null && !event.verdict.name().equals(target.name);
                }
            }
        }
        add(step, false,
                covers.isEmpty() ? "no packet that reaches it matches it"
                        : otherwise ? "shadowed, other rules decide all its packets"
                        : "other rules decide all its packets in the same way",
                covers);
    }

    /**
     * Tries a rule's packets without it. Rules that ask nothing are left alone (an explicit DROP before the policy says
     * what is meant), and so are rules whose packets would meet a LOG or another rule with an effect.
     */
    private void redundant(TrailEntry step) {
        Verdict verdict = Targets.verdict(step.rule.target);
        Criteria asked = sets.universe.criteria(step.rule);
        if (verdict == null || step.rule.target.isGoto() || gone.containsKey(step.rule) || asked.all.isEmpty()
                || asked.opaque) {
            return;
        }
        gone.put(step.rule, step.rule);
        Without without = new Without(step.rule);
        boolean same = true;
        for (Hook way : FamilyVerdicts.WAYS) {
            Integer packets = same ? ways.get(way).matched.get(step.rule) : null;
            if (packets != null) {
                new HookWalk(of.walk.ruleset, sets, without).walk(way, packets, Rewrites.NOTHING, true);
                same = !without.works && sets.bdd.and(packets, without.otherThan(verdict)) == Bdd.NONE;
            }
        }
        if (same && !without.covers.isEmpty()) {
            add(step, true, "without it, its packets are decided in the same way", without.covers);
        } else {
            gone.remove(step.rule);
        }
    }

    /** What becomes of packets without the rules that are gone, and which rules see to it behind one of them. */
    private final class Without extends Outcome {
        private final Rule rule;
        private final List<TrailEntry> covers = new ArrayList<>();
        private boolean passed;
        /** Whether a rule with an effect is met. */
        private boolean works;

        Without(Rule rule) {
            super(sets.bdd);
            this.rule = rule;
        }

        @Override
        boolean leavesOut(Rule each) { return gone.containsKey(each); }

        @Override
        void decided(TrailEntry step, Verdict found, int set) {
            if (passed && step.table == Table.FILTER && !covers.contains(step)) { covers.add(step); }
        }

        @Override
        void matched(TrailEntry step, int some) {
            passed |= step.rule == rule;
            works |= passed && step.rule.target != null && Targets.goesOn(step.rule.target);
        }
    }
}
