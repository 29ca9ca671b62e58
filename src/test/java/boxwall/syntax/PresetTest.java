package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the heads of presets, and the values that an include line gives. */
class PresetTest {
    private static final String HEAD = """
            # sample: for tests
            #@ en Sample: an example.
            #@ de Muster: ein Beispiel.
            #@ ask DEVICE device: Device | Gerät
            #@ ask PORTS ports=80: Ports | Ports
            #@ ask PROTO proto=tcp: Protocol | Protokoll
            #@ ask WHEN times=always: When | Wann
            #@ ask FROM network=any: From | Von
            #@ ask LIMIT limit=no: At most | Höchstens
            """;
    private static final String LINES = """
            iptables -A FORWARD $DEVICE4 $FROM_SRC4 -p $PROTO -m multiport --dports $PORTS $WHEN $LIMIT -j DROP
            ip6tables -A FORWARD $DEVICE6 $FROM_SRC6 -p $PROTO -m multiport --dports $PORTS $WHEN $LIMIT -j DROP
            expect DROP $DEVICE_KEY4 $WHEN_ALWAYS $LIMIT_NONE dport=$PORTS_OTHERS
            """;

    private static ParsedRules parse(String text) {
        Map<String, String> names = new HashMap<>(Map.of("LAN_IF", "lan"));
        names.put("GUEST_IF", null);
        return RulesetParser.parse(new Source("rules", text), names,
                (TestIncludes) name -> name.equals("sample") ? Source.preset(name, HEAD + LINES) : null);
    }

    /** A name set from a missing value is missing too; otherwise a rule would lose its condition. */
    @Test
    void nameSetFromMissingValueIsMissing() {
        ParsedRules parsed = RulesetParser.parse(
                new Source("rules", "include own DEVICE=192.168.178.30\nWHO=\niptables -A INPUT $WHO -j DROP\n"),
                Map.of(), (TestIncludes) name -> new Source(name, """
                        #@ ask DEVICE device: Device | Gerät
                        WHO="-p tcp $DEVICE4"
                        iptables -A FORWARD $WHO -j ACCEPT
                        WHO="-p tcp $DEVICE6"
                        ip6tables -A FORWARD $WHO -j ACCEPT
                        """));
        assertEquals(List.of(), parsed.errors());
        assertEquals("-A FORWARD -s 192.168.178.30/32 -p tcp -j ACCEPT", rules(parsed, Family.IPV4));
        assertEquals("", rules(parsed, Family.IPV6));
        assertEquals(1, parsed.ruleset().chain(Family.IPV4, Table.FILTER, "INPUT").rules.size());
    }

    private static String rules(ParsedRules parsed, Family family) {
        return parsed.ruleset().owns(family, Table.FILTER)
                ? parsed.ruleset().chain(family, Table.FILTER, "FORWARD").rules.stream()
                        .map(r -> RuleWriter.rule("FORWARD", r)).collect(Collectors.joining("\n"))
                : "";
    }

    @Test
    void headDescribesTextsAndParameters() {
        Preset preset = new Preset(new Source("sample", HEAD + LINES));
        assertEquals("Sample: an example.", preset.english);
        assertEquals("Muster: ein Beispiel.", preset.german);
        assertEquals(List.of("DEVICE", "PORTS", "PROTO", "WHEN", "FROM", "LIMIT"),
                List.copyOf(preset.parameters.keySet()));
        assertEquals(null, preset.parameters.get("DEVICE").standard);
        assertEquals("80", preset.parameters.get("PORTS").standard);
        assertEquals("When", preset.parameters.get("WHEN").english);
        assertEquals("Höchstens", preset.parameters.get("LIMIT").german);
    }

