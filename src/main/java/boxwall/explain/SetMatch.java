package boxwall.explain;

/**
 * The packets that a rule matches: certainly, and possibly. Both are sets of packets as they came; their rewrites say
 * what the rule sees.
 */
final class SetMatch {
    private static final SetMatch NONE = new SetMatch(Bdd.NONE, Bdd.NONE);
    private static final SetMatch ALL = new SetMatch(Bdd.ALL, Bdd.ALL);
    private static final SetMatch UNKNOWN = new SetMatch(Bdd.NONE, Bdd.ALL);

    /** Packets that match for all possible values of what is unknown. */
    final int certain;
    /** Packets that match, or may. */
    final int possible;

    private SetMatch(int certain, int possible) {
        this.certain = certain;
        this.possible = possible;
    }

    /** Matches packets with all criteria of a rule. */
    static SetMatch of(Criteria criteria, PacketSets sets, int packets, Rewrites rewrites) {
        Bdd bdd = sets.bdd;
        if (!rewrites.touch(criteria.fields)) {
            int set = bdd.and(packets, sets.matches(criteria));
            return set == Bdd.NONE ? NONE : new SetMatch(criteria.opaque ? Bdd.NONE : set, set);
        }
        int certain = criteria.opaque ? Bdd.NONE : packets;
        int possible = packets;
        for (Criterion criterion : criteria.all) {
            SetMatch match = of(criterion, sets, rewrites);
            possible = bdd.and(possible, match.possible);
            if (possible == Bdd.NONE) { return NONE; }
            certain = bdd.and(certain, match.certain);
        }
        return new SetMatch(certain, possible);
    }

    /** Matches all packets with one criterion. */
    static SetMatch of(Criterion criterion, PacketSets sets, Rewrites rewrites) {
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

    private static SetMatch field(Criterion criterion, Field field, PacketSets sets, Rewrites rewrites) {
        if (rewrites.isUnknown(field)) { return UNKNOWN; }
        byte[] constant = rewrites.constant(field);
        if (constant == null) {
            int set = sets.having(field, criterion.spans);
            return new SetMatch(set, set);
        }
        for (Span span : criterion.spans) {
            if (span.contains(constant)) { return ALL; }
        }
        return NONE;
    }

    /**
     * Matches (mark and mask) with a value bit by bit: written bits are known, others are the packet's, flipped or not.
     */
    private static SetMatch mark(Criterion criterion, PacketSets sets, Rewrites rewrites) {
        Span span = criterion.spans.get(0);
        int value = (int) FieldBytes.number(span.first);
        int mask = (int) FieldBytes.number(span.second);
        int possible = (value & ~mask) == 0 ? Bdd.ALL : Bdd.NONE;
        for (int i = 31; i >= 0; i--) {
            int bit = 0x80000000 >>> i;
            if ((mask & bit & ~rewrites.markUnknown) == 0) { continue; }
            boolean wanted = ((value ^ rewrites.markFlip) & bit) != 0;
            int isSet = (rewrites.markSet & bit) != 0 ? Bdd.NONE
                    : sets.bdd.node(sets.start(Field.MARK) + i, Bdd.NONE, Bdd.ALL);
            possible = sets.bdd.and(possible, wanted ? isSet : sets.bdd.not(isSet));
        }
        boolean unknown = (mask & rewrites.markUnknown) != 0;
        SetMatch result = new SetMatch(unknown ? Bdd.NONE : possible, possible);
        return criterion.negated ? result.not(sets.bdd) : result;
    }
}
