package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Rule;

/** The result of a walk: the packets for which each verdict is possible. Subclasses record the walk's events. */
class WalkOutcome {
    final Bdd bdd;
    private final int[] possible = new int[Verdict.values().length];

    WalkOutcome(Bdd bdd) { this.bdd = bdd; }

    /** The packets for which a verdict is possible. */
    final int possible(Verdict verdict) {
        return possible[verdict.ordinal()];
    }

    /** The packets that are accepted, or may be. */
    final int passing() {
        return bdd.or(possible(Verdict.ACCEPT), possible(Verdict.UNKNOWN));
    }

    /** The packets for which another verdict is possible. */
    final int otherThan(Verdict verdict) {
        int other = Bdd.NONE;
        for (Verdict candidate : Verdict.values()) {
            other = candidate == verdict ? other : bdd.or(other, possible(candidate));
        }
        return other;
    }

    /** The packets that are certainly accepted. */
    final int accepted(int packets) {
        return bdd.minus(packets, otherThan(Verdict.ACCEPT));
    }

    /** The packets that are certainly dropped or rejected. */
    final int stopped(int packets) {
        return bdd.minus(packets, passing());
    }

    final void add(Verdict verdict, int packets) { possible[verdict.ordinal()] = bdd.or(possible(verdict), packets); }

    /** Whether the walk ignores a rule's effect; {@link #matched} is still called. */
    boolean skips(Rule rule) {
        return false;
    }

    /** Packets reach a chain. */
    void entered(Chain chain) {}

    /** A rule matches these packets, or may; called for each of their rewrites, with the same entry. */
    void matched(TrailEntry entry, int packets) {}

    /** A rule or a policy ends the walk of these packets through a table. */
    void decided(TrailEntry entry, Verdict verdict, int packets) {}

    /** An assumption, or an event between the tables. */
    void note(String note) {}
}
