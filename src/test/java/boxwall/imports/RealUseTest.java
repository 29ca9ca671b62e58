package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Cancelled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import net.jqwik.api.Example;

/**
 * Texts that users imported, with the expected results: dumps without header, scripts that need an argument, DROP rules
 * that cannot be imported.
 */
class RealUseTest {
    private static final String NEEDS_ARGUMENT = """
            #!/bin/sh
            fw() {
            	iptables -I FORWARD -i guest -o lan -j DROP
            	iptables -I INPUT -i guest -p tcp --dport 80 -j REJECT
            }
            if [ $# -eq 0 ] || [ -z "$1" ]; then
            	echo menu
            	exit 0
            fi
            case "$1" in
            	rf|run-firewall)
            		fw
            		exit 0
            	;;
            	uninstall)
            		iptables -D FORWARD -i guest -o lan -j DROP
            		exit 0
            	;;
            	*)
            		printf "wrong word"
            		exit 1
            	;;
            esac
            """;

    private static Imported read(String text) { return Scripts.read("x", text); }

    private static List<String> rules(Imported imported) {
        return imported.text.lines().filter(l -> l.startsWith("ip")).collect(Collectors.toList());
    }

    private static String remarks(Imported imported) { return imported.remarks.toString(); }

    /** Only a backslash and a line end between quotes: an empty word. */
    @Example
    void emptyQuotedWordIsAccepted() {
        for (String text : List.of("export \"\\\n\"", "\"\\\n\"", "A=1 \"\\\n\"")) {
            assertEquals(List.of("iptables -A INPUT -j ACCEPT"), rules(read(text + "\niptables -A INPUT -j ACCEPT\n")));
        }
    }

    /** A here-document up to the end of a text without a final line end is parsed once. */
    @Example
    void truncatedHereDocumentWithoutLineEndIsParsedOnce() {
        String page = "That's how I did it on my box.\n```\n";
        assertEquals(List.of(), rules(read(page + "cat >x <<EOF\nhello\niptables -A INPUT -j DROP")));
        for (String end : List.of("", "\n", "\nEOF", "\nEOF\n")) {
            Imported imported = read(page
                    + "cat <<EOF | iptables-restore\n*filter\n-A INPUT -i lan -j ACCEPT\nCOMMIT\n*filter\n-A INPUT -j DROP"
                    + end);
            assertEquals(1, rules(imported).stream().filter(rule -> rule.endsWith("-A INPUT -j DROP")).count(),
                    imported.text);
        }
    }

    /** The UTF-8 bytes of e with two dots contain the Latin-1 byte of a typographic quote. */
    @Example
    void bytesOfLetterAreNotTakenForTypographicQuotes() {
        Imported imported = read(
                "iptables -A INPUT -p tcp \u00e2\u0080\u0093dport 22 -m comment --comment \u00c3\u00ab -j ACCEPT\n");
        assertEquals(List.of("iptables -A INPUT -p tcp --dport 22 -m comment --comment \"\u00c3\u00ab\" -j ACCEPT"),
                rules(imported));
    }

    @Example
    void dumpWithoutTableLineIsImportedWithRemark() {
        Imported imported = read(
                ":INPUT DROP [14:840]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [30:2116]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p udp -m udp --dport 69 -j DROP\nCOMMIT\n");
        assertEquals(
                List.of("iptables -P INPUT DROP", "iptables -P FORWARD DROP", "iptables -P OUTPUT ACCEPT",
                        "iptables -A INPUT -i lo -j ACCEPT", "iptables -A INPUT -p udp -m udp --dport 69 -j DROP"),
                rules(imported));
        assertTrue(remarks(imported).contains("the line *filter is missing"), () -> remarks(imported));
        assertFalse(imported.isWhole());
        assertEquals(List.of("iptables -t nat -A POSTROUTING -o dsl -j MASQUERADE"),
                rules(read("[5:300] -A POSTROUTING -o dsl -j MASQUERADE\nCOMMIT\n")));
    }

    @Example
    void argumentsOfScriptWithoutStartAreReportedAndGivenOneIsUsed() {
        Imported none = read(NEEDS_ARGUMENT);
        assertFalse(none.isWhole());
        assertTrue(remarks(none).contains("the script knows rf, run-firewall, uninstall, and no start; nothing taken"),
                () -> remarks(none));
        assertFalse(remarks(none).contains("never called"), () -> remarks(none));
        for (String word : List.of("rf", "run-firewall")) {
            Imported imported = Imported.read("x", NEEDS_ARGUMENT, word);
            assertTrue(imported.isWhole(), () -> remarks(imported));
            assertEquals(List.of("iptables -I FORWARD -i guest -o lan -j DROP",
                    "iptables -I INPUT -i guest -p tcp --dport 80 -j REJECT"), rules(imported));
        }
        assertEquals(List.of("iptables -A INPUT -j DROP"),
                rules(read("case $1 in stop) ;; load) iptables -A INPUT -j DROP;; esac\n")));
    }

