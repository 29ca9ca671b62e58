package boxwall.check;

import boxwall.avm.Service;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Expectation;
import boxwall.explain.Exposure;
import boxwall.explain.Lint;
import boxwall.explain.NeedlessRule;
import boxwall.explain.SpoofableAccept;
import boxwall.explain.TrailEntry;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Words;
import boxwall.syntax.Line;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What can be proved of a ruleset for a box: its own policy tests, rules that do nothing, services that the Internet
 * reaches.
 */
public final class Proofs {
    private final CheckedRuleset rules;
    private final BoxFacts facts;
    private final List<Finding> findings = new ArrayList<>();

    private Proofs(CheckedRuleset rules) {
        this.rules = rules;
        this.facts = rules.facts;
    }

    /** All that can be proved: {@link #expectations}, then {@link #advice}. */
    public static List<Finding> of(CheckedRuleset rules, List<Service> services) {
        List<Finding> all = new ArrayList<>(expectations(rules));
        all.addAll(advice(rules, services));
        return all;
    }

    /**
     * What refuses nothing: the findings rule-unreachable, rule-redundant, exposed-service, guest-reaches-lan,
     * guest-reaches-box and spoofable-accept.
     *
     * @param services what listens, or null when that isn't known
     */
    public static List<Finding> advice(CheckedRuleset rules, List<Service> services) {
        Proofs proofs = new Proofs(rules);
        // the rules as written: the user need not know the stateless form
        for (NeedlessRule idle : Lint.of(rules.written)) {
            proofs.idle(idle);
        }
        if (services != null && proofs.facts.wan != null) { proofs.exposed(services); }
        for (Family family : Family.values()) {
            proofs.findings.addAll(rules.compiled.tables(family).isEmpty() ? Collections.<Finding>emptyList()
                    : Guests.of(rules, family));
        }
        proofs.spoofable();
        return proofs.findings;
    }

    /**
     * The policy tests, which may refuse a ruleset: the findings policy-test-failed, policy-test-overridden and
     * policy-test-skipped.
     */
    public static List<Finding> expectations(CheckedRuleset rules) {
        Proofs proofs = new Proofs(rules);
        Set<Family> leftOut = leftOut(rules.parsed.ruleset(), rules.compiled);
        for (Line expect : rules.parsed.expects()) {
            Abandoned.check();
            proofs.expect(expect, leftOut);
        }
        return proofs.findings;
    }

    private void add(String code, Finding.Severity severity, String where, List<String> evidence, String effect,
            String remedy) {
        findings.add(new Finding(code, severity, where, evidence, effect, remedy));
    }

    private void expect(Line expect, Set<Family> leftOut) {
        String where = expect.origin.toString();
        Expectation found;
        try {
            found = Expectation.check(expect.name, expect.keys, rules.loaded, leftOut);
        } catch (IllegalArgumentException e) {
            add("policy-test-failed", Finding.Severity.REFUSE, where, Collections.<String>emptyList(),
                    "invalid expect line: " + e.getMessage(), "correct the line");
            return;
        }
        if (found.skippedBecause != null) {
            add("policy-test-skipped", Finding.Severity.NOTE, where, Collections.<String>emptyList(),
                    "the expect line was not checked: " + found.skippedBecause,
                    "nothing, if that is right for this box");
        } else if (expect.preset && !found.held && found.counterexample == null
                && found.reason.startsWith("matches no packet")) {
            add("policy-test-skipped", Finding.Severity.NOTE, where, Collections.<String>emptyList(),
                    "the expect line was not checked: on this box it " + found.reason,
                    "nothing, if the preset's values are intended");
        } else if (!found.held) {
            List<String> evidence = found.counterexample == null ? Collections.<String>emptyList()
                    : Words.lines(found.counterexample.inFull());
            List<Origin> by = expect.preset ? overriding(expect, rules.parsed, found.counterexample)
                    : Collections.<Origin>emptyList();
            if (by.isEmpty()) {
                add("policy-test-failed", Finding.Severity.REFUSE, where, evidence, found.reason,
                        "change the rule that decides, or the expect line; 'boxwall explain' walks any other packet");
            } else {
                overridden(expect, by.get(0), evidence, found.reason);
            }
        }
    }

    /** The families of which the ruleset has tables, and this box gets none. */
    private static Set<Family> leftOut(Ruleset written, Ruleset compiled) {
        Set<Family> families = new HashSet<>();
        for (Family family : Family.values()) {
            if (!written.tables(family).isEmpty() && compiled.tables(family).isEmpty()) { families.add(family); }
        }
        return families;
    }

    /**
     * The lines outside of a preset that override what it promises: the one that decides or those that it depends on.
     * Where that is the preset's own line or a policy, some line of the user's took a rule away (-D, -P), if there is
     * one at all.
     */
    private static List<Origin> overriding(Line expect, ParsedRules parsed, Answer answer) {
        List<Origin> lines = new ArrayList<>();
        if (answer != null) {
            lines.addAll(answer.dependsOn);
            if (answer.decidedBy != null && answer.decidedBy.rule != null) { lines.add(answer.decidedBy.origin()); }
        }
        for (Iterator<Origin> each = lines.iterator(); each.hasNext();) {
            if (each.next().file.equals(expect.origin.file)) { each.remove(); }
        }
        return lines.isEmpty() ? parsed.ownCommands() : lines;
    }

