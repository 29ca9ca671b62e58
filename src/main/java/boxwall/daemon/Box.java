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

    /** Rules that are live in a family, over all its tables. */
    int liveRules(Family family) {
        return rules[family.ordinal()];
    }
}
