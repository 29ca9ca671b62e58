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

    private static final String PORT = "p() { iptables -A INPUT -p tcp --dport $1 -j DROP; }\n";

    /** Scripts after {@link #PORT}, and the ports that a shell closes with them. */
    @Test
    void scriptsCloseSamePortsAsInShell() {
        for (String[] row : new String[][] {
                // words
                {"IFS=,\nL=22,80\nfor x in $L; do p $x; done", "22 80"},
                {"O=$IFS; IFS=:; set -- 22:80; set -- $1; IFS=$O; for x in $*; do p $x; done", "22 80"},
                {"O=$IFS; IFS=:; IFS=$O; L='22 80'; for x in $L; do p $x; done", "22 80"},
                {"A=1\nwhile IFS=: read x y; do echo $x; done </x\np $A", "1"},
                {"A=20\nIFS=$'\\n\\t'\nL=$A$'\\t'30\nfor x in $L; do p $x; done", "20 30"},
                {"A=22\nIFS=$(cat /x)\np $A", "22"},
                {"f() { local IFS=,; iptables -A INPUT -p tcp -m multiport --dports \"$*\" -j DROP; }\nf 1 2\np 3",
                        "1,2 3"},
                {": ${A:=5}\np $A", "5"}, {"A=\n[ -n $A ] && p 1", "1"}, {"P=1\nf() { p $P; }\nP=2 f\nf", "2 1"},
                {"while [ $# -gt 0 ]; do case $1 in start) p 1;; esac; shift; done; p 2", "1 2"},
                {"while getopts ab o; do p 1; done; p 2", "2"},
                // loops and functions
                {"for a in 1 2; do for b in 1 2; do [ $a = 1 ] && continue 2; p $a$b; done; p 9; done", "21 22 9"},
                {"for a in 1 2; do for b in 1 2; do [ $b = 2 ] && break 2; p $a$b; done; p 9; done", "11"},
                {"break\np 1", "1"}, {"exec 2>/dev/null\np 1", "1"}, {"f() { p 1; }\nunset f\nf", "1"},
                {"f() { if [ $1 = a ]; then false; fi; }\nf a || p 1\nf b && p 2", "1 2"},
                {"f() { iptables -C INPUT -j DROP; return $?; }\nf || p 1", "1"}, {"(exit 1) || p 1", "1"},
                {"iptables -C INPUT -j DROP\nif [ $? -ne 0 ]; then p 1; fi", "1"},
                {"case abc in [^a]*) p 1;; [!]]*) p 2;; esac", "2"},
                // what exists
                {"iptables -N a\niptables -N a && p 1\niptables -N a || p 2", "2"},
                {"p 1\niptables -D INPUT 1 && p 2", "2"}, {"p 1\nwhile iptables -D INPUT 1; do :; done\np 2", "2"},
                {"p 22\niptables -C INPUT -p tcp -m tcp --dport 22 -j DROP || p 1", "22"},
                {"p 1\niptables -F INPUT\niptables -C INPUT -p tcp --dport 1 -j DROP || p 2", "2"},
                {"iptables -N a\niptables -A a -p tcp --dport 1 -j DROP\niptables-restore -n <<E\n*filter\n:a - [0:0]\nCOMMIT\nE\np 2",
                        "2"},
                // set -e
                {"set -e\niptables -D INPUT -j DROP || true\nif false; then :; fi\n[ 1 = 2 ] && p 1\np 2", "2"},
                {"set -e\nset +e\nfalse\np 2", "2"}, {"(set -e)\nfalse\np 2", "2"},
                {"for i in 1 2; do [ -e /x$i ] || continue; insmod /x$i; done\np 2", "2"}, {"((A=1))\np 2", "2"},
                {"A=' '\n[ -z $A ] && p 1\nsleep 1 && p ${A:?}2", "1 2"}, {"f() { p 1; }\n(unset -f f)\nf", "1"}}) {
            StringBuilder ports = new StringBuilder();
            for (String rule : rules(PORT + row[0] + "\n")) {
                int at = rule.indexOf("--dport");
                ports.append(at < 0 ? "" : rule.substring(rule.indexOf(' ', at), rule.indexOf(" -j")));
            }
            assertEquals(row[1], ports.toString().trim(), row[0]);
        }
        assertTrue(Scripts.read("x", "for m in ip_tables; do\nlsmod | grep -q $m && continue\nmodprobe $m\ndone\n").text
                .contains("modprobe ip_tables"));
        assertEquals(List.of("4 filter -P INPUT DROP"),
                ImportedRules.lines(Scripts.read("x", ". /x\nA='INPUT DROP'\niptables -P $A\n")));
        assertEquals(List.of("4 filter -P INPUT DROP"), rules(
                "#!/bin/sh /etc/rc.common\nSTART=45\nstart() {\niptables -P INPUT DROP\n}\nstop() {\niptables -P INPUT ACCEPT\n}\n"));
    }

    /** Scripts of which a shell makes other rules than the import can know, and a part of the remark. */
    @Test
    void scriptsThatImportReadsOtherwiseThanShellAreReported() {
        for (String[] row : new String[][] {{"set -- 1 2\ngrep -q x /proc/y && shift\np $1", "depends on the box"},
                {"set -- 1\n[ -e /x ] && set -- 2\np $1", "depends on the box"},
                {"for i in 1 2; do grep -q $i /x && continue; p $i; done", "depends on the box"},
                {"case A in [[:upper:]]) p 1;; *) p 2;; esac", "a class of characters"},
                {"for i in 1 2; do lsmod | grep -q $i && continue; p $i; done", "depends on the box"},
                {"A=1\n: $((A=A+1))\np $A", "arithmetic may set it"}, {"A=1\n((A++))\np $A", "arithmetic may set it"},
                {"A=1\nA=$((A+1))\np $A", "arithmetic is not computed"}, {"A=1\nread A </x\np $A", "line 3 sets it"},
                {"A=1\nIFS=: read A </x\np $A", "line 3 sets it"},
                {"IFS=$(cat /x)\nL='22 80'\nfor x in $L; do p $x; done", "the value of IFS is unknown"},
                {"A=1\nA+=2\np $A", "bash appends"}, {"A=$(cat /x) && p 1", "depends on the box"},
                {"A=$(cat /x)\nf() { local A; A=3; }\nf\np ${A:-5}", "unknown"},
                {"f() { p 1; }\nunset -f f\nf", "not reached"}, {"exec p 1\np 2", "after exec"},
                {"grep -q x /x\n[ $? -eq 0 ] && p 1", "depends on the box"},
                {"trap 'iptables -F' EXIT\np 1", "trap runs commands later"},
                {"f() { iptables \"$*\"; }\nf -F INPUT", "not a name"},
                {"set -e\niptables -D INPUT -j DROP\np 1", "set -e ends the script"},
                {"set -o errexit\n(false)\np 1", "set -e ends the script"},
                {"set -eu\nf() { false; p 1; }\nf || p 2\nf", "set -e ends the script"},
                {"iptables -A INPUT -j a\niptables -N a", "no target and no chain"},
                {"iptables-restore --test <<E\n*filter\n-A INPUT -j DROP\nCOMMIT\nE", "test only"},
                {"iptables-restore <<E\n*filter\n-A INPUT -j DROP\n-X a\nCOMMIT\nE", "no chain"},
                {"iptables -P INPUT DROP\niptables -L | grep -q DROP || p 1", "depends on the box"},
                {"while true; do p 1; sleep 9; done", "depends on the box"},
                {"cat /x | $RESTORE || exit 1", "a pipeline"}, {"p 1\nenv iptables -F", "contains a rule"},
                {"p 1\nX=$(iptables -F)", "inside $( )"}, {"f() { shift 2; p $1; }\nf 3", "too large"},
                {"set -u\n[ -z $A ] && p 1", "the name A isn't set"},
                {"p 1\n: ${A:?}\np 2", "the shell ends the script here"},
                {"p 1\nset -u\necho $A\np 2", "ends the script here"}}) {
            Imported imported = Scripts.read("x", (row[0].contains("p ") ? PORT : "") + row[0] + "\n");
            assertFalse(imported.isWhole(), () -> row[0] + imported.text + imported.remarks);
            assertTrue(imported.remarks.toString().contains(row[1]), () -> row[0] + imported.remarks);
        }
    }

    /** Each line has its own error, also after the 500 that a ruleset may have. */
    @Test
    void eachOfManyWrongLinesHasItsError() {
        Imported imported =
                Scripts.read("x", "iptables -A INPUT -s bad -j DROP\n".repeat(501) + "iptables -A INPUT -j DROP\n");
        assertEquals(501, imported.remarks.stream().filter(r -> r.what.contains("\"bad\"")).count());
        assertEquals(List.of("4 filter -A INPUT -j DROP"), ImportedRules.lines(imported));
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
                rules("f() { shift 2; for p; do iptables -A INPUT -p tcp --dport $p -j DROP; done; }\nf 1 2 22 80\n"));
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
