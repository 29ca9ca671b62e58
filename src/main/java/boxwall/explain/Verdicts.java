package boxwall.explain;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What becomes of all packets under a ruleset on a box: walked once through each hook of a family when it is first
 * asked for, kept, and asked many times. Administrator, guests, expect lines, lint and exposure are intersections with
 * these sets.
 *
 * <p>
 * A diagram that grows too large is given up, and the question asked of a smaller one: first of all new connections
 * where many statements are about them, then of the question's own packets. For one thread at a time.
 */
public final class Verdicts {
    /** All packets are walked through at most these rules of a family; each question walks its own through more. */
    static final int RULES_MAX = 1000;
    /** Fewer statements than these are cheaper each by itself where all packets can't be walked. */
    private static final int MANY = 8;
    /** What all statements that are walked by themselves may take, in questions as large as one may be. */
    private static final int QUESTIONS_MAX = 16;

    final Ruleset ruleset;
    final Site site;
    private final Collection<Map<String, String>> statements;
    private final int nodes;
    /** Walks single packets through the same rules, and keeps what was parsed of them. */
    public final Walk walk;
    /** Where each family is walked: there when that ruleset has the very same rules. */
    private final Map<Family, Verdicts> holders = new TreeMap<>();
    private final Map<Family, FamilyVerdicts> kept = new TreeMap<>();
    private final Map<Family, FamilyVerdicts.Base> bases = new TreeMap<>();
    private Bdd own;
    private long stepsLeft = Long.MAX_VALUE;

    /** Of a ruleset about which no statements are made. */
    public Verdicts(Ruleset ruleset, Site site) {
        this(ruleset, site, Collections.<Map<String, String>>emptyList(), null);
    }

    /**
     * Of a ruleset with the keys of statements that will be checked.
     *
     * @param like those of a ruleset that shares rules with this one, or null: what is known of them is used here too
     */
    public Verdicts(Ruleset ruleset, Site site, Collection<Map<String, String>> statements, Verdicts like) {
        this(ruleset, site, statements, like, Bdd.affordable());
    }

    Verdicts(Ruleset ruleset, Site site, Collection<Map<String, String>> statements, Verdicts like, int nodes) {
        this.ruleset = ruleset;
        this.site = site;
        this.statements = statements;
        this.nodes = nodes;
        walk = new Walk(ruleset, site, like == null ? null : like.walk);
        for (Family family : Family.values()) {
            holders.put(family, like != null && isAsIn(like, family) ? like.holders.get(family) : this);
            bases.put(family, ruleset.ruleCount(family) <= RULES_MAX ? FamilyVerdicts.Base.EVERYTHING : fewer());
        }
    }

    private boolean isAsIn(Verdicts like, Family family) {
        Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
        if (!ruleset.without(other).equals(like.ruleset.without(other))) { return false; }
        List<TrailEntry> mine = TrailEntry.all(ruleset, family);
        List<TrailEntry> others = TrailEntry.all(like.ruleset, family);
        for (int i = 0; i < mine.size(); i++) {
            if (mine.get(i).rule != others.get(i).rule) { return false; }
        }
        return true;
    }

    /** A question about one family, asked again of a smaller diagram when one gets too complex. */
    abstract static class Question<T> {
        /** What was found; until it got too complex, if it did. */
        final List<T> found = new ArrayList<>();

        abstract void ask(FamilyVerdicts of);

        /** Finds out; takes as many steps as one question may. */
        final List<T> of(Verdicts verdicts, Family family) {
            return of(verdicts, family, Collections.<Criterion>emptyList(), false);
        }

        /** The answer to a statement that names what the rules may not; all statements share their steps. */
        final List<T> of(Verdicts verdicts, Family family, List<Criterion> asked, boolean statement) {
            Verdicts holder = verdicts.holders.get(family);
            while (true) {
                try {
                    found.clear();
                    ask(holder.family(family, asked, statement));
                    return found;
                } catch (TooComplex e) {
                    if (!holder.giveUp(family)) { throw e; }
                }
            }
        }

        /** Finds out as far as it goes: what was proved before it got too complex stays proved. */
        final List<T> asFarAsItGoes(Verdicts verdicts, Family family) {
            try {
                return of(verdicts, family);
            } catch (TooComplex e) {
                return found;
            }
        }
    }

    private FamilyVerdicts family(Family family, List<Criterion> asked, boolean statement) {
        FamilyVerdicts.Base base = bases.get(family);
        if (base == FamilyVerdicts.Base.OWN) { return own(family, asked, statement); }
        FamilyVerdicts there = kept.get(family);
        if (there == null || !there.sets.universe.knows(asked)) {
            List<Criterion> all = new ArrayList<>(asked);
            for (Map<String, String> keys : statements) {
                Abandoned.check();
                try {
                    all.addAll(Keys.criteria(keys, family, site));
                } catch (IllegalArgumentException e) {
                    // its own check says so
                    continue;
                }
            }
            kept.remove(family);
            there = fresh(family, all, base);
            kept.put(family, there);
        }
        if (!statement) { there.sets.bdd.refill(); }
        return there;
    }

    private FamilyVerdicts.Base fewer() {
        return statements.size() < MANY ? FamilyVerdicts.Base.OWN : FamilyVerdicts.Base.FIRST;
    }

    private FamilyVerdicts own(Family family, List<Criterion> asked, boolean statement) {
        if (statement) {
            if (own != null) {
                stepsLeft = Math.min(stepsLeft, QUESTIONS_MAX * own.stepsAllowed()) - own.stepsTaken();
                own = null;
            }
            if (stepsLeft < 0) { throw new TooComplex("the statements before it took too many steps"); }
        }
        FamilyVerdicts fresh = fresh(family, asked, FamilyVerdicts.Base.OWN);
        own = statement ? fresh.sets.bdd : own;
        return fresh;
    }

    /** Whether there is a smaller diagram to ask. */
    private boolean giveUp(Family family) {
        kept.remove(family);
        FamilyVerdicts.Base base = bases.get(family);
        bases.put(family, base == FamilyVerdicts.Base.EVERYTHING ? fewer() : FamilyVerdicts.Base.OWN);
        return base != FamilyVerdicts.Base.OWN;
    }

    private FamilyVerdicts fresh(Family family, List<Criterion> further, FamilyVerdicts.Base base) {
        Universe universe = walk.universe(family, Collections.singletonList(ruleset), further);
        return new FamilyVerdicts(walk, universe, base, nodes);
    }
}
