package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks rules against the releases of iptables that boxes have: 1.4.11.1, 1.4.21, 1.6.2, 1.8. */
class RequiredReleaseTest {
    private static Rule rule(String line) {
        ParsedRules parsed = RulesetParser.parse(new Source("r", line + "\n"), Map.of(), Includes.NONE);
        assertTrue(parsed.errors().isEmpty(), parsed.errors().toString());
        Family family = line.startsWith("ip6") ? Family.IPV6 : Family.IPV4;
        for (Table table : parsed.ruleset().tables(family)) {
            for (boxwall.netfilter.Chain chain : parsed.ruleset().chains(family, table)) {
                if (!chain.rules.isEmpty()) { return chain.rules.get(0); }
            }
        }
        throw new AssertionError(line);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"iptables -A INPUT -m recent --set -j DROP | 1.4.11.1 | -",
            "iptables -A INPUT -m recent --set --mask 255.255.255.0 -j DROP | 1.4.11.1 | -m recent --mask needs iptables 1.4.15",
            "iptables -A INPUT -m recent --set --mask 255.255.255.0 -j DROP | 1.4.21 | -",
            "iptables -A INPUT -m bpf --bytecode '1,6 0 0 0' | 1.4.11.1 | -m bpf needs iptables 1.4.19",
            "iptables -A INPUT -m cgroup --cgroup 1 | 1.4.21 | -m cgroup needs iptables 1.6.0",
            "iptables -A INPUT -m cgroup --cgroup 1 | 1.6.2 | -", "ip6tables -A INPUT -m srh --srh-tag 1 | 1.6.2 | -",
            "ip6tables -A INPUT -m srh --srh-nsid ::1 | 1.6.2 | -m srh --srh-nsid needs iptables 1.8.0",
            "ip6tables -A INPUT -m srh --srh-nsid ::1 | 1.8.13 | -",
            "ip6tables -A INPUT -m srh --srh-nsid ::1 | unknown | -m srh for IPv6 needs iptables 1.6.2",
            "iptables -A INPUT -m u32 --u32 '0 & 1 = 1' | 1.4.11.1 | -m u32 --u32 with a blank needs iptables 1.4.15",
            "iptables -A INPUT -m string --string 'a b' --algo bm | 1.4.14 | -m string --string with a blank needs iptables 1.4.15",
            "iptables -A INPUT -m string --string 'a b' --algo bm | 1.4.15 | -",
            "iptables -A INPUT -m string --string 'a;b' --algo bm | 1.4.11.1 | -",
            "iptables -A INPUT -m comment --comment 'a b' -j LOG --log-prefix 'a b' | 1.4.11.1 | -",
            "iptables -t nat -A POSTROUTING -j MASQUERADE | 1.4.11.1 | -",
            "ip6tables -t nat -A POSTROUTING -j MASQUERADE | 1.4.11.1 | -j MASQUERADE for IPv6 needs iptables 1.4.17",
            "iptables -t nat -A POSTROUTING -j MASQUERADE --random-fully | 1.6.1 | -j MASQUERADE --random-fully needs iptables 1.6.2",
            "iptables -A INPUT -m time --timestart 22:00 --timestop 6:00 --contiguous | 1.4.11.1 | -m time --contiguous needs iptables 1.4.17",
            "iptables -A INPUT -p tcp --dport 80 -m state --state NEW -m multiport --sports 1,2 -j LOG | 1.4.11.1 | -",})
    void missingFeatureIsReportedWithRequiredRelease(String line, String version, String expected) {
        Family family = line.startsWith("ip6") ? Family.IPV6 : Family.IPV4;
        String missing =
                RequiredRelease.missingIn(version, family, RequiredRelease.without(version, family, rule(line)));
        assertEquals(expected, missing == null ? "-" : missing);
    }

    @Test
    void unsupportedOptionWithDefaultValueIsOmitted() {
        Rule rule = rule("iptables -A INPUT -m recent --set");
        assertEquals("-A INPUT -m recent --set --name DEFAULT --rsource",
                RuleWriter.rule("INPUT", RequiredRelease.without("1.4.11.1", Family.IPV4, rule)));
        assertEquals(rule, RequiredRelease.without("1.4.21", Family.IPV4, rule));
        assertEquals(rule, RequiredRelease.without(null, Family.IPV4, rule));
        assertNull(RequiredRelease.missingIn(null, Family.IPV4, rule));
    }

    @Test
    void versionsAreComparedNumerically() {
        assertTrue(RequiredRelease.older("1.4.9", "1.4.13"));
        assertFalse(RequiredRelease.older("1.4.13", "1.4.13"));
        assertFalse(RequiredRelease.older("1.10", "1.8.4"));
        assertTrue(RequiredRelease.older("1.8", "1.8.4"));
        assertFalse(RequiredRelease.older("1.4.11.1", null));
    }
}
