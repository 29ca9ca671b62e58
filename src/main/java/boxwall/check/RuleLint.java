package boxwall.check;

import boxwall.box.Finding;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What can be told from the rules' text alone: logs without a limit, times of another zone, a chain that only IPv4
 * closes.
 */
final class RuleLint {
    /** Matches that end after so many packets, so that what stands behind them can't be asked for without end. */
    private static final Set<String> LIMITS = Collections.unmodifiableSet(new HashSet<String>(
            Arrays.asList("limit", "hashlimit", "recent", "quota", "statistic", "connlimit", "connbytes")));
    private static final Set<String> LOGS =
            Collections.unmodifiableSet(new HashSet<String>(Arrays.asList("LOG", "NFLOG", "ULOG")));
    private static final String[] TIMES = {"--timestart", "--timestop", "--weekdays", "--monthdays", "--datestart"};

    private final Ruleset ruleset;
    private final List<Finding> out = new ArrayList<>();

    private RuleLint(Ruleset ruleset) { this.ruleset = ruleset; }

    /** The findings log-unlimited, time-is-utc and (by chain) ipv6-unfiltered. */
    static List<Finding> of(Ruleset ruleset, List<Family> families) {
        RuleLint lint = new RuleLint(ruleset);
        for (Family family : families) {
            lint.logs(family);
            lint.times(family);
        }
        if (families.size() == 2) { lint.openInIpv6(); }
        return lint.out;
    }

    /** Rules that others' packets reach without a limit on the way; what the box itself sends is nobody's flood. */
    private void logs(Family family) {
        List<String> evidence = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        String remedy = null;
        for (Table table : ruleset.tables(family)) {
            Set<String> reached = new HashSet<>();
            for (String start : Arrays.asList("PREROUTING", "INPUT", "FORWARD")) {
                reach(family, table, start, reached);
            }
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : reached.contains(chain.name()) ? chain.rules() : Collections.<Rule>emptyList()) {
                    if (rule.target != null && LOGS.contains(rule.target.name) && !isLimited(rule)) {
                        String line = Writer.rule(chain.name(), rule);
                        evidence.add(rule.origin + ": " + line);
                        where.append(where.length() == 0 ? "" : ", ").append(rule.origin);
                        remedy = remedy != null ? remedy : family.command()
                                + (table == Table.FILTER ? " " : " -t " + table.word() + " ")
                                + Writer.rule(chain.name(),
                                        rule.copy().match(Match.of("limit", Option.of("--limit", "10/min"))).build());
                    }
                }
            }
        }
        if (remedy != null) {
            out.add(new Finding("log-unlimited", Finding.Severity.NOTE, where.toString(), evidence,
                    "every packet writes a log line: a flood fills the log and keeps the box busy", remedy));
        }
    }

    /**
     * Adds the chains that packets of a chain get to without a limit. A list of its own instead of the stack: a file
     * nests chains deeper than that goes.
     */
    private void reach(Family family, Table table, String start, Set<String> reached) {
        List<String> open = new ArrayList<>(Collections.singletonList(start));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            Chain chain = ruleset.chain(family, table, name);
            if (chain == null || !reached.add(name)) { continue; }
            for (Rule rule : chain.rules()) {
                if (rule.target != null && !isLimited(rule)) { open.add(rule.target.name); }
            }
        }
    }

    private static boolean isLimited(Rule rule) {
        for (Match match : rule.matches()) {
            if (LIMITS.contains(match.name)) { return true; }
        }
        return false;
    }

    /**
     * -m time compares with UTC in all of Freetz' iptables (1.4.11 on); with --kerneltz the kernel adds sys_tz, which
     * knows no summer time.
     */
    private void times(Family family) {
        List<String> evidence = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        boolean kernelZone = false;
        for (Table table : ruleset.tables(family)) {
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : chain.rules()) {
                    Match time = rule.match("time");
                    if (time == null || !asksTheClock(time)) { continue; }
                    kernelZone |= time.option("--kerneltz") != null;
                    evidence.add(rule.origin + ": " + Writer.rule(chain.name(), rule));
                    where.append(where.length() == 0 ? "" : ", ").append(rule.origin);
                    if (isCutAtMidnight(time)) {
                        evidence.add(
                                "    the hours after midnight belong to the day named, not to the night that began the day before;"
                                        + " --contiguous joins them (kernel 3.7, iptables 1.4.16)");
                    }
                }
            }
        }
        if (!evidence.isEmpty()) {
            out.add(new Finding("time-is-utc", Finding.Severity.NOTE, where.toString(), evidence, kernelZone
                    ? "--kerneltz uses the kernel's time zone: the box's boot scripts may never have set it, and it ignores summer time"
                    : "the times are UTC, not the box's local time: one hour behind German time in winter, two in summer",
                    kernelZone ? "write UTC and leave --kerneltz out"
                            : "20:00 in Germany is --timestart 19:00 in winter, 18:00 in summer"));
        }
    }

    private static boolean asksTheClock(Match time) {
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
            if (four.policy() == Policy.DROP && six.policy() == Policy.ACCEPT && !stops(name)) {
                out.add(new Finding("ipv6-unfiltered", Finding.Severity.WARN, "",
                        Arrays.asList("iptables: policy of " + name + " DROP",
                                "ip6tables: policy of " + name + " ACCEPT, and no rule that drops anything"),
                        name + " is closed for IPv4 and open for IPv6", "ip6tables -P " + name
                                + " DROP, after rules for what IPv6 needs; conf/boxwall.rules has a set to start from"));
            }
        }
    }

    /** Whether anything could be stopped in a chain or in those that it calls; a target that isn't known counts. */
    private boolean stops(String start) {
        Set<String> seen = new HashSet<>();
        List<String> open = new ArrayList<>(Collections.singletonList(start));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            Chain chain = ruleset.chain(Family.IPV6, Table.FILTER, name);
            if (chain == null) { return true; }
            for (Rule rule : seen.add(name) ? chain.rules() : Collections.<Rule>emptyList()) {
                Target target = rule.target;
                if (target != null && !target.name.equals("ACCEPT") && !target.name.equals("RETURN")
                        && !LOGS.contains(target.name)) {
                    open.add(target.name);
                }
            }
        }
        return false;
    }
}