    /** Nobody calls a device or a chain start: the rule needs another argument. */
    @Example
    void argumentThatIsOnlyAssumedIsNoValueOfRule() {
        String text = "LAN=$1\niptables -A FORWARD -i $LAN -o $1 -j ACCEPT\n";
        assertEquals(List.of(), rules(read(text)));
        assertTrue(remarks(read(text)).contains("2: a value of this rule is an argument of the script"),
                () -> remarks(read(text)));
        assertEquals(List.of("iptables -A FORWARD -i ${LAN} -o lan -j ACCEPT"), rules(Imported.read("x", text, "lan")));
    }

    @Example
    void assumedArgumentIsNamedOnce() {
        for (String text : List.of("case $1 in start) iptables -A INPUT -j DROP;; stop) iptables -F;; esac\n",
                "M=${1:-full}\nif [ $M = full ]; then iptables -F; elif [ $M != fast ]; then iptables -A INPUT -j DROP; fi\n",
                "if test \"$1\" != stop; then\niptables -A INPUT -j DROP\nfi\n")) {
            Imported imported = read(text);
            assertEquals(List.of("iptables -A INPUT -j DROP"), rules(imported), text);
            assertEquals(1,
                    imported.remarks.stream().filter(r -> r.what.equals("read as run with the argument start")).count(),
                    () -> text + remarks(imported));
        }
        assertTrue(remarks(read("case $1 in load) iptables -A INPUT -j DROP;; esac\n"))
                .contains("read as run with the argument load"));
        assertFalse(remarks(Imported.read("x", "[ $1 = start ] && iptables -A INPUT -j DROP\n", "start"))
                .contains("read as"));
    }

    /** With start the script only empties the tables. */
    @Example
    void scriptThatOnlyEmptiesTablesWithStartIsReadWithoutArgument() {
        Imported imported = read("if [ -z \"$1\" ]; then\niptables -A INPUT -j DROP\nelse\niptables -F\nfi\n");
        assertEquals(List.of("iptables -A INPUT -j DROP"), rules(imported));
        assertTrue(imported.isWhole() && remarks(imported).contains("read as run without an argument"),
                () -> remarks(imported));
    }

    @Example
    void omittedDropRuleIsReportedAtTopAndHasStricterVariant() {
        for (String command : List.of("nvram get wan0_ifname", "uci get network.wan.ifname", "get_wanface")) {
            Imported imported = read("WAN=$(" + command
                    + ")\niptables -A FORWARD -i guest ! -o $WAN -j DROP\niptables -A FORWARD -i guest -j ACCEPT\n");
            assertFalse(imported.isWhole());
            assertEquals("# CAUTION: rules that drop are missing (line 2), so this lets through more than the script",
                    imported.text.lines().skip(1).findFirst().orElse(""));
            assertTrue(remarks(imported).contains("write WAN=$WAN_IF"), () -> remarks(imported));
            assertNotNull(imported.stricter);
        }
    }

    @Example
    void eachHeaderDeterminesFamilyWithoutTableLines() {
        Imported imported = read(
                "# Generated by ip6tables-save v1.4.7 on Mon May 2 14:26:33 2011\n-A INPUT -i lo -j ACCEPT\n-A INPUT -s 2001:db8::/32 -p tcp -m tcp --dport 22 --syn -j ACCEPT\n"
                        + "# Completed on Mon May 2 14:26:33 2011\nGenerated by iptables-save v1.4.7 on Mon May 2 14:26:33 2011\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT\n");
        assertEquals(List.of("ip6tables -A INPUT -i lo -j ACCEPT",
                "ip6tables -A INPUT -s 2001:db8::/32 -p tcp -m tcp --dport 22 --syn -j ACCEPT",
                "iptables -A INPUT -i lo -j ACCEPT", "iptables -A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT"),
                rules(imported));
    }