    /** One finding for each line that overrides something, at that line: for a preset's where the user includes it. */
    private void overridden(Line expect, Origin by, List<String> evidence, String reason) {
        String line = "expect " + expect.name;
        for (Map.Entry<String, String> key : expect.keys.entrySet()) {
            line += " " + key.getKey() + "=" + key.getValue();
        }
        List<String> more = new ArrayList<>();
        more.add(expect.origin + ": " + line + ": " + reason);
        more.addAll(evidence);
        String where = by.toString();
        for (int i = 0; i < findings.size(); i++) {
            Finding old = findings.get(i);
            if (old.code.equals("policy-test-overridden") && old.where.equals(where)) {
                List<String> all = new ArrayList<>(old.evidence());
                all.addAll(more);
                findings.set(i, new Finding(old.code, old.severity, where, all, old.effect(), old.remedy));
                return;
            }
        }
        add("policy-test-overridden", Finding.Severity.WARN, where, more,
                "the line overrides what the preset " + expect.origin.file + " promises",
                "nothing, if that is intended; else narrow the line, or put it after the preset's");
    }

    private void idle(NeedlessRule idle) {
        List<String> evidence = new ArrayList<>();
        evidence.add(idle.step.toString());
        for (TrailEntry cover : idle.covers) {
            evidence.add("    " + cover);
        }
        String family = idle.family.command() + ": ";
        if (idle.redundant) {
            add("rule-redundant", Finding.Severity.NOTE, idle.step.origin().toString(), evidence, family + idle.why(),
                    "delete the rule");
        } else {
            // a LOG that nobody reaches protects no less
            add("rule-unreachable", idle.decides() ? Finding.Severity.WARN : Finding.Severity.NOTE,
                    idle.step.origin().toString(), evidence, family + "no packet reaches this rule; " + idle.why(),
                    "move the rule up, or delete it");
        }
    }

    private void exposed(List<Service> services) {
        String wan = facts.wan.name;
        Exposure exposure = Exposure.ofBox(rules.loaded, services, wan);
        List<String> open = new ArrayList<>();
        for (Exposure.Reach reach : exposure.reaches) {
            if (reach.who == Exposure.Reach.Who.EVERYONE || reach.who == Exposure.Reach.Who.SOME) {
                open.add(reach.toString());
            }
        }
        if (!open.isEmpty()) {
            add("exposed-service", Finding.Severity.WARN, "", open,
                    open.size() + (open.size() == 1 ? " service that listens is" : " services that listen are")
                            + " open to the Internet side according to netfilter's rules",
                    "if that isn't intended: drop it on $WAN_IF, or stop the service; 'boxwall exposure RULES' shows all");
        }
    }

    private void spoofable() {
        List<Network> inner = new ArrayList<>();
        for (Interface each : Arrays.asList(facts.lan, facts.guest)) {
            addNetwork(each == null ? null : each.net, inner);
            addNetwork(each == null ? null : each.net6, inner);
        }
        List<Answer> found = facts.wan == null || inner.isEmpty() ? Collections.<Answer>emptyList()
                : SpoofableAccept.of(rules.written, facts.wan.name, inner);
        Set<Rule> said = new HashSet<>();
        for (Answer answer : found) {
            TrailEntry by = answer.decidedBy;
            if (said.add(by.rule)) {
                add("spoofable-accept", Finding.Severity.WARN, by.origin().toString(), Words.lines(answer.inFull()),
                        "the rule trusts the source address: a host on " + facts.wan.name + " can forge it",
                        remedy(answer, by));
            }
        }
    }

    private String remedy(Answer answer, TrailEntry by) {
        String command = answer.packet.family().command();
        String net = facts.guest == null ? null : answer.packet.src().length == 4 ? facts.guest.net : facts.guest.net6;
        List<Network> guests = new ArrayList<>();
        addNetwork(net, guests);
        boolean guest = !guests.isEmpty() && guests.get(0).contains(answer.packet.src());
        String inner = guest ? "$GUEST_" : "$LAN_";
        return by.rule.in == null
                ? command + " " + Writer.rule(by.chain, by.rule.copy().in(Negatable.is(inner + "IF")).build())
                : command + " -A " + by.chain + " -i $WAN_IF -s " + inner + "NET"
                        + (command.equals("ip6tables") ? "6" : "") + " -j DROP, before this rule";
    }

    private static void addNetwork(String text, List<Network> to) {
        if (text != null) {
            int slash = text.indexOf('/');
            byte[] address = Addresses.parse(text.substring(0, slash));
            to.add(Network.ofPrefix(address.length == 4 ? Family.IPV4 : Family.IPV6, address,
                    Integer.parseInt(text.substring(slash + 1))));
        }
    }
}
