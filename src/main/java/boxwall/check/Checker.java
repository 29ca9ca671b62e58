package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Walk;
import boxwall.facts.BoxFacts;
import boxwall.facts.Requirement;
import boxwall.modules.Kind;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Line;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.SyntaxError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Checks a parsed ruleset and its compiled form against a box. */
public final class Checker {
    private static final List<String> NO_EVIDENCE = Collections.emptyList();

    private final BoxFacts facts;
    private final List<Finding> findings = new ArrayList<>();

    private Checker(BoxFacts facts) { this.facts = facts; }

    /** Both in one: what decides, then advice. Findings about the box itself are the facts' own. */
    public static List<Finding> check(CheckedRuleset rules) {
        List<Finding> all = new ArrayList<>(decisions(rules));
        all.addAll(advice(rules));
        return all;
    }

    /**
     * What decides whether a ruleset can be loaded here, and what would be missing: a look at each rule, no packet is
     * walked. Empty when nothing is wrong.
     */
    public static List<Finding> decisions(CheckedRuleset rules) {
        ParsedRules parsed = rules.parsed;
        Ruleset compiled = rules.compiled;
        BoxFacts facts = rules.facts;
        Checker checker = new Checker(facts);
        for (SyntaxError error : parsed.errors()) {
            checker.findings.add(new Finding("syntax", Finding.Severity.REFUSE,
                    error.file + ":" + error.line() + ":" + error.column(), NO_EVIDENCE, error.what(), error.todo()));
        }
        for (Line host : parsed.hostNames()) {
            checker.findings.add(new Finding("host-name-in-rule", Finding.Severity.REFUSE, host.origin.toString(),
                    NO_EVIDENCE, "'" + host.name + "' is a host name; there is no name service when the box boots",
                    "write its address"));
        }
        if (parsed.errors().isEmpty()) {
            checker.findings.addAll(EmptyRuleset.of(parsed, compiled));
            checker.requirements(compiled);
            checker.findings.addAll(Vocabulary.of(compiled, facts));
            checker.findings.addAll(MissingReferences.of(compiled, facts));
            checker.forgottenFamily(parsed.ruleset(), compiled);
        }
        return checker.findings;
    }

    /**
     * What refuses nothing, of the rules as written and of the families that are compiled: a look at each rule and
     * walks of single packets. Empty when the text has errors.
     */
    public static List<Finding> advice(CheckedRuleset rules) {
        if (!rules.parsed.errors().isEmpty()) { return Collections.emptyList(); }
        Ruleset ruleset = rules.parsed.ruleset();
        Ruleset compiled = rules.compiled;
        BoxFacts facts = rules.facts;
        List<Family> families = new ArrayList<>();
        for (Family family : Family.values()) {
            if (!compiled.tables(family).isEmpty()) { families.add(family); }
        }
        List<Finding> found = new ArrayList<>(AvmFindings.of(facts, rules.loaded.walk));
        found.addAll(RuleLint.of(ruleset, families));
        Walk walk = rules.written.walk;
        boolean tracks = asksStates(compiled) || !asksStates(ruleset);
        for (Family family : families) {
            found.addAll(tracks ? DroppedAnswers.of(ruleset, facts, family, walk, null)
                    : DroppedAnswers.of(compiled, facts, family, rules.loaded.walk, walk));
            found.addAll(OpenServices.of(ruleset, facts, family, walk));
        }
        found.addAll(families.contains(Family.IPV6) ? Neighbours.of(ruleset, facts, walk)
                : Collections.<Finding>emptyList());
        return found;
    }

    private static boolean asksStates(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                for (Chain chain : ruleset.chains(family, table)) {
                    for (Rule rule : chain.rules()) {
                        if (rule.match("state") != null || rule.match("conntrack") != null) { return true; }
                    }
                }
            }
        }
        return false;
    }

    /** Whether any finding keeps the ruleset from being applied. */
    public static boolean refuses(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.severity == Finding.Severity.REFUSE) { return true; }
        }
        return false;
    }

    /** One finding for each thing that is missing or refused, with all the lines that want it. */
    private void requirements(Ruleset compiled) {
        Map<String, Finding> first = new LinkedHashMap<>();
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (Family family : Family.values()) {
            for (Table table : compiled.tables(family)) {
                for (Chain chain : compiled.chains(family, table)) {
                    for (Rule rule : chain.rules()) {
                        Abandoned.check();
                        Finding finding = Requirement.of(family, table, rule, facts).finding(rule.origin.toString());
                        if (finding == null) { continue; }
                        String key = finding.code + " " + finding.effect();
                        if (!first.containsKey(key)) {
                            first.put(key, finding);
                            lines.put(key, new ArrayList<String>());
                        }
                        lines.get(key).add(finding.where);
                    }
                }
            }
        }
        for (Map.Entry<String, Finding> e : first.entrySet()) {
            Finding f = e.getValue();
            findings.add(
                    new Finding(f.code, f.severity, listed(lines.get(e.getKey())), f.evidence(), f.effect(), f.remedy));
        }
    }

    static String listed(List<String> places) { return Words.join(new LinkedHashSet<String>(places), ", "); }

    /** Rules for one family leave the other open; reported once. */
    private void forgottenFamily(Ruleset ruleset, Ruleset compiled) {
        if (ruleset.owns(Family.IPV6, Table.FILTER) && !compiled.owns(Family.IPV6, Table.FILTER)) { familyLeftOut(); }
        if (ruleset.owns(Family.IPV4, Table.FILTER) && !ruleset.owns(Family.IPV6, Table.FILTER)) {
            findings.add(new Finding("ipv6-unfiltered", Finding.Severity.WARN, "", NO_EVIDENCE,
                    "the ruleset filters IPv4 only: traffic to the IPv6 addresses of this box or LAN bypasses it",
                    "add ip6tables lines; conf/boxwall.rules has a set to start from"));
        }
    }

    /** Without ip6_tables nothing filters IPv6; that matters only where the box speaks it. */
    private void familyLeftOut() {
        boolean speaks = false;
        for (Interface each : facts.interfaces) {
            speaks |= each.ip6 != null;
        }
        findings.add(new Finding("ipv6-unfiltered", speaks ? Finding.Severity.WARN : Finding.Severity.NOTE, "",
                Collections.singletonList(facts.capability(Family.IPV6, Kind.TABLE, "filter").evidence()),
                speaks ? "the box has IPv6 addresses, but no IPv6 filter: the rules for IPv6 are left out"
                        : "the rules for IPv6 are left out: this box has no IPv6 filter and no IPv6 address",
                "make menuconfig: FREETZ_TARGET_IPV6_SUPPORT and FREETZ_MODULE_ip6table_filter, or switch IPv6 off in AVM's pages"));
    }
}
