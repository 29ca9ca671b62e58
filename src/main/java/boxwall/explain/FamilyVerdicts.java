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
import java.util.TreeMap;

/** One family's part of {@link Verdicts}: the sets, and what the walks through INPUT, FORWARD and OUTPUT found. */
final class FamilyVerdicts {
    /** The packets that are walked together. */
    enum Base {
        EVERYTHING, FIRST, OWN
    }

    /** So many questions about some packets at a hook are cheaper than one about all. */
    private static final int FEW = 3;

    final Ruleset ruleset;
    final Site site;
    final Sets sets;
    /** What the sets distinguish besides what the rules name. */
    final List<Criterion> further;
    private final Base base;
    private final int[] asked = new int[Hook.values().length];
    private final Map<Hook, Walked> walks = new TreeMap<>();

    FamilyVerdicts(Verdicts of, Family family, List<Criterion> further, Base base, int nodes) {
        this.ruleset = of.ruleset;
        this.site = of.site;
        this.further = further;
        this.base = base;
        sets = new Sets(family,
                new Universe(Collections.singletonList(ruleset), site, family, further, of.criteria(family)), nodes);
    }

    /** What a walk found, in the order in which it did. */
    static final class Walked extends ChainWalk.Listener {
        final List<Event> events = new ArrayList<>();
        /** The packets that each rule matches, or may; by identity. */
        final Map<Rule, Integer> matched = new IdentityHashMap<>();
        /** The chains that packets got to; by identity. */
        final Map<Chain, Chain> entered = new IdentityHashMap<>();
        private final Bdd bdd;
        private HookWalk walk;

        private Walked(Bdd bdd) { this.bdd = bdd; }

        /** The packets for which a verdict is possible; of more than were asked for. */
        int possible(Verdict verdict) {
            return walk.possible(verdict);
        }

        /** Those that get something else than the verdict, or may; of more than were asked for. */
        int otherThan(Verdict verdict) {
            return walk.otherThan(verdict);
        }

        @Override
        void entered(Table table, Chain chain) { entered.put(chain, chain); }

        @Override
        void matched(TrailEntry step, int packets) {
            Integer there = matched.get(step.rule);
            matched.put(step.rule, there == null ? packets : bdd.or(there, packets));
            Target target = step.rule.target;
            if (target != null && step.certain && (target.isGoto() || target.name.equals("RETURN"))) {
                events.add(new Event(step, null, packets));
            }
        }

        @Override
        void decided(TrailEntry step, Verdict verdict, int packets) { events.add(new Event(step, verdict, packets)); }
    }

    /** Packets that end their way through a table, or, without a verdict, through a chain by RETURN or goto. */
    static final class Event {
        final TrailEntry step;
        final Verdict verdict;
        final int packets;

        Event(TrailEntry step, Verdict verdict, int packets) {
            this.step = step;
            this.verdict = verdict;
            this.packets = packets;
        }
    }

    /** What becomes of packets at a hook: of these, and of all others that were walked with them. */
    Walked at(Hook way, int packets) {
        Walked there = walks.get(way);
        int all = all(way);
        boolean few = there == null && packets != all && asked[way.ordinal()]++ < FEW;
        if (few || sets.bdd.minus(packets, all) != Bdd.NONE) { return walk(way, packets, Rewrites.NOTHING); }
        if (there == null) {
            there = walk(way, all, Rewrites.NOTHING);
            walks.put(way, there);
        }
        return there;
    }

    /** As {@link #at} for packets of which nobody can say which hardware address they have. */
    Walked withoutMac(Hook way, int packets) {
        // the last one is that which no rule names
        return sets.universe.macs.size() == 1 ? at(way, packets)
                : walk(way, packets, Rewrites.NOTHING.with(Field.MAC, null));
    }

    private Walked walk(Hook way, int packets, Rewrites start) {
        Walked walked = new Walked(sets.bdd);
        walked.walk = new HookWalk(ruleset, sets, site, walked).walk(way, packets, start);
        return walked;
    }

    /** Every packet that there can be at a hook. */
    int everything(Hook way) {
        return way == Hook.FORWARD ? sets.bdd.and(sets.everything(), LinkScope.crossing(sets)) : sets.everything();
    }

    private int all(Hook way) {
        return base == Base.EVERYTHING ? everything(way)
                : base == Base.FIRST ? sets.bdd.and(sets.everything(), NewConnections.first(sets)) : Bdd.NONE;
    }
}
