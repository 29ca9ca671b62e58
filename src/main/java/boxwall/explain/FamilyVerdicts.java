package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** The hooks at which packets are judged. */
    static final List<Hook> WAYS = Collections.unmodifiableList(Arrays.asList(Hook.INPUT, Hook.FORWARD, Hook.OUTPUT));
    /** So many questions about some packets at a hook are cheaper than one about all. */
    private static final int FEW = 3;

    final Sets sets;
    final Walk walk;
    private final Base base;
    private final int[] asked = new int[Hook.values().length];
    private final Map<Hook, Walked> walks = new TreeMap<>();

    FamilyVerdicts(Walk walk, Universe universe, Base base, int nodes) {
        this.walk = walk;
        this.base = base;
        sets = new Sets(universe, nodes);
    }

    /** What a walk found, in the order in which it did. */
    static final class Walked extends Outcome {
        final List<Event> events = new ArrayList<>();
        /** The packets that each rule matches, or may; by identity. */
        final Map<Rule, Integer> matched = new IdentityHashMap<>();
        /** The chains that packets got to; by identity. */
        final Map<Chain, Chain> entered = new IdentityHashMap<>();

        private Walked(Bdd bdd) { super(bdd); }

        @Override
        void entered(Chain chain) { entered.put(chain, chain); }

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
        int all = base == Base.EVERYTHING ? everything(way)
                : base == Base.FIRST ? sets.bdd.and(sets.everything(), sets.first()) : Bdd.NONE;
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
        new HookWalk(walk.ruleset, sets, walked).walk(way, packets, start, true);
        return walked;
    }

    /** Every packet that there can be at a hook. */
    int everything(Hook way) {
        return way == Hook.FORWARD ? sets.bdd.and(sets.everything(), sets.crossing()) : sets.everything();
    }

    /** The walk of one of these packets, the one that a person would think of. */
    Answer example(Hook way, int packets) {
        return walk.packet(Example.of(sets, way, packets), way);
    }

    Answer exampleWithoutMac(Hook way, int packets) {
        return walk.packet(Example.of(sets, way, packets).mac(null), way);
    }
}
