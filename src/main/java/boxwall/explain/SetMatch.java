package boxwall.explain;

/**
 * The packets that a rule matches, of those that stand before it: for sure, and perhaps. Both are sets of packets as
 * they came; the rewrites say what the rule really sees.
 */
final class SetMatch {
    private static final SetMatch NOBODY = new SetMatch(Bdd.NONE, Bdd.NONE);
    private static final SetMatch EVERYBODY = new SetMatch(Bdd.ALL, Bdd.ALL);
    private static final SetMatch ANYBODY = new SetMatch(Bdd.NONE, Bdd.ALL);

    /** Packets that match whatever is unknown. */
    final int certain;
    /** Packets that match, or may. */
    final int possible;

    private SetMatch(int certain, int possible) {
        this.certain = certain;
        this.possible = possible;
    }

    /** Asks all criteria of a rule. */
    static SetMatch of(Criteria criteria, Sets sets, int here, Rewrites rewrites) {
        Bdd bdd = sets.bdd;
        if (!rewrites.touch(criteria.fields)) {
            int set = bdd.and(here, sets.matches(criteria));
            return set == Bdd.NONE ? NOBODY : new SetMatch(criteria.opaque ? Bdd.NONE : set, set);
        }
        int certain = criteria.opaque ? Bdd.NONE : here;
        int possible = here;
        for (Criterion criterion : criteria.all) {
            SetMatch one = of(criterion, sets, rewrites);
            possible = bdd.and(possible, one.possible);
            if (possible == Bdd.NONE) { return NOBODY; }
            certain = bdd.and(certain, one.certain);
        }
        return new SetMatch(certain, possible);
    }

    /** Asks one criterion of all packets. */
    static SetMatch of(Criterion criterion, Sets sets, Rewrites rewrites) {
        if (criterion.field == Field.MARK) { return mark(criterion, sets, rewrites); }
        if (!rewrites.touches(criterion.field) && (criterion.other == null || !rewrites.touches(criterion.other))) {
            int set = sets.matches(criterion);
            return new SetMatch(set, set);
        }
        SetMatch result = field(criterion, criterion.field, sets, rewrites);
        if (criterion.other != null) {
            SetMatch other = field(criterion, criterion.other, sets, rewrites);
            result = new SetMatch(sets.bdd.or(result.certain, other.certain),
                    sets.bdd.or(result.possible, other.possible));
        }
        return criterion.negated ? result.not(sets.bdd) : result;
    }

    private SetMatch not(Bdd bdd) { return new SetMatch(bdd.not(possible), bdd.not(certain)); }

    private static SetMatch field(Criterion criterion, Field field, Sets sets, Rewrites rewrites) {
        if (rewrites.isUnknown(field)) { return ANYBODY; }
        byte[] constant = rewrites.constant(field);
        if (constant == null) {
            int set = sets.having(field, criterion.spans);
            return new SetMatch(set, set);
        }
        for (Span span : criterion.spans) {
            if (span.contains(constant)) { return EVERYBODY; }
        }
        return NOBODY;
    }

    /** (mark and mask) equals value, by bits: written ones are known, the others are the packet's, turned or not. */
    private static SetMatch mark(Criterion criterion, Sets sets, Rewrites rewrites) {
        Span span = criterion.spans.get(0);
        int value = (int) Numbers.number(span.first);
        int mask = (int) Numbers.number(span.second);
        int possible = (value & ~mask) == 0 ? Bdd.ALL : Bdd.NONE;
        for (int i = 31; i >= 0; i--) {
            int bit = 0x80000000 >>> i;
            if ((mask & bit & ~rewrites.markUnknown) == 0) { continue; }
            boolean wanted = ((value ^ rewrites.markFlip) & bit) != 0;
            int has = (rewrites.markSet & bit) != 0 ? Bdd.NONE
                    : sets.bdd.node(sets.start(Field.MARK) + i, Bdd.NONE, Bdd.ALL);
            possible = sets.bdd.and(possible, wanted ? has : sets.bdd.not(has));
        }
        boolean guess = (mask & rewrites.markUnknown) != 0;
        SetMatch result = new SetMatch(guess ? Bdd.NONE : possible, possible);
        return criterion.negated ? result.not(sets.bdd) : result;
    }
}
