package boxwall.daemon;

import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Words;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** One reading of a box: the texts and the facts. Immutable. */
public final class Box {
    public final Readings readings;
    public final BoxFacts facts;
    private final int[] rules = new int[Family.values().length];

    public Box(Readings readings) { this(readings, new BoxFacts(readings)); }

    private Box(Readings readings, BoxFacts facts) {
        this.readings = readings;
        this.facts = facts;
        for (Family family : Family.values()) {
            rules[family.ordinal()] = ruleCount(readings.text(save(family)));
        }
    }

    /** The number of rules in the output of iptables-save: {@code -A …}, with counters {@code [12:3456] -A …}. */
    static int ruleCount(String saved) {
        int count = 0;
        for (String line : Words.lines(saved, "-A ")) {
            // not a chain whose name ends in -A
            count += line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ") ? 1 : 0;
        }
        return count;
    }

    static String save(Family family) { return family.command + "-save"; }

    /** The same box with other tables. Other facts change with the next reading of the whole box. */
    Box withTables(Map<String, String> saved) {
        List<String> replaced = new ArrayList<>();
        for (Family family : Family.values()) {
            replaced.add(save(family));
        }
        Readings next = readings.with(replaced, saved);
        return new Box(next, facts.withTables(next));
    }

    /** The number of live rules of a family, in all its tables. */
    int liveRules(Family family) {
        return rules[family.ordinal()];
    }

    /** The live rules at this reading; null if they weren't read or contain something unknown. */
    Ruleset live() {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            String saved = readings.text(save(family));
            String names =
                    readings.text(family == Family.IPV4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names");
            boolean none = names == null ? readings.text("/proc/modules") != null : names.trim().length() == 0;
            if (saved == null && !none) { return null; }
            for (String line : Words.lines(saved)) {
                // in a ruleset, *filter6 begins a block of ip6tables-save
                text.append(line).append(line.startsWith("*") && family == Family.IPV6 ? "6\n" : "\n");
            }
        }
        ParsedRules parsed = RulesetParser.parse(new Source("live", text.toString()),
                Collections.<String, String>emptyMap(), Includes.NONE);
        return parsed.errors().isEmpty() ? parsed.ruleset() : null;
    }
}
