package boxwall.check;

import boxwall.avm.Listeners.Service;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.box.Secrets;
import boxwall.explain.Answer;
import boxwall.explain.Expectation;
import boxwall.explain.Exposure;
import boxwall.explain.NeedlessRules;
import boxwall.explain.Packet;
import boxwall.explain.TrailEntry;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import boxwall.syntax.Directive;
import boxwall.syntax.RuleWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Findings that are proved over all packets: policy tests, needless rules, exposed services, guests, forged addresses.
 */
public final class Proofs extends CheckPart {
    /** All but DNS. */
    private static final String TCP_PORTS = "1-52,54-65535";
    /** All but DNS, DHCP and, for IPv6, DHCPv6. */
    private static final String UDP_PORTS_V4 = "1-52,54-66,68-65535";
    private static final String UDP_PORTS_V6 = "1-52,54-546,548-65535";

    /** The most rules that are shown of those that decide a needless rule's packets. */
    private static final int COVERS_SHOWN = 8;

    private Proofs(CheckedRuleset rules) { super(rules, new ArrayList<Finding>()); }

    /**
     * The findings that refuse nothing: rule-unreachable, rule-redundant, exposed-service, guest-reaches-lan,
     * guest-reaches-box and spoofable-accept.
     *
     * @param services the listening services, or null when they are unknown
     */
    public static List<Finding> advice(CheckedRuleset rules, List<Service> services) {
        Proofs proofs = new Proofs(rules);
        // the rules as written: the user doesn't see the stateless form
        proofs.needless(NeedlessRules.of(rules.written));
        if (services != null && proofs.facts.wan != null) { proofs.exposed(services); }
        for (Family family : Family.values()) {
            if (!rules.compiled.tables(family).isEmpty()) { proofs.guests(family); }
        }
        proofs.spoofable();
        return proofs.out;
    }

    /** The policy tests, which may refuse: policy-test-failed, policy-test-overridden, policy-test-skipped. */
    public static List<Finding> expectations(CheckedRuleset rules) {
        Proofs proofs = new Proofs(rules);
        // families whose tables are all left out on this box
        Set<Family> leftOut = new HashSet<>();
        for (Family family : Family.values()) {
            if (!rules.parsed.ruleset().tables(family).isEmpty() && rules.compiled.tables(family).isEmpty()) {
                leftOut.add(family);
            }
        }
        for (Directive expect : rules.parsed.expects) {
            Cancelled.check();
            proofs.expect(expect, leftOut);
        }
        return proofs.out;
    }

    private void expect(Directive expect, Set<Family> leftOut) {
        String where = expect.origin.toString();
        Expectation found;
        try {
            found = Expectation.check(expect.name, expect.keys, rules.loaded, leftOut);
        } catch (IllegalArgumentException e) {
            add("policy-test-failed.line", where, NO_EVIDENCE, e.getMessage());
            return;
        }
        Answer shown = found.counterexample;
        if (found.skippedBecause != null) {
            add("policy-test-skipped", where, NO_EVIDENCE, found.skippedBecause);
        } else if (expect.preset && !found.held && shown == null && found.reason.startsWith("matches no packet")) {
            add("policy-test-skipped.preset", where, NO_EVIDENCE, found.reason);
        } else if (!found.held) {
            List<String> evidence = shown == null ? NO_EVIDENCE : Words.lines(shown.inFull());
            Origin by = expect.preset ? overriding(expect, shown) : null;
            if (by == null) {
                add("policy-test-failed", where, evidence, found.reason);
            } else {
                overridden(expect, by, evidence, found.reason);
            }
        }
    }

    /**
     * The line outside of a preset that overrides its expect line: a line that the verdict depends on, or the one that
     * decides. If these are the preset's own or a policy, a command of the user removed a rule (-D, -P); null if there
     * is none.
     */
    private Origin overriding(Directive expect, Answer answer) {
        List<Origin> candidates = new ArrayList<>();
        if (answer != null) {
            candidates.addAll(answer.dependsOn);
            if (answer.rule() != null) { candidates.add(answer.rule().origin); }
        }
        for (Origin candidate : candidates) {
            if (!candidate.file.equals(expect.origin.file)) { return candidate; }
        }
        return rules.parsed.ownCommands.isEmpty() ? null : rules.parsed.ownCommands.get(0);
    }

