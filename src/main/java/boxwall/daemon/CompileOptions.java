package boxwall.daemon;

import boxwall.compile.AutoYesNo;

/** The options of a check. Immutable. */
public final class CompileOptions {
    final AutoYesNo stateful;
    final AutoYesNo ipv6;
    /** Whether the advice is computed too, which refuses nothing and takes as long as all that decides. */
    final boolean thorough;
    /** Whether the ruleset is restructured so that a packet is compared with fewer rules. */
    public final boolean optimize;

    private CompileOptions(AutoYesNo stateful, AutoYesNo ipv6, boolean thorough, boolean optimize) {
        this.stateful = stateful;
        this.ipv6 = ipv6;
        this.thorough = thorough;
        this.optimize = optimize;
    }

    /** Those of the settings; a word that is none means auto. */
    public static CompileOptions of(Config config, boolean thorough) {
        return new CompileOptions(word(config.get("STATEFUL")), word(config.get("IPV6")), thorough,
                config.get("OPTIMIZE").equals("yes"));
    }

    /** The same with another setting for connection tracking. */
    public CompileOptions with(AutoYesNo other) {
        return new CompileOptions(other, ipv6, thorough, optimize);
    }

    /** The same with the ruleset restructured, or as the user wrote it. */
    public CompileOptions optimized(boolean wanted) {
        return new CompileOptions(stateful, ipv6, thorough, wanted);
    }

    private static AutoYesNo word(String text) {
        AutoYesNo value = AutoYesNo.of(text);
        return value == null ? AutoYesNo.AUTO : value;
    }
}
