package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

class RulesetParserTest {
    private static final Map<String, String> BOX =
            new HashMap<>(Map.of("LAN_IF", "lan", "LAN_NET", "192.168.178.0/24"));

    static {
        BOX.put("GUEST_IF", null);
        BOX.put("GUEST_NET", null);
    }

    private static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("rules", text), BOX,
                (TestIncludes) name -> name.equals("loop") ? new Source("rules", "include loop\n")
                        : name.equals("part") ? new Source("part", "iptables -A INPUT -j NOPE\n") : null);
    }

    private static String written(String text) {
        ParsedRules parsed = parse(text);
        assertEquals(List.of(), parsed.errors());
        return RuleWriter.restore(parsed.ruleset(), Family.IPV4).text.lines().filter(l -> l.startsWith("-A"))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> errors(String text) {
        return parse(text).errors().stream().map(SyntaxError::toString).collect(Collectors.toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "-s 10.1.2.3/24 -j DROP | -A INPUT -s 10.1.2.0/24 -j DROP",
            "-s ! 10.0.0.1 -j DROP | -A INPUT ! -s 10.0.0.1/32 -j DROP",
            "! --source 10.0.0.1/255.255.255.0 -j DROP | -A INPUT ! -s 10.0.0.0/24 -j DROP",
            "-s 0.0.0.0/0 -i + -p all -j DROP | -A INPUT -j DROP",
            "-ptcp --dport=80 -jACCEPT | -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT",
            "-m hashlimit --hashlimit-name a ! --hashlimit-above 60/m -j DROP | -A INPUT -m hashlimit ! --hashlimit-above 60/m --hashlimit-name a -j DROP",
            "--proto tcp --syn -j DROP | -A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP",
            "-p tcp -m multiport --dport http,443 -j DROP | -A INPUT -p tcp -m multiport --dports 80,443 -j DROP",
            "-p tcp -m state --state EST,NEW --dport 22 | -A INPUT -p tcp -m state --state NEW,ESTABLISHED -m tcp --dport 22",
            "-p icmp --icmp-type ping -j DROP | -A INPUT -p icmp -m icmp --icmp-type 8 -j DROP",
            "-j LOG --log-prefix \"[IPT] X \" | -A INPUT -j LOG --log-prefix \"[IPT] X \"",
            "-j LOG --log-prefix a'b'\"c\"\\d --log-level warn | -A INPUT -j LOG --log-prefix abcd",
            "-m comment --comment '-x \"y\" $Z' -j DROP | -A INPUT -m comment --comment \"-x \\\"y\\\" $Z\" -j DROP",
            "-j REJECT --reject-with host-unr | -A INPUT -j REJECT --reject-with icmp-host-unreachable",
            "-c 5 6 -w -v -j DROP | -A INPUT -j DROP",
            "-m recent --set --name %CURRENTTIME | -A INPUT -m recent --set --name %CURRENTTIME --mask 255.255.255.255 --rsource",})
    void ruleIsWrittenInIptablesSaveForm(String rule, String expected) {
        if (expected == null) {
            assertFalse(errors("iptables -A INPUT " + rule + "\n").isEmpty());
        } else {
            assertEquals(expected, written("iptables -A INPUT " + rule + "\n"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "iptables -A INPUT -p tcp -s -m multiport --dports 80 -j ACCEPT | rules:1:26: the address is missing after -s: the next word is \"-m\"",
            "iptables -A INPUT -m stat --state NEW | rules:1:22: unknown match \"stat\"; did you mean \"state\"?",
            "iptables -A INPUT -j ACEPT | rules:1:22: no target and no chain \"ACEPT\" in the table filter; did you mean \"ACCEPT\"?",
            "iptables -A INPUT --dport 80 -j ACCEPT | rules:1:19: unknown option --dport; write -p tcp (or udp) before it",
            "iptables -A INPUT --state NEW | rules:1:19: unknown option --state; write -m state before it",
            "iptables -A INPUT -s $LAN_NETT -j DROP | rules:1:22: the name \"LAN_NETT\" isn't set; did you mean \"LAN_NET\"?",
            "iptables -A INPUT -s example.org -j DROP | rules:1:22: a host name for an address: \"example.org\"",
            "iptables -A INPUT -s 10.0.0.1,fd00::1 -j DROP | rules:1:31: iptables with an IPv6 address",
            "ip46tables -A INPUT -s 10.0.0.1 -j DROP | rules:1:24: ip6tables with an IPv4 address",
            "ip46tables -A INPUT -p icmp -j DROP | rules:1:24: icmp belongs to one family",
            "iptables -A INPUT -s 10.300 -j DROP | rules:1:22: not an address: \"10.300\"",
            "iptables -A INPUT -s 10.0.0.010 -j DROP | rules:1:22: not an address",
            "iptables -M /bin/sh -A INPUT | rules:1:10: --modprobe makes iptables run a program",
            "iptables --modpr=/bin/sh -A INPUT | rules:1:10: --modprobe makes",
            "iptables -t raw -A PREROUTING -j CT --ctevents NEW | rules:1:48: --ctevents: unknown name \"NEW\"; did you mean \"new\"?",
            "iptables -N 12345678901234567890123456789 | rules:1:13: chain: a name of 29 characters, the limit is 28",
            "iptables -A INPUT -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14:15,16 | rules:1:48: --dports: more than 15 ports",
            "iptables -X INPUT | rules:1:13: INPUT is built in and can't be deleted",
            "iptables -t nat -P PREROUTING DROP | rules:1:31: DROP in the table nat",
            "iptables -A INPUT -j MASQUERADE | rules:1:22: -j MASQUERADE in the table filter; it works in nat only",
            "iptables -t nat -A PREROUTING -j MASQUERADE | rules:1:34: -j MASQUERADE where packets of PREROUTING come by",
            "iptables -A INPUT -o lan | rules:1:19: -o in INPUT",
            "iptables -A INPUT -m multiport --dports 80 | rules:1:22: -m multiport needs the protocol",
            "iptables -A INPUT; reboot | rules:1:18: \";\" is for a shell",
            "iptables -A INPUT -m comment --comment 'x | rules:1:40: a quote is opened and not closed",
            "iptables -A INPUT -m comment --comment $(id) | rules:1:40: an expansion that only a shell could do",
            "iptables -A INPUT -j ../x | rules:1:22: not a name: \"../x\"",
            "iptables -P INPUT REJECT | rules:1:19: a policy must be ACCEPT or DROP",
            "iptables -D INPUT 3 | rules:1:19: no rule 3 in INPUT, it has 0",
            "iptables -A INPTU -j DROP | rules:1:13: no chain \"INPTU\" in the table filter; did you mean \"INPUT\"?",
            "iptables -A INPUT -j DORP | rules:1:22: no target and no chain \"DORP\" in the table filter; did you mean \"DROP\"?",
            "iptables -A INPUT -p tpc -j DROP | rules:1:22: unknown protocol \"tpc\"; did you mean \"tcp\"?",
            "iptables -A IMPUT -j DROP | rules:1:13: no chain \"IMPUT\" in the table filter; did you mean \"INPUT\"?",
            "iptables -t fitler -A INPUT | rules:1:13: unknown table \"fitler\"; did you mean \"filter\"?",
            "include nothing | rules:1:9: nothing called \"nothing\" can be included; name a file beside this one",
            "include Pa_rt | rules:1:9: nothing called \"Pa_rt\" can be included; did you mean \"part\"?",
            "include loop | rules:1:9: \"loop\" includes itself",
            "include part | part:1:22: no target and no chain \"NOPE\"", "modprobe -r | rules:1:10: not a name: \"-r\"",
            "iptabels -A INPUT | rules:1:1: unknown command \"iptabels\"; did you mean \"iptables\"?",
            "*filter | rules:1:1: the block \"*filter\" has no COMMIT",
            "iptables -L | rules:1:10: -L builds no ruleset",
            "iptables -A INPUT --s 1.2.3.4 | rules:1:19: several options begin with --s",})
    void errorIsReportedWithPosition(String line, String expected) {
        List<String> errors = errors(line + "\n");
        assertTrue(errors.stream().anyMatch(e -> e.startsWith(expected)), errors.toString());
    }

    @Test
    void allErrorsOfFileAreReportedAtOnce() {
        assertEquals(List.of(2, 3, 3, 5), parse(
                "WEB=80\niptables -A INPUT -s -j DROP\niptables -A INPUT -s -d -j DROP\niptables -A INPUT -j DROP\n"
                        + "iptables -A INPUT -p tpc\n")
                .errors().stream().map(e -> e.line).collect(Collectors.toList()));
    }

    @Test
    void rulesWithNameMissingOnBoxAreOmittedWithNote() {
        ParsedRules parsed = parse(
                "X=$GUEST_NET\niptables -A INPUT -i $GUEST_IF -j DROP\niptables -A INPUT -s $X -j DROP\niptables -A INPUT -i $LAN_IF -j ACCEPT\n");
        assertEquals(List.of(), parsed.errors());
        assertEquals(1, parsed.ruleset().ruleCount(Family.IPV4));
        assertEquals(Map.of("LAN_IF", "lan"), parsed.namesUsed);
        assertEquals("rules:2", parsed.notes().get(0).origin.toString());
        assertTrue(parsed.notes().get(1).text.contains("GUEST_NET"));
    }

    @Test
    void unquotedNameIsSplitAndQuotedNameIsOneWord() {
        assertEquals(
                "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j LOG --log-prefix \"a b\"\n-A INPUT -j LOG --log-prefix \"\\$T\""
                        .replace("\\$", "$"),
                written("O='-p tcp  --dport 22'\niptables -A INPUT $O -j ACCEPT\nT='a b'\niptables -A INPUT -j LOG --log-prefix \"$T\"\n"
                        + "iptables -A INPUT \\\n  -j LOG --log-prefix '$T' # why\n"));
    }

    @Test
    void commandsBuildTable() {
        assertEquals(
                "-A INPUT -j second\n-A INPUT -s 10.0.0.2/32 -j DROP\n-A INPUT -s 10.0.0.1/32 -j DROP\n-A second -p udp -j RETURN",
                written("iptables -F\niptables -X\niptables -N first\niptables -A first -p tcp -j DROP\niptables -R first 1 -p udp -j RETURN\niptables -A INPUT -j first\n"
                        + "iptables -I INPUT 2 -s 10.0.0.1,10.0.0.2 -j DROP\niptables -A INPUT -j DROP\niptables -D INPUT -j DROP\niptables -E first second\n"));
        ParsedRules policies = parse("iptables -P INPUT DROP\n");
        assertEquals(Policy.DROP, policies.ruleset().chain(Family.IPV4, Table.FILTER, "INPUT").policy);
        assertEquals(2, policies.notes().size(), "one note each for FORWARD and OUTPUT, which have no policy");
    }

    @Test
    void loopsAndJumpsToBuiltinChainsAreRejected() {
        assertEquals(1, errors("iptables -N a\niptables -N b\niptables -A a -j b\niptables -A b -g a\n").stream()
                .filter(e -> e.contains("loop")).count());
        assertTrue(errors("iptables -A INPUT -j OUTPUT\n").get(0).contains("built in"));
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            deep.append("iptables -N c").append(i).append("\n");
        }
        for (int i = 0; i < 3999; i++) {
            deep.append("iptables -A c").append(i).append(" -j c").append(i + 1).append("\n");
        }
        assertEquals(List.of(), errors(deep.toString()), "deeply nested chains are no loop and need no stack");
    }

    @Test
    void targetIsCheckedForHooksThatReachItsChain() {
        String chain = "iptables -t nat -N x\niptables -t nat -A x -j MASQUERADE\n";
        assertEquals(List.of(), errors(chain));
        assertEquals(List.of(), errors(chain + "iptables -t nat -A POSTROUTING -j x\n"));
        assertTrue(errors(chain + "iptables -t nat -A OUTPUT -j x\n").get(0)
                .startsWith("rules:2:25: -j MASQUERADE where packets of OUTPUT come by"));
    }

    @Test
    void saveBlockIsParsed() {
        ParsedRules parsed = parse(
                "*filter6\n:INPUT DROP [1:2]\n:own - [0:0]\n[3:4] -A INPUT -m comment --comment \"a \\\"b\\\"\" -j own\n-A own -p ipv6-icmp -j ACCEPT\nCOMMIT\n");
        assertEquals(List.of(), parsed.errors());
        assertEquals("-A INPUT -m comment --comment \"a \\\"b\\\"\" -j own",
                RuleWriter.rule("INPUT", parsed.ruleset().chain(Family.IPV6, Table.FILTER, "INPUT").rules.get(0)));
        assertTrue(errors("iptables -A INPUT -j DROP\n*filter\nCOMMIT\n").get(0).contains("has rules already"));
        assertTrue(errors("*filter\n-t nat -A INPUT\nCOMMIT\n").get(0).contains("-t inside a block"));
    }

    @Test
    void modprobeKeepOwnAndExpectLinesAreCollected() {
        ParsedRules parsed = parse(
                "modprobe ip_conntrack_ftp\nkeep filter foreign\nown nat\nexpect DROP in=dsl proto=tcp dport=80\n");
        assertEquals(List.of(), parsed.errors());
        assertEquals("ip_conntrack_ftp", parsed.modules.get(0).name);
        assertEquals("foreign", parsed.keeps.get(0).name);
        assertEquals(Table.NAT, parsed.owns.get(0).table);
        assertEquals("[in=dsl, proto=tcp, dport=80]", parsed.expects.get(0).keys.entrySet().toString());
        assertFalse(errors("expect MAYBE in=dsl\n").isEmpty());
    }

    @Test
    void hostNameIsListedWithOrigin() {
        Directive host = parse("iptables -A OUTPUT -d ! mail.example.org -j DROP\n").hostNames.get(0);
        assertEquals("mail.example.org at rules:1", host.name + " at " + host.origin);
    }

    @Test
    void limitsAreEnforced() {
        assertTrue(errors("#".repeat(RulesetParser.FILE_LIMIT + 1)).get(0).contains("256 KiB"));
        assertTrue(errors("A=0123456789\n" + "A=$A$A$A$A$A$A$A$A\n".repeat(9)).get(0).contains("1023"));
        String list = "10.0.0.1" + ",10.0.0.2".repeat(100);
        assertTrue(errors("iptables -A INPUT -s " + list + " -d " + list + "\n").get(0).contains("4096 rules"));
        assertTrue(errors("iptables -A INPUT -m comment --comment 'a\u0007'\n").get(0).contains("control character"));
        assertEquals(501, parse("x\n".repeat(100_000)).errors().size());
    }

    @Test
    void unclosedQuoteEndsAtEndOfLine() {
        String unclosed = ": a quote is opened and not closed on its line; close it with \"";
        for (String end : List.of("\n", "\r\n")) {
            assertEquals(List.of("rules:2:31" + unclosed), errors(String.join(end, "*filter",
                    "-A INPUT -m comment --comment \"x", "-A INPUT -j DROP", "COMMIT", "")));
            assertEquals(List.of("rules:1:40" + unclosed), errors(
                    String.join(end, "iptables -A INPUT -m comment --comment \"x", "iptables -A INPUT -j DROP", "")));
        }
    }

    @Test
    void restoreTextHasOriginOfEachLine() {
        ParsedRules parsed = parse("\niptables -N a\niptables -A a \\\n -j DROP\nip46tables -A INPUT -j DROP\n");
        RuleWriter.RestoreText text = RuleWriter.restore(parsed.ruleset(), Family.IPV4);
        String[] lines = text.text.split("\n");
        assertEquals(lines.length, text.origins.size());
        for (int i = 0; i < lines.length; i++) {
            assertEquals(lines[i].equals("-A a -j DROP") ? "rules:3" : lines[i].equals("-A INPUT -j DROP") ? "rules:5"
                    : "null", String.valueOf(text.origins.get(i)), lines[i]);
        }
        assertEquals("", RuleWriter.restore(parse("# nothing\n").ruleset(), Family.IPV4).text);
    }

    /** 250 words are allowed; word 251 is reported at its position, also at the end of its line. */
    @Test
    void tooManyWordsAreReportedAtFirstExcessWord() {
        String start = "iptables -A INPUT";
        String full = start + " -f".repeat(247);
        String at = "rules:1:" + (full.length() + 2) + ": more than 250 words";
        for (String end : List.of("\n", "\r\n", "", " -f\n", " # comment\n")) {
            assertTrue(errors(full + " -f" + end).get(0).startsWith(at), errors(full + " -f" + end)::toString);
        }
        List<String> found = errors(full + " -f\nnonsense\n");
        assertTrue(found.get(0).startsWith(at) && found.get(1).startsWith("rules:2:1: unknown command"),
                found::toString);
        found = errors(full + " \\\n-f\nnonsense\n");
        assertTrue(found.get(0).startsWith("rules:2:1: more than 250 words")
                && found.get(1).startsWith("rules:3:1: unknown command"), found::toString);
        String save = "*filter\n-A INPUT" + " -f".repeat(249) + "\nnonsense\nCOMMIT\n";
        assertTrue(errors(save).get(0).startsWith("rules:2:754: more than 250 words"), errors(save)::toString);
        assertTrue(errors(save).get(1).startsWith("rules:3:1:"), errors(save)::toString);
        found = errors("iptables -A \"a\\\nb\nnonsense\n");
        assertTrue(found.get(0).startsWith("rules:1:13: a quote is opened"), found::toString);
        assertTrue(found.get(1).startsWith("rules:3:1: unknown command"), found::toString);
    }
}
