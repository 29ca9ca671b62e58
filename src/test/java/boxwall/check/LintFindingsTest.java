package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.probe.BoxReader;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Findings about loadable rulesets: each is reported where it applies, and nowhere else. */
class LintFindingsTest {
    private static final Set<String> CODES = Set.of("log-unlimited", "time-is-utc", "ipv6-unfiltered",
            "established-missing", "wan-service-open", "flood-unlimited", "administrator-not-first",
            "guest-reaches-lan", "guest-reaches-box", "spoofable-accept");
    /** An IPv4 ruleset without findings, in which guests may use DNS and DHCP. */
    private static final String GOOD = """
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT
            iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
            iptables -A INPUT -i $GUEST_IF -p udp -m multiport --dports 53,67 -j ACCEPT
            iptables -A INPUT -m limit --limit 10/min -j LOG
            iptables -P INPUT DROP
            iptables -A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
            iptables -A FORWARD -i $LAN_IF -s $LAN_NET -o $WAN_IF -j ACCEPT
            iptables -A FORWARD -i $GUEST_IF -s $GUEST_NET -o $WAN_IF -j ACCEPT
            iptables -P FORWARD DROP
            iptables -P OUTPUT ACCEPT
            """;

    private static BoxFacts facts() {
        return new BoxFacts(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual"));
    }

    private static List<Finding> all(String rules) {
        CheckedRuleset ruleset = AllFindings.ruleset("virtual", rules);
        List<Finding> findings = new java.util.ArrayList<>(AllFindings.checked(ruleset));
        findings.addAll(AllFindings.proved(ruleset, null));
        return findings;
    }

    /** Codes, severities and lines of the findings in CODES, without the note that a ruleset filters IPv4 only. */
    private static String found(String rules) {
        StringBuilder out = new StringBuilder();
        for (Finding finding : all(rules)) {
            if (CODES.contains(finding.code) && !finding.effect.startsWith("the ruleset filters IPv4 only")) {
                out.append(out.length() == 0 ? "" : "; ").append(finding.severity.word()).append(' ')
                        .append(finding.code).append(finding.where.isEmpty() ? "" : " " + finding.where);
                assertTrue(!finding.evidence.isEmpty(), finding + " has no evidence");
                assertTrue(finding.remedy.contains("tables -") || finding.code.startsWith("time"),
                        finding + " has no command as remedy");
            }
        }
        return out.toString();
    }

    private static Finding one(String code, String rules) {
        return all(rules).stream()
                .filter(f -> f.code.equals(code) && !f.effect.startsWith("the ruleset filters IPv4 only")).findFirst()
                .orElseThrow();
    }

    @Test
    void goodRulesetHasNoFindings() {
        assertEquals("", found(GOOD));
        assertEquals("", found("iptables -t mangle -A PREROUTING -j MARK --set-mark 1\n"),
                "a ruleset that does not filter");
    }

    /**
     * Intended findings about the shipped rules: as on the wiki page, they log and accept SIP without a limit.
     */
    @Test
    void shippedRulesHaveOnlyIntendedFindings() throws Exception {
        assertEquals(
                "note log-unlimited rules:44, rules:30, rules:25; note log-unlimited rules:87, rules:105; note flood-unlimited rules:40",
                found(Files.readString(Path.of("conf/boxwall.rules"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT   |                                                             | warn established-missing",
            "-A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT |                                                             | warn established-missing",
            "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT   | -A INPUT -p tcp ! --syn -j ACCEPT                           | warn established-missing",
            "-P OUTPUT ACCEPT                                          | -P OUTPUT DROP                                              | warn established-missing",
            "-m limit --limit 10/min -j LOG                            | -j LOG                                                      | note log-unlimited rules:5",
            "-m limit --limit 10/min -j LOG                            | -m limit --limit 10/min -j ACCEPT                           | note wan-service-open; note guest-reaches-box",})
    void changedLineInGoodRulesetGivesFinding(String line, String instead, String expected) {
        assertTrue(GOOD.contains(line));
        String full = GOOD.lines().filter(l -> l.contains(line)).findFirst().orElseThrow();
        assertEquals(expected, found(GOOD.replace(full,
                instead == null ? "" : line.startsWith("-m") ? full.replace(line, instead) : "iptables " + instead)));
    }

    /** Guests may forge addresses too, so a rule that matches only the address accepts their packets. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-A OUTPUT -j LOG                                             | ''",
            "-A FORWARD -m hashlimit --hashlimit-upto 5/min --hashlimit-name l --hashlimit-mode srcip -j LOG | ''",
            "-A FORWARD -m time --timestart 20:00 --timestop 22:00 -j DROP| note time-is-utc rules:12",
            "-A FORWARD -m time --kerneltz --weekdays Sat -j DROP         | note time-is-utc rules:12",
            "-A FORWARD -m time --datestop 2038-01-19T03:14:07 -j DROP    | ''",
            "-A INPUT -s $LAN_NET -p tcp --dport 22 -j ACCEPT             | warn spoofable-accept rules:12; warn guest-reaches-box rules:12",
            "-A INPUT -s $GUEST_NET -p udp --dport 53 -j ACCEPT           | warn spoofable-accept rules:12",
            "-A FORWARD -s $LAN_NET -j ACCEPT                             | warn spoofable-accept rules:12; warn guest-reaches-lan rules:12",
            "-A INPUT ! -i $WAN_IF -s $LAN_NET -j ACCEPT                  | warn guest-reaches-box rules:12",
            "-A INPUT -i $WAN_IF -s 203.0.113.128/25 -j ACCEPT            | ''",
            "-A INPUT -i $WAN_IF -p tcp --dport 22 -j ACCEPT              | note flood-unlimited rules:12",
            "-A INPUT -i $WAN_IF -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT       | ''",
            "-A INPUT -i $WAN_IF -p tcp -m multiport --dports 21,22 -j ACCEPT             | note flood-unlimited rules:12",
            "-A INPUT -i $LAN_IF -p tcp --dport 22 -j ACCEPT              | ''",
            "-A INPUT -i $WAN_IF -p tcp --dport 8089 -s 203.0.113.200 -j ACCEPT           | ''",
            "-A INPUT -i $WAN_IF -p tcp --dport 49000 -j ACCEPT           | note flood-unlimited rules:12; warn wan-service-open",
            "-A INPUT -i $WAN_IF -p udp --dport 1900 -j ACCEPT            | warn wan-service-open",
            "-A INPUT -i $WAN_IF -p udp --dport 1900 -m limit --limit 1/sec -j ACCEPT     | note wan-service-open",
            "-A INPUT -i $GUEST_IF -p tcp --dport 80 -j ACCEPT            | warn guest-reaches-box rules:12",
            "-A INPUT -i $GUEST_IF -p udp --dport 123 -j ACCEPT           | warn guest-reaches-box rules:12",
            "-A INPUT -i $GUEST_IF -p icmp -j ACCEPT                      | ''",
            "-A INPUT -i $GUEST_IF -p tcp --dport 53 -j ACCEPT            | ''",
            "-A INPUT -i $GUEST_IF -p tcp --dport 80 -m limit --limit 1/sec -j ACCEPT     | note guest-reaches-box",
            "-A FORWARD -i $GUEST_IF -d 192.168.178.20 -p tcp --dport 80 -j ACCEPT        | warn guest-reaches-lan rules:12",
            "-A FORWARD -i $GUEST_IF -o $WAN_IF -p tcp -j ACCEPT          | ''",
            "-I INPUT -m state --state INVALID -j DROP                    | note administrator-not-first rules:12",
            "-I INPUT -p tcp --tcp-flags ALL NONE -j DROP                 | ''",
            "-I INPUT -i $WAN_IF -m state --state INVALID -j DROP         | ''",
            "-I INPUT 3 -m state --state INVALID -j DROP                  | ''",})
    void additionalLineInGoodRulesetGivesFindings(String line, String expected) {
        String found = found(GOOD + "iptables " + line + "\n");
        assertEquals(Set.of(expected.split("; ")), Set.of(found.split("; ")), "iptables " + line);
    }

    @Test
    void ruleThatMayStopAdministratorIsReportedInUserChain() {
        String rules =
                "iptables -N FLOOD\niptables -A FLOOD -m limit --limit 20/sec -j RETURN\niptables -A FLOOD -j DROP\n"
                        + "iptables -A INPUT -p tcp --syn -j FLOOD\n" + GOOD;
        assertEquals("note administrator-not-first rules:3", found(rules));
        assertEquals("", found(rules.replace("iptables -A INPUT -i $LAN_IF -s $LAN_NET -j ACCEPT\n", "")),
                "the administrator is locked out, which is another finding");
        assertEquals("filter FLOOD 2 (rules:3): -j DROP", one("administrator-not-first", rules).evidence.get(0));
    }

    /** A ruleset that only drops some packets is not meant to block others. */
    @Test
    void packetsAcceptedByPolicyGiveNotes() {
        assertEquals("note wan-service-open; note guest-reaches-lan; note guest-reaches-box",
                found("iptables -A INPUT -i $WAN_IF -p tcp --dport 23 -j DROP\n"));
    }

    @Test
    void logAfterJumpWithLimitIsLimited() {
        String chain = "iptables -N L\niptables -A L -j LOG\niptables -A L -j DROP\n";
        assertEquals("", found(chain + GOOD + "iptables -A FORWARD -m limit --limit 3/min -j L\n"));
        assertEquals("note log-unlimited rules:2", found(chain + GOOD + "iptables -A FORWARD -j L\n"));
    }

    /** Rules after a final DROP are one mistake, so one finding names all of them. */
    @Test
    void unreachableRulesWithOneCauseAreOneFinding() {
        StringBuilder rules = new StringBuilder("iptables -A FORWARD -j DROP\n");
        for (int i = 1; i <= 40; i++) {
            rules.append("iptables -A FORWARD -s 10.0.0." + i + " -j ACCEPT\n");
        }
        List<Finding> found = all(rules.toString()).stream().filter(f -> f.code.equals("rule-unreachable")).toList();
        assertEquals(1, found.size());
        Finding one = found.get(0);
        assertTrue(one.where.startsWith("rules:2, rules:3, ") && one.where.endsWith(", rules:41"), one.where);
        assertEquals(
                "iptables: no packet reaches these 40 rules; shadowed, other rules decide all their packets: rules:1 (DROP)",
                one.effect);
        assertEquals(41, one.evidence.size());
        assertEquals("    filter FORWARD 1 (rules:1): -j DROP", one.evidence.get(40));
    }

    @Test
    void evidenceListsSomeOfManyCoveringRules() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 32; i++) {
            rules.append("iptables -A FORWARD -s 10.0.0." + i + " -j DROP\n");
        }
        Finding one = one("rule-unreachable", rules + "iptables -A FORWARD -s 10.0.0.0/27 -j ACCEPT\n");
        assertEquals("rules:33", one.where);
        assertEquals(10, one.evidence.size());
        assertEquals("    and 24 more", one.evidence.get(9));
    }

    @Test
    void findingsHaveExactEvidenceAndRemedy() {
        Finding missing = one("established-missing",
                GOOD.replace("iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n", ""));
        assertEquals("INPUT drops the replies to what OUTPUT lets out", missing.effect);
        assertEquals("iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT", missing.remedy);
        assertTrue(missing.evidence.get(0).endsWith("state=NEW: ACCEPT by filter OUTPUT policy ACCEPT"),
                missing.evidence.get(0));
        assertTrue(missing.evidence.get(1).endsWith("state=ESTABLISHED: DROP by filter INPUT policy DROP"),
                missing.evidence.get(1));
        Finding spoofable =
                one("spoofable-accept", GOOD + "iptables -A INPUT -s $GUEST_NET -p udp --dport 53 -j ACCEPT\n");
        assertEquals("iptables -A INPUT -s 192.168.179.0/24 -i $GUEST_IF -p udp -m udp --dport 53 -j ACCEPT",
                spoofable.remedy);
        assertTrue(spoofable.evidence.get(0).contains("in=dsl src=192.168.179."), spoofable.evidence.get(0));
        assertEquals("iptables -A INPUT -i $WAN_IF -s $LAN_NET -j DROP, before this rule",
                one("spoofable-accept", GOOD + "iptables -A INPUT -i dsl -s $LAN_NET -j ACCEPT\n").remedy);
        Finding flood = one("flood-unlimited", GOOD + "iptables -A INPUT -i $WAN_IF -p tcp --dport 22 -j ACCEPT\n");
        assertEquals(
                "after the rule for ESTABLISHED: iptables -A INPUT -i dsl -p tcp -m tcp --dport 22 -m limit --limit 10/min --limit-burst 20 -j ACCEPT",
                flood.remedy);
        Finding service =
                one("wan-service-open", GOOD + "iptables -A INPUT -i $WAN_IF -p tcp --dport 8000:9000 -j ACCEPT\n");
        assertEquals(
                "iptables -A INPUT -i $WAN_IF -p tcp -m multiport --dports 8089,8200 -j DROP, before the rule that accepts",
                service.remedy);
        Finding log = one("log-unlimited", GOOD + "iptables -t mangle -A FORWARD -j LOG --log-prefix \"a b\"\n");
        assertEquals("iptables -t mangle -A FORWARD -m limit --limit 10/min -j LOG --log-prefix \"a b\"", log.remedy);
    }

    @Test
    void timeFindingExplainsHoursAfterMidnight() {
        String night = "iptables -A FORWARD -m time --timestart 22:00 --timestop 06:00 --weekdays Fri %s-j DROP\n";
        assertEquals(2, one("time-is-utc", GOOD + night.formatted("")).evidence.size());
        assertEquals(1, one("time-is-utc", GOOD + night.formatted("--contiguous ")).evidence.size());
        assertTrue(one("time-is-utc", GOOD + night.formatted("--kerneltz ")).effect
                .startsWith("--kerneltz uses the kernel's time zone"));
    }

    @Test
    void chainClosedForIpv4OnlyIsReported() {
        String six =
                "ip6tables -A INPUT -i $LAN_IF -j ACCEPT\nip6tables -A INPUT -i lo -j ACCEPT\nip6tables -A INPUT -m state --state ESTABLISHED -j ACCEPT\n"
                        + "ip6tables -A FORWARD -m state --state ESTABLISHED -j ACCEPT\nip6tables -A FORWARD -i $LAN_IF -j ACCEPT\n";
        assertEquals("", found(GOOD + six + "ip6tables -P INPUT DROP\nip6tables -P FORWARD DROP\n"));
        String open = found(GOOD + six + "ip6tables -P INPUT DROP\n");
        assertTrue(open.contains("warn ipv6-unfiltered"), open);
        assertTrue(!found(GOOD + six + "ip6tables -P INPUT DROP\nip6tables -A FORWARD -j REJECT\n")
                .contains("ipv6-unfiltered"));
        assertTrue(!found(GOOD + six
                + "ip6tables -P INPUT DROP\nip6tables -N X\nip6tables -A FORWARD -j X\nip6tables -A X -j DROP\n")
                .contains("ipv6-unfiltered"));
    }

    /**
     * For complete rulesets of users: the parser accepts each command in a remedy.
     */
    @Test
    void parserAcceptsCommandsOfRemedies() throws Exception {
        List<String> codes = new java.util.ArrayList<>();
        for (String folder : List.of("conf", "conf/presets", "src/test/resources/imports")) {
            try (var files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".rules") || f.toString().endsWith(".golden"))
                        .sorted().toList()) {
                    String text =
                            Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).split("\n----\n")[0]
                                    + "\n";
                    BoxFacts facts = facts();
                    if (!RulesetParser.parse(new Source("rules", text), facts.names, boxwall.syntax.Includes.NONE)
                            .errors().isEmpty()) {
                        continue;
                    }
                    for (Finding finding : all(text)) {
                        if (CODES.contains(finding.code) && !finding.code.equals("time-is-utc")
                                && !finding.effect.contains("IPv4 only")) {
                            codes.add(finding.code);
                            String chains = text.lines().filter(l -> l.matches("ip6?tables (-t [a-z]+ )?-N .*"))
                                    .distinct().reduce("", (a, b) -> a + b + "\n");
                            String line = finding.remedy.replaceFirst("^[^:]*: (?=ip)", "")
                                    .replaceFirst(",? (before|after|behind|and|then) .*", "");
                            List<?> errors = RulesetParser.parse(new Source("rules", chains + line + "\n"), facts.names,
                                    boxwall.syntax.Includes.NONE).errors();
                            assertEquals(List.of(), errors, file + ": " + finding + " -> " + line);
                        }
                    }
                }
            }
        }
        assertTrue(codes.size() > 20, codes.toString());
    }
}