    /** Adds to the finding about the overriding line, which for a line of a preset is where the user includes it. */
    private void overridden(Directive expect, Origin by, List<String> evidence, String reason) {
        String where = by.toString();
        int at = 0;
        while (at < out.size()
                && !(out.get(at).code.equals("policy-test-overridden") && out.get(at).where.equals(where))) {
            at++;
        }
        if (at == out.size()) {
            Finding finding = Finding.of("policy-test-overridden", where, NO_EVIDENCE, expect.origin.file);
            out.add(rules.parsed.isShipped(by) ? finding.withSeverity(Finding.Severity.NOTE) : finding);
        }
        List<String> all = new ArrayList<>(out.get(at).evidence);
        String line = "expect " + expect.name;
        for (Map.Entry<String, String> key : expect.keys.entrySet()) {
            line += " " + key.getKey() + "=" + key.getValue();
        }
        all.add(Secrets.masked(expect.origin + ": " + line + ": " + reason));
        for (String each : evidence) {
            all.add(Secrets.masked(each));
        }
        out.set(at, out.get(at).at(where, all));
    }

    /** One finding for each cause: rules that are unreachable because of the same rules are reported together. */
    private void needless(List<NeedlessRules.NeedlessRule> rules) {
        Map<List<Object>, List<NeedlessRules.NeedlessRule>> byCause = new LinkedHashMap<>();
        for (NeedlessRules.NeedlessRule each : rules) {
            if (isByPresets(each)) { continue; }
            boolean alone = each.redundant || each.covers.isEmpty();
            List<Object> cause =
                    Arrays.<Object>asList(each.family, each.decides(), each.why(), each.covers, alone ? each : null);
            if (!byCause.containsKey(cause)) { byCause.put(cause, new ArrayList<NeedlessRules.NeedlessRule>()); }
            byCause.get(cause).add(each);
        }
        for (List<NeedlessRules.NeedlessRule> alike : byCause.values()) {
            needless(alike.get(0), alike);
        }
    }

    private void needless(NeedlessRules.NeedlessRule first, List<NeedlessRules.NeedlessRule> alike) {
        RuleGroups needless = new RuleGroups();
        for (NeedlessRules.NeedlessRule rule : alike) {
            needless.add("", rule.entry.origin(), rule.entry.toString());
        }
        List<String> evidence = needless.lines();
        for (TrailEntry cover : first.covers.subList(0, Math.min(first.covers.size(), COVERS_SHOWN))) {
            evidence.add("    " + cover);
        }
        int more = first.covers.size() - COVERS_SHOWN;
        if (more > 0) { evidence.add("    and " + more + " more"); }
        String where = needless.places();
        String command = first.family.command;
        if (first.redundant) {
            add("rule-redundant", where, evidence, command, first.why());
            return;
        }
        Finding finding = alike.size() == 1 ? Finding.of("rule-unreachable", where, evidence, command, first.why())
                : Finding.of("rule-unreachable.several", where, evidence, command,
                        Words.replace(first.why(), " its ", " their "), alike.size());
        // an unreachable LOG doesn't weaken the protection
        out.add(first.decides() ? finding : finding.withSeverity(Finding.Severity.NOTE));
    }

    /** Whether a preset's line is needless because of other presets, or redundant because of the user's lines. */
    private boolean isByPresets(NeedlessRules.NeedlessRule rule) {
        boolean others = false;
        boolean own = false;
        for (TrailEntry cover : rule.covers) {
            others |= cover.rule != null && !cover.origin().file.equals(rule.entry.origin().file);
            own |= cover.rule != null && !rules.parsed.isShipped(cover.origin());
        }
        return rules.parsed.isShipped(rule.entry.origin()) && others && (rule.redundant || !own);
    }

    private void exposed(List<Service> services) {
        List<String> open = new ArrayList<>();
        for (Exposure.Reach reach : Exposure.ofBox(rules.loaded, services, facts.wan.name).reaches) {
            if (reach.who == Exposure.Reach.Who.EVERYONE || reach.who == Exposure.Reach.Who.SOME) {
                open.add(reach.toString());
            }
        }
        if (!open.isEmpty()) {
            add(open.size() == 1 ? "exposed-service.one" : "exposed-service", "", open, open.size());
        }
    }

