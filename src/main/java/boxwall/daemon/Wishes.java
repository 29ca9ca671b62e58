package boxwall.daemon;

import boxwall.compile.Stateful;

/** The options of a check: connection tracking, IPv6, fewer rules a packet, and how much is proved. Immutable. */
final class Wishes {
    private final Stateful stateful;
    private final Stateful ipv6;
    private final boolean thorough;
    private final boolean optimize;

    private Wishes(Stateful stateful, Stateful ipv6, boolean thorough, boolean optimize) {
        this.stateful = stateful;
        this.ipv6 = ipv6;
        this.thorough = thorough;
        this.optimize = optimize;
    }

    /**
     * The wishes of the settings; a word that is none means auto.
     *
     * @param thorough whether idle rules and exposed services are looked for too; they refuse nothing, and take a box's JVM long
     */
    static Wishes of(Config config, boolean thorough) {
        return new Wishes(word(config.get("STATEFUL")), word(config.get("IPV6")), thorough, config.get("OPTIMIZE").equals("yes"));
    }

    /** The same with another wish for connection tracking. */
    Wishes with(Stateful other) {
        return new Wishes(other, ipv6, thorough, optimize);
    }

    /** The same with the ruleset restructured, or as the user wrote it. */
    Wishes optimized(boolean wanted) {
        return new Wishes(stateful, ipv6, thorough, wanted);
    }

    private static Stateful word(String text) {
        Stateful value = Stateful.of(text);
        return value == null ? Stateful.AUTO : value;
    }

    Stateful stateful() {
        return stateful;
    }

    Stateful ipv6() {
        return ipv6;
    }

    /** Whether the ruleset is restructured so that a packet is compared with fewer rules. */
    boolean optimize() {
        return optimize;
    }

    boolean thorough() {
        return thorough;
    }
}
