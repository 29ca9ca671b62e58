package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Old names, short addresses, abbreviations and the old position of a !, as iptables 1.4.11 to 1.8.9 accept them;
 * {@code SpellingsIT} compares them with the real iptables.
 */
class SpellingsTest {
    /** The line as written, and the rule as iptables-save prints it. */
    static final String[] ACCEPTED = {
            // addresses: completed at the end, and ignored with a mask of 0 bits
            "iptables -A INPUT -s 0/0 -d 0/0 -j ACCEPT | -A INPUT -j ACCEPT",
            "iptables -A INPUT -s 10/8 -j DROP | -A INPUT -s 10.0.0.0/8 -j DROP",
            "iptables -A INPUT -s 127/8 -j DROP | -A INPUT -s 127.0.0.0/8 -j DROP",
            "iptables -A INPUT -s any/0 -j DROP | -A INPUT -j DROP",
            "iptables -A INPUT ! -d 192.168.1/24 -j DROP | -A INPUT ! -d 192.168.1.0/24 -j DROP",
            "iptables -A INPUT -s 172.16/255.240.0.0 -j DROP | -A INPUT -s 172.16.0.0/12 -j DROP",
            "iptables -A INPUT -s 10.0.0.1/0.0.0.255 -j DROP | -A INPUT -s 0.0.0.1/0.0.0.255 -j DROP",
            "iptables -A INPUT -s 10 -j DROP | -A INPUT -s 10.0.0.0/32 -j DROP",
            "iptables -A INPUT -s 10/8,192.168/16 -j DROP | -A INPUT -s 10.0.0.0/8 -j DROP | -A INPUT -s 192.168.0.0/16 -j DROP",
            "iptables -A INPUT -s 0x0a.1.2.3 -j DROP | -A INPUT -s 10.1.2.3/32 -j DROP",
            "iptables -A INPUT -m iprange --src-range 10.0.1-10.0.9 -j DROP | -A INPUT -m iprange --src-range 10.0.1.0-10.0.9.0 -j DROP",
            "ip6tables -A INPUT -s any/0 -d 0/0 -j DROP | -A INPUT -j DROP",
            "ip6tables -A INPUT -s fd00::1/ffff:: -j DROP | -A INPUT -s fd00::/16 -j DROP",
            // old names
            "iptables -I FORWARD -m set --set BadNets src,dst -j DROP | -A FORWARD -m set --match-set BadNets src,dst -j DROP",
            "iptables -A FORWARD -m set ! --set BadNets src | -A FORWARD -m set ! --match-set BadNets src",
            "iptables -A FORWARD -m set --set ! BadNets src | -A FORWARD -m set ! --match-set BadNets src",
            "ip6tables -A INPUT -p icmpv6 -m icmpv6 --icmpv6-type 128 -j ACCEPT | -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT",
            "ip6tables -A INPUT -p ipv6-icmp -m ipv6-icmp --icmpv6-type neighbour-solicitation | -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135",
            "ip6tables -A INPUT -p icmpv6 --icmpv6-type router-adv | -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 134",
            "iptables -A INPUT -m time --timestart 8:00 --localtz | -A INPUT -m time --timestart 08:00:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07 --kerneltz",
            "iptables -A INPUT -m time --weekdays Mo,Fr --utc | -A INPUT -m time --weekdays Mo,Fr --datestop 2038-01-19T03:14:07",
            "ip6tables -A INPUT -m hl --hl 255 | -A INPUT -m hl --hl-eq 255",
            "ip6tables -A INPUT -p mh --mh-type bu:be | -A INPUT -p ipv6-mh -m mh --mh-type bu:be",
            "iptables -A INPUT -p tcp -m tcpmss --mss 1400: | -A INPUT -p tcp -m tcpmss --mss 1400:65535",
            "iptables -A INPUT -p sctp --chunk-types ANY sack,data | -A INPUT -p sctp -m sctp --chunk-types any sack,data",
            "iptables -A INPUT -m mac --mac-source A:b:0:1:2:3 | -A INPUT -m mac --mac-source 0a:0b:00:01:02:03",
            "iptables -A INPUT -p IP -j DROP | -A INPUT -j DROP",
            "iptables -A INPUT -m hashlimit --hashlimit 5/s --hashlimit-name a | -A INPUT -m hashlimit --hashlimit-upto 5/s --hashlimit-name a",
            "iptables -A FORWARD -m policy --dir in --pol ipsec --proto ipcomp | -A FORWARD -m policy --dir in --pol ipsec --proto ipcomp",
            // the ! after the option, as accepted before 1.4.12
            "iptables -A INPUT -s ! 10/8 -i ! lan -p ! tcp -j DROP | -A INPUT ! -s 10.0.0.0/8 ! -i lan ! -p tcp -j DROP",
            "iptables -A INPUT -p tcp --dport ! 80 --tcp-flags ! SYN,RST SYN | -A INPUT -p tcp -m tcp ! --dport 80 ! --tcp-flags SYN,RST SYN",
            "iptables -A INPUT -p icmp --icmp-type ! echo-request | -A INPUT -p icmp -m icmp ! --icmp-type 8",
            "iptables -A INPUT -m state --state ! NEW | -A INPUT -m state ! --state NEW",
            "iptables -A INPUT -m mac --mac-source ! 0:1:2:3:4:5 | -A INPUT -m mac ! --mac-source 00:01:02:03:04:05",
            // abbreviations: a match's own option takes precedence over the prefix of a general one
            "iptables --app INPUT --prot tcp --sou 10/8 --dest 127/8 --j DROP | -A INPUT -s 10.0.0.0/8 -d 127.0.0.0/8 -p tcp -j DROP",
            "iptables -A INPUT -p tcp --syn --dp 22 -m connlimit --connlimit-a 3 | -A INPUT -p tcp -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN -m connlimit --connlimit-above 3 --connlimit-mask 32 --connlimit-saddr",
            "iptables -A INPUT -m recent --set --name a | -A INPUT -m recent --set --name a --mask 255.255.255.255 --rsource",
            "iptables -t mangle -A FORWARD -j MARK --set-m 1 | -A FORWARD -j MARK --set-xmark 0x1/0xffffffff",
            "iptables -t nat -A PREROUTING -j DNAT --to 10.0.0.2 | -A PREROUTING -j DNAT --to-destination 10.0.0.2",
            "iptables -A FORWARD -i eth0 -o lan -p tcp --dport=80 -j ACCEPT | -A FORWARD -i eth0 -o lan -p tcp -m tcp --dport 80 -j ACCEPT",
            "iptables -A FORWARD --in-interface=eth0 --state NEW -j ACCEPT -m state | ",
            // truncated as by iptables
            "iptables -A INPUT -j LOG --log-prefix 123456789012345678901234567890 | -A INPUT -j LOG --log-prefix 12345678901234567890123456789",};

