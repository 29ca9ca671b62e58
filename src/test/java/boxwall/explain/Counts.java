package boxwall.explain;

/** Gives tests of other packages the counters of the proofs in this JVM. */
public final class Counts {
    private Counts() {}

    /** The number of rules parsed into criteria. */
    public static int rulesParsed() { return Criteria.parsed; }

    /** The number of steps of all decision diagrams. */
    public static long steps() { return Bdd.steps; }
}
