package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Findings about rules that conflict with AVM's packet filter, on model boxes. */
class AvmFindingsTest {
    private static List<String> found(String box, String rules) {
        List<Finding> findings = AllFindings.checked(AllFindings.ruleset(box, rules));
        return findings.stream().filter(f -> f.code.contains("blocked-by")).map(f -> f.code + " " + f.where + " "
                + f.evidence.get(0).replace("/var/flash/ar7.cfg: ", "") + " | " + f.evidence.get(1)).toList();
    }

    @Test
    void portForwardingBlockedByRulesIsReported() throws Exception {
        List<String> found = found("7270v2-0554", Files.readString(Path.of("conf/boxwall.rules")));
        assertEquals(3, found.size(), String.join("\n", found));
        assertTrue(found.get(0).startsWith("forward-blocked-by-rules rules:"), found.get(0));
        assertTrue(found.get(0).contains("tcp 0.0.0.0:8080 192.168.178.20:80 0 | rules: DROP by filter TRANS"),
                found.get(0));
        assertTrue(found.get(1).contains("tcp 0.0.0.0:7000+3"), found.get(1));
        assertTrue(found.get(2).contains("gre"), found.get(2));
    }

    @Test
    void portForwardingAcceptedByRulesIsNotReported() {
        String rules =
                "iptables -P FORWARD DROP\niptables -P INPUT DROP\niptables -A INPUT -i $WAN_IF -p udp --dport 5060 -j ACCEPT\n"
                        + "iptables -A FORWARD -i $WAN_IF -d 192.168.178.20 -j ACCEPT\n"
                        + "iptables -A FORWARD -i $WAN_IF -d 192.168.178.21 -p tcp --dport 7000:7002 -j ACCEPT\n";
        assertEquals(List.of(), found("7270v2-0554", rules));
        List<String> last = found("7270v2-0554", rules.replace("7000:7002", "7000:7001"));
        assertEquals(1, last.size());
        assertTrue(last.get(0).contains("7000+3"), "only two of three ports are accepted: " + last);
        assertEquals(List.of(),
                found("7270v2-0554",
                        rules.replace("-i $WAN_IF -d 192.168.178.20", "-s 198.51.100.0/24 -d 192.168.178.20")),
                "accepted for some sources is not certainly blocked");
        assertEquals(List.of(), found("7590-0692", "iptables -P FORWARD DROP\n"), "ar7.cfg was not read");
    }

    @Test
    void ruleForPacketsThatAvmDropsIsReported() {
        String open = "iptables -A INPUT -i $WAN_IF -p tcp --dport %d -j ACCEPT\niptables -A INPUT -j DROP\n";
        List<String> found = found("7270v2-0554", open.formatted(138) + "iptables -A FORWARD -j ACCEPT\n");
        assertTrue(found.contains(
                "rules-blocked-by-avm rules:1 lowinput accesslist: deny tcp any any range 137 139 | rules: ACCEPT by filter INPUT 1 "
                        + "(rules:1): -i dsl -p tcp -m tcp --dport 138 -j ACCEPT"),
                found.toString());
        assertTrue(found("7270v2-0554", open.formatted(140)).stream()
                .noneMatch(f -> f.startsWith("rules-blocked-by-avm")));
        List<String> out =
                found("7270v2-0554", "iptables -P OUTPUT DROP\niptables -A OUTPUT -p udp --dport 162 -j ACCEPT\n"
                        + "iptables -A FORWARD -i $LAN_IF -s $LAN_NET -p tcp -m multiport --dports 80,111 -j ACCEPT\niptables -A OUTPUT -j ACCEPT\n");
        assertEquals(2, out.size(), out.toString());
        assertTrue(out.get(0).contains("rules:2") && out.get(0).contains("161 162"), out.get(0));
        assertTrue(out.get(1).contains("rules:3") && out.get(1).contains("tcp any any eq 111"), out.get(1));
        assertEquals(List.of(),
                found("7490-0683", "iptables -A INPUT -p tcp --dport 80 -j ACCEPT\niptables -A FORWARD -j ACCEPT\n"),
                "a rule that accepts everything is not reported");
    }
}
