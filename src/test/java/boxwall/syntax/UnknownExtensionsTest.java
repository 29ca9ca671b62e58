package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Extensions that the box's iptables has and boxwall's language does not know. */
class UnknownExtensionsTest {
    private static final UnknownExtensions BOX = UnknownExtensions.of(List.of("libxt_layer7.so", "libipt_IMQ.so",
            "libip6t_ROUTE.so", "libebt_vlan.so", "README", "libxt_.so", "x.so"));

    private static ParsedRules parse(String text, UnknownExtensions foreign) {
        return RulesetParser.parse(new Source("r", text), Map.of(), Includes.NONE, foreign);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "-m layer7 --l7proto http -j DROP | -A FORWARD -m layer7 --l7proto http -j DROP",
            "-m layer7 ! --l7proto \"a b\" --l7dir x --flag -j IMQ --todev 0 | -A FORWARD -m layer7 ! --l7proto \"a b\" --l7dir x --flag -j IMQ --todev 0",
            "-j IMQ --todev=2 -m layer7 --l7proto x | -A FORWARD -m layer7 --l7proto x -j IMQ --todev 2",
            "-p tcp -m layer7 --l7proto x --dport 80 -j DROP | -A FORWARD -p tcp -m layer7 --l7proto x -m tcp --dport 80 -j DROP",
            "-m layer7 --l7proto x -m limit --limit 5/s --more 1 -j DROP | -A FORWARD -m layer7 --l7proto x --more 1 -m limit --limit 5/sec -j DROP",})
    void foreignExtensionIsKeptUnchangedWithNote(String rule, String expected) {
        ParsedRules parsed = parse("iptables -P FORWARD DROP\niptables -A FORWARD " + rule + "\n", BOX);
        assertEquals(List.of(), parsed.errors());
        assertTrue(RuleWriter.restore(parsed.ruleset(), Family.IPV4).text.contains(expected + "\n"),
                RuleWriter.restore(parsed.ruleset(), Family.IPV4).text);
        List<String> notes = parsed.notes().stream().map(n -> n.origin + " " + n.text)
                .filter(t -> t.contains("unchecked")).collect(Collectors.toList());
        assertEquals(1, notes.size(), notes.toString());
        assertTrue(notes.get(0).startsWith("r:2 passes unchecked: -"), notes.get(0));
        assertEquals(1,
                parse("iptables -A FORWARD " + rule + "\n", UnknownExtensions.none()).errors().stream()
                        .filter(e -> e.what.startsWith("unknown match") || e.what.startsWith("no target")).map(e -> 1)
                        .reduce(0, Math::max),
                "an error on a box without it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"iptables -A INPUT -m layer8 | unknown match \"layer8\"",
            "iptables -A INPUT -m IMQ | unknown match \"IMQ\"",
            "iptables -A INPUT -j layer7 | no target and no chain \"layer7\"",
            "ip6tables -A INPUT -j IMQ | no target and no chain \"IMQ\"",
            "iptables -A INPUT -j ROUTE | no target and no chain \"ROUTE\"",
            "iptables -A INPUT -g IMQ | no target and no chain \"IMQ\"",
            "iptables -A INPUT -m vlan | unknown match \"vlan\"",
            "iptables -A INPUT -m layer7 --modprobe=/bin/sh | --modprobe makes iptables run",
            "iptables -A INPUT -m layer7 --mod /bin/sh | --modprobe makes iptables run",
            "iptables -A INPUT -m layer7 --m /bin/sh | several options begin with --m",
            "iptables -A INPUT -m layer7 --l7/proto x | not a name",
            "iptables -A INPUT -m limit --object x | unknown option --object",
            "iptables -A INPUT -m ../layer7 | not a name",})
    void otherUnknownExtensionOrOptionIsRejected(String line, String expected) {
        List<SyntaxError> errors = parse(line + "\n", BOX).errors();
        assertTrue(errors.stream().anyMatch(e -> e.what.startsWith(expected)), errors.toString());
    }

    @Test
    void userChainNamedLikeForeignTargetIsChain() {
        ParsedRules parsed = parse("iptables -N imq\niptables -A imq -j DROP\niptables -A INPUT -j imq\n", BOX);
        assertEquals(List.of(), parsed.errors());
        assertTrue(parsed.notes().stream().noneMatch(n -> n.text.contains("unchecked")));
    }
}
