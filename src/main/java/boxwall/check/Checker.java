package boxwall.check;

import boxwall.box.Finding;
import boxwall.explain.Targets;
import boxwall.explain.TrailEntry;
import boxwall.facts.Requirement;
import boxwall.modules.FeatureKind;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Directive;
import boxwall.syntax.Note;
import boxwall.syntax.RequiredRelease;
import boxwall.syntax.SyntaxError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks a parsed ruleset and its compiled form against a box; findings about the box itself are the facts' own. */
public final class Checker extends CheckPart {
    /** The code for a ruleset that stops no packet: iptables loads it, but it protects nothing. */
    public static final String EMPTY_RULESET = "empty-ruleset";

    private Checker(CheckedRuleset rules) { super(rules, new ArrayList<Finding>()); }

    /** The findings that decide whether a ruleset can be loaded, and about what is missing; walks no packet. */
    public static List<Finding> decisions(CheckedRuleset rules) {
        Checker checker = new Checker(rules);
        checker.text();
        if (rules.parsed.errors().isEmpty()) {
            checker.empty();
            checker.requirements();
            checker.forgottenFamily(rules.parsed.ruleset());
        }
        return checker.out;
    }

    /** The findings that refuse nothing, from single rules and single packets. Empty when the text has errors. */
    public static List<Finding> advice(CheckedRuleset rules) {
        List<Finding> found = new ArrayList<>();
        if (!rules.parsed.errors().isEmpty()) { return found; }
        List<Family> families = new ArrayList<>();
        for (Family family : Family.values()) {
            if (!rules.compiled.tables(family).isEmpty()) { families.add(family); }
        }
        new AvmFindings(rules, found).find();
        new RuleLint(rules, found).find(families);
        boolean tracks = matchesStates(rules.compiled) || !matchesStates(rules.parsed.ruleset());
        for (Family family : families) {
            new DroppedReplies(rules, found, family, tracks).find();
            new OpenServices(rules, found, family).find();
        }
        if (families.contains(Family.IPV6)) { new NeighbourDiscovery(rules, found).find(); }
        return found;
    }

    /** Whether a finding prevents applying the ruleset. */
    public static boolean refuses(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.severity == Finding.Severity.REFUSE) { return true; }
        }
        return false;
    }

    /** The finding empty-ruleset for the live rules. */
    public static Finding emptyLive() {
        return empty("the rules that are loaded drop nothing, and every policy is ACCEPT");
    }

    private static Finding empty(String what) { return Finding.of(EMPTY_RULESET, "", NO_EVIDENCE, what); }

    /** The findings rule-left-out, one for each reason why the compiler omits rules with a function on this box. */
    public static List<Finding> leftOut(List<Note> notes) {
        RuleGroups groups = new RuleGroups();
        Map<String, String> instead = new LinkedHashMap<>();
        for (Note note : notes) {
            if (note.instead != null) {
                groups.add(note.text, note.origin, note.origin + ": " + note.text);
                if (!instead.containsKey(note.text)) { instead.put(note.text, note.instead); }
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (String reason : groups.causes()) {
            findings.add(Finding.of("rule-left-out", groups.places(reason), groups.lines(reason), reason,
                    instead.get(reason)));
        }
        return findings;
    }

    /** The finding empty-ruleset; with another text if only rules that are left out on this box stop packets. */
    private void empty() {
        if (Targets.stopsAnything(rules.compiled)) { return; }
        int count = 0;
        boolean tables = false;
        for (Family family : Family.values()) {
            count += rules.compiled.ruleCount(family);
            tables |= !rules.compiled.tables(family).isEmpty();
        }
        String what = !tables ? "no rule and no policy is in this ruleset"
                : count == 0 ? "this ruleset has no rule, and every policy is ACCEPT"
                : "no rule of this ruleset drops anything, and every policy is ACCEPT";
        boolean leftOut = Targets.stopsAnything(rules.parsed.ruleset());
        out.add(empty(leftOut ? what + " after the rules were left out that this box can't load" : what));
    }

    private void text() {
        for (SyntaxError error : rules.parsed.errors()) {
            add("syntax", error.file + ":" + error.line + ":" + error.column, NO_EVIDENCE, error.what, error.todo);
        }
        for (Directive host : rules.parsed.hostNames) {
            add("host-name-in-rule", host.origin.toString(), NO_EVIDENCE, host.name);
        }
    }

    /**
     * Features that the rules need and the box lacks or refuses; features that are newer than its iptables (the
     * compiler has replaced those that have an equivalent); missing interfaces and sets. One finding for each, with all
     * rules.
     */
    private void requirements() {
        String version = facts.userland.version.value();
        Map<String, Finding> unmet = new LinkedHashMap<>();
        RuleGroups wanting = new RuleGroups();
        RuleGroups tooNew = new RuleGroups();
        MissingReferences references = new MissingReferences(rules, out);
        for (Family family : Family.values()) {
            Map<List<String>, String> known = new HashMap<>();
            for (TrailEntry at : TrailEntry.all(rules.compiled, family)) {
                Cancelled.check();
                List<String> names = Requirement.names(at.rule);
                names.add(at.table.word());
                if (!known.containsKey(names)) {
                    Finding finding = new Requirement(family, at.table, at.rule, facts).finding("");
                    String key = finding == null ? null : finding.code + " " + finding.effect;
                    known.put(names, key);
                    if (key != null && !unmet.containsKey(key)) { unmet.put(key, finding); }
                }
                String key = known.get(names);
                if (key != null) { wanting.add(key, at.origin(), ""); }
                String missing = RequiredRelease.missingIn(version, family, at.rule);
                if (missing != null) { tooNew.add(missing, at); }
                references.collect(family, at);
            }
        }
        for (Map.Entry<String, Finding> each : unmet.entrySet()) {
            out.add(each.getValue().at(wanting.places(each.getKey()), each.getValue().evidence));
        }
        for (String missing : tooNew.causes()) {
            List<String> lines = tooNew.lines(missing);
            lines.add(0, "iptables --version: " + version);
            add("iptables-too-old.rule", tooNew.places(missing), lines, missing, version);
        }
        references.report();
    }

    /** IPv6 is open: its rules are left out on this box, or the ruleset has none. */
    private void forgottenFamily(Ruleset written) {
        if (written.owns(Family.IPV6, Table.FILTER) && !rules.compiled.owns(Family.IPV6, Table.FILTER)) {
            // without ip6_tables nothing filters IPv6, which matters only on a box with IPv6
            add(hasIpv6Address() ? "ipv6-unfiltered.left-out" : "ipv6-unfiltered.no-address", "",
                    Collections.singletonList(facts.capability(Family.IPV6, FeatureKind.TABLE, "filter").evidence()));
        }
        if (written.owns(Family.IPV4, Table.FILTER) && !written.owns(Family.IPV6, Table.FILTER)) {
            add("ipv6-unfiltered.ipv4-only", "", NO_EVIDENCE);
        }
    }

    private static boolean matchesStates(Ruleset ruleset) {
        for (Family family : Family.values()) {
            for (TrailEntry at : TrailEntry.all(ruleset, family)) {
                if (at.rule.match("state") != null || at.rule.match("conntrack") != null) { return true; }
            }
        }
        return false;
    }
}