    @Example
    void dumpWithWarningOfMissingTablesIsIncomplete() {
        String dump =
                "# Generated by xtables-save v1.8.2\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n# Completed\n";
        Imported legacy =
                read(dump + "# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n");
        assertFalse(legacy.isWhole());
        assertTrue(remarks(legacy).contains("import the output of iptables-legacy-save too"), () -> remarks(legacy));
        assertFalse(read(dump + "# Table `nat' is incompatible, use 'nft' tool.\n").isWhole());
        assertTrue(read(dump).isWhole());
    }

    @Example
    void undeclaredNameInDumpIsTarget() {
        String dump =
                "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o dsl -j %s\nCOMMIT\n";
        Imported nat = read(String.format(dump, "FULLCONENAT"));
        assertTrue(remarks(nat).contains("a target of another firmware; MASQUERADE is the closest"),
                () -> remarks(nat));
        assertFalse(remarks(nat).contains("-N FULLCONENAT"), () -> remarks(nat));
        Imported other = read(String.format(dump, "XYZZY"));
        assertTrue(remarks(other).contains("a dump declares each chain, so this is a target"), () -> remarks(other));
        Imported offload = read("*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j FLOWOFFLOAD\nCOMMIT\n");
        assertTrue(remarks(offload).contains("only speeds up forwarding: leave it out"), () -> remarks(offload));
    }

    @Example
    void requiredSetIsReported() {
        Imported imported = read(
                "ipset create Lands hash:net\nipset add Lands 198.51.100.0/24\niptables -A INPUT -m set --match-set Lands src -j DROP\n");
        assertFalse(imported.isWhole());
        assertTrue(remarks(imported).contains("the set must exist before boxwall loads the rules at boot")
                && remarks(imported).contains("--optimize"), () -> remarks(imported));
        assertFalse(remarks(imported).contains("keep it in rc.custom"), () -> remarks(imported));
        assertFalse(remarks(imported).contains("nothing in this text creates"), () -> remarks(imported));
        for (String rule : List.of("iptables -A INPUT -m set --match-set Lands src -j DROP\n",
                "iptables -A INPUT -m set ! --set Lands src -j DROP\n",
                "*filter\n:INPUT DROP [0:0]\n-A INPUT -m set --match-set Lands src -j DROP\nCOMMIT\n")) {
            Imported alone = read(rule);
            assertTrue(alone.isWhole(), () -> remarks(alone));
            assertTrue(remarks(alone)
                    .contains("nothing in this text creates the set Lands; the set must exist before boxwall loads")
                    && remarks(alone).contains("--optimize"), () -> remarks(alone));
        }
    }

    @Example
    void linesWithoutRulesGiveHarmlessRemarks() {
        for (String line : List.of("echo 1 > /proc/sys/net/ipv4/ip_forward", "sysctl -w net.ipv4.ip_forward=1",
                "route add default gw 192.168.178.1", "ip link set eth0 up", "modprobe $MODULE", "echo x > /var/tmp/x",
                "> /var/tmp/x",
                "if [ -e /proc/net/if_inet6 ]; then\necho 1 > /proc/sys/net/ipv6/conf/all/forwarding\nX=1\nfi",
                "[ -e /tmp/x ] && sysctl -p")) {
            Imported imported = read("iptables -A INPUT -i lan -j ACCEPT\n" + line + "\n");
            assertTrue(imported.isWhole(), () -> line + remarks(imported));
            assertFalse(imported.remarks.isEmpty(), line);
        }
        for (String line : List.of("echo 'iptables -A INPUT -j DROP' > /etc/x",
                "cat > /etc/x <<E\niptables -A INPUT -j DROP\nE", "sh /etc/fw", "/etc/fw.sh start", ". /etc/fw",
                "eval $X", "ipset create A hash:ip", "[ -e /tmp/x ] && sh /tmp/x", "$FW start")) {
            assertFalse(read("iptables -A INPUT -i lan -j ACCEPT\n" + line + "\n").isWhole(), line);
        }
    }

    @Example
    void caseOfUnsetNameIsReported() {
        Imported imported = read(
                "case $initscript in\n*/ip6tables)\n\tX=6\n\t;;\n*)\n\texit 1\n\t;;\nesac\nstart() {\n\t$X-restore /etc/rules\n}\niptables -A INPUT -j DROP\n");
        assertTrue(remarks(imported).contains("the name initscript isn't set in this file"), () -> remarks(imported));
        assertEquals(List.of("iptables -A INPUT -j DROP"), rules(imported));
        assertFalse(imported.isWhole(), () -> remarks(imported));
        assertFalse(read("start() {\n\tiptables-restore /etc/rules\n}\n").isWhole());
    }

