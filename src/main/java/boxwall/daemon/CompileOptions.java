package boxwall.daemon;

import boxwall.compile.AutoYesNo;

/** The options of a check: connection tracking, IPv6, fewer rules a packet, and how much is proved. Immutable. */
final class CompileOptions {
    private final AutoYesNo stateful;
    private final AutoYesNo ipv6;
    private final boolean thorough;
    private final boolean optimize;

    private CompileOptions(AutoYesNo stateful, AutoYesNo ipv6, boolean thorough, boolean optimize) {
        this.stateful = stateful;
        this.ipv6 = ipv6;
        this.thorough = thorough;
        this.optimize = optimize;
    }

    /**
     * The wishes of the settings; a word that is none means auto.
     *
     * @param thorough whether idle rules and exposed services are looked for too; they refuse nothing, and take a box's
     * JVM long
     */
    static CompileOptions of(Config config, boolean thorough) {
        return new CompileOptions(word(config.get("STATEFUL")), word(config.get("IPV6")), thorough,
                config.get("OPTIMIZE").equals("yes"));
    }

    /** The same with another wish for connection tracking. */
    CompileOptions with(AutoYesNo other) {
        return new CompileOptions(other, ipv6, thorough, optimize);
    }

    /** The same with the ruleset restructured, or as the user wrote it. */
    CompileOptions optimized(boolean wanted) {
        return new CompileOptions(stateful, ipv6, thorough, wanted);
    }

    private static AutoYesNo word(String text) {
        AutoYesNo value = AutoYesNo.of(text);
        return value == null ? AutoYesNo.AUTO : value;
    }

    AutoYesNo stateful() { return stateful; }

    AutoYesNo ipv6() { return ipv6; }

    /** Whether the ruleset is restructured so that a packet is compared with fewer rules. */
    boolean optimize() {
        return optimize;
    }

    boolean thorough() { return thorough; }
}
