package boxwall.explain;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The verdicts of a ruleset on all packets of a box. The first query walks them through each hook of a family; later
 * queries intersect the kept sets: administrator, guests, expect lines, lint and exposure.
 *
 * <p>
 * A diagram that grows too large is discarded, and the query repeated with a smaller one: first of all new connections,
 * if many statements are about them, then of the query's own packets. For one thread at a time.
 */
public final class Verdicts {
    /** Nodes of a diagram that stays empty. */
    private static final int EMPTY = 16;
    /** All packets are walked through at most this many rules of a family; each query walks its own through more. */
    static final int RULES_MAX = 1000;
    /** Fewer statements than this are cheaper one by one if not all packets can be walked together. */
    private static final int MANY = 8;
    /** Limit of the steps of all statements that are walked one by one, as a multiple of one query's limit. */
    private static final int QUERIES_MAX = 16;

    final Ruleset ruleset;
    final BoxNetwork boxNetwork;
    private final Collection<Map<String, String>> statements;
    private final int nodes;
    /** The parsed rules of each family; verdicts like these add to them. */
    private final Map<Family, Map<Rule, Criteria>> criteria;
    /** For single packets. */
    private final Map<Family, PacketSets> empty = new TreeMap<>();
    /** For each family the object that walks it: this one, or that of a ruleset with the same rules. */
    private final Map<Family, Verdicts> holders = new TreeMap<>();
    private final Map<Family, FamilyVerdicts> kept = new TreeMap<>();
    private final Map<Family, FamilyVerdicts.Base> bases = new TreeMap<>();
    private Bdd lastOwn;
    private long stepsLeft = Long.MAX_VALUE;

    /** Of a ruleset without statements. */
    public Verdicts(Ruleset ruleset, BoxNetwork boxNetwork) {
        this(ruleset, boxNetwork, Collections.<Map<String, String>>emptyList());
    }

    /** Of a ruleset with the keys of the statements to check. */
    public Verdicts(Ruleset ruleset, BoxNetwork boxNetwork, Collection<Map<String, String>> statements) {
        this(ruleset, boxNetwork, statements, null, Bdd.affordable());
    }

    Verdicts(Ruleset ruleset, BoxNetwork boxNetwork, Collection<Map<String, String>> statements, Verdicts like,
            int nodes) {
        this.ruleset = ruleset;
        this.boxNetwork = boxNetwork;
        this.statements = statements;
        this.nodes = nodes;
        criteria = like == null ? new TreeMap<Family, Map<Rule, Criteria>>() : like.criteria;
        for (Family family : Family.values()) {
            holders.put(family, like != null && hasRulesOf(like, family) ? like.holders.get(family) : this);
            bases.put(family, ruleset.ruleCount(family) <= RULES_MAX ? FamilyVerdicts.Base.EVERYTHING : smallerBase());
        }
    }

    /** Of another ruleset, without statements; uses the results of this one about a family with the same rules. */
    public Verdicts like(Ruleset other) {
        return new Verdicts(other, boxNetwork, Collections.<Map<String, String>>emptyList(), this, nodes);
    }

