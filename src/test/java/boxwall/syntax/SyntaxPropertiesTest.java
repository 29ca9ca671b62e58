package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Properties that hold for every text. jqwik prints the seed of a failed run. */
class SyntaxPropertiesTest {

    private static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("r", text), Map.of(), Includes.NONE);
    }

    private static String rules(long seed, int wildness, int count) {
        RuleGenerator generator = new RuleGenerator(seed, wildness, Set.of());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(generator.next().shell()).append('\n');
        }
        return text.toString();
    }

    @Property(tries = 200)
    void writtenRulesetParsesToSameRuleset(@ForAll long seed) {
        StringBuilder good = new StringBuilder();
        for (String line : rules(seed, 1, 20).split("\n")) {
            if (parse(line + "\n").errors().isEmpty()) { good.append(line).append('\n'); }
        }
        ParsedRules first = parse(good.toString());
        for (Family family : Family.values()) {
            RuleWriter.RestoreText text = RuleWriter.restore(first.ruleset(), family);
            String block = family == Family.IPV4 ? text.text : text.text.replaceAll("(?m)^(\\*\\w+)$", "$16");
            ParsedRules again = parse(block);
            assertEquals(List.of(), again.errors(), block);
            assertEquals(text.text, RuleWriter.restore(again.ruleset(), family).text);
            first.ruleset().tables(family).forEach(table -> assertEquals(first.ruleset().chains(family, table),
                    again.ruleset().chains(family, table)));
        }
    }

    @Property(tries = 300)
    void noiseCausesNoException(@ForAll("noise") String text) {
        for (SyntaxError error : parse(text).errors()) {
            assertTrue(error.line >= 1 && error.column >= 1, error.toString());
            assertFalse(error.toString().chars().anyMatch(c -> c < ' '), "control characters in a message");
        }
    }

    @Provide
    Arbitrary<String> noise() {
        Arbitrary<String> words = Arbitraries.of("iptables", "ip46tables", "-A", "-I", "INPUT", "-s", "-p", "tcp",
                "--dport", "!", "$A", "${A}", "A=$A$A", "'", "\"", "\\", "\n", " ", "\t", "-m", "recent", "limit",
                "--limit", "hashlimit", "*filter", "*nat6", "COMMIT", ":x - [0:0]", "[1:2]", "-j", "REJECT",
                "include x", "expect", "keep", "-N", "x", "-E", "-X", "-F", "-R", "99999999999", "0", "/", ",", "--",
                "--t", "=", "\0", "\r\n", "\ud83d", "\u00e9");
        return words.list().ofMaxSize(60)
                .map(list -> String.join(new Random(list.hashCode()).nextBoolean() ? " " : "", list));
    }

    @Property(tries = 30)
    void truncationCausesNoException(@ForAll long seed) {
        String text =
                "A='x y'\n*mangle\n:INPUT ACCEPT [0:0]\n[1:2] -A INPUT -m comment --comment \"a\\\"b\" -j ACCEPT\nCOMMIT\n"
                        + rules(seed, 10, 4);
        for (int end = 0; end <= text.length(); end++) {
            parse(text.substring(0, end));
        }
    }

    @Property(tries = 20)
    void megabyteOfNoiseIsRejectedWithoutException(@ForAll long seed) {
        byte[] bytes = new byte[1 << 20];
        new Random(seed).nextBytes(bytes);
        String noise = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertFalse(parse(noise).errors().isEmpty());
        assertFalse(parse(noise.substring(0, RulesetParser.FILE_LIMIT)).errors().isEmpty());
    }
}
