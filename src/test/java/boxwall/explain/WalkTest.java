package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalkTest {
    private static final Ruleset BASIC = Rules.v4(":INPUT DROP", ":FORWARD DROP", ":OUTPUT ACCEPT", ":TRANS -",
            "-A INPUT -i lo -j ACCEPT", "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-A INPUT -s 192.168.178.0/24 -i lan -j ACCEPT",
            "-A INPUT -p tcp -m tcp --dport 5060 -j REJECT --reject-with tcp-reset",
            "-A INPUT -p udp -m limit --limit 1/sec -j ACCEPT", "-A FORWARD -j TRANS",
            "-A FORWARD -j LOG --log-prefix x", "-A TRANS -i guest -o lan -j DROP",
            "-A TRANS -p tcp -m multiport --dports 80,443,8000:8100 -j ACCEPT",
            "-A TRANS -s 192.168.178.99/32 -j RETURN",
            "-A TRANS -i lan -o dsl -p icmp -m icmp --icmp-type 8 -j ACCEPT");

    private static Answer walk(Ruleset ruleset, String keys) {
        return new Verdicts(ruleset, Rules.box()).packet(Keys.packet(Rules.keys(keys), Rules.box()),
                Keys.hook(Rules.keys(keys)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp sport=1 dport=80 | ACCEPT | rules:7",
            "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=1 dport=5060   | REJECT | rules:8",
            "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=1 dport=80     | DROP   | policy",
            "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=80 dport=9 state=ESTABLISHED | ACCEPT | rules:6",
            "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=udp sport=1 dport=80     | UNKNOWN | none",
            "in=guest src=192.168.179.5 dst=192.168.178.20 proto=tcp sport=1 dport=80 | DROP | rules:12",
            "in=guest src=192.168.179.5 dst=198.51.100.9 proto=tcp sport=1 dport=8050 | ACCEPT | rules:13",
            "in=lan src=192.168.178.99 dst=198.51.100.9 proto=icmp type=8 | DROP | policy",
            "in=lan src=192.168.178.98 dst=198.51.100.9 proto=icmp type=8 | ACCEPT | rules:15",
            "in=lan src=192.168.178.98 dst=198.51.100.9 proto=icmp type=0 | DROP | policy",
            "in=lan src=192.168.178.98 dst=198.51.100.9 proto=tcp sport=1 dport=443 fragment=yes | DROP | policy",
            "out=dsl src=203.0.113.2 dst=198.51.100.9 proto=udp sport=1 dport=53 | ACCEPT | policy",
            "src=192.168.178.1 dst=192.168.178.1 proto=tcp sport=1 dport=8181 | ACCEPT | rules:5",})
    void verdictAndDecidingRuleAreFound(String keys, String verdict, String by) {
        Answer answer = walk(BASIC, keys);
        assertEquals(verdict, answer.verdict.toString(), answer.inFull());
        String found = answer.decidedBy == null ? "none" : answer.decidedBy.origin() == null ? "policy"
                : answer.decidedBy.origin().toString();
        assertEquals(by, found, answer.inFull());
    }

    @Test
    void unknownMatchIsReportedWithItsLine() {
        Answer answer = walk(BASIC, "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=udp sport=1 dport=80");
        assertEquals("ACCEPT or DROP, depends on rules:9", answer.toString());
    }

    /** xt_mac.c never matches a packet that did not arrive over Ethernet (DSL, loopback), negated or not. */
    @Test
    void negatedMacMatchIsUnknownUnlessInterfaceIsEthernet() {
        Ruleset rules = Rules.v4(":INPUT ACCEPT", "-A INPUT -m mac ! --mac-source 00:00:5e:00:53:2a -j DROP");
        String from = "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=1 dport=80";
        assertEquals(Verdict.UNKNOWN, walk(rules, from + " mac=00:00:5e:00:53:2b").verdict);
        assertEquals(Verdict.ACCEPT, walk(rules, from + " mac=00:00:5e:00:53:2a").verdict);
        rules = Rules.v4(":INPUT ACCEPT", "-A INPUT -i lan -m mac ! --mac-source 00:00:5e:00:53:2a -j DROP");
        from = "in=lan src=192.168.178.20 dst=192.168.178.1 proto=tcp sport=1 dport=80";
        assertEquals(Verdict.DROP, walk(rules, from + " mac=00:00:5e:00:53:2b").verdict);
    }

    @Test
    void unknownMatchWithoutEffectLeavesVerdictCertain() {
        Ruleset rules = Rules.v4(":INPUT DROP", "-A INPUT -m limit --limit 1/sec -j LOG",
                "-A INPUT -m owner --uid-owner 0 -j DROP");
        Answer answer = new Verdicts(rules, BoxNetwork.unknown()).packet(Packet.of(Family.IPV4), Hook.INPUT);
        assertEquals(Verdict.DROP, answer.verdict);
        assertTrue(answer.dependsOn.isEmpty());
    }

    @Test
    void gotoDoesNotReturnToNextRule() {
        Ruleset rules = Rules.v4(":INPUT DROP", ":A -", ":B -", "-A INPUT -j A", "-A INPUT -p tcp -j ACCEPT",
                "-A A -g B", "-A A -j DROP", "-A B -p udp -j ACCEPT");
        Packet tcp = Packet.of(Family.IPV4).protocol(6);
        assertEquals("rules:5",
                new Verdicts(rules, BoxNetwork.unknown()).packet(tcp, Hook.INPUT).decidedBy.origin().toString());
        Ruleset direct =
                Rules.v4(":INPUT DROP", ":B -", "-A INPUT -g B", "-A INPUT -j ACCEPT", "-A B -p udp -j ACCEPT");
        assertNull(new Verdicts(direct, BoxNetwork.unknown()).packet(tcp, Hook.INPUT).decidedBy.rule);
    }

    @Test
    void markOfMangleIsMatchedInFilter() {
        Ruleset rules = Rules.v4("*mangle", ":PREROUTING ACCEPT", "-A PREROUTING -i dsl -j MARK --set-xmark 0x4/0xff",
                "*filter", ":INPUT DROP", "-A INPUT -m mark --mark 0x4/0xc -j ACCEPT");
        assertEquals(Verdict.ACCEPT, walk(rules, "in=dsl dst=203.0.113.2").verdict);
        assertEquals(Verdict.UNKNOWN, walk(rules, "in=lan dst=203.0.113.2").verdict);
        assertEquals(Verdict.DROP, walk(rules, "in=lan dst=203.0.113.2 mark=0").verdict);
    }

    @Test
    void dnatPacketPassesForward() {
        Ruleset rules = Rules.v4("*nat", ":PREROUTING ACCEPT",
                "-A PREROUTING -i dsl -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.168.178.20:80", "*filter",
                ":INPUT DROP", ":FORWARD DROP",
                "-A FORWARD -d 192.168.178.20/32 -o lan -p tcp -m tcp --dport 80 -j ACCEPT");
        assertEquals("rules:7",
                walk(rules, "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=1 dport=8080").decidedBy.origin()
                        .toString());
        assertEquals(Verdict.DROP,
                walk(rules, "in=dsl src=198.51.100.1 dst=203.0.113.2 proto=tcp sport=1 dport=80").verdict);
    }

    @Test
    void dnatInOutputCausesRerouting() {
        Ruleset rules = Rules.v4("*nat", "-A OUTPUT -d 198.51.100.9/32 -j DNAT --to-destination 192.168.178.20",
                "*mangle", "-A POSTROUTING -o lan -j DROP", "*filter", ":OUTPUT DROP",
                "-A OUTPUT -d 192.168.178.20/32 -o dsl -j ACCEPT");
        Answer answer = walk(rules, "src=203.0.113.2 dst=198.51.100.9 proto=udp sport=1 dport=2");
        assertEquals("mangle POSTROUTING 1 (rules:4): -o lan -j DROP", answer.decidedBy.toString(), answer.inFull());
    }

    @Test
    void laterIpv4FragmentsSkipInput() {
        assertEquals(Verdict.ACCEPT, walk(Rules.v4(":INPUT DROP"), "in=dsl dst=203.0.113.2 fragment=yes").verdict);
        assertEquals(Verdict.DROP,
                walk(Rules.of(Family.IPV6, ":INPUT DROP"), "in=dsl dst=fd00:178::1 fragment=yes").verdict);
        assertEquals(Verdict.DROP, walk(Rules.v4(":FORWARD DROP"), "in=dsl dst=192.168.178.20 fragment=yes").verdict);
    }

    @Test
    void notrackMakesPacketUntracked() {
        Ruleset rules = Rules.v4("*raw", ":PREROUTING ACCEPT", "-A PREROUTING -p udp -j NOTRACK", "*filter",
                ":INPUT DROP", "-A INPUT -m state --state UNTRACKED -j ACCEPT");
        assertEquals(Verdict.ACCEPT, walk(rules, "in=dsl dst=203.0.113.2 proto=udp").verdict);
        assertEquals(Verdict.DROP, walk(rules, "in=dsl dst=203.0.113.2 proto=tcp").verdict);
    }

    @Test
    void loopOfChainsGivesUnknown() {
        Ruleset rules = Rules.v4(":INPUT DROP", ":A -", "-A INPUT -j A", "-A A -j A");
        assertEquals(Verdict.UNKNOWN, walk(rules, "in=dsl dst=203.0.113.2").verdict);
    }

    @Test
    void administratorIsProvedFailedOrUnknown() {
        AdminConnection connection = new AdminConnection("lan", Rules.network(Family.IPV4, "192.168.178.0/24"),
                Addresses.parse("192.168.178.1"), 8181);
        assertEquals("proved", AdminProof.of(new Verdicts(BASIC, Rules.box()), List.of(connection)).result.word());
        Ruleset withoutReplies = Rules.v4(":INPUT ACCEPT", ":OUTPUT DROP");
        AdminProof failed = AdminProof.of(new Verdicts(withoutReplies, Rules.box()), List.of(connection));
        assertEquals("failed", failed.result.word());
        assertEquals("lan", failed.answer.packet.out());
        Ruleset limited = Rules.v4(":INPUT DROP", "-A INPUT -m limit --limit 3/min -j ACCEPT");
        assertEquals("unknown", AdminProof.of(new Verdicts(limited, Rules.box()), List.of(connection)).result.word());
        assertEquals("unknown", AdminProof.of(new Verdicts(BASIC, Rules.box()), List.of()).result.word());
    }

    @Test
    void ipv6AdministratorNeedsNeighbourDiscovery() {
        AdminConnection connection = new AdminConnection("lan", Rules.network(Family.IPV6, "fd00:178::20"),
                Addresses.parse("fd00:178::1"), 8181);
        Ruleset tcpOnly = Rules.of(Family.IPV6, ":INPUT DROP", "-A INPUT -i lan -p tcp -j ACCEPT");
        assertEquals("failed", AdminProof.of(new Verdicts(tcpOnly, Rules.box()), List.of(connection)).result.word());
        Ruleset both = Rules.of(Family.IPV6, ":INPUT DROP", "-A INPUT -i lan -p tcp -j ACCEPT",
                "-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT",
                "-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT");
        assertEquals("proved", AdminProof.of(new Verdicts(both, Rules.box()), List.of(connection)).result.word());
    }
}
