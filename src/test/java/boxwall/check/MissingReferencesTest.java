package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Findings about interfaces that the box lacks, ports of bridges, and sets that must be created separately. */
class MissingReferencesTest {
    private static List<Finding> found(String code, String rules, String box) {
        return AllFindings.checked(code, box, rules + "\n");
    }

    @Test
    void interfacesOfOtherRouterAreReportedInOneFinding() {
        List<Finding> found = found("interface-missing",
                "iptables -P INPUT ACCEPT\niptables -A INPUT -i br-lan -j ACCEPT\n"
                        + "iptables -A INPUT -i eth1 -p tcp --dport 22 -j DROP\niptables -A INPUT -i vlan2 -j DROP\n",
                "7590-0729");
        assertEquals(1, found.size());
        Finding one = found.get(0);
        assertEquals(Finding.Severity.WARN, one.severity);
        assertEquals("rules:2, rules:3, rules:4", one.where);
        assertTrue(one.effect.contains("no interface br-lan, vlan2") && one.effect.contains("eth1 is a port"),
                one.effect);
        assertTrue(one.effect.contains("netfilter sees the bridge") && one.remedy.contains("$LAN_IF (lan)"),
                one.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-i lan -j DROP            | ''", "-i $WAN_IF -j DROP        | ''",
            "-i lo -j ACCEPT           | ''", "-i la+ -j DROP            | ''", "-i + -j DROP              | ''",
            "-i br0 -j DROP            | warn", "! -i br0 -j DROP          | warn", "-i br+ -j DROP            | warn",
            "-i lan0 -j DROP           | warn", "-i eth0 -j DROP           | warn", "-i eth+ -j DROP           | warn",
            "-i tun0 -j DROP           | note", "-i wg0 -j DROP            | note", "-i ppp+ -j DROP           | note",
            "! -i ppp0 -j DROP         | note", "-m physdev --physdev-in lan0 -j DROP | ''",})
    void missingInterfaceOrBridgePortIsReported(String rule, String severity) {
        StringBuilder severities = new StringBuilder();
        for (Finding each : found("interface-missing", "iptables -A INPUT " + rule, "virtual")) {
            severities.append(each.severity.word());
        }
        assertEquals(severity, severities.toString());
    }

    /** If no interface of the box was read, there is no finding. */
    @Test
    void boxWithoutKnownInterfacesGivesNoFinding() {
        assertEquals(List.of(), found("interface-missing", "iptables -A INPUT -i br0 -j DROP", "expected"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "iptables -A INPUT -m set --match-set Lands src -j DROP        | Lands | iptables's table filter",
            "iptables -A INPUT -m set ! --match-set a dst,src -j DROP      | a     | iptables's table filter",
            "ip6tables -t raw -A PREROUTING -m set --match-set six src -j DROP | six | ip6tables's table raw",
            "iptables -A INPUT -j SET --add-set seen src                   | seen  | iptables's table filter",})
    void requiredSetIsReported(String rule, String set, String table) {
        List<Finding> found = found("set-needed", rule, "virtual");
        assertEquals(1, found.size());
        assertTrue(
                found.get(0).effect.contains("the set " + set + " must exist") && found.get(0).effect.contains(table),
                found.get(0).effect);
        assertTrue(found.get(0).remedy.contains("--optimize") && found.get(0).remedy.contains("rc.custom runs later"),
                found.get(0).remedy);
    }

    @Test
    void allSetsAreReportedInOneFinding() {
        assertEquals(1, found("set-needed",
                "iptables -A INPUT -m set --match-set a src -j DROP\niptables -A INPUT -m set --match-set b src -j DROP",
                "virtual").size());
        assertEquals(List.of(), found("set-needed", "iptables -A INPUT -s 10.0.0.0/8 -j DROP", "virtual"));
    }
}
