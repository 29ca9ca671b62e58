package boxwall.explain;

import boxwall.syntax.TestIncludes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Criteria match correctly for rules as users write them, after the parser. */
class ParsedRulesAgreeTest {
    private static ParsedRules parse(String... lines) {
        return RulesetParser.parse(new Source("rules", String.join("\n", lines) + "\n"), Map.of(),
                (TestIncludes) name -> null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-p tcp --dport http | proto=tcp dport=80 | YES",
            "-p tcp --dport http | proto=tcp dport=81 | NO",
            "-p tcp --sport :1023 ! --dport 80:90 | proto=tcp sport=1000 dport=79 | YES",
            "-p tcp --sport :1023 ! --dport 80:90 | proto=tcp sport=1024 dport=79 | NO",
            "-p udp -m multiport --ports 53,1000:1010 | proto=udp sport=1005 dport=1 | YES",
            "-p tcp --syn | proto=tcp flags=SYN,PSH | YES", "-p tcp ! --syn | proto=tcp flags=SYN,ACK | YES",
            "-p tcp --tcp-flags ALL NONE | proto=tcp flags=NONE | YES",
            "-p icmp --icmp-type echo-request | proto=icmp type=8 | YES",
            "-p icmp --icmp-type any | proto=icmp type=5 | YES",
            "-p icmp --icmp-type port-unreachable | proto=icmp type=3/3 | YES",
            "-p icmp --icmp-type port-unreachable | proto=icmp type=3/4 | NO",
            "-m state --state ESTABLISHED,RELATED | state=RELATED | YES",
            "-m conntrack ! --ctstate NEW | state=INVALID | YES",
            "-m iprange --src-range 10.0.0.1-10.0.0.9 | src=10.0.0.10 | NO",
            "-m mac --mac-source 00:aa:bb:cc:dd:ee | mac=00:AA:BB:CC:DD:EE | YES",
            "-m mark --mark 0x10/0xf0 | mark=0x1f | YES", "-m mark ! --mark 7 | mark=7 | NO",
            "-s 10.1.2.3/255.0.255.0 | src=10.9.2.9 | YES", "! -s 10.0.0.0/8 -i eth+ | src=11.0.0.1 in=eth | YES",
            "-s ! 10.0.0.0/8 | src=10.0.0.1 | NO", "-i eth0 | in=eth01 | NO", "-f | fragment=yes | YES",
            "-p tcp -m tcp --dport 80 | proto=tcp dport=80 fragment=yes | NO",
            "-m comment --comment \"a b\" | in=lan | YES", "-m limit --limit 3/min | in=lan | UNKNOWN",
            "-p tcp -m limit --limit 3/min | proto=udp | NO",})
    void ruleAsUsersWriteItMatches(String rule, String keys, String expected) {
        ParsedRules parsed = parse("iptables -A FORWARD " + rule + " -j ACCEPT");
        assertEquals(List.of(), parsed.errors());
        Rule only = parsed.ruleset().chain(Family.IPV4, Table.FILTER, "FORWARD").rules.get(0);
        assertEquals(expected, matches(only, Keys.packet(Rules.keys(keys), BoxNetwork.unknown())));
    }

    private static String matches(Rule rule, Packet packet) {
        PacketSets sets = new PacketSets(new RuleValues(List.of(), BoxNetwork.unknown(), packet.family, List.of()), 16);
        SetMatch match = SetMatch.of(sets.ruleValues.criteria(rule), sets, Bdd.ALL, packet.fields);
        return match.certain == Bdd.ALL ? "YES" : match.possible == Bdd.NONE ? "NO" : "UNKNOWN";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-p icmpv6 --icmpv6-type neighbour-solicitation | proto=icmpv6 type=135 | YES",
            "-p icmpv6 --icmpv6-type 1/4 | proto=icmpv6 type=1/3 | NO",
            "-d fe80::/10 -p udp --dport 546 | dst=fe80::1 proto=udp dport=546 | YES",})
    void ipv6RuleAsUsersWriteItMatches(String rule, String keys, String expected) {
        ParsedRules parsed = parse("ip6tables -A INPUT " + rule + " -j ACCEPT");
        assertEquals(List.of(), parsed.errors());
        Rule only = parsed.ruleset().chain(Family.IPV6, Table.FILTER, "INPUT").rules.get(0);
        assertEquals(expected, matches(only, Keys.packet(Rules.keys(keys), BoxNetwork.unknown())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"mangle | PREROUTING | -j MARK --set-mark 0x10/0xf0 | MARK",
            "mangle | PREROUTING | -j MARK --or-mark 1 | MARK", "raw | PREROUTING | -j NOTRACK | NOTRACK",
            "raw | PREROUTING | -j CT --notrack | CT",
            "nat | PREROUTING | -p tcp -j DNAT --to-destination 192.168.178.20:80 | DNAT",
            "nat | PREROUTING | -p tcp -j REDIRECT --to-ports 8080 | REDIRECT",
            "nat | POSTROUTING | -j MASQUERADE | MASQUERADE", "filter | FORWARD | -j LOG --log-prefix x | LOG",
            "filter | FORWARD | -p tcp -j REJECT --reject-with tcp-reset | REJECT",})
    void targetAsUsersWriteItIsParsed(String table, String chain, String words, String target) {
        ParsedRules parsed = parse("iptables -t " + table + " -A " + chain + " " + words);
        assertEquals(List.of(), parsed.errors());
        Chain found = parsed.ruleset().chain(Family.IPV4, Table.of(table), chain);
        assertEquals(target, found.rules.get(0).target.name);
        if (target.equals("MARK")) { assertTrue(Targets.mark(found.rules.get(0).target) != null); }
        if (target.equals("DNAT")) {
            assertEquals(80, Targets.port(found.rules.get(0).target, Family.IPV4));
            assertEquals("192.168.178.20",
                    boxwall.netfilter.Addresses.print(Targets.address(found.rules.get(0).target, Family.IPV4)));
        }
    }
}
