package boxwall.report;

/** This program's version, the same as pom.xml's; a test compares them. */
public final class Version {
    public static final String TEXT = "0.1";

    private Version() {}
}