    /**
     * Guests must reach neither the LAN nor more of the box than DHCP, DNS and ICMP. Proved over all new connections of
     * a family, where it is filtered; a packet that is not stopped is the evidence.
     */
    private void guests(Family family) {
        if (facts.guest == null || !rules.parsed.ruleset().owns(family, Table.FILTER)) { return; }
        Verdicts verdicts = withoutPresetsForGuests(family);
        if (facts.lan != null) {
            guests("guest-reaches-lan", family, accepted(family, verdicts, "out", facts.lan.name));
        }
        Answer box = accepted(family, verdicts, "chain", "INPUT", "proto", "tcp", "dport", TCP_PORTS);
        box = box != null ? box : accepted(family, verdicts, "chain", "INPUT", "proto", "udp", "dport",
                family == Family.IPV4 ? UDP_PORTS_V4 : UDP_PORTS_V6);
        guests("guest-reaches-box", family, box);
    }

    /** A rule that accepts is a warning; a policy of ACCEPT is no mistake in a rule. */
    private void guests(String code, Family family, Answer answer) {
        if (answer != null) {
            boolean accepts = answer.verdict == Verdict.ACCEPT;
            Finding finding = Finding.of(code, where(answer), Words.lines(answer.inFull()), accepts ? "" : "may ",
                    family.word(), family.command, family == Family.IPV4 ? "67" : "547");
            out.add(accepts && answer.rule() != null ? finding : finding.withSeverity(Finding.Severity.NOTE));
        }
    }

    /** The rules without those by which a preset lets guests use a device of the home network: that is its purpose. */
    private Verdicts withoutPresetsForGuests(Family family) {
        Ruleset written = rules.parsed.ruleset();
        boolean none = true;
        List<Chain> chains = new ArrayList<>();
        for (Chain chain : written.chains(family, Table.FILTER)) {
            List<Rule> others = new ArrayList<>();
            for (Rule rule : chain.rules) {
                boolean intended = isOf(rule.in, facts.guest) && isOf(rule.out, facts.lan)
                        && Target.ACCEPT.equals(rule.target) && rules.parsed.isShipped(rule.origin);
                if (!intended) { others.add(rule); }
                none &= !intended;
            }
            chains.add(chain.withRules(others));
        }
        return none ? rules.written : rules.loaded.like(written.with(family, Table.FILTER, chains));
    }

    private static boolean isOf(Negatable<String> name, Interface one) {
        return one != null && Negatable.is(one.name).equals(name);
    }

    /** A packet from the guests that isn't stopped; null when all are, or without a proof. */
    private Answer accepted(Family family, Verdicts verdicts, String... keys) {
        Map<String, String> map = new HashMap<>();
        map.put("family", family.digit());
        map.put("in", facts.guest.name);
        for (int i = 0; i < keys.length; i += 2) {
            map.put(keys[i], keys[i + 1]);
        }
        return Expectation.check("DROP", map, verdicts, Collections.<Family>emptySet()).counterexample;
    }

    private void spoofable() {
        List<Network> inner = networks(facts.lan, facts.guest);
        if (facts.wan == null || inner.isEmpty()) { return; }
        Set<Rule> reported = new HashSet<>();
        for (Answer answer : Exposure.spoofable(rules.written, facts.wan.name, inner)) {
            if (reported.add(answer.rule())) {
                add("spoofable-accept", where(answer), Words.lines(answer.inFull()), facts.wan.name,
                        remedy(answer.packet, answer.decidedBy));
            }
        }
    }

    private String remedy(Packet packet, TrailEntry by) {
        String command = packet.family.command;
        boolean guest = false;
        for (Network network : networks(facts.guest)) {
            guest |= network.contains(packet.src());
        }
        String inner = guest ? "$GUEST_" : "$LAN_";
        return by.rule.in == null
                ? command + " " + RuleWriter.rule(by.chain, by.rule.copy().in(Negatable.is(inner + "IF")).build())
                : command + " -A " + by.chain + " -i $WAN_IF -s " + inner + "NET"
                        + (packet.family == Family.IPV6 ? "6" : "") + " -j DROP, before this rule";
    }

    private static List<Network> networks(Interface... interfaces) {
        List<Network> networks = new ArrayList<>();
        for (Interface one : interfaces) {
            if (one != null && one.net != null) { networks.add(Network.parse(one.net)); }
            if (one != null && one.net6 != null) { networks.add(Network.parse(one.net6)); }
        }
        return networks;
    }
}