    @Example
    void dumpAfterPromptIsImportedAndNotesInItReported() {
        Imported imported = read(
                "[root@box ~]# iptables-save\n# Generated by iptables-save v1.4.7 on Fri Jul 22 15:51:52 2011\n*filter\n:INPUT ACCEPT [0:0]   <== built in\n:OUTPUT ACCEPT [6:4]\n"
                        + "-A INPUT -p icmp -j ACCEPT\nCOMMIT\n");
        assertEquals(List.of("iptables -P OUTPUT ACCEPT", "iptables -A INPUT -p icmp -j ACCEPT"), rules(imported));
        assertEquals(List.of(4),
                imported.remarks.stream().filter(r -> !r.harmless).map(r -> r.line).collect(Collectors.toList()),
                () -> remarks(imported));
    }

    @Example
    void longOptionWithOneDashIsReported() {
        for (String rule : List.of("iptables -I INPUT 1 -p tcp -dport 443 -j ACCEPT\n",
                "iptables -I FORWARD 1 -source 10.8.0.0/24 -j ACCEPT\n")) {
            assertTrue(remarks(read(rule)).contains("a long option has two dashes"), () -> remarks(read(rule)));
        }
    }

    @Example
    void rulesInAllBranchesOfUndecidableIfAreReported() {
        Imported imported = read(
                "fw() {\n\tiptables -A FORWARD -j DROP\n}\nif [ -e /tmp/x ]; then\n\tiptables -A INPUT -s 10.0.0.0/8 -j DROP\n\techo 1 > /proc/sys/net/ipv4/ip_forward\n"
                        + "elif ping -c1 192.0.2.1; then\n\tiptables -A INPUT -p tcp \\\n\t\t-j REJECT\nelse\n\tfor p in 1 2; do\n\t\tiptables -A INPUT -p tcp --dport $p -j DROP\n\tdone\n\tfw\nfi\n"
                        + "iptables -A INPUT -i lan -j ACCEPT\n");
        assertEquals(List.of(2, 5, 8, 9, 12, 14), imported.remarks.stream().filter(r -> !r.harmless).map(r -> r.line)
                .distinct().collect(Collectors.toList()), () -> remarks(imported));
        assertEquals(List.of("iptables -A INPUT -i lan -j ACCEPT"), rules(imported));
        assertTrue(imported.text.contains("# CAUTION: rules that drop are missing (line 2, 5, 8, 12"),
                () -> imported.text);
    }

    @Example
    void commandsAfterConfigurationKeyAreImported() {
        Imported imported = Scripts.read("wg0.conf",
                "[Interface]\nAddress = 10.9.0.1/24\nPostUp = iptables -A FORWARD -i %i -j ACCEPT; iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE\n"
                        + "PostDown = iptables -D FORWARD -i %i -j ACCEPT\n");
        assertEquals(
                List.of("iptables -A FORWARD -i wg0 -j ACCEPT", "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE"),
                rules(imported));
        assertEquals(List.of("iptables -A INPUT -i lo -j ACCEPT"),
                rules(read("[Service]\nExecStart=/sbin/iptables -A INPUT -i lo -j ACCEPT\n")).stream()
                        .map(l -> l.replace("/sbin/", "")).collect(Collectors.toList()));
        assertEquals(List.of("iptables -A INPUT -i lo -j ACCEPT"),
                rules(read("auto eth0\niface eth0 inet dhcp\n    up iptables -A INPUT -i lo -j ACCEPT\n")));
        assertEquals(List.of("iptables -A INPUT -i lo -j ACCEPT"),
                rules(read("user@box:~# iptables -A INPUT -i lo -j ACCEPT\n")));
    }

    /** Scripts ask the kernel for its tables and flush each; that matters only if the script has made rules before. */
    @Example
    void flushInUndecidedLoopIsHarmlessBeforeFirstRule() {
        String loop =
                "for table in $(cat /proc/net/ip_tables_names); do\n iptables -t $table -F\n iptables -t $table -X\n"
                        + "done\n";
        String rule = "iptables -A INPUT -i lo -j ACCEPT\n";
        Imported before = read(loop + rule);
        assertTrue(before.isWhole() && remarks(before).contains("tables are empty at the start"),
                () -> remarks(before));
        assertFalse(read(rule + loop).isWhole());
        assertFalse(read("iptables-restore < /etc/rules.v4\n" + loop).isWhole());
        assertTrue(read("IPT=/sbin/iptables\n" + loop.replace("iptables -", "$IPT -")).isWhole());
        for (String other : List.of("/etc/fw.sh -F", "bash -X ./fw", "source ./fw -Z", "eval \"$RULES\" -F",
                "iptables-restore -F < x", "sh -X iptables -A INPUT -j DROP", "$FIREWALL -F")) {
            Imported undecided = read("if [ -f /etc/x ]; then\n " + other + "\nfi\n" + rule);
            assertFalse(undecided.isWhole(), () -> other + ": " + remarks(undecided));
        }
        assertFalse(read(loop.replace("-X", "-A INPUT -j DROP") + rule).isWhole());
    }

