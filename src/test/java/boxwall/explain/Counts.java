package boxwall.explain;

/** Lets tests of other packages read what the proofs of this JVM have taken. */
public final class Counts {
    private Counts() {}

    /** Rules whose questions were parsed into criteria. */
    public static int rulesParsed() { return Criteria.parsed; }

    /** Steps of all diagrams. */
    public static long steps() { return Bdd.steps; }
}
