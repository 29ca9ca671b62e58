package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rare shell syntax in scripts, with the resulting rules in the form of iptables-save. */
class ImportTest {

    private static List<String> rules(String script) {
        Imported imported = Scripts.read("x", script);
        assertTrue(imported.isWhole(), () -> imported.remarks.toString());
        return ImportedRules.lines(imported);
    }

    private static Imported importWithRemarksAt(String script, int... lines) {
        Imported imported = Scripts.read("x", script);
        List<Integer> named = imported.remarks.stream().filter(r -> !r.harmless).map(r -> r.line).distinct().toList();
        assertEquals(java.util.Arrays.stream(lines).boxed().toList(), named, () -> imported.remarks.toString());
        return imported;
    }

    @Test
    void quotesWorkAsInShell() {
        assertEquals(List.of("4 filter -A INPUT -m comment --comment \"it\\'s \\\"a\\\" $x\" -j DROP"),
                rules("iptables -A INPUT -m comment --comment \"it's \"'\"a\" $x' -j DROP # end\n"));
        assertEquals(List.of("4 filter -A INPUT -s 10.0.0.1/32 -j DROP", "4 filter -A INPUT -s 10.0.0.2/32 -j DROP"),
                rules("B=\"10.0.0.1\n10.0.0.2\"\nfor b in $B\ndo iptables -A INPUT -s $b -j DROP; done\n"));
        assertEquals(List.of("4 filter -A INPUT -p tcp -m tcp --dport 99 -j ACCEPT"),
                rules("iptables -A INPUT \\\n  -p tcp \\\n --dport 99 -j ACCEPT\n"));
    }

    @Test
    void simpleBashSyntaxIsImportedAndOtherIsReported() {
        assertEquals(List.of("4 filter -P INPUT DROP"),
                rules("if [[ \"$1\" == \"start\" ]]; then iptables -P INPUT DROP; fi\n"));
        assertEquals(List.of("4 filter -A INPUT -s 10.9.9.9/32 -j DROP"),
                rules("function block { iptables -A INPUT -s \"$1\" -j DROP; }\nblock 10.9.9.9\n"));
        importWithRemarksAt("if [[ $1 == s* || -n $X ]]; then\niptables -P INPUT DROP\nfi\n", 2);
        importWithRemarksAt("for ((i=0; i<3; i++)); do\niptables -A INPUT -j DROP\ndone\n", 1, 2, 3);
    }

    @Test
    void allLinesOfUnparsableConstructAreReported() {
        Imported imported = importWithRemarksAt(
                "#!/bin/sh\niptables -P INPUT DROP\nif [ -f /x ]; then\n  iptables -A INPUT -j ACCEPT )\nfi\niptables -A INPUT -i lo -j ACCEPT\n",
                3, 4, 5);
        assertEquals(List.of("4 filter -P INPUT DROP", "4 filter -A INPUT -i lo -j ACCEPT"),
                ImportedRules.lines(imported));
    }

    @Test
    void rulesInUnparsableLinesAreReported() {
        importWithRemarksAt("(\ntest -f /x && ip6tables -P INPUT DROP\nx $IPT -t nat -A POSTROUTING -j MASQUERADE\n", 1,
                2, 3);
    }

    /** A value, and patterns of a case that fit it in a POSIX shell. */
    @Test
    void patternsOfCaseFitAsInShell() {
        for (String fits : List.of("lan l*n", "lan *", "lan l*", "lan l?n", "lan [a-lz]an", "lan [!a-k]*", "lan l*a*n",
                "l*n 'l*n'", "[x [x", "a-b a[-]b", "lan wan|l*")) {
            assertEquals(List.of("4 filter -P INPUT DROP"), rules(cases(fits)), fits);
        }
        for (String other : List.of("lan '*'", "lan L*N", "lan l??n", "lan [!l]an", "lan *a", "lan l*x*n")) {
            assertEquals(List.of("4 filter -P FORWARD DROP"), rules(cases(other)), other);
        }
    }

    private static String cases(String valueAndPattern) {
        String[] words = valueAndPattern.split(" ", 2);
        return "N='" + words[0] + "'\ncase $N in\n" + words[1]
                + ") iptables -P INPUT DROP;;\n*) iptables -P FORWARD DROP;;\nesac\n";
    }

