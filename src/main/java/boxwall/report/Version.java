package boxwall.report;

/** The program's version, the same as in pom.xml; a test compares them. */
public final class Version {
    public static final String TEXT = "0.1";

    private Version() {}
}
