package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rules that drop neighbour discovery, router advertisements or DHCPv6 are reported for each interface, with the lines
 * to add.
 */
class NeighbourDiscoveryTest {
    private static final String DROPPED = """
            ip6tables -P INPUT DROP
            ip6tables -P FORWARD DROP
            ip6tables -P OUTPUT ACCEPT
            ip6tables -A INPUT -i lo -j ACCEPT
            ip6tables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
            ip6tables -A INPUT -i lan -j ACCEPT
            ip6tables -A INPUT -i guest -j ACCEPT
            ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -j ACCEPT
            ip6tables -A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
            ip6tables -A FORWARD -i lan -j ACCEPT
            """;

    private static List<Finding> found(String rules, String box) {
        return AllFindings.checked("neighbour-discovery-dropped", box, rules);
    }

    @Test
    void remedyForWanHasFourLines() {
        List<Finding> found = found(DROPPED, "virtual");
        assertEquals(1, found.size(), found.toString());
        assertEquals(
                "ip6tables -A INPUT -i $WAN_IF -p icmpv6 --icmpv6-type 134 -j ACCEPT; ip6tables -A INPUT -i $WAN_IF -p icmpv6 --icmpv6-type 135"
                        + " -j ACCEPT; ip6tables -A INPUT -i $WAN_IF -p icmpv6 --icmpv6-type 136 -j ACCEPT; ip6tables -A INPUT -i $WAN_IF -s fe80::/10 -p udp"
                        + " --sport 547 --dport 546 -j ACCEPT, before the line that drops them; or include ipv6-basic",
                found.get(0).remedy);
        assertEquals(Finding.Severity.WARN, found.get(0).severity);
        assertTrue(found.get(0).effect.contains("dsl"), found.get(0).effect);
    }

    /** The remedy consists of valid lines, which remove the finding. */
    @Test
    void remedyRemovesFinding() {
        for (String rules : new String[] {DROPPED, DROPPED.replace("-i lan", "-i none"),
                "ip6tables -P INPUT DROP\nip6tables -P OUTPUT DROP\n"}) {
            StringBuilder more = new StringBuilder();
            for (Finding each : found(rules, "virtual")) {
                more.append(each.remedy.substring(0, each.remedy.indexOf(", before")).replace("; ", "\n")).append('\n');
            }
            assertTrue(more.length() > 0);
            assertEquals(List.of(), found(rules + more, "virtual"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "virtual      | ip6tables -P INPUT DROP                                       | 3",
            "virtual      | ip6tables -P OUTPUT DROP                                      | 3",
            "virtual      | ip6tables -A INPUT -p icmpv6 -j DROP                          | 3",
            "virtual      | ip6tables -A INPUT -i lan -p icmpv6 --icmpv6-type 136 -j DROP | 1",
            "virtual      | ip6tables -A INPUT -i guest -s fe80::/10 -j REJECT            | 1",
            "virtual      | ip6tables -A INPUT -d ff02::/16 -j DROP                       | 3",
            "virtual      | ip6tables -A INPUT -i lan -p icmpv6 --icmpv6-type 134 -j DROP | 0",
            "virtual      | ip6tables -A INPUT -i dsl -p icmpv6 --icmpv6-type 133 -j DROP | 0",
            "virtual      | ip6tables -A INPUT -i dsl -p udp --dport 546 -j DROP          | 1",
            "virtual      | ip6tables -A INPUT -m state --state NEW -j DROP               | 1",
            "virtual      | ip6tables -A FORWARD -j DROP                                  | 0",
            "virtual      | ip6tables -P INPUT ACCEPT                                     | 0",
            "7170-0488    | ip6tables -P INPUT DROP                                       | 0",})
    void numberOfAffectedInterfacesIsReported(String box, String rules, int sides) {
        assertEquals(sides, found(rules + "\n", box).size(), found(rules + "\n", box).toString());
    }

    @Test
    void shippedRulesHaveNoFinding() throws Exception {
        assertEquals(List.of(), found(Files.readString(Path.of("conf/boxwall.rules")), "virtual"));
        assertEquals(List.of(), found(Files.readString(Path.of("conf/presets/ipv6-basic.rules")), "virtual"));
    }
}