    /** Whether both have the same rules of a family, by identity: their lines are the same too. */
    private boolean hasRulesOf(Verdicts like, Family family) {
        Family other = family == Family.IPV4 ? Family.IPV6 : Family.IPV4;
        if (!ruleset.without(other).equals(like.ruleset.without(other))) { return false; }
        List<TrailEntry> entries = TrailEntry.all(ruleset, family);
        List<TrailEntry> others = TrailEntry.all(like.ruleset, family);
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).rule != others.get(i).rule) { return false; }
        }
        return true;
    }

    /**
     * Walks every table at every hook that the packet crosses.
     *
     * @param hook INPUT, FORWARD or OUTPUT; null when its interfaces and addresses decide
     */
    public Answer packet(Packet packet, Hook hook) {
        Family family = packet.family;
        if (!empty.containsKey(family)) {
            empty.put(family, new PacketSets(
                    ruleValues(family, Collections.<Ruleset>emptyList(), Collections.<Criterion>emptyList()), EMPTY));
        }
        Trail trail = new Trail(empty.get(family).bdd);
        try {
            new HookWalk(ruleset, empty.get(family), trail).walk(hook != null ? hook : boxNetwork.start(packet),
                    Bdd.ALL, packet.fields, hook != null);
        } catch (TooComplex e) {
            trail.add(Verdict.UNKNOWN, Bdd.ALL);
            if (e.at != null) { trail.unknown.add(e.at.origin); }
        }
        return trail.answer(packet);
    }

    /** The values that rules and criteria distinguish; each rule is parsed once. */
    RuleValues ruleValues(Family family, List<Ruleset> rulesets, List<Criterion> further) {
        if (!criteria.containsKey(family)) { criteria.put(family, new IdentityHashMap<Rule, Criteria>()); }
        return new RuleValues(rulesets, boxNetwork, family, further, criteria.get(family));
    }

    /** Whether the packet alone decides if a rule matches it: no limit, no counter, no unknown extension. */
    public static boolean foresees(Rule rule, Family family) {
        return !new Criteria(rule, family).opaque;
    }

    /** A query about one family, repeated with a smaller diagram when one gets too complex. */
    abstract static class Query<T> {
        /** The results, up to the point where it got too complex. */
        final List<T> results = new ArrayList<>();

        abstract void run(FamilyVerdicts of);

        /** Runs with the steps of one query. */
        final List<T> of(Verdicts verdicts, Family family) {
            return of(verdicts, family, Collections.<Criterion>emptyList(), false);
        }

        /**
         * Runs for criteria that may name values which no rule names.
         *
         * @param statement whether it shares its steps with all statements
         */
        final List<T> of(Verdicts verdicts, Family family, List<Criterion> criteria, boolean statement) {
            Verdicts holder = verdicts.holders.get(family);
            while (true) {
                try {
                    results.clear();
                    run(holder.family(family, criteria, statement));
                    return results;
                } catch (TooComplex e) {
                    if (!holder.shrink(family)) { throw e; }
                }
            }
        }

        /** Runs as far as possible: results before it gets too complex stay proved. */
        final List<T> asFarAsPossible(Verdicts verdicts, Family family) {
            try {
                return of(verdicts, family);
            } catch (TooComplex e) {
                return results;
            }
        }
    }

    private FamilyVerdicts family(Family family, List<Criterion> criteria, boolean statement) {
        if (bases.get(family) == FamilyVerdicts.Base.OWN) { return own(family, criteria, statement); }
        FamilyVerdicts current = kept.get(family);
        if (current == null || !current.sets.ruleValues.knows(criteria)) {
            List<Criterion> all = new ArrayList<>(criteria);
            for (Map<String, String> keys : statements) {
                Cancelled.check();
                try {
                    all.addAll(Keys.criteria(keys, family, boxNetwork));
                } catch (IllegalArgumentException e) {
                    // the statement's own check reports the error
                    continue;
                }
            }
            kept.remove(family);
            current = fresh(family, all);
            kept.put(family, current);
        }
        if (!statement) { current.sets.bdd.refill(); }
        return current;
    }

    private FamilyVerdicts.Base smallerBase() {
        return statements.size() < MANY ? FamilyVerdicts.Base.OWN : FamilyVerdicts.Base.FIRST;
    }

    private FamilyVerdicts own(Family family, List<Criterion> criteria, boolean statement) {
        if (statement && lastOwn != null) {
            stepsLeft = Math.min(stepsLeft, QUERIES_MAX * lastOwn.stepsAllowed()) - lastOwn.stepsTaken();
            lastOwn = null;
        }
        if (statement && stepsLeft < 0) { throw new TooComplex("the statements before it took too many steps"); }
        FamilyVerdicts fresh = fresh(family, criteria);
        lastOwn = statement ? fresh.sets.bdd : lastOwn;
        return fresh;
    }

    /** Discards a diagram; returns whether there is a smaller one to try. */
    private boolean shrink(Family family) {
        kept.remove(family);
        FamilyVerdicts.Base base = bases.get(family);
        bases.put(family, base == FamilyVerdicts.Base.EVERYTHING ? smallerBase() : FamilyVerdicts.Base.OWN);
        return base != FamilyVerdicts.Base.OWN;
    }

    private FamilyVerdicts fresh(Family family, List<Criterion> further) {
        RuleValues ruleValues = ruleValues(family, Collections.singletonList(ruleset), further);
        return new FamilyVerdicts(this, ruleValues, bases.get(family), nodes);
    }
}