    /**
     * Every shipped preset has a title and a sentence in both languages, and boxwall parses every line of its head.
     */
    @Test
    void headsOfShippedPresetsAreComplete() throws IOException {
        try (var files = Files.list(Path.of("conf/presets"))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                Preset preset = new Preset(new Source(file.getFileName().toString().replace(".rules", ""), text));
                assertTrue(preset.english.matches("[A-Z][^:]+: .+\\.") && preset.german.matches("[A-ZÃ][^:]+: .+\\."),
                        file + ": " + preset.english);
                long asks = text.lines().filter(l -> l.startsWith("#@ ask")).count();
                assertEquals(asks, preset.parameters.size(), file.toString());
                assertEquals(asks + 2, text.lines().filter(l -> l.startsWith("#@")).count(), file.toString());
                for (Preset.Parameter each : preset.parameters.values()) {
                    assertTrue(text.contains("$" + each.name), file + " doesn't use " + each.name);
                }
            }
        }
    }

    @Test
    void deviceIsAddressOfOneFamilyOrMac() {
        assertEquals("-A FORWARD -s 192.0.2.1/32 -p tcp -m multiport --dports 80 -j DROP",
                rules(parse("include sample DEVICE=192.0.2.1\n"), Family.IPV4));
        assertEquals("", rules(parse("include sample DEVICE=192.0.2.1\n"), Family.IPV6));
        assertEquals(List.of(), parse("include sample DEVICE=192.0.2.1\n").notes().stream()
                .filter(n -> n.text.contains("left out")).toList());
        assertEquals("-A FORWARD -s 2001:db8::1/128 -p tcp -m multiport --dports 80 -j DROP",
                rules(parse("include sample DEVICE=2001:db8::1\n"), Family.IPV6));
        ParsedRules mac = parse("include sample DEVICE=00:00:5e:00:53:2a PROTO=udp\n");
        assertEquals("-A FORWARD -p udp -m mac --mac-source 00:00:5e:00:53:2a -m multiport --dports 80 -j DROP",
                rules(mac, Family.IPV4));
        assertFalse(rules(mac, Family.IPV6).isEmpty());
        assertEquals(Map.of("mac", "00:00:5e:00:53:2a", "dport", "1-79,81-65535"), mac.expects.get(0).keys);
        assertTrue(mac.expects.get(0).preset);
    }

    @Test
    void valuesApplyToTheirIncludeOnly() {
        ParsedRules parsed = parse(
                "include sample DEVICE=192.0.2.1 WHEN=21:00-07:30 LIMIT=3/minute\ninclude sample DEVICE=192.0.2.2 PORTS=22,8000-8010\n");
        assertEquals(
                "-A FORWARD -s 192.0.2.1/32 -p tcp -m multiport --dports 80 -m time --timestart 21:00:00 --timestop 07:30:00 --datestop 2038-01-19T03:14:07 -m limit --limit 3/min --limit-burst 12 -j DROP\n"
                        + "-A FORWARD -s 192.0.2.2/32 -p tcp -m multiport --dports 22,8000:8010 -j DROP",
                rules(parsed, Family.IPV4));
        assertEquals(1, parsed.expects.size(),
                "a rule with a time has no expect line, which would apply at every hour");
        assertEquals("1-21,23-7999,8011-65535", parsed.expects.get(0).keys.get("dport"));
        assertEquals(List.of("rules:1", "rules:2"), parsed.includes.stream().map(i -> i.origin.toString()).toList());
        assertEquals(1, parse("include sample DEVICE=192.0.2.1\niptables -A INPUT -p tcp --dport $PORTS -j DROP\n")
                .errors().size());
    }

    @Test
    void includeUsesNameSetBeforeUnlessItGivesValue() {
        assertTrue(rules(parse("PORTS=22\nDEVICE=192.0.2.9\ninclude sample\n"), Family.IPV4)
                .contains("-s 192.0.2.9/32 -p tcp -m multiport --dports 22"));
        assertTrue(rules(parse("PORTS=22\ninclude sample DEVICE=192.0.2.9 PORTS=23\n"), Family.IPV4)
                .contains("--dports 23"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "include sample|1:9|\"sample\" needs DEVICE (Device)|write include sample DEVICE=..., for example 192.168.178.30 or 00:00:5E:00:53:2A",
            "include sample DEVICE=nas|1:23|DEVICE: not a value of kind device: \"nas\"|write an address, as 192.168.178.30 or 00:00:5E:00:53:2A",
            "include sample DEVICE=192.0.2.1 PORTS=http1|1:39|PORTS: unknown port \"http1\"|did you mean \"http\"?",
            "include sample DEVICE=192.0.2.1 PORTS=90-80|1:39|PORTS: a range that runs backwards: \"90:80\"|write the lower port first",
            "include sample DEVICE=192.0.2.1 PROTO=icmp|1:39|PROTO: not a value of kind proto: \"icmp\"|write tcp or udp",
            "include sample DEVICE=192.0.2.1 WHEN=21:00|1:38|WHEN: not a value of kind times: \"21:00\"|write 21:00-07:00 or always",
            "include sample DEVICE=192.0.2.1 WHEN=25:00-07:00|1:38|WHEN: not a number from 0 to 23 in \"25:00\": \"25\"|write 21:00-07:00 or always",
            "include sample DEVICE=192.0.2.1 FROM=10.0.0.0/40|1:38|FROM: not a mask: \"40\"|write the number of bits, 0 to 32",
            "include sample DEVICE=192.0.2.1 LIMIT=often|1:39|LIMIT: not a rate: \"often\"|write it as 3/minute; second, minute, hour and day are known",
            "include sample DEVICE=192.0.2.1 PORT=80|1:33|\"sample\" takes no \"PORT\"|did you mean \"PORTS\"?",
            "include sample DEVICE=192.0.2.1 DEVICE=192.0.2.2|1:33|\"DEVICE\" is given twice|keep one",
            "include sample 192.0.2.1|1:16|not NAME=value: \"192.0.2.1\"|write one include line for each preset, its values behind it",})
    void invalidValueIsReportedAtItsPosition(String line, String position, String what, String todo) {
        List<SyntaxError> errors = parse(line + "\n").errors();
        assertFalse(errors.isEmpty(), line);
        SyntaxError error = errors.get(0);
        assertEquals(position + " " + what + "; " + todo,
                error.line + ":" + error.column + " " + error.what + "; " + error.todo);
        assertNotNull(error.file);
    }

    @Test
    void presetWithoutValuesIsIncludedOnce() {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", "include plain\ninclude plain\n"), Map.of(),
                (TestIncludes) name -> Source.preset(name, "iptables -A INPUT -j DROP\n"));
        assertEquals(1, parsed.ruleset().chain(Family.IPV4, Table.FILTER, "INPUT").rules.size());
        assertTrue(parsed.notes().stream().anyMatch(n -> n.text.contains("included already")));
    }
}
