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
 * Proves which rules of a ruleset are needless, over all packets. All of them may be deleted together: each rule is
 * judged without those found before. Of two equal rules the second is unreachable, and the first is not redundant.
 */
public final class NeedlessRules {
    /** Limit of the rules of a family for the search for redundant rules, which is quadratic; beyond it is skipped. */
    private static final int REDUNDANT_MAX = 250;
    private static final List<TrailEntry> NO_ENTRIES = Collections.emptyList();

    /** A rule that could be deleted: no packet reaches it, or its packets are decided in the same way without it. */
    public static final class NeedlessRule {
        private static final int NAMED_MAX = 4;

        public final Family family;
        /** The rule with its place. */
        public final TrailEntry entry;
        /** True when packets reach it, but are decided in the same way without it; false when none reaches it. */
        public final boolean redundant;
        private final String why;
        /** The rules that decide its packets; empty when it matches no packet, or no packet reaches its chain. */
        public final List<TrailEntry> covers;

        NeedlessRule(Family family, TrailEntry entry, boolean redundant, String why, List<TrailEntry> covers) {
            this.family = family;
            this.entry = entry;
            this.redundant = redundant;
            this.why = why;
            this.covers = Collections.unmodifiableList(new ArrayList<TrailEntry>(covers));
        }

        /** Whether the rule would decide or jump, rather than only log, mark or count. */
        public boolean decides() {
            return !Targets.goesOn(entry.rule.target);
        }

        /** The proof in a sentence, with the lines of the covering rules. */
        public String why() {
            StringBuilder out = new StringBuilder(why);
            for (int i = 0; i < covers.size() && i < NAMED_MAX; i++) {
                TrailEntry cover = covers.get(i);
                out.append(i == 0 ? ": " : ", ")
                        .append(cover.rule == null ? "the policy of " + cover.chain : cover.origin() + " ("
                                + (cover.rule.target == null ? "counts" : cover.rule.target.name) + ")");
            }
            return out.append(covers.size() > NAMED_MAX ? " and " + (covers.size() - NAMED_MAX) + " more" : "")
                    .toString();
        }
    }

    private final FamilyVerdicts of;
    private final PacketSets sets;
    private final List<NeedlessRule> found;
    /** The needless rules, and the rule that is tried; by identity. */
    private final Map<Rule, Rule> deleted = new IdentityHashMap<>();
    private final Map<Hook, FamilyVerdicts.Walked> walks = new TreeMap<>();

    private NeedlessRules(FamilyVerdicts of, List<NeedlessRule> found) {
        this.of = of;
        this.sets = of.sets;
        this.found = found;
    }

    /** The needless rules in their order; of a ruleset that is too long or complex, those that were proved. */
    public static List<NeedlessRule> of(Verdicts verdicts) {
        List<NeedlessRule> all = new ArrayList<>();
        for (Family family : Family.values()) {
            int rules = verdicts.ruleset.ruleCount(family);
            if (rules > 0 && rules <= Verdicts.RULES_MAX) {
                all.addAll(new Verdicts.Query<NeedlessRule>() {
                    @Override
                    void run(FamilyVerdicts of) { new NeedlessRules(of, results).find(); }
                }.asFarAsPossible(verdicts, family));
            }
        }
        return all;
    }

    private void find() {
        Map<Rule, Integer> matched = new IdentityHashMap<>();
        Map<Chain, Chain> entered = new IdentityHashMap<>();
        for (Hook hook : HookWalk.HOOKS) {
            FamilyVerdicts.Walked walked = of.at(hook, of.everything(hook));
            walks.put(hook, walked);
            matched.putAll(walked.matched);
            entered.putAll(walked.entered);
        }
        List<TrailEntry> entries = TrailEntry.all(of.verdicts.ruleset, sets.family);
        Chain unused = null;
        for (TrailEntry entry : entries) {
            if (matched.containsKey(entry.rule)) { continue; }
            deleted.put(entry.rule, entry.rule);
            Chain chain = of.verdicts.ruleset.chain(sets.family, entry.table, entry.chain);
            if (entered.containsKey(chain)) {
                unreachable(entry, chain);
            } else if (chain != unused) {
                add(entry, false, "no packet reaches the chain " + entry.chain, NO_ENTRIES);
                unused = chain;
            }
        }
        for (TrailEntry entry : entries.size() <= REDUNDANT_MAX ? entries : NO_ENTRIES) {
            if (entry.table == Table.FILTER) { redundant(entry); }
        }
    }

