package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.UnknownExtensions;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Compiles state matches into stateless rules, rule by rule; StatelessIT tests them in the kernel. */
class StatelessTest {
    private static FewFacts.Form compile(String wan, String... lines) {
        ParsedRules parsed =
                RulesetParser.parse(new Source("t", String.join("\n", lines) + "\n"), Map.of(), Includes.NONE);
        assertEquals(List.of(), parsed.errors());
        return FewFacts.stateless(parsed.ruleset(), "32768:60999", wan);
    }

    private static List<String> chain(FewFacts.Form stateless, Family family, String name) {
        List<String> lines = new ArrayList<>();
        Chain chain = stateless.ruleset().chain(family, Table.FILTER, name);
        for (Rule rule : chain.rules) {
            lines.add(RuleWriter.rule(name, rule));
        }
        return lines;
    }

    @Test
    void establishedTcpMatchesAckOrRst() {
        List<String> lines = chain(compile("dsl", "iptables -A INPUT -p tcp -m state --state ESTABLISHED -j ACCEPT"),
                Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -p tcp -m tcp --tcp-flags ACK ACK -j ACCEPT",
                "-A INPUT -p tcp -m tcp --tcp-flags SYN,RST RST -j ACCEPT"), lines);
    }

    @Test
    void foreignMatchThatNeedsConntrackIsOmittedWithNote() {
        ParsedRules parsed = RulesetParser.parse(
                new Source("t", "iptables -A INPUT -m layer7 --l7proto sip -j ACCEPT\niptables -A INPUT -j DROP\n"),
                Map.of(), Includes.NONE, UnknownExtensions.of(List.of("libxt_layer7.so")));
        FewFacts.Form stateless = FewFacts.stateless(parsed.ruleset(), "1:2", null);
        assertEquals(List.of("-A INPUT -j DROP"), chain(stateless, Family.IPV4, "INPUT"));
        assertTrue(stateless.notes().get(0).text.startsWith("-m layer7 needs connection tracking"));
    }

    @Test
    void newMatchesTcpSynUdpIcmpRequestsAndOtherProtocols() {
        List<String> lines =
                chain(compile("dsl", "iptables -A INPUT -m conntrack --ctstate NEW -j DROP"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP",
                "-A INPUT -p udp -j DROP", "-A INPUT -p icmp -m icmp --icmp-type 8 -j DROP",
                "-A INPUT -p icmp -m icmp --icmp-type 13 -j DROP", "-A INPUT -p icmp -m icmp --icmp-type 15 -j DROP",
                "-A INPUT -p icmp -m icmp --icmp-type 17 -j DROP", "-A INPUT -j other-protocols"), lines);
    }

    @Test
    void chainForOtherProtocolsReturnsTcpUdpAndIcmp() {
        FewFacts.Form stateless = compile("dsl", "iptables -N other-protocols", "iptables -A other-protocols -j ACCEPT",
                "iptables -A INPUT -i dsl -m state --state NEW -j DROP",
                "iptables -A INPUT -i guest -m state --state NEW -j DROP",
                "iptables -A INPUT -i lan -m state --state NEW,ESTABLISHED -j ACCEPT");
        List<String> input = chain(stateless, Family.IPV4, "INPUT");
        assertTrue(input.contains("-A INPUT -i dsl -j other-protocols-2")
                && input.contains("-A INPUT -i guest -j other-protocols-2")
                && input.contains("-A INPUT -i lan -j other-protocols-3"), input.toString());
        assertEquals(
                List.of("-A other-protocols-2 -p tcp -j RETURN", "-A other-protocols-2 -p udp -j RETURN",
                        "-A other-protocols-2 -p icmp -j RETURN", "-A other-protocols-2 -j DROP"),
                chain(stateless, Family.IPV4, "other-protocols-2"));
    }

    @Test
    void icmpTypeOfRuleIsKeptOnlyIfStateAllowsIt() {
        for (String[] each : new String[][] {{"--icmp-type 8", "ESTABLISHED"}, {"--icmp-type 0", "NEW"},
                {"--icmp-type 3/4", "NEW"}, {"! --icmp-type 0", "ESTABLISHED,INVALID"}}) {
            List<String> lines = chain(compile("dsl",
                    "iptables -A INPUT -p icmp -m icmp " + each[0] + " -m state --state " + each[1] + " -j ACCEPT"),
                    Family.IPV4, "INPUT");
            assertFalse(lines.toString().matches(".*type (8|0|3/4) .*"), each[0] + " " + each[1] + ": " + lines);
        }
        assertEquals(List.of("-A INPUT -p icmp -m icmp --icmp-type 3/4 -j ACCEPT"),
                chain(compile("dsl",
                        "iptables -A INPUT -p icmp -m icmp --icmp-type 3/4 -m state --state RELATED -j ACCEPT"),
                        Family.IPV4, "INPUT"));
        assertTrue(
                chain(compile("dsl", "iptables -A INPUT -p icmp ! --icmp-type 3/4 -m state --state RELATED -j ACCEPT"),
                        Family.IPV4, "INPUT")
                        .contains("-A INPUT -p icmp -m icmp --icmp-type 3 -m icmp ! --icmp-type 3/4 -j ACCEPT"));
    }

    @Test
    void bothOfTwoStateMatchesApply() {
        assertEquals(List.of("-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT"), chain(compile("dsl",
                "iptables -A INPUT -p tcp -m state --state NEW,ESTABLISHED -m conntrack ! --ctstate ESTABLISHED -j ACCEPT"),
                Family.IPV4, "INPUT"));
    }

    @Test
    void acceptingJumpForEstablishedMatchesOnlyUdpReplies() {
        String[] rules = {"iptables -N OK", "iptables -A OK -j ACCEPT", "iptables -N BAD", "iptables -A BAD -j LOG",
                "iptables -A BAD -j DROP", "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -m state --state ESTABLISHED -j OK",
                "iptables -A INPUT -i guest -m state --state ESTABLISHED -j BAD"};
        List<String> lines = chain(compile("dsl", rules), Family.IPV4, "INPUT");
        assertFalse(lines.contains("-A INPUT -p udp -j OK"), lines.toString());
        assertTrue(lines.contains("-A INPUT -p udp -m udp --sport 53 --dport 32768:60999 -j OK"), lines.toString());
        assertTrue(lines.contains("-A INPUT -i guest -p udp -j BAD"), lines.toString());
    }

    @Test
    void ruleWithoutTargetCountsUdpReplies() {
        FewFacts.Form stateless = compile("dsl", "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp -m state --state ESTABLISHED");
        assertEquals(List.of("-A INPUT -p udp -m udp --sport 53 --dport 32768:60999"),
                chain(stateless, Family.IPV4, "INPUT"));
        assertTrue(stateless.notes().get(0).text.contains("(1 reply rules)"), stateless.notes().get(0).text);
    }

    @Test
    void negatedStatesAreReplacedByRemainingState() {
        String[] rules = {"iptables -A INPUT -p tcp -m state ! --state INVALID,NEW,RELATED -j ACCEPT",
                "iptables -A INPUT -p tcp -m state --state ESTABLISHED -j ACCEPT"};
        assertEquals(chain(compile("dsl", rules[1]), Family.IPV4, "INPUT"),
                chain(compile("dsl", rules[0]), Family.IPV4, "INPUT"));
    }

    @Test
    void allStatesExceptInvalidNeedNoMatch() {
        assertEquals(List.of("-A INPUT -s 10.0.0.0/8 -j ACCEPT"),
                chain(compile("dsl",
                        "iptables -A INPUT -s 10.0.0.0/8 -m state --state NEW,ESTABLISHED,RELATED -j ACCEPT"),
                        Family.IPV4, "INPUT"));
    }

    @Test
    void ruleForInvalidIsOmittedWithNote() {
        FewFacts.Form stateless = compile("dsl", "iptables -A INPUT -m state --state INVALID -j DROP");
        assertEquals(List.of(), chain(stateless, Family.IPV4, "INPUT"));
        assertTrue(stateless.notes().get(0).text.contains("left out"), stateless.notes().get(0).text);
        assertEquals("t:1", stateless.notes().get(0).origin.toString());
    }

    @Test
    void tcpFlagsAreMergedAndContradictoryRulesOmitted() {
        assertEquals(List.of("-A INPUT -p tcp -m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT"),
                chain(compile("dsl",
                        "iptables -A INPUT -p tcp --dport 80 --syn -m state --state NEW,ESTABLISHED -j ACCEPT"),
                        Family.IPV4, "INPUT"));
    }

    @Test
    void udpReplyIsAcceptedOnlyFromRequestedPortToLocalPortRange() {
        List<String> lines = chain(compile("dsl", "iptables -A OUTPUT -o dsl -d 9.9.9.9 -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -s 9.9.9.9/32 -i dsl -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT"),
                lines);
    }

    @Test
    void requestWithoutFixedPortHasNoMirroredReplies() {
        for (String all : new String[] {"-p udp", "-p udp --dport 1024:65535", "-p udp --sport 53", "",
                "-p udp ! --dport 53"}) {
            List<String> lines = chain(compile("dsl", "iptables -A OUTPUT " + all + " -j ACCEPT",
                    "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
            assertEquals(List.of(), lines, all);
        }
    }

    @Test
    void forwardedRepliesAreAcceptedFromWanOnly() {
        String[] rules = {"iptables -N LAN", "iptables -A FORWARD -j LAN",
                "iptables -A LAN -i lan -s 192.168.178.0/24 -p udp -m multiport --dports 53,123 -j ACCEPT",
                "iptables -A LAN -p udp -m state --state ESTABLISHED -j ACCEPT"};
        List<String> lines = chain(compile("dsl", rules), Family.IPV4, "LAN");
        assertTrue(lines.contains(
                "-A LAN -d 192.168.178.0/24 -i dsl -o lan -p udp -m udp --dport 1024:65535 -m multiport --sports 53,123"
                        + " -j ACCEPT"),
                lines.toString());
        for (String line : chain(compile(null, rules), Family.IPV4, "LAN")) {
            assertFalse(line.contains("--sports"), "without a known WAN interface nothing is mirrored: " + line);
        }
    }

    @Test
    void requestToGuestNetworkHasNoMirroredReplies() {
        for (String line : chain(compile("dsl", "iptables -A FORWARD -i lan -o guest -p udp --dport 53 -j ACCEPT",
                "iptables -A FORWARD -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "FORWARD")) {
            assertFalse(line.contains("-i guest"), line);
        }
    }

    @Test
    void repliesKeepConditionsOfStateRule() {
        List<String> lines = chain(
                compile("dsl", "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT",
                        "iptables -A INPUT -i dsl -s 9.0.0.0/8 -p udp -m state --state ESTABLISHED -j ACCEPT"),
                Family.IPV4, "INPUT");
        assertEquals(List.of("-A INPUT -s 9.0.0.0/8 -i dsl -p udp -m udp --sport 53 --dport 32768:60999 -j ACCEPT"),
                lines);
    }

    @Test
    void laterFragmentsAreAcceptedInForwardOnly() {
        FewFacts.Form stateless = compile("dsl", "iptables -A FORWARD -i lan -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp --dport 53 -j ACCEPT");
        assertEquals(List.of("-A FORWARD -i lan -p udp -m udp --dport 53 -j ACCEPT",
                "-A FORWARD -i lan -p udp -f -j ACCEPT"), chain(stateless, Family.IPV4, "FORWARD"));
        assertEquals(List.of("-A INPUT -p udp -m udp --dport 53 -j ACCEPT"), chain(stateless, Family.IPV4, "INPUT"));
    }

    @Test
    void mirroredReplyIncludesConditionsOfJump() {
        List<String> lines =
                chain(compile("dsl", "iptables -N OUT", "iptables -A FORWARD -i lan -o dsl -s 192.168.178.0/24 -j OUT",
                        "iptables -A OUT -s 192.168.178.32/27 -p udp --dport 53 -j ACCEPT", "iptables -N BACK",
                        "iptables -A FORWARD -i dsl -j BACK",
                        "iptables -A BACK -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "BACK");
        assertTrue(lines.contains(
                "-A BACK -d 192.168.178.32/27 -i dsl -o lan -p udp -m udp --sport 53 --dport 1024:65535 -j ACCEPT"),
                lines.toString());
    }

    @Test
    void sourcePortsOfRequestLimitReplyPorts() {
        for (String[] each : new String[][] {{"1024:65535", "32768:60999"}, {"40000:65535", "40000:60999"},
                {"5060", "5060"}}) {
            List<String> lines = chain(compile("dsl",
                    "iptables -A OUTPUT -p udp --sport " + each[0] + " --dport 53 -j ACCEPT",
                    "iptables -A INPUT -p udp -m state --state ESTABLISHED -m comment --comment answers -j ACCEPT"),
                    Family.IPV4, "INPUT");
            assertEquals(List.of("-A INPUT -p udp -m udp --sport 53 --dport " + each[1] + " -j ACCEPT"), lines);
        }
        assertEquals(
                List.of(), chain(
                        compile("dsl", "iptables -A OUTPUT -p udp --sport 1024:30000 --dport 53 -j ACCEPT",
                                "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"),
                        Family.IPV4, "INPUT"));
    }

    @Test
    void portsNamedInInputAreExcludedFromReplies() {
        List<String> lines = chain(compile("dsl", "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT",
                "iptables -A INPUT -i lan -p udp --dport 51820 -j ACCEPT",
                "iptables -A INPUT -i lan -p udp -m multiport --dports 53,40000:40001 -j ACCEPT",
                "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"), Family.IPV4, "INPUT");
        assertEquals(
                "-A INPUT -p udp -m udp --sport 53 -m multiport --dports 32768:39999,40002:51819,51821:60999 -j ACCEPT",
                lines.get(2));
        List<String> many = new ArrayList<>(List.of("iptables -A OUTPUT -p udp --sport 1024:65535 --dport 53 -j ACCEPT",
                "iptables -A INPUT -p udp -m state --state ESTABLISHED -j ACCEPT"));
        for (int port = 33000; port < 60000; port += 3000) {
            many.add("iptables -A INPUT -i lan -p udp --dport " + port + " -j ACCEPT");
        }
        assertEquals(
                "-A INPUT -p udp -m udp --sport 53 -m multiport --dports 33001:35999,36001:38999,39001:41999,42001:44999,45001:47999,"
                        + "48001:50999,57001:60999 -j ACCEPT",
                chain(compile("dsl", many.toArray(new String[0])), Family.IPV4, "INPUT").get(0));
    }

    @Test
    void laterIpv6FragmentsAreFoundByChainThatReturnsTcpAndUdp() {
        FewFacts.Form stateless = compile("dsl", "ip6tables -A FORWARD -i lan -p udp --dport 53 -j ACCEPT",
                "ip6tables -A INPUT -i lan -p udp --dport 53 -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT");
        assertEquals(List.of("-A FORWARD -i lan -p udp -m udp --dport 53 -j ACCEPT",
                "-A FORWARD -i lan -p udp -j later-fragments"), chain(stateless, Family.IPV6, "FORWARD"));
        assertEquals("-A INPUT -i lan -p udp -m mac --mac-source 00:11:22:33:44:55 -j later-fragments",
                chain(stateless, Family.IPV6, "INPUT").get(1));
        assertEquals(List.of("-A later-fragments -p tcp -m tcp -j RETURN", "-A later-fragments -p udp -m udp -j RETURN",
                "-A later-fragments -j ACCEPT"), chain(stateless, Family.IPV6, "later-fragments"));
    }

    @Test
    void rulesThatNeedConntrackAreOmittedWithNotes() {
        FewFacts.Form stateless = compile("dsl", "iptables -t nat -A POSTROUTING -o dsl -j MASQUERADE",
                "iptables -A INPUT -p tcp --syn --dport 22 -m connlimit --connlimit-above 3 -j DROP",
                "iptables -t raw -A PREROUTING -i lan -j NOTRACK");
        assertFalse(stateless.ruleset().owns(Family.IPV4, Table.NAT));
        assertEquals(List.of(), chain(stateless, Family.IPV4, "INPUT"));
        assertEquals(0, stateless.ruleset().ruleCount(Family.IPV4));
        assertEquals(3, stateless.notes().size());
    }

    @Test
    void icmpErrorsMatchRelatedInBothFamilies() {
        assertEquals(4, chain(compile("dsl", "iptables -A INPUT -p icmp -m state --state RELATED -j ACCEPT"),
                Family.IPV4, "INPUT").size());
        List<String> v6 = chain(compile("dsl", "ip6tables -A INPUT -p icmpv6 -m state --state RELATED -j ACCEPT"),
                Family.IPV6, "INPUT");
        assertTrue(v6.contains("-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 2 -j ACCEPT"), v6.toString());
        assertEquals(4, v6.size());
    }
}
