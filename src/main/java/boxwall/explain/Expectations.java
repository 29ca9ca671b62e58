package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Many statements about one ruleset: all new connections are walked once for each hook, and each statement asks what
 * became of its own packets. Only a statement about others, or of a ruleset that is too complex for that, is walked by
 * itself.
 */
public final class Expectations {
    /** Fewer statements than these are cheaper each by itself: it walks its own packets only. */
    static final int MANY = 8;
    /** What all statements that are walked by themselves may take, in questions as large as one may be. */
    private static final int QUESTIONS_MAX = 16;

    private final Ruleset ruleset;
    private final Site site;
    private final Collection<Map<String, String>> all;
    private final Set<Family> leftOut;
    private final Map<Family, Shared> shared = new TreeMap<>();
    private long stepsLeft = Long.MAX_VALUE;

    /**
     * Statements about a ruleset on a box; what they say is checked one by one.
     *
     * @param leftOut the families whose rules this box doesn't get: what is about them is skipped
     */
    public Expectations(Ruleset ruleset, Site site, Collection<Map<String, String>> all, Set<Family> leftOut) {
        this.leftOut = leftOut;
        this.ruleset = ruleset;
        this.site = site;
        this.all = all;
    }

    /** As {@link Expectation#check}, for one of the statements. */
    public Expectation check(String verdict, Map<String, String> keys) {
        return Expectation.check(verdict, keys, ruleset, site, leftOut, this);
    }

    /** All new connections of a family, walked as they are asked for. */
    final class Shared {
        final Sets sets;
        private final int first;
        private final Map<Hook, HookWalk> walks = new TreeMap<>();
        private boolean tooComplex;

        Shared(Family family, List<Criterion> asked) {
            sets = new Sets(family, new Universe(Collections.singletonList(ruleset), site, family, asked),
                    Bdd.affordable());
            first = sets.bdd.and(sets.everything(), NewConnections.first(sets));
        }

        /** The walk of all new connections at a hook; null when these packets aren't all among them. */
        HookWalk walk(Hook way, int packets) {
            if (sets.bdd.minus(packets, first) != Bdd.NONE) { return null; }
            HookWalk walk = walks.get(way);
            if (walk == null) {
                walk = new HookWalk(ruleset, sets, site, null);
                walk.walk(way, first);
                walks.put(way, walk);
            }
            return walk;
        }

        void giveUp() { tooComplex = true; }
    }

    /** What all statements of a family share; null when there are few, or it was too complex. */
    Shared shared(Family family) {
        if (all.size() < MANY) { return null; }
        Shared one = shared.get(family);
        if (one == null) {
            List<Criterion> asked = new ArrayList<>();
            for (Map<String, String> keys : all) {
                Abandoned.check();
                try {
                    asked.addAll(Keys.criteria(keys, family, site));
                } catch (IllegalArgumentException e) {
                    // its own check says so
                    continue;
                }
            }
            try {
                one = new Shared(family, asked);
                shared.put(family, one);
            } catch (TooComplex e) {
                return null;
            }
        }
        return one.tooComplex ? null : one;
    }

    /** Ends what would take more than all statements together may. */
    void begin() {
        if (stepsLeft < 0) { throw new TooComplex("the statements before it took too many steps"); }
    }

    /** Counts what one statement took of a diagram made for it. */
    void took(Bdd fresh, long before) {
        stepsLeft = Math.min(stepsLeft, QUESTIONS_MAX * before) - (before - fresh.stepsLeft());
    }
}
