package boxwall.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.netfilter.Family;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes to the live rules by other programs are reported rule by rule. */
class DriftTest {
    private static final String APPLIED = """
            :INPUT DROP
            :TRANS -
            -A INPUT -i lo -j ACCEPT
            -A INPUT -i lan -j ACCEPT
            -A INPUT -j LOG
            -A TRANS -j DROP
            """;

    private static List<String> drift(String saved, String... kept) {
        return Drift.of(Family.IPV4, "filter", APPLIED, saved.lines().toList(), List.of(kept));
    }

    private static String live(String input) {
        return "# Generated\n*nat\n:POSTROUTING ACCEPT [0:0]\n[1:2] -A POSTROUTING -j MASQUERADE\nCOMMIT\n*filter\n:INPUT DROP [3:4]\n:FORWARD ACCEPT [0:0]\n"
                + ":TRANS - [0:0]\n" + input + "[0:0] -A TRANS -j DROP\nCOMMIT\n";
    }

    @Test
    void loadedRulesWithOtherCountersAreNoDrift() {
        assertEquals(List.of(),
                drift(live("[5:6] -A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n[7:8] -A INPUT -j LOG\n")));
    }

    @Test
    void removedAndAddedRulesAreReported() {
        assertEquals(
                List.of("iptables -t filter: gone: -A INPUT -i lan -j ACCEPT",
                        "iptables -t filter: added: -A INPUT -s 1.2.3.4/32 -j ACCEPT"),
                drift(live("-A INPUT -s 1.2.3.4/32 -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j LOG\n")));
    }

    @Test
    void changedOrderIsReported() {
        assertEquals(List.of("iptables -t filter: in a different order: -A INPUT -i lan -j ACCEPT"),
                drift(live("-A INPUT -i lan -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j LOG\n")));
    }

    @Test
    void duplicatedRuleIsReportedAsAdded() {
        assertEquals(List.of("iptables -t filter: added: -A INPUT -j LOG"),
                drift(live("-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n-A INPUT -j LOG\n-A INPUT -j LOG\n")));
    }

    @Test
    void changedPolicyAndMissingChainAndTableAreReported() {
        assertEquals(List.of("iptables -t filter: gone: -P INPUT DROP"),
                drift(live("-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n-A INPUT -j LOG\n")
                        .replace(":INPUT DROP", ":INPUT ACCEPT")));
        assertEquals(List.of("iptables -t filter: gone: -N TRANS", "iptables -t filter: gone: -A TRANS -j DROP"), drift(
                "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n"));
        assertEquals(List.of("iptables -t filter: gone: the whole table"), drift("*nat\nCOMMIT\n"));
    }

    @Test
    void keptChainIsNoDrift() {
        String vpn = live("-A INPUT -j VPN\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n-A INPUT -j LOG\n")
                .replace(":TRANS", ":VPN - [0:0]\n-A VPN -s 10.0.0.0/8 -j ACCEPT\n:TRANS");
        assertEquals(List.of(), drift(vpn, "VPN"));
        assertEquals(3, drift(vpn).size());
    }

    @Test
    void keptChainInCommentIsNoJump() {
        String noted = "-A INPUT -m comment --comment \"before the -j VPN rule\" -j ACCEPT";
        assertEquals(List.of("iptables -t filter: added: " + noted),
                drift(live(noted + "\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i lan -j ACCEPT\n-A INPUT -j LOG\n"), "VPN"));
    }
}