    private void add(TrailEntry entry, boolean redundant, String why, List<TrailEntry> covers) {
        found.add(new NeedlessRule(sets.family, entry, redundant, why, covers));
    }

    /** Adds an unreachable rule with the rules that decide its packets. */
    private void unreachable(TrailEntry entry, Chain chain) {
        int left = sets.bdd.and(sets.everything(), sets.matches(sets.ruleValues.criteria(entry.rule)));
        if (left == Bdd.NONE) {
            add(entry, false, "it matches on something that no packet has", NO_ENTRIES);
            return;
        }
        List<TrailEntry> covers = new ArrayList<>();
        boolean otherwise = false;
        Target target = entry.rule.target;
        for (FamilyVerdicts.Walked walked : walks.values()) {
            for (FamilyVerdicts.Event event : walked.entered.containsKey(chain) ? walked.events
                    : Collections.<FamilyVerdicts.Event>emptyList()) {
                TrailEntry cover = event.entry;
                boolean before = !cover.chain.equals(entry.chain) || cover.number != 0 && cover.number < entry.number;
                if (before && cover.table == entry.table && sets.bdd.and(left, event.packets) != Bdd.NONE) {
                    left = sets.bdd.minus(left, event.packets);
                    covers.add(cover);
                    otherwise |= event.verdict != null && target != null && !event.verdict.name().equals(target.name);
                }
            }
        }
        add(entry, false,
                covers.isEmpty() ? "no packet that reaches it matches it"
                        : otherwise ? "shadowed, other rules decide all its packets"
                        : "other rules decide all its packets in the same way",
                covers);
    }

    /**
     * Walks a rule's packets without it. Rules that match every packet are never reported (an explicit DROP before the
     * policy states the intention), nor are rules whose packets would reach a LOG or another rule with an effect.
     */
    private void redundant(TrailEntry entry) {
        Verdict verdict = Verdict.of(entry.rule.target);
        Criteria criteria = sets.ruleValues.criteria(entry.rule);
        if (verdict == null || deleted.containsKey(entry.rule) || criteria.all.isEmpty() || criteria.opaque) { return; }
        deleted.put(entry.rule, entry.rule);
        Without without = new Without(entry.rule);
        boolean same = true;
        for (Hook hook : HookWalk.HOOKS) {
            Integer packets = same ? walks.get(hook).matched.get(entry.rule) : null;
            if (packets != null) {
                new HookWalk(of.verdicts.ruleset, sets, without).walk(hook, packets, Rewrites.NOTHING, true);
                same = !without.hasEffect && sets.bdd.and(packets, without.otherThan(verdict)) == Bdd.NONE;
            }
        }
        if (same && !without.covers.isEmpty()) {
            add(entry, true, "without it, its packets are decided in the same way", without.covers);
        } else {
            deleted.remove(entry.rule);
        }
    }

    /** A walk without the deleted rules: the verdicts, and which rules decide after one of them. */
    private final class Without extends WalkOutcome {
        private final Rule rule;
        private final List<TrailEntry> covers = new ArrayList<>();
        private boolean passed;
        /** Whether packets reach a rule with an effect after the deleted one. */
        private boolean hasEffect;

        Without(Rule rule) {
            super(sets.bdd);
            this.rule = rule;
        }

        @Override
        boolean skips(Rule other) { return deleted.containsKey(other); }

        @Override
        void decided(TrailEntry entry, Verdict verdict, int packets) {
            if (passed && entry.table == Table.FILTER && !covers.contains(entry)) { covers.add(entry); }
        }

        @Override
        void matched(TrailEntry entry, int packets) {
            passed |= entry.rule == rule;
            hasEffect |= passed && entry.rule.target != null && Targets.goesOn(entry.rule.target);
        }
    }
}