    private static List<String> written(ParsedRules parsed) {
        List<String> lines = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Table table : parsed.ruleset().tables(family)) {
                for (Chain chain : parsed.ruleset().chains(family, table)) {
                    for (Rule rule : chain.rules) {
                        lines.add(RuleWriter.rule(chain.name, rule));
                    }
                }
            }
        }
        return lines;
    }

    private static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("r", text), Map.of(), Includes.NONE);
    }

    @Test
    void spellingsAreParsedAsByIptables() {
        List<String> wrong = new ArrayList<>();
        for (String row : ACCEPTED) {
            String[] parts = row.split(" \\| ?", -1);
            ParsedRules parsed = parse(parts[0] + "\n");
            List<String> expected = List.of(parts).subList(1, parts.length).stream().filter(p -> !p.isEmpty())
                    .collect(Collectors.toList());
            if (expected.isEmpty() ? parsed.errors().isEmpty()
                    : !parsed.errors().isEmpty() || !expected.equals(written(parsed))) {
                wrong.add(row + "\n   " + written(parsed) + parsed.errors());
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "iptables -A INPUT -s 192.168.1 -j DROP | 192.168.1 without a mask is the one address 192.168.1.0/32; for a network write 192.168.1/24",
            "iptables -A INPUT -j LOG --log-prefix 'ä23456789012345678901234567890' | --log-prefix is shortened to 29 bytes, as iptables does it",})
    void ambiguousValueIsAcceptedWithNote(String line, String note) {
        ParsedRules parsed = parse(line + "\n");
        assertEquals(List.of(), parsed.errors());
        assertTrue(parsed.notes().stream().anyMatch(n -> n.text.contains(note)),
                () -> parsed.notes().stream().map(n -> n.text).collect(Collectors.toList()).toString());
    }

    /** A multibyte character is not truncated in the middle. */
    @Test
    void textIsTruncatedBetweenCharacters() {
        String seven = "1234567";
        ParsedRules parsed =
                parse("iptables -A INPUT -j LOG --log-prefix " + seven + seven + seven + seven + "\u00c3\u00a4 \n");
        assertEquals(List.of("-A INPUT -j LOG --log-prefix " + seven + seven + seven + seven), written(parsed));
    }

    /** iptables accepts "-i-lan" without a space; iptables-save then prints a line that cannot be parsed again. */
    @ParameterizedTest
    @CsvSource({"-i-lan", "-i!", "--in-interface=-lan", "-p-1", "-s-1", "'-m recent --set --name=-x'",
            "'-p tcp --dport=-80'", "'-m layer7 --l7proto=-x'"})
    void attachedValueThatLooksLikeOptionIsRejected(String rule) {
        ParsedRules parsed = RulesetParser.parse(new Source("r", "iptables -A INPUT " + rule + " -j DROP\n"), Map.of(),
                Includes.NONE, UnknownExtensions.of(List.of("libxt_layer7.so")));
        assertFalse(parsed.errors().isEmpty());
    }

    /** docs/language.md lists all old names of the table of extensions. */
    @Test
    void documentListsOldNames() throws Exception {
        String docs = java.nio.file.Files.readString(java.nio.file.Path.of("docs/language.md"));
        List<String> missing = new ArrayList<>();
        Extensions all = Extensions.get();
        for (Family family : Family.values()) {
            for (boolean target : new boolean[] {false, true}) {
                for (String name : all.names(target, family)) {
                    Extension e = target ? all.target(name, family) : all.match(name, family);
                    e.list("alias").stream().filter(a -> !docs.contains("`-m " + a + "`")).forEach(missing::add);
                    for (OptionSpec spec : e.options) {
                        spec.names.stream().skip(1).filter(n -> !docs.contains("`" + n + "`")).forEach(missing::add);
                    }
                }
            }
        }
        assertEquals(List.of(), missing);
    }
}
