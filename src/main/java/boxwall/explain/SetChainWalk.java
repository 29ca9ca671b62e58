package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.State;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Walks sets of packets through one built-in chain: {@link ChainWalk} for all packets at once, written apart from it so
 * that each can be tested by the other. Packets with the same rewrites walk together; a set that may match and may not
 * goes both ways.
 */
final class SetChainWalk {
    private static final int DEPTH_MAX = 256;
    private static final int VISITS_MAX = 200000;
    /** Marks and states that packets at one place may have been given; each rule that may write one doubles them. */
    private static final int REWRITES_MAX = 256;

    private final Ruleset ruleset;
    private final Table table;
    private final Sets sets;
    private final Site site;
    private final Listener listener;
    private final Map<Rule, Rule> left;
    private Map<Rewrites, Integer> through;
    private int visits;

    /** Is told what the walk finds. */
    interface Listener {
        /**
         * A rule, or a policy, ends the way of these packets with DROP, REJECT or UNKNOWN; or, of one table, with
         * ACCEPT.
         */
        void decided(TrailEntry step, Verdict verdict, int packets);

        /** A rule is reached by {@code here} and matches {@code matched} of them, for sure or perhaps. */
        void reached(TrailEntry step, int here, int matched);
    }

    SetChainWalk(Ruleset ruleset, Table table, Sets sets, Site site, Listener listener, Map<Rule, Rule> left) {
        this.ruleset = ruleset;
        this.table = table;
        this.sets = sets;
        this.site = site;
        this.listener = listener;
        this.left = left;
    }

    /** Walks a built-in chain; returns what it accepts. */
    Map<Rewrites, Integer> from(Chain chain, Map<Rewrites, Integer> packets) {
        through = new LinkedHashMap<>();
        Map<Rewrites, Integer> fell = walk(chain, packets, 0);
        Verdict verdict = chain.policy() == Policy.ACCEPT ? Verdict.ACCEPT : Verdict.DROP;
        TrailEntry step = TrailEntry.policy(table, chain.name(), chain.policy());
        for (Map.Entry<Rewrites, Integer> each : fell.entrySet()) {
            end(step, verdict, each.getKey(), each.getValue().intValue());
        }
        return through;
    }

    private void end(TrailEntry step, Verdict verdict, Rewrites rewrites, int packets) {
        if (packets != Bdd.NONE) {
            listener.decided(step, verdict, packets);
            if (verdict == Verdict.ACCEPT) { sets.add(through, rewrites, packets); }
        }
    }

    private Map<Rewrites, Integer> walk(Chain chain, Map<Rewrites, Integer> packets, int depth) {
        visits += chain.rules().size();
        if (depth >= DEPTH_MAX || visits > VISITS_MAX) {
            throw new TooComplex("chains call each other more than " + VISITS_MAX + " rules long, at " + chain.name());
        }
        Map<Rewrites, Integer> here = packets;
        Map<Rewrites, Integer> back = new LinkedHashMap<>();
        int number = 0;
        for (Rule rule : chain.rules()) {
            Abandoned.check();
            number++;
            Map<Rewrites, Integer> on = new LinkedHashMap<>();
            if (here.size() > REWRITES_MAX) {
                throw new TooComplex(
                        "packets may have more than " + REWRITES_MAX + " different marks, at " + chain.name());
            }
            for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
                int set = each.getValue().intValue();
                sets.bdd.step();
                SetMatch match = SetMatch.of(sets.universe.criteria(rule), sets, set, each.getKey());
                TrailEntry step = TrailEntry.rule(table, chain.name(), number, rule, match.sure == match.perhaps);
                listener.reached(step, set, match.perhaps);
                if (left.containsKey(rule)) {
                    sets.add(on, each.getKey(), set);
                    continue;
                }
                sets.add(on, each.getKey(), sets.bdd.minus(set, match.sure));
                if (match.perhaps != Bdd.NONE) { act(step, each.getKey(), match.perhaps, on, back, depth); }
            }
            here = on;
        }
        for (Map.Entry<Rewrites, Integer> each : here.entrySet()) {
            sets.add(back, each.getKey(), each.getValue().intValue());
        }
        return back;
    }

    private void act(TrailEntry step, Rewrites rewrites, int packets, Map<Rewrites, Integer> on,
            Map<Rewrites, Integer> back, int depth) {
        Target target = step.rule.target;
        Chain called = target == null ? null : ruleset.chain(sets.family, table, target.name);
        if (called != null && (target.isGoto() || !called.isBuiltin())) {
            Map<Rewrites, Integer> one = new LinkedHashMap<>();
            one.put(rewrites, Integer.valueOf(packets));
            for (Map.Entry<Rewrites, Integer> each : walk(called, one, depth + 1).entrySet()) {
                sets.add(target.isGoto() ? back : on, each.getKey(), each.getValue().intValue());
            }
        } else if (Targets.goesOn(target)) {
            sets.add(on, changed(target, rewrites), packets);
        } else if (target.name.equals("RETURN")) {
            sets.add(back, rewrites, packets);
        } else if (Targets.translates(target)) {
            listener.decided(step, Verdict.ACCEPT, packets);
            SetTranslation.of(target, site, sets, rewrites, packets, through);
        } else if (target.name.equals("ACCEPT") || target.name.equals("DROP") || target.name.equals("REJECT")) {
            end(step, Verdict.valueOf(target.name), rewrites, packets);
        } else {
            end(step, Verdict.UNKNOWN, rewrites, packets);
            sets.add(on, rewrites, packets);
        }
    }

    private static Rewrites changed(Target target, Rewrites rewrites) {
        if (Targets.changesNothing(target) || Targets.keepsMark(target)) { return rewrites; }
        if (Targets.untracks(target)) {
            return rewrites.with(Field.STATE, new byte[] {(byte) State.UNTRACKED.ordinal()});
        }
        long[] mark = Targets.mark(target);
        return mark == null ? rewrites.markUnknown() : rewrites.mark((int) mark[0], (int) mark[1]);
    }
}