    @Test
    void testsOfTextsAndNumbersAreDecidedAsInShell() {
        for (String holds : List.of("a = a -a b = b", "a = b -o b = b", "a = b -a b = b -o c = c", "! a = b",
                "2 -lt 10", "10 -ge 10", "-z ''", "-n a")) {
            assertEquals(List.of("4 filter -P INPUT DROP"),
                    rules("if [ " + holds + " ]; then iptables -P INPUT DROP; else iptables -P FORWARD DROP; fi\n"),
                    holds);
        }
    }

    @Test
    void nameSetInUndecidableBranchIsUnknown() {
        Imported imported = importWithRemarksAt(
                "N=10.0.0.0/8\nset_net() { N=192.168.1.0/24; }\nif grep -q x /proc/y; then\nset_net\nfi\niptables -A INPUT -s $N -j ACCEPT\n",
                2, 6);
        assertEquals(List.of(), ImportedRules.lines(imported));
    }

    @Test
    void assignmentInSubshellHasNoEffectOutside() {
        assertEquals(List.of("4 filter -A INPUT -s 10.0.0.2/32 -j DROP", "4 filter -A INPUT -s 10.0.0.1/32 -j DROP"),
                rules("A=10.0.0.1\n(A=10.0.0.2; iptables -A INPUT -s $A -j DROP) 2>/dev/null &\niptables -A INPUT -s $A -j DROP\n"));
    }

    @Test
    void restoreFlushesTableUnlessNoflush() {
        String restore = "<<E\n*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT\nE\n";
        assertEquals(List.of("4 filter -A INPUT -i lo -j ACCEPT"),
                rules("iptables -N own\niptables -A INPUT -j own\niptables-restore " + restore));
        assertEquals(List.of("4 filter -A INPUT -j DROP", "4 filter -A INPUT -i lo -j ACCEPT"),
                rules("iptables -A INPUT -j DROP\niptables-restore -n " + restore));
    }

    @Test
    void hereDocumentForFileGivesNoRules() {
        Imported imported = importWithRemarksAt("cat > /tmp/x <<E\niptables -A INPUT -j ACCEPT\nE\n", 1, 2, 3);
        assertEquals(List.of(), ImportedRules.lines(imported));
    }

    @Test
    void dangerousLinesAreReported() {
        for (String line : List.of("iptables -M /bin/sh -A INPUT -j ACCEPT",
                "iptables --modprobe=/bin/sh -A INPUT -j ACCEPT", "iptables -A INPUT -m ../x -j ACCEPT",
                "modprobe '../x;id'", "modprobe 'a b'", "iptables -A 'IN\tPUT' -j ACCEPT")) {
            assertFalse(Scripts.read("x", line + "\n").isWhole(), line);
        }
    }

    @Test
    void familyOfDumpIsFoundByHeaderNameOrRules() {
        String dump = "*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
        assertTrue(Scripts.read("rules.v6", dump).text.contains("\nip6tables -A"));
        assertTrue(Scripts.read("rules", dump).text.contains("\niptables -A"));
        assertTrue(
                Scripts.read("rules", "# Generated by ip6tables-save v1.8.9\n" + dump).text.contains("\nip6tables -A"));
        assertTrue(Scripts.read("rules", dump.replace("-i lo", "-p ipv6-icmp")).text.contains("\nip6tables -A"));
        assertTrue(Scripts.read("rules", dump.replace("filter", "filter6")).text.contains("\nip6tables -A"));
    }

    /** Seven calls of a function of the script, each with more than three words, are not taken for prose. */
    @Test
    void linesThatCallFunctionAreNotProse() {
        assertEquals(7, rules("common() {\niptables \"$@\"\n}\n" + "common -A INPUT -j DROP\n".repeat(7)).size());
    }

    @Test
    void backslashAtEndOfHereDocumentLineOpensNoQuote() {
        String text = "iptables-restore <<E\n*filter\n-A INPUT -j DROP\n-A INPUT -i lo -j ACCEPT \\\nCOMMIT\nE\n";
        assertFalse(importWithRemarksAt(text, 4).remarks.toString().contains("a quote is opened"));
    }

