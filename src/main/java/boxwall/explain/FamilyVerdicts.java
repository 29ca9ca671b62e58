package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Target;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The {@link Verdicts} of one family: its sets, and the results of the walks to INPUT, FORWARD and OUTPUT. */
final class FamilyVerdicts {
    /** The packets that are walked together: all, first packets of connections, or those of each query. */
    enum Base {
        EVERYTHING, FIRST, OWN
    }

    /** This many queries about some packets of a hook are cheaper than one walk of all. */
    private static final int FEW = 3;

    final PacketSets sets;
    final Verdicts verdicts;
    private final Base base;
    private final int[] queries = new int[Hook.values().length];
    private final Map<Hook, Walked> walks = new TreeMap<>();

    FamilyVerdicts(Verdicts verdicts, RuleValues ruleValues, Base base, int nodes) {
        this.verdicts = verdicts;
        this.base = base;
        sets = new PacketSets(ruleValues, nodes);
    }

    /** The result of a walk, with its events in their order. */
    static final class Walked extends WalkOutcome {
        final List<Event> events = new ArrayList<>();
        /** The packets that each rule matches, or may; by identity. */
        final Map<Rule, Integer> matched = new IdentityHashMap<>();
        /** The chains that packets reached; by identity. */
        final Map<Chain, Chain> entered = new IdentityHashMap<>();

        private Walked(Bdd bdd) { super(bdd); }

        @Override
        void entered(Chain chain) { entered.put(chain, chain); }

        @Override
        void matched(TrailEntry entry, int packets) {
            Integer earlier = matched.get(entry.rule);
            matched.put(entry.rule, earlier == null ? packets : bdd.or(earlier, packets));
            Target target = entry.rule.target;
            if (target != null && entry.certain && (target.isGoto() || target.name.equals("RETURN"))) {
                events.add(new Event(entry, null, packets));
            }
        }

        @Override
        void decided(TrailEntry entry, Verdict verdict, int packets) { events.add(new Event(entry, verdict, packets)); }
    }

    /** Packets that leave a table, or, without a verdict, leave a chain by RETURN or goto. */
    static final class Event {
        final TrailEntry entry;
        final Verdict verdict;
        final int packets;

        Event(TrailEntry entry, Verdict verdict, int packets) {
            this.entry = entry;
            this.verdict = verdict;
            this.packets = packets;
        }
    }

    /** The verdicts on packets at a hook, and on all others that were walked with them. */
    Walked at(Hook hook, int packets) {
        Walked walked = walks.get(hook);
        int all = base == Base.EVERYTHING ? everything(hook)
                : base == Base.FIRST ? sets.bdd.and(sets.everything(), sets.first()) : Bdd.NONE;
        boolean few = walked == null && packets != all && queries[hook.ordinal()]++ < FEW;
        if (few || sets.bdd.minus(packets, all) != Bdd.NONE) { return walk(hook, packets, Rewrites.NOTHING); }
        if (walked == null) {
            walked = walk(hook, all, Rewrites.NOTHING);
            walks.put(hook, walked);
        }
        return walked;
    }

    /** As {@link #at} for packets whose hardware addresses are unknown. */
    Walked withoutMac(Hook hook, int packets) {
        // the last address is the one that no rule names
        return sets.ruleValues.macs.size() == 1 ? at(hook, packets)
                : walk(hook, packets, Rewrites.NOTHING.with(Field.MAC, null));
    }

    private Walked walk(Hook hook, int packets, Rewrites start) {
        Walked walked = new Walked(sets.bdd);
        new HookWalk(verdicts.ruleset, sets, walked).walk(hook, packets, start, true);
        return walked;
    }

    /** Every possible packet at a hook. */
    int everything(Hook hook) {
        return hook == Hook.FORWARD ? sets.bdd.and(sets.everything(), sets.crossing()) : sets.everything();
    }

    /** The walk of the most common one of these packets. */
    Answer example(Hook hook, int packets) {
        return verdicts.packet(Example.of(sets, hook, packets), hook);
    }
}