    @Example
    void longLogPrefixIsTruncatedAsByIptables() {
        Imported imported = read("iptables -A FORWARD -j LOG --log-prefix \"VPN firewall blocked forward4: \"\n");
        assertEquals(List.of("iptables -A FORWARD -j LOG --log-prefix \"VPN firewall blocked forward4\""),
                rules(imported));
        assertTrue(imported.isWhole() && remarks(imported).contains("shortened to 29 characters"),
                () -> remarks(imported));
        for (String port : List.of("29", "63")) {
            String rule = "iptables -A INPUT -p tcp --dport " + port + " -j DROP";
            assertEquals(List.of(rule), rules(read(rule + "\n")));
        }
    }

    @Example
    void bashOnlySyntaxIsReported() {
        Imported imported = read(
                "#!/bin/bash\nfor ((i = 0; i < 3; i++)); do\n  iptables -A INPUT -p tcp --dport $i -j DROP\ndone\n");
        assertFalse(imported.isWhole());
        assertTrue(remarks(imported).contains("the box's ash can't read this"), () -> remarks(imported));
    }

    @Example
    void typographicCharactersAreReplaced() {
        Imported imported = read(
                "iptables \u2013A INPUT \u2013p tcp \u2013dport 22 \u2013j LOG \u2013\u2013log-prefix \u201Cssh\u201D\n");
        assertEquals(List.of("iptables -A INPUT -p tcp --dport 22 -j LOG --log-prefix ssh"), rules(imported),
                () -> remarks(imported));
        assertEquals(List.of("iptables -A INPUT -i lo -j ACCEPT"),
                rules(read("\uFEFFiptables -A INPUT\u00A0-i lo -j ACCEPT\r\n")));
    }

    @Example
    void ruleThatDependsOnUnsetNameIsReported() {
        for (String condition : List.of("if [ -n \"$PORTS\" ]; then RULE; fi", "[ -n \"$PORTS\" ] && RULE",
                "if [ -z \"$PORTS\" ]; then echo none; else RULE; fi", "if [ \"$PORTS\" = 1 ]; then\nRULE\nfi",
                "for p in $PORTS; do RULE; done")) {
            Imported imported = read("iptables -A INPUT -i lo -j ACCEPT\n"
                    + condition.replace("RULE", "iptables -A INPUT -p tcp --dport 22 -j DROP") + "\n");
            assertFalse(imported.isWhole(), () -> condition + remarks(imported));
            assertTrue(remarks(imported).contains("PORTS"), () -> remarks(imported));
            assertEquals(1, imported.rulesLeft, () -> remarks(imported));
            assertTrue(imported.text.contains("# CAUTION: rules that drop are missing"), () -> imported.text);
        }
        assertTrue(read("PORTS=\niptables -A INPUT -i lo -j ACCEPT\n[ -n \"$PORTS\" ] && iptables -A INPUT -j DROP\n")
                .isWhole());
    }

    @Example
    void scriptThatRejectsStartIsImportedWithoutArgument() {
        Imported options = read(
                "for each in \"$@\"; do\n if [ \"$each\" = --off ]; then OFF=1; else echo wrong; exit 0; fi\ndone\niptables -A INPUT -j DROP\n");
        assertEquals(List.of("iptables -A INPUT -j DROP"), rules(options), () -> remarks(options));
        assertTrue(options.isWhole() && remarks(options).contains("read as run without an argument"),
                () -> remarks(options));
        Imported program = read("IPTABLES=$1\n$IPTABLES -A INPUT -j DROP\n");
        assertEquals(List.of("iptables -A INPUT -j DROP"), rules(program), () -> remarks(program));
    }

