package boxwall.explain;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Rule;

/** What a walk finds: the packets for which each verdict is possible. A subclass is told how it came to that. */
class Outcome {
    final Bdd bdd;
    private final int[] possible = new int[Verdict.values().length];

    Outcome(Bdd bdd) { this.bdd = bdd; }

    /** The packets for which a verdict is possible. */
    final int possible(Verdict verdict) {
        return possible[verdict.ordinal()];
    }

    /** The packets that are accepted, or may be. */
    final int passing() {
        return bdd.or(possible(Verdict.ACCEPT), possible(Verdict.UNKNOWN));
    }

    /** The packets that get something else than the verdict, or may. */
    final int otherThan(Verdict verdict) {
        int other = Bdd.NONE;
        for (Verdict each : Verdict.values()) {
            other = each == verdict ? other : bdd.or(other, possible(each));
        }
        return other;
    }

    /** Those of the packets that are certainly accepted. */
    final int accepted(int packets) {
        return bdd.minus(packets, otherThan(Verdict.ACCEPT));
    }

    /** Those of the packets that are certainly dropped or rejected. */
    final int stopped(int packets) {
        return bdd.minus(packets, passing());
    }

    final void add(Verdict verdict, int packets) { possible[verdict.ordinal()] = bdd.or(possible(verdict), packets); }

    /** Whether a rule is walked as if it weren't there; it is still told of. */
    boolean skips(Rule rule) {
        return false;
    }

    /** Packets get to a chain. */
    void entered(Chain chain) {}

    /** A rule matches these packets, for sure or perhaps; told again, with the same step, for other rewrites. */
    void matched(TrailEntry entry, int packets) {}

    /** A rule or a policy ends the way of these packets through a table. */
    void decided(TrailEntry entry, Verdict verdict, int packets) {}

    /** Something was assumed or done between the tables. */
    void note(String note) {}
}
