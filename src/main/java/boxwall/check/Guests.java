package boxwall.check;

import boxwall.box.Finding;
import boxwall.explain.Answer;
import boxwall.explain.Expectation;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Line;
import boxwall.syntax.ParsedRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether guests are kept from the LAN, and from the box but for what they need: addresses (DHCP), names (DNS), ICMP.
 * Proved over all new connections; a packet that gets through is the evidence.
 */
final class Guests {
    /** All but DNS. */
    private static final String TCP_PORTS = "1-52,54-65535";
    /** All but DNS, DHCP and, for IPv6, DHCPv6. */
    private static final String UDP_PORTS_V4 = "1-52,54-66,68-65535";
    private static final String UDP_PORTS_V6 = "1-52,54-546,548-65535";

    private final Verdicts verdicts;
    private final BoxFacts facts;
    private final Family family;
    private final List<Finding> out = new ArrayList<>();

    private Guests(Verdicts verdicts, BoxFacts facts, Family family) {
        this.verdicts = verdicts;
        this.facts = facts;
        this.family = family;
    }

    /**
     * The findings guest-reaches-lan and guest-reaches-box of a family; empty for a box without guests or a ruleset
     * that doesn't filter.
     */
    static List<Finding> of(CheckedRuleset rules, Family family) {
        BoxFacts facts = rules.facts;
        if (facts.guest == null || !rules.parsed.ruleset().owns(family, Table.FILTER)) {
            return Collections.emptyList();
        }
        Guests guests = new Guests(unintended(rules, family), facts, family);
        if (facts.lan != null) { guests.lan(); }
        guests.box();
        return guests.out;
    }

    /**
     * The rules but for those by which an included preset lets guests use a device of the home network: that is what it
     * is for.
     */
    private static Verdicts unintended(CheckedRuleset checked, Family family) {
        ParsedRules parsed = checked.parsed;
        BoxFacts facts = checked.facts;
        boolean all = true;
        Set<String> presets = new HashSet<>();
        for (Line each : parsed.includes()) {
            if (each.preset) { presets.add(each.name); }
        }
        List<Chain> chains = new ArrayList<>();
        for (Chain chain : parsed.ruleset().chains(family, Table.FILTER)) {
            List<Rule> rules = new ArrayList<>();
            for (Rule rule : chain.rules()) {
                boolean meant = presets.contains(rule.origin.file) && rule.out != null && facts.lan != null
                        && rule.in != null && rule.in.equals(Negatable.is(facts.guest.name))
                        && rule.out.equals(Negatable.is(facts.lan.name)) && rule.target != null
                        && rule.target.name.equals("ACCEPT");
                if (!meant) { rules.add(rule); }
                all &= !meant;
            }
            chains.add(chain.withRules(rules));
        }
        return all ? checked.written : checked.like(parsed.ruleset().with(family, Table.FILTER, chains));
    }

    /** The packet that isn't stopped, walked; null when all are, or that can't be proved. */
    private Answer through(String... keys) {
        Map<String, String> map = new HashMap<>();
        map.put("family", family.digit());
        map.put("in", facts.guest.name);
        for (int i = 0; i < keys.length; i += 2) {
            map.put(keys[i], keys[i + 1]);
        }
        return Expectation.check("DROP", map, verdicts, Collections.<Family>emptySet()).counterexample;
    }

    /** A rule that lets them in is worth a warning; a policy of ACCEPT closes nothing to anybody, and says so. */
    private static Finding.Severity severity(Answer answer) {
        boolean rule = answer.verdict == Verdict.ACCEPT && answer.decidedBy != null && answer.decidedBy.rule != null;
        return rule ? Finding.Severity.WARN : Finding.Severity.NOTE;
    }

    private static String where(Answer answer) {
        return answer.decidedBy == null || answer.decidedBy.origin() == null ? ""
                : answer.decidedBy.origin().toString();
    }

    private void lan() {
        Answer answer = through("out", facts.lan.name);
        if (answer != null) {
            out.add(new Finding("guest-reaches-lan", severity(answer), where(answer), Words.lines(answer.inFull()),
                    "guests " + (answer.verdict == Verdict.ACCEPT ? "" : "may ") + "reach the home network in "
                            + family.word() + " according to netfilter's rules",
                    family.command()
                            + " -A FORWARD -i $GUEST_IF -o $LAN_IF -j DROP, before the rule that accepts them"));
        }
    }

    private void box() {
        Answer answer = through("chain", "INPUT", "proto", "tcp", "dport", TCP_PORTS);
        answer = answer != null ? answer : through("chain", "INPUT", "proto", "udp", "dport",
                family == Family.IPV4 ? UDP_PORTS_V4 : UDP_PORTS_V6);
        if (answer != null) {
            out.add(new Finding("guest-reaches-box", severity(answer), where(answer), Words.lines(answer.inFull()),
                    "guests " + (answer.verdict == Verdict.ACCEPT ? "" : "may ")
                            + "reach more of the box than DHCP and DNS in " + family.word() + ", possibly its web page",
                    family.command() + " -A INPUT -i $GUEST_IF -p udp -m multiport --dports 53,"
                            + (family == Family.IPV4 ? "67" : "547") + " -j ACCEPT, then " + family.command()
                            + " -A INPUT -i $GUEST_IF -j DROP, before the rule that accepts them"));
        }
    }
}
