package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The packets that two rulesets decide differently: regions, each with an example. REJECT counts as DROP. */
public final class Difference {
    /** Limit of regions for one hook and one kind of change. */
    private static final int REGIONS_MAX = 16;
    private static final List<Criterion> NO_CRITERIA = Collections.emptyList();
    private static final Verdict[] KINDS = {Verdict.ACCEPT, Verdict.DROP, Verdict.UNKNOWN};

    /** Largest first; empty when both decide alike or, with {@link #incomplete()}, when that is unknown. */
    public final List<Change> changes = new ArrayList<>();
    private String incomplete;

    /** Packets whose verdict changes. */
    public static final class Change implements Comparable<Change> {
        /** ACCEPT, DROP or UNKNOWN. */
        public final Verdict before;
        /** ACCEPT, DROP or UNKNOWN. */
        public final Verdict after;
        public final Region region;
        /** The walk of an example in the first ruleset; {@link Answer#packet} is the example. */
        public final Answer was;
        /** The walk of the same packet in the second ruleset. */
        public final Answer is;

        private Change(Verdict before, Verdict after, Region region, Answer was, Answer is) {
            this.before = before;
            this.after = after;
            this.region = region;
            this.was = was;
            this.is = is;
        }

        @Override
        public int compareTo(Change other) { return region.compareTo(other.region); }

        /** {@code DROP becomes ACCEPT: tcp from guest to lan, port 80}. */
        @Override
        public String toString() { return before + " becomes " + after + ": " + region; }
    }

    Difference(Ruleset before, Ruleset after, BoxNetwork boxNetwork, int nodes) {
        Verdicts first = new Verdicts(before, boxNetwork);
        Verdicts second = first.like(after);
        for (Family family : families(before, after)) {
            RuleValues ruleValues = first.ruleValues(family, Arrays.asList(before, after), NO_CRITERIA);
            for (Hook hook : HookWalk.HOOKS) {
                try {
                    compare(first, second, new PacketSets(ruleValues, nodes), hook);
                } catch (TooComplex e) {
                    incomplete = notCompared(family, hook, e);
                }
            }
        }
        Collections.sort(changes);
    }

    /** Compares two rulesets on a box. */
    public static Difference of(Ruleset before, Ruleset after, BoxNetwork boxNetwork) {
        return new Difference(before, after, boxNetwork, Bdd.affordable());
    }

    /** Why the list of changes is incomplete, or null when it is complete. */
    public String incomplete() {
        return incomplete;
    }

    /**
     * Proves that two rulesets decide alike on every packet, even those that no network could send. REJECT is not DROP
     * here.
     *
     * @param nodes limit of the diagram's nodes, 32 bytes each; {@link #affordable()}
     * @return null when it is proved; else why it isn't, with a packet that they decide differently
     */
    public static String unproved(Ruleset before, Ruleset after, BoxNetwork boxNetwork, int nodes) {
        for (Family family : families(before, after)) {
            RuleValues ruleValues = new RuleValues(Arrays.asList(before, after), boxNetwork, family, NO_CRITERIA);
            for (Hook hook : HookWalk.HOOKS) {
                try {
                    PacketSets sets = new PacketSets(ruleValues, nodes);
                    WalkOutcome old = HookWalk.walk(before, sets, hook, sets.everything());
                    WalkOutcome now = HookWalk.walk(after, sets, hook, sets.everything());
                    for (Verdict verdict : Verdict.values()) {
                        int a = old.possible(verdict);
                        int b = now.possible(verdict);
                        if (a != b) {
                            return verdict + " at " + hook + " for other packets than before, such as "
                                    + sets.packet(sets.bdd.or(sets.bdd.minus(a, b), sets.bdd.minus(b, a)));
                        }
                    }
                } catch (TooComplex e) {
                    return notCompared(family, hook, e);
                }
            }
        }
        return null;
    }

    /** The number of nodes for which this JVM's heap has room. */
    public static int affordable() {
        return Bdd.affordable();
    }

    private static String notCompared(Family family, Hook hook, TooComplex e) {
        return family.word() + " " + hook + " could not be compared, " + e.getMessage();
    }

    /** The families of which a ruleset has tables; IPv4 when none has. */
    static List<Family> families(Ruleset... rulesets) {
        List<Family> families = new ArrayList<>();
        for (Family family : Family.values()) {
            boolean owned = false;
            for (Ruleset ruleset : rulesets) {
                owned |= !ruleset.tables(family).isEmpty();
            }
            if (owned) { families.add(family); }
        }
        if (families.isEmpty()) { families.add(Family.IPV4); }
        return families;
    }

    /** Adds the changes at one hook. */
    private void compare(Verdicts first, Verdicts second, PacketSets sets, Hook hook) {
        Bdd bdd = sets.bdd;
        int packets = bdd.and(sets.possible(), sets.to(hook));
        if (hook == Hook.INPUT && sets.family == Family.IPV4) { packets = bdd.and(packets, sets.whole()); }
        int[] old = split(first.ruleset, sets, hook, packets);
        int[] now = split(second.ruleset, sets, hook, packets);
        Regions regions = new Regions(sets, hook, packets);
        for (int i = 0; i < KINDS.length; i++) {
            for (int k = 0; k < KINDS.length; k++) {
                int set = i == k ? Bdd.NONE : bdd.and(old[i], now[k]);
                for (Region region : regions.of(set, REGIONS_MAX)) {
                    Packet example = Example.of(sets, hook, bdd.and(set, region.set));
                    changes.add(new Change(KINDS[i], KINDS[k], region, first.packet(example, hook),
                            second.packet(example, hook)));
                }
                if (!regions.isComplete()) { incomplete = "there are more differences than shown here"; }
            }
        }
    }

    /**
     * The packets that are accepted, those that are stopped, and those with an unknown verdict, as in {@link #KINDS}.
     */
    private static int[] split(Ruleset ruleset, PacketSets sets, Hook hook, int packets) {
        WalkOutcome outcome = HookWalk.walk(ruleset, sets, hook, packets);
        int accepted = outcome.accepted(packets);
        int stopped = outcome.stopped(packets);
        return new int[] {accepted, stopped, sets.bdd.minus(sets.bdd.minus(packets, accepted), stopped)};
    }
}
