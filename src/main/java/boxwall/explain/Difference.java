package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** What two rulesets decide differently, as regions with an example each, largest first. REJECT counts as DROP. */
public final class Difference {
    /** Regions that are named for one hook and one kind of change. */
    private static final int REGIONS_MAX = 16;
    private static final Hook[] WAYS = {Hook.INPUT, Hook.FORWARD, Hook.OUTPUT};
    private static final Verdict[] KINDS = {Verdict.ACCEPT, Verdict.DROP, Verdict.UNKNOWN};

    private final List<Change> changes;
    private final String incomplete;

    private Difference(List<Change> changes, String incomplete) {
        this.changes = Collections.unmodifiableList(changes);
        this.incomplete = incomplete;
    }

    /** Packets whose verdict changes. */
    public static final class Change {
        private final Verdict before;
        private final Verdict after;
        private final Region region;
        /** The walk of an example in the first ruleset; {@link Answer#packet} is the example. */
        public final Answer was;
        /** The walk of the same packet in the second ruleset. */
        public final Answer is;

        Change(Verdict before, Verdict after, Region region, Answer was, Answer is) {
            this.before = before;
            this.after = after;
            this.region = region;
            this.was = was;
            this.is = is;
        }

        /** ACCEPT, DROP or UNKNOWN. */
        public Verdict before() { return before; }

        /** ACCEPT, DROP or UNKNOWN. */
        public Verdict after() { return after; }

        public Region region() { return region; }

        /** {@code DROP becomes ACCEPT: tcp from guest to lan, port 80}. */
        @Override
        public String toString() { return before + " becomes " + after + ": " + region; }
    }

    /** Compares two rulesets on a box. */
    public static Difference of(Ruleset before, Ruleset after, Site site) {
        return of(before, after, site, Bdd.affordable());
    }

    static Difference of(Ruleset before, Ruleset after, Site site, int nodes) {
        List<Change> changes = new ArrayList<>();
        String incomplete = null;
        for (Family family : Example.families(before, after)) {
            for (Hook way : WAYS) {
                try {
                    Sets sets = new Sets(family, new Universe(Arrays.asList(before, after), site, family,
                            Collections.<Criterion>emptyList()), nodes);
                    if (!compare(before, after, site, sets, way, changes)) {
                        incomplete = "there are more differences than shown here";
                    }
                } catch (TooComplex e) {
                    incomplete = family.word() + " " + way + " could not be compared, " + e.getMessage();
                }
            }
        }
        Collections.sort(changes, new Comparator<Change>() {
            @Override
            public int compare(Change a, Change b) { return Double.compare(b.region.share, a.region.share); }
        });
        return new Difference(changes, incomplete);
    }

    /** Adds the changes at one hook; false when there are more than were added. */
    private static boolean compare(Ruleset before, Ruleset after, Site site, Sets sets, Hook way,
            List<Change> changes) {
        Bdd bdd = sets.bdd;
        int packets = bdd.and(NewConnections.possible(sets), to(way, sets, site));
        if (way == Hook.INPUT && sets.family == Family.IPV4) { packets = bdd.and(packets, NewConnections.whole(sets)); }
        int[] old = split(before, site, sets, way, packets);
        int[] now = split(after, site, sets, way, packets);
        Regions regions = new Regions(sets, way, packets);
        boolean complete = true;
        for (int i = 0; i < KINDS.length; i++) {
            for (int k = 0; k < KINDS.length; k++) {
                int set = i == k ? Bdd.NONE : bdd.and(old[i], now[k]);
                for (Region region : regions.of(set, REGIONS_MAX)) {
                    Packet example = Example.of(sets, site, way, bdd.and(set, region.set));
                    changes.add(new Change(KINDS[i], KINDS[k], region, new Walk(before, site).packet(example, way),
                            new Walk(after, site).packet(example, way)));
                }
                complete &= regions.isComplete();
            }
        }
        return complete;
    }

    /** The packets that are accepted, that are stopped, and those of which it can't be said. */
    private static int[] split(Ruleset ruleset, Site site, Sets sets, Hook way, int packets) {
        HookWalk walk = new HookWalk(ruleset, sets, site, null);
        walk.walk(way, packets);
        Bdd bdd = sets.bdd;
        int accepted = bdd.minus(packets, walk.otherThan(Verdict.ACCEPT));
        int stopped = bdd.minus(packets, bdd.or(walk.possible(Verdict.ACCEPT), walk.possible(Verdict.UNKNOWN)));
        return new int[] {accepted, stopped, bdd.minus(bdd.minus(packets, accepted), stopped)};
    }

    private static int to(Hook way, Sets sets, Site site) {
        if (way == Hook.OUTPUT) { return Bdd.ALL; }
        int arriving =
                sets.bdd.and(NewConnections.arriving(sets), way == Hook.FORWARD ? LinkScope.crossing(sets) : Bdd.ALL);
        if (!site.knows(sets.family)) { return arriving; }
        int local = HookWalk.local(sets, site);
        return sets.bdd.and(arriving, way == Hook.INPUT ? local : sets.bdd.not(local));
    }

    /**
     * The changes, largest first; empty when the rulesets decide alike, unless {@link #incomplete()} says that it isn't
     * known.
     */
    public List<Change> changes() { return changes; }

    /** What could not be compared or named, or null when the list is complete. */
    public String incomplete() {
        return incomplete;
    }
}
