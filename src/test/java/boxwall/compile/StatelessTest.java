package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.Writer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** State matches compiled away, rule by rule; the kernel's view of them is StatelessIT's business. */
class StatelessTest {
    private static Stateless compile(String wan, String... lines) {
        ParsedRules parsed = RulesetParser.parse(new Source("t", String.join("\n", lines) + "\n"), Names.none(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return Stateless.of(parsed.ruleset(), Set.of(Family.values()), "32768:60999", wan);
    }

    private static List<String> chain(Stateless stateless, Family family, String name) {
        List<String> lines = new ArrayList<>();
        Chain chain = stateless.ruleset().chain(family, Table.FILTER, name);
        for (Rule rule : chain.rules()) {
            lines.add(Writer.rule(name, rule));
        }
        return lines;
    }

    @Test
    void establishedIsAckOrResetNeverAMereNotSyn() {
        List<String> lines = chain(compile("dsl", "iptables -A INPUT -p tcp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -p tcp -m tcp --tcp-flags ACK ACK -j ACCEPT",
                "-A INPUT -p tcp -m tcp --tcp-flags SYN,RST RST -j ACCEPT"), lines);
    }

    @Test
    void newIsTheOpeningAllUdpAndRequests() {
        List<String> lines = chain(compile("dsl", "iptables -A INPUT -m conntrack --ctstate NEW -j DROP"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP", "-A INPUT -p udp -j DROP",
                "-A INPUT -p icmp -m icmp --icmp-type 8 -j DROP", "-A INPUT -p icmp -m icmp --icmp-type 13 -j DROP",
                "-A INPUT -p icmp -m icmp --icmp-type 17 -j DROP"), lines);
    }

    @Test
    void negationIsTakenApartFirst() {
        String[] same = {"iptables -A INPUT -p tcp -m state ! --state INVALID,NEW,RELATED -j ACCEPT",
            "iptables -A INPUT -p tcp -m state --state ESTABLISHED -j ACCEPT"};
        assertEquals(chain(compile("dsl", same[1]), Family.IPV4, "INPUT"), chain(compile("dsl", same[0]), Family.IPV4, "INPUT"));
    }

    @Test
    void everyStateButInvalidNeedsNoMatchAtAll() {
        assertEquals(List.of("-A INPUT -s 10.0.0.0/8 -j ACCEPT"), chain(compile("dsl",
                "iptables -A INPUT -s 10.0.0.0/8 -m state --state NEW,ESTABLISHED,RELATED -j ACCEPT"), Family.IPV4, "INPUT"));
    }

    @Test
    void invalidIsLeftOutAndSaid() {
        Stateless stateless = compile("dsl", "iptables -A INPUT -m state --state INVALID -j DROP");
        assertEquals(List.of(), chain(stateless, Family.IPV4, "INPUT"));
        assertTrue(stateless.notes().get(0).text().contains("left out"), stateless.notes().get(0).text());
        assertEquals("t:1", stateless.notes().get(0).origin().toString());
    }

    @Test
    void aRulesOwnFlagsAreMergedAndContradictionsVanish() {
        assertEquals(List.of("-A INPUT -p tcp -m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT"), chain(compile("dsl",
                "iptables -A INPUT -p tcp --dport 80 --syn -m state --state NEW,ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT"));
    }

    @Test
    void anAnswerIsLetInOnlyFromTheFixedPortAskedAndToPortsNobodyListensOn() {
        List<String> lines = chain(compile("dsl", "iptables -A OUTPUT -o dsl -d 9.9.9.9 -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -s 9.9.9.9/32 -i dsl -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT"), lines);
    }

    @Test
    void whatAcceptsEveryPortIsNeverMirrored() {
        for (String all : new String[] {"-p udp", "-p udp --dport 1024:65535", "-p udp --sport 53", "", "-p udp ! --dport 53"}) {
            List<String> lines = chain(compile("dsl", "iptables -A OUTPUT " + all + " -j ACCEPT",
                    "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
            assertEquals(List.of(), lines, all);
        }
    }

    @Test
    void throughTheBoxAnswersComeFromTheWanOnly() {
        String[] rules = {"iptables -N LAN", "iptables -A FORWARD -j LAN",
            "iptables -A LAN -i lan -s 192.168.178.0/24 -p udp -m multiport --dports 53,123 -j ACCEPT",
            "iptables -A LAN -p udp -m state --state ESTABLISHED -j ACCEPT"};
        List<String> lines = chain(compile("dsl", rules), Family.IPV4, "LAN");
        assertTrue(lines.contains("-A LAN -d 192.168.178.0/24 -i dsl -o lan -p udp -m udp --dport 1024:65535 -m multiport --sports 53,123"
                + " -j ACCEPT"), lines.toString());
        for (String line : chain(compile(null, rules), Family.IPV4, "LAN")) {
            assertFalse(line.contains("--sports"), "without a known WAN interface nothing is mirrored: " + line);
        }
    }

    @Test
    void aQuestionToAnInnerNetworkIsNotMirrored() {
        for (String line : chain(compile("dsl", "iptables -A FORWARD -i lan -o guest -p udp --dport 53 -j ACCEPT",
                "iptables -A FORWARD -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "FORWARD")) {
            assertFalse(line.contains("-i guest"), line);
        }
    }

    @Test
    void theStateRulesOwnConditionsBindTheAnswersToo() {
        List<String> lines = chain(compile("dsl", "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -i dsl -s 9.0.0.0/8 -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -s 9.0.0.0/8 -i dsl -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT"), lines);
    }

    @Test
    void laterFragmentsPassBesidePortRulesThroughTheBoxOnly() {
        Stateless stateless = compile("dsl", "iptables -A FORWARD -i lan -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp --dport 53 -j ACCEPT");
        assertEquals(List.of("-A FORWARD -i lan -p udp -m udp --dport 53 -j ACCEPT", "-A FORWARD -i lan -p udp -f -j ACCEPT"),
                chain(stateless, Family.IPV4, "FORWARD"));
        assertEquals(List.of("-A INPUT -p udp -m udp --dport 53 -j ACCEPT"), chain(stateless, Family.IPV4, "INPUT"));
    }

    @Test
    void whatNeedsConntrackIsLeftOutWithItsLine() {
        Stateless stateless = compile("dsl", "iptables -t nat -A POSTROUTING -o dsl -j MASQUERADE",
                "iptables -A INPUT -p tcp --syn --dport 22 -m connlimit --connlimit-above 3 -j DROP",
                "iptables -t raw -A PREROUTING -i lan -j NOTRACK");
        assertFalse(stateless.ruleset().owns(Family.IPV4, Table.NAT));
        assertEquals(List.of(), chain(stateless, Family.IPV4, "INPUT"));
        assertEquals(0, stateless.ruleset().ruleCount(Family.IPV4));
        assertEquals(3, stateless.notes().size());
    }

    @Test
    void icmpErrorsAreRelatedInBothFamilies() {
        assertEquals(4, chain(compile("dsl", "iptables -A INPUT -p icmp -m state --state RELATED -j ACCEPT"), Family.IPV4, "INPUT").size());
        List<String> v6 = chain(compile("dsl", "ip6tables -A INPUT -p icmpv6 -m state --state RELATED -j ACCEPT"), Family.IPV6, "INPUT");
        assertTrue(v6.contains("-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 2 -j ACCEPT"), v6.toString());
        assertEquals(4, v6.size());
    }
}
