package boxwall.daemon;

import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A box as it was read once: the texts, what they mean now, and what they mean for the next boot. */
public final class Box {
    private static final List<String> SAVES =
            Collections.unmodifiableList(Arrays.asList("iptables-save", "ip6tables-save"));

    public final Readings readings;
    public final BoxFacts facts;
    private final int[] rules = new int[Family.values().length];

    public Box(Readings readings) { this(readings, BoxFacts.of(readings)); }

    private Box(Readings readings, BoxFacts facts) {
        this.readings = readings;
        this.facts = facts;
        for (Family family : Family.values()) {
            for (String line : readings.commandLines(family.command + "-save")) {
                // with counters a line is "[12:3456] -A INPUT …"
                rules[family.ordinal()] +=
                        line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ") ? 1 : 0;
            }
        }
    }

    /** The same box with its tables read again; what they mean for the facts can wait for the next whole reading. */
    Box withTables(Map<String, String> saved) {
        return new Box(readings.withCommands(SAVES, saved), facts);
    }

    /**
     * The same box without the texts that were read, for those who keep it long: a kernel log and a list of modules
     * take a small heap's tenth.
     */
    Box withoutTexts() { return new Box(Readings.none(), facts); }

    /** Rules that are live in a family, over all its tables. */
    int liveRules(Family family) {
        return rules[family.ordinal()];
    }

    /** Whether a ruleset compiled for the other box would be compiled the same for this one. */
    boolean compilesLike(Box other) {
        return this == other || facts.names.equals(other.facts.names)
                && facts.modules().loaded.names().equals(other.facts.modules().loaded.names())
                && facts.conntrack().state == other.facts.conntrack().state
                && String.valueOf(facts.kernel.value()).equals(String.valueOf(other.facts.kernel.value()));
    }
}
