package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Tables that boxwall loaded since the boot and that a ruleset has no more. The boot plane touches a plan's own tables
 * only, so their rules would stay until the next boot, and nobody would see them in the ruleset: the plan has the
 * table, empty.
 */
final class LeftTables {
    private static final int SHOWN = 5;

    private LeftTables() {}

    /** The candidate with the tables that its plan has to empty, and a finding for each; itself when there are none. */
    static Candidate emptied(Candidate next, Sys sys, Config config) {
        Candidate candidate = next;
        for (Map.Entry<String, String> live : next.compiled == null ? Collections.<String, String>emptyMap().entrySet()
                : LivePlan.tables(sys, config.get("RUN") + "/live").entrySet()) {
            Family family = live.getKey().charAt(0) == '4' ? Family.IPV4 : Family.IPV6;
            Table table = Table.of(live.getKey().substring(2));
            // what is in the ruleset, and was left out for this box, has a finding already
            if (table != null && live.getValue().length() > 0 && !next.parsed.ruleset().owns(family, table)
                    && !next.compiled.ruleset.owns(family, table)) {
                candidate = candidate.emptying(family, table, finding(family, table, live.getValue()));
            }
        }
        return candidate;
    }

    private static Finding finding(Family family, Table table, String live) {
        List<String> lines = new ArrayList<>();
        for (String line : Words.lines(live)) {
            if (line.length() > 0) { lines.add(line); }
        }
        boolean stops = live.contains("-j DROP") || live.contains("-j REJECT") || live.contains(" DROP\n");
        int rules = lines.size();
        return new Finding("table-emptied", stops ? Finding.Severity.WARN : Finding.Severity.NOTE, "",
                rules > SHOWN ? new ArrayList<>(lines.subList(0, SHOWN)) : lines,
                "the ruleset has no table " + table.word() + " of " + family.command
                        + " any more: what boxwall loaded there (" + rules + (rules == 1 ? " line" : " lines")
                        + ") is removed" + (stops ? ", including what drops packets" : ""),
                "nothing, if that is intended; else restore its lines in the ruleset");
    }
}