    @Example
    void totalsCountRulesThatWouldHaveToBeExecuted() {
        Imported imported = read(
                "iptables -A INPUT -i lo -j ACCEPT\nRET=`iptables -A INPUT -s 10.0.0.1 -j DROP`\nnft add rule inet filter input drop\n");
        assertEquals(List.of(1, 2, 0), List.of(imported.rulesTaken(), imported.rulesLeft, imported.rulesNotRun),
                () -> remarks(imported));
        Imported none = read("if [ 1 = 2 ]; then\niptables -A INPUT -j DROP\nfi\n");
        assertEquals(List.of(0, 1, 0), List.of(none.rulesTaken(), none.rulesLeft, none.rulesNotRun),
                () -> remarks(none));
    }

    @Example
    void nameReadFromTwoCommandsGetsRemedy() {
        Imported imported = read(
                "WAN=$(nvram get wan_ifname)\nif [ \"$WAN\" = \"\" ]; then\n WAN=$(get_wanface)\nfi\niptables -t nat -I POSTROUTING -o $WAN -j MASQUERADE\n");
        assertTrue(remarks(imported).contains("write WAN=$WAN_IF before it"), () -> remarks(imported));
    }

    /**
     * With a stack as small as on a box, long and deeply nested texts are imported without StackOverflowError.
     */
    @Example
    void longAndNestedTextsNeedSmallStack() throws InterruptedException {
        List<String> texts = new ArrayList<>(List.of("true && ".repeat(25000) + "true\n",
                "true | ".repeat(25000) + "true\n", "true; ".repeat(30000) + "\n"));
        for (String[] deep : new String[][] {{"( ", "true", " )"}, {"{ ", "true; ", "}; "},
                {"if true; then\n", ":\n", "fi\n"}, {"$(", "x", ")"}, {"`", "x", "`"}, {"${A:-", "x", "}"},
                {"a\"$(", "x", ")\""}, {"while false; do\n", ":\n", "done\n"}, {"case a in a)\n", ":\n", ";; esac\n"},
                {"! ", "true", ""}, {"f() { ", "true; ", "}; "}, {"if [ ! ", "a", " ]; then :; fi"}}) {
            texts.add(deep[0].repeat(8000) + deep[1] + deep[2].repeat(8000) + "\niptables -A INPUT -j DROP\n");
        }
        texts.add("[ " + "! ".repeat(50000) + "a ] && iptables -A INPUT -j DROP\n");
        texts.add("[ " + "a -o ".repeat(50000) + "a ] && iptables -A INPUT -j DROP\n");
        texts.add("iptables -A INPUT " + "-s 10.0.0.1 ".repeat(15000) + "-j DROP\n");
        texts.add("f() { f; f; }\nf\niptables -A INPUT -j DROP\n");
        StringBuilder nested = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            nested.append("for i").append(i).append(" in 1 2 3 4 5 6 7 8; do\n");
        }
        texts.add(nested + "iptables -A INPUT -j DROP\n" + "done\n".repeat(8));
        for (String text : texts) {
            AtomicReference<Object> result = new AtomicReference<>();
            Thread thread = new Thread(null, () -> {
                try {
                    result.set(Scripts.read("x", text));
                } catch (Throwable e) {
                    result.set(e);
                }
            }, "small", 256 * 1024);
            thread.start();
            thread.join();
            String begin = text.substring(0, Math.min(text.length(), 60));
            assertTrue(result.get() instanceof Imported, () -> begin + ": " + result.get());
        }
    }

    @Example
    void importStopsWhenThreadIsInterrupted() {
        for (String text : List.of("true && ".repeat(20000) + "true\n", "text\n".repeat(40000),
                "-A INPUT -j DROP\n".repeat(10000))) {
            Thread.currentThread().interrupt();
            try {
                assertThrows(Cancelled.class, () -> read(text), () -> text.substring(0, 10));
            } finally {
                Thread.interrupted();
            }
        }
    }

    /** Texts of one line with about 250 words, the limit, without a line end. */
    @Example
    void lastLineWithTooManyWordsIsNotImported() {
        for (int words = 250; words < 254; words++) {
            Imported imported = read("iptables -A INPUT" + " -f".repeat(words - 3));
            assertFalse(imported.isWhole());
            assertEquals(List.of(), rules(imported));
        }
    }

    @Example
    void emptyArgumentOfFunctionIsKept() {
        Imported imported = read("LAN=lan\nr() { iptables \"$@\"; }\n"
                + "iptables -A INPUT -i $LAN -j ACCEPT\nr -A INPUT -m comment --comment \"\" -j DROP\n");
        assertTrue(imported.text.contains("${LAN}") || imported.text.contains("$LAN"), imported.text);
    }
}
