package boxwall.check;

import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.explain.Answer;
import boxwall.explain.Expectation;
import boxwall.explain.Verdict;
import boxwall.explain.Verdicts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Line;
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
final class Guests extends CheckPart {
    /** All but DNS. */
    private static final String TCP_PORTS = "1-52,54-65535";
    /** All but DNS, DHCP and, for IPv6, DHCPv6. */
    private static final String UDP_PORTS_V4 = "1-52,54-66,68-65535";
    private static final String UDP_PORTS_V6 = "1-52,54-546,548-65535";

    private final Family family;
    private Verdicts verdicts;

    Guests(CheckedRuleset rules, List<Finding> out, Family family) {
        super(rules, out);
        this.family = family;
    }

    /** The findings guest-reaches-lan and guest-reaches-box of a family, where it is filtered. */
    void find() {
        if (facts.guest == null || !rules.parsed.ruleset().owns(family, Table.FILTER)) { return; }
        verdicts = unintended();
        String command = family.command;
        if (facts.lan != null) {
            found("guest-reaches-lan", through("out", facts.lan.name), "reach the home network in ",
                    " according to netfilter's rules",
                    command + " -A FORWARD -i $GUEST_IF -o $LAN_IF -j DROP, before the rule that accepts them");
        }
        boolean four = family == Family.IPV4;
        Answer box = through("chain", "INPUT", "proto", "tcp", "dport", TCP_PORTS);
        found("guest-reaches-box",
                box != null ? box
                        : through("chain", "INPUT", "proto", "udp", "dport", four ? UDP_PORTS_V4 : UDP_PORTS_V6),
                "reach more of the box than DHCP and DNS in ", ", possibly its web page",
                command + " -A INPUT -i $GUEST_IF -p udp -m multiport --dports 53," + (four ? "67" : "547")
                        + " -j ACCEPT, then " + command
                        + " -A INPUT -i $GUEST_IF -j DROP, before the rule that accepts them");
    }

    /** A rule that lets them in is worth a warning; a policy of ACCEPT closes nothing to anybody, and says so. */
    private void found(String code, Answer answer, String what, String more, String remedy) {
        if (answer != null) {
            boolean accepts = answer.verdict == Verdict.ACCEPT;
            boolean rule = accepts && answer.decidedBy != null && answer.decidedBy.rule != null;
            out.add(new Finding(code, rule ? Finding.Severity.WARN : Finding.Severity.NOTE, where(answer),
                    Words.lines(answer.inFull()), "guests " + (accepts ? "" : "may ") + what + family.word() + more,
                    remedy));
        }
    }

    /** Without the rules by which a preset lets guests use a device of the home network: that is its purpose. */
    private Verdicts unintended() {
        Ruleset written = rules.parsed.ruleset();
        boolean all = true;
        Set<String> presets = new HashSet<>();
        for (Line each : rules.parsed.includes) {
            if (each.preset) { presets.add(each.name); }
        }
        List<Chain> chains = new ArrayList<>();
        for (Chain chain : written.chains(family, Table.FILTER)) {
            List<Rule> others = new ArrayList<>();
            for (Rule rule : chain.rules) {
                boolean meant = presets.contains(rule.origin.file) && isOf(rule.in, facts.guest)
                        && isOf(rule.out, facts.lan) && rule.target != null && rule.target.name.equals("ACCEPT");
                if (!meant) { others.add(rule); }
                all &= !meant;
            }
            chains.add(chain.withRules(others));
        }
        return all ? rules.written : rules.like(written.with(family, Table.FILTER, chains));
    }

    private static boolean isOf(Negatable<String> name, Interface one) {
        return name != null && one != null && name.equals(Negatable.is(one.name));
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
}
