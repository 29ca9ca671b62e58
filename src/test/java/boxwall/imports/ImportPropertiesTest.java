package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Properties of the import of any text: no exception, a ruleset that parses, valid remarks. jqwik prints the seed of a
 * failed run.
 */
class ImportPropertiesTest {

    /** Imports a text and checks the properties. */
    private static Imported importAndCheck(String text) {
        Imported imported = Scripts.read("x", text);
        assertEquals(List.of(), ImportedRules.parse(imported).errors(),
                () -> "the input\n" + text + "\ngave\n" + imported.text);
        int lines = text.split("\n", -1).length;
        for (Remark remark : imported.remarks) {
            assertTrue(remark.line >= 1 && remark.line <= lines, remark::toString);
            assertFalse(remark.toString().chars().anyMatch(c -> c < ' ' || c == 0x7F),
                    "control characters in a remark");
            assertFalse(remark.what.isBlank() || remark.todo.isBlank(), remark::toString);
        }
        return imported;
    }

    @Property(tries = 400)
    void randomShellWordsGiveValidRulesetAndRemarks(@ForAll("noise") String text) { importAndCheck(text); }

    @Provide
    Arbitrary<String> noise() {
        Arbitrary<String> words = Arbitraries.of("iptables", "$IPT", "-A", "-I", "INPUT", "-s", "$LAN_NET", "$A",
                "\"$A\"", "${A:-x}", "A=1 2", "A='b c'", "A=$A$A", "-p", "tcp", "--dport", "!", "-j", "ACCEPT", "foo",
                "-N", "-t", "nat", "if", "then", "else", "fi", "for", "in", "do", "done", "case", "esac", "{", "}", "(",
                ")", ";", ";;", "&&", "||", "|", "\n", "\n", "\n", "#", "'", "\"", "`", "$(", "\\", "<<E", "E",
                "*filter", ":x - [0:0]", "COMMIT", "foo()", "$@", "$1", "local", "export", "modprobe", "insmod",
                "/lib/$(uname -r)/a.ko", "echo", ">", "/proc/x", "iptables-restore", "exit", "return", "while", "[",
                "]", "-f", "=", "\0", "\r\n", "\u00e9", "\uE000", "\ud83d", "```", "...", "*", "\"\\\n\"", "\\\n",
                "unset", "set", "--", "shift", "expect", "keep", "[[", "]]", "((", "))");
        return words.list().ofMaxSize(80)
                .map(list -> String.join(new Random(list.hashCode()).nextInt(4) == 0 ? "" : " ", list));
    }

    @Property(tries = 60)
    void shuffledLinesGiveValidRulesetAndRemarks(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<Path> files = Scripts.all();
        for (int i = 0; i < 40; i++) {
            String[] lines = Scripts.text(files.get(random.nextInt(files.size()))).split("\n");
            text.append(lines[random.nextInt(lines.length)]).append('\n');
        }
        importAndCheck(text.toString());
    }

    @Example
    void truncatedScriptsGiveValidRulesetAndRemarks() throws IOException {
        for (Path file : Scripts.all()) {
            String text = Scripts.text(file);
            int step = Boolean.getBoolean("boxwall.long") ? 1 : 23;
            for (int end = 0; end <= text.length(); end += step) {
                importAndCheck(text.substring(0, end));
            }
        }
    }

    @Property(tries = 5)
    void randomBytesGiveValidRulesetAndRemarks(@ForAll long seed) {
        byte[] bytes = new byte[300_000];
        new Random(seed).nextBytes(bytes);
        String noise = new String(bytes, StandardCharsets.ISO_8859_1);
        assertFalse(importAndCheck(noise).isWhole());
        importAndCheck(noise.substring(0, 200_000));
    }

    /**
     * Texts with exponential growth or great size: nested loops, names that double their value, recursive functions,
     * many rules, many errors.
     */
    @Example
    void exponentialTextsGiveValidRulesetAndRemarks() {
        StringBuilder doubling = new StringBuilder("A=xxxxxxxx\n");
        for (int i = 0; i < 40; i++) {
            doubling.append("A=$A$A\n");
        }
        String deep = "(".repeat(5000) + "if ".repeat(5000) + "{ ".repeat(5000);
        String loops =
                "for a in $L; do for b in $L; do for c in $L; do for d in $L; do iptables -A INPUT -p tcp --dport $a -j ACCEPT; done; done; done; done\n";
        Stream.of(doubling + "iptables -A INPUT -s $A -j DROP\n", deep, deep.replace(" ", "\n"),
                "L='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20'\n" + loops, "f() { f; f; }\nf\n",
                "f() { g \"$@\" \"$@\"; }\ng() { f \"$@\" \"$@\"; }\nf 1 2\n",
                "iptables -A INPUT -j ACCEPT\n".repeat(9000), "iptables -A NONE -j x\n".repeat(9000),
                "A=1\niptables -A INPUT -s $A -j DROP\n".repeat(4000), "A${B:-${C:-${D:-".repeat(3000),
                "\"'".repeat(9000), "A=(".repeat(9000), "$(".repeat(9000), "`".repeat(9001),
                "if [ -f /x ]\nthen\n".repeat(30) + "iptables -F\n", "${A:-".repeat(2000) + "}".repeat(2000))
                .forEach(ImportPropertiesTest::importAndCheck);
    }
}