    @Test
    void statusOfFunctionIsThatOfReturn() {
        String enabled = "on() { case \"$1\" in yes|on) return 0;; esac; return 1; }\n";
        assertEquals(List.of("4 filter -A INPUT -j DROP"), rules(
                enabled + "on no && iptables -A INPUT -j ACCEPT\nif on yes; then iptables -A INPUT -j DROP; fi\n"));
        assertEquals(List.of("4 filter -A INPUT -j DROP"), rules(
                "R=1\nf() { return $R; }\ng() { iptables -A INPUT -j DROP; return $?; }\nf || g || iptables -F\n"));
        for (String asks : List.of("grep -q x /proc/y", "ping -c1 x || return 1; return 0",
                "if [ -d /x ]; then return 0; fi; return 1", "lsmod | grep -q x", "touch /x")) {
            importWithRemarksAt("f() { " + asks + "; }\nif f; then\niptables -A INPUT -j DROP\nfi\n", 3);
        }
        importWithRemarksAt("f() { return $(cat /x); }\nf && iptables -A INPUT -j DROP\n", 2);
    }

    @Test
    void shiftDropsAsManyWordsAsItSays() {
        assertEquals(
                List.of("4 filter -A INPUT -p tcp -m tcp --dport 22 -j DROP",
                        "4 filter -A INPUT -p tcp -m tcp --dport 80 -j DROP"),
                rules("f() { shift 2; for p; do iptables -A INPUT -p tcp --dport $p -j DROP; done; }\nf 1 2 22 80\nf 3\n"));
        importWithRemarksAt("set -- a b\nshift $(cat /x)\n", 2);
    }

    /** A chain that a listing does not have; the listing is empty before the first rule. */
    @Test
    void chainsAreMissingUntilTheyAreMade() {
        for (String test : List.of("iptables -nL foo >/dev/null 2>&1", "iptables -nvL | grep -q 'Chain foo'",
                "iptables -F foo 2>/dev/null", "iptables -L INPUT | grep -q foo")) {
            assertEquals(List.of("4 filter -N foo", "4 filter -A foo -j DROP"),
                    rules(test + " || iptables -N foo\niptables -A foo -j DROP\niptables -vnL INPUT\n"), test);
        }
        for (String search : List.of("grep -q Chain", "grep 'Chain INPUT'", "grep -v foo", "grep -q f.o", "grep -c foo",
                "grep -q foo | grep foo")) {
            importWithRemarksAt("iptables -L | " + search + " && iptables -A INPUT -j DROP\n", 1);
        }
        importWithRemarksAt("iptables -N foo\niptables -L | grep -q foo && iptables -A INPUT -j DROP\n", 2);
        importWithRemarksAt(
                "iptables -A INPUT -j DROP\niptables -L | grep -q lo || iptables -A INPUT -i lo -j ACCEPT\n", 2);
    }

    @Test
    void optionsAndTargetsOfOldPatchesHaveAdvice() {
        Imported imported = importWithRemarksAt(
                "iptables -A FORWARD -m time --timestart 8:00 --timestop 9:00 --days Mon,Tue -j DROP\niptables -A INPUT -j TARPIT\n",
                1, 2);
        assertEquals("write --weekdays, and the times in UTC: the old patch used the local time",
                imported.remarks.get(0).todo);
        assertEquals("a target of xtables-addons; write DROP", imported.remarks.get(1).todo);
    }

    /** Some bytes of these characters are control characters when they stand alone. */
    @Test
    void commentsAndRemarksKeepUmlautsAndQuotes() {
        String script = bytes("# Zugänge: ÄÖÜß „so“\niptables -A INPUT -j DROP # Übrige\nfrobnicate Ärger\n");
        Imported imported = Scripts.read("x", script);
        assertTrue(imported.text.contains(bytes("\n# Zugänge: ÄÖÜß „so“\n")), imported.text);
        assertTrue(imported.text.contains(bytes(" -j DROP  # Übrige\n")), imported.text);
        assertTrue(imported.remarks.get(0).what.contains(bytes("\"frobnicate Ärger\"")), imported.text);
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
