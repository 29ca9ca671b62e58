package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

/**
 * Rejects input that would make iptables run a program, open a file or parse a line differently from boxwall, and input
 * beyond the limits of iptables.
 */
class DangerousInputTest {
    private static List<SyntaxError> errors(String text, Includes includes) {
        return RulesetParser
                .parse(new Source("rules", text), Map.of(), includes, UnknownExtensions.of(List.of("libxt_evil.so")))
                .errors();
    }

    private static void assertRejected(String line, String expected) {
        List<SyntaxError> errors = errors(line + "\n", Includes.NONE);
        assertTrue(errors.stream().anyMatch(e -> e.what.contains(expected)), line + ": " + errors);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "iptables -M /tmp/x -A INPUT | --modprobe makes iptables run a program",
            "iptables -M/tmp/x -A INPUT | --modprobe makes iptables run a program",
            "iptables --modprobe /tmp/x -A INPUT | --modprobe makes iptables run a program",
            "iptables --modprobe=/tmp/x -A INPUT | --modprobe makes iptables run a program",
            "iptables --mod=/tmp/x -A INPUT | --modprobe makes iptables run a program",
            "iptables -A INPUT -vM /tmp/x | --modprobe makes iptables run a program",
            "iptables -A INPUT -j DROP '--modpr' /tmp/x | --modprobe makes iptables run a program",
            "iptables -A INPUT -j DROP -\\M /tmp/x | --modprobe makes iptables run a program",
            "iptables -A INPUT -m evil --x y --modpro=/tmp/x | --modprobe makes iptables run a program",
            "iptables -A INPUT -m bpf --object-pinned /sys/fs/bpf/x | unknown option --object-pinned",
            "iptables -A INPUT -m bpf --bytecode /etc/passwd | a path for a value",
            "iptables -A INPUT -m evil --object-p/../x | not a name",
            "iptables -A INPUT -m ../../tmp/evil | not a name", "iptables -A INPUT -m -evil | missing",
            "iptables -A INPUT -j /tmp/evil | not a name",
            "iptables -A INPUT -m recent --set --name ../../tmp/x | not a name",
            "iptables -A INPUT -m recent --set --name -x | missing",
            "iptables -A INPUT -m hashlimit --hashlimit-name a/b --hashlimit-upto 5/s | not a name",
            "iptables -N ../x | not a name", "iptables -N -- | missing", "iptables -E INPUT a/b | not a name",
            "modprobe /tmp/x.ko | not a name", "modprobe ~x | not a name", "iptables -A INPUT -m ~x | not a name",
            "modprobe -r | not a name", "modprobe a b | one module's name", "keep filter ../x | not a name",
            "iptables -A INPUT $(reboot) | only a shell could do", "iptables -A INPUT `reboot` | is for a shell",
            "iptables -A INPUT && reboot | is for a shell", "iptables -A INPUT > /etc/passwd | is for a shell",
            "iptables-restore < /tmp/x | is for a shell", "sh -c reboot | unknown command",
            "include ../../etc/passwd | can be included", "include /etc/passwd | can be included",
            "iptables -A INPUT -m set --match-set a/b src | not a name",})
    void dangerousLineIsRejected(String line, String expected) { assertRejected(line, expected); }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 11, 12, 13, 27, 31, 127, 128, 133, 155, 159})
    void controlCharacterInValueIsRejected(int code) {
        char c = (char) code;
        for (String line : List.of("iptables -A INPUT -m comment --comment 'a" + c + "b'",
                "iptables -A INPUT -j LOG --log-prefix \"a" + c + "\"",
                "iptables -A INPUT -m comment --comment a" + c + "b", "A=x" + c + "y",
                "iptables -A INPUT -m evil --x a" + c + "b", "iptables -N a" + c + "b",
                "*filter\n-A INPUT -m comment --comment \"a" + c + "b\"\nCOMMIT")) {
            assertRejected(line, "control character");
        }
    }

    @Test
    void valueNeverContinuesOnNextLine() {
        // a line end in quotes, or after a backslash in a save line
        assertRejected("iptables -A INPUT -m comment --comment 'a\n-A INPUT -j ACCEPT'", "not closed");
        assertRejected("iptables -A INPUT -m comment --comment \"a\nb\"", "not closed");
        assertRejected("*filter\n-A INPUT -m comment --comment \"a\\\nb\"\nCOMMIT", "not closed");
        ParsedRules parsed =
                RulesetParser.parse(new Source("r", "iptables -A INPUT -m comment --comment \"a\\\nb\" -j DROP\n"),
                        Map.of(), Includes.NONE);
        assertTrue(RuleWriter.restore(parsed.ruleset(), boxwall.netfilter.Family.IPV4).text
                .contains("--comment ab -j DROP\n"), "a backslash joins two lines, as in a shell");
    }

    @Test
    void fileSizeAndIncludesAreLimited() {
        String tooLong = "#".repeat(RulesetParser.FILE_LIMIT + 1);
        assertTrue(errors(tooLong, Includes.NONE).get(0).what.contains("256 KiB"));
        assertTrue(
                errors("include x\n", (TestIncludes) name -> new Source(name, tooLong)).get(0).what.contains("256 KiB"),
                "the limit applies to an included file");
        assertEquals(List.of(),
                errors("include x\n", (TestIncludes) name -> new Source(name, "#".repeat(RulesetParser.FILE_LIMIT))));
        assertTrue(errors("include a\n",
                (TestIncludes) name -> new Source(name, name.equals("a") ? "include b\n" : "include a\n")).get(0).what
                .contains("includes itself"));
        assertTrue(errors("include a\ninclude a\n".repeat(20), (TestIncludes) name -> new Source(name, "# nothing\n"))
                .get(0).what.contains("more than 32"));
        // each file includes two others: the limit of files stops it before the stack overflows
        int[] count = {0};
        assertTrue(errors("include a\n", (TestIncludes) name -> new Source(name + count[0]++, "include a\ninclude a\n"))
                .get(0).what.contains("more than 32"));
    }

    /** boxwall checks limits and conditions of iptables itself, before iptables runs. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "iptables -N 12345678901234567890123456789 | the limit is 28",
            "iptables -N a\\niptables -E a 12345678901234567890123456789 | the limit is 28",
            "*filter\\n:12345678901234567890123456789 - [0:0]\\nCOMMIT | the limit is 28",
            "iptables -A INPUT -i 1234567890123456 | not an interface",
            "iptables -A INPUT -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 | more than 15 ports",
            "iptables -A INPUT -p tcp -m multiport --ports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16 | more than 15 ports",
            "iptables -A INPUT -j nowhere | no target and no chain",
            "iptables -A INPUT -g nowhere | no target and no chain", "iptables -N a\\niptables -A a -j a | a loop",
            "iptables -N a\\niptables -N b\\niptables -A a -j b\\niptables -A b -j a\\niptables -A INPUT -j a | a loop: a -> b -> a",
            "iptables -X INPUT | is built in and can't be deleted",
            "iptables -E INPUT x | is built in and can't be renamed",
            "iptables -N a\\niptables -A a\\niptables -X | isn't empty",
            "iptables -N a\\niptables -A INPUT -j a\\niptables -X a | still used",
            "iptables -N ACCEPT | called as the target", "iptables -N INPUT | is there already",
            "iptables -N x\\niptables -P x DROP | isn't built in",
            "iptables -P INPUT RETURN | a policy must be ACCEPT or DROP",
            "iptables -A INPUT -j SNAT --to-source 1.2.3.4 | in the table filter",
            "iptables -t nat -A PREROUTING -j SNAT --to-source 1.2.3.4 | where packets of PREROUTING come by",
            "iptables -t mangle -A INPUT -j REJECT | in the table mangle",
            "iptables -t nat -A FORWARD -j DROP | no chain",
            "iptables -A INPUT -p icmp --dport 80 | unknown option --dport",
            "iptables -A INPUT --dport 80 | unknown option --dport",
            "iptables -A INPUT -p tcp -j REJECT --reject-with tcp-rst -m udp | -m udp needs the protocol udp",
            "iptables -t nat -A POSTROUTING -j MASQUERADE --to-ports 5 | needs the protocol",
            "iptables -A OUTPUT -m mac --mac-source 00:11:22:33:44:55 | where packets of OUTPUT come by",
            "iptables -R INPUT 1 -j DROP | no rule 1", "iptables -D INPUT -j DROP | no such rule",
            "iptables -I INPUT 2 -j DROP | no rule 2",})
    void lineThatIptablesRejectsIsRejected(String lines, String expected) {
        assertRejected(lines.replace("\\n", "\n"), expected);
    }
}
