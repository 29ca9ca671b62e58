package boxwall.check;

import boxwall.box.Finding;
import boxwall.explain.Targets;
import boxwall.explain.TrailEntry;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.RuleWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Findings from single rules: logs without a limit, times in another zone, a chain closed for IPv4 only. */
final class RuleLint extends CheckPart {
    /** Matches that limit the packets which reach the target. */
    private static final Set<String> LIMITS = new HashSet<>(
            Arrays.asList("limit", "hashlimit", "recent", "quota", "statistic", "connlimit", "connbytes"));
    private static final List<String> LOGS = Arrays.asList("LOG", "NFLOG", "ULOG");
    private static final String[] TIMES = {"--timestart", "--timestop", "--weekdays", "--monthdays", "--datestart"};

    private final Ruleset ruleset;

    RuleLint(CheckedRuleset rules, List<Finding> out) {
        super(rules, out);
        this.ruleset = rules.parsed.ruleset();
    }

    /** The findings log-unlimited, time-is-utc and (by chain) ipv6-unfiltered. */
    void find(List<Family> families) {
        for (Family family : families) {
            logs(family);
            times(family);
        }
        if (families.size() == 2) { openInIpv6(); }
    }

    /** LOG rules that packets of other hosts reach without a limit; the box itself doesn't flood its log. */
    private void logs(Family family) {
        RuleGroups logs = new RuleGroups();
        String remedy = null;
        Map<Table, Set<String>> reached = new TreeMap<>();
        for (TrailEntry at : TrailEntry.all(ruleset, family)) {
            if (at.rule.target == null || !LOGS.contains(at.rule.target.name) || isLimited(at.rule)) { continue; }
            if (!reached.containsKey(at.table)) { reached.put(at.table, reached(family, at.table)); }
            if (reached.get(at.table).contains(at.chain)) {
                logs.add("", at);
                Rule limited = at.rule.copy().match(Match.of("limit", Option.of("--limit", "10/min"))).build();
                remedy = remedy != null ? remedy
                        : family.command + (at.table == Table.FILTER ? " " : " -t " + at.table.word() + " ")
                                + RuleWriter.rule(at.chain, limited);
            }
        }
        if (remedy != null) { add("log-unlimited", logs, remedy); }
    }

    /** The chains that packets reach without a limit. Not recursive: chains of a file can exceed the stack. */
    private Set<String> reached(Family family, Table table) {
        Set<String> reached = new HashSet<>();
        List<String> open = new ArrayList<>(Arrays.asList("PREROUTING", "INPUT", "FORWARD"));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            Chain chain = ruleset.chain(family, table, name);
            if (chain == null || !reached.add(name)) { continue; }
            for (Rule rule : chain.rules) {
                if (rule.target != null && !isLimited(rule)) { open.add(rule.target.name); }
            }
        }
        return reached;
    }

    private static boolean isLimited(Rule rule) {
        for (Match match : rule.matches) {
            if (LIMITS.contains(match.name)) { return true; }
        }
        return false;
    }

    /** -m time compares with UTC (since iptables 1.4.11), with --kerneltz in sys_tz, which has no summer time. */
    private void times(Family family) {
        Set<Origin> places = new LinkedHashSet<>();
        List<String> evidence = new ArrayList<>();
        boolean kernelZone = false;
        for (TrailEntry at : TrailEntry.all(ruleset, family)) {
            Match time = at.rule.match("time");
            if (time == null || !hasTimes(time)) { continue; }
            kernelZone |= time.option("--kerneltz") != null;
            places.add(at.origin());
            evidence.add(RuleGroups.line(at));
            if (isCutAtMidnight(time)) {
                evidence.add(
                        "    the hours after midnight belong to the day named, not to the night that began the day before;"
                                + " --contiguous joins them (kernel 3.7, iptables 1.4.16)");
            }
        }
        if (!evidence.isEmpty()) {
            add(kernelZone ? "time-is-utc.kernel-zone" : "time-is-utc", Words.join(places, ", "), evidence);
        }
    }

    private static boolean hasTimes(Match time) {
        for (String option : TIMES) {
            if (time.option(option) != null) { return true; }
        }
        return false;
    }

    private static boolean isCutAtMidnight(Match time) {
        Option start = time.option("--timestart");
        Option stop = time.option("--timestop");
        return time.option("--contiguous") == null
                && (time.option("--weekdays") != null || time.option("--monthdays") != null) && start != null
                && stop != null && start.isAfter(stop);
    }

    private void openInIpv6() {
        if (!ruleset.owns(Family.IPV4, Table.FILTER) || !ruleset.owns(Family.IPV6, Table.FILTER)) { return; }
        for (String name : Arrays.asList("INPUT", "FORWARD", "OUTPUT")) {
            Chain four = ruleset.chain(Family.IPV4, Table.FILTER, name);
            Chain six = ruleset.chain(Family.IPV6, Table.FILTER, name);
            if (four.policy == Policy.DROP && !Targets.stops(ruleset, Family.IPV6, Table.FILTER, six)) {
                add("ipv6-unfiltered.chain", "", Arrays.asList("iptables: policy of " + name + " DROP",
                        "ip6tables: policy of " + name + " ACCEPT, and no rule that drops anything"), name);
            }
        }
    }
}
