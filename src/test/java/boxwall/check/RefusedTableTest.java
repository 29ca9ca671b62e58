package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import boxwall.box.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Selects the rules to try alone after the kernel refused their table. */
class RefusedTableTest {
    private static final String RULES =
            "iptables -N U\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -p udp -m mark --mark 1 -j U\n"
                    + "iptables -A U -p tcp -m tcp --dport 80 -j ACCEPT\niptables -A U -j DROP\niptables -t mangle -A INPUT -j MARK --set-mark 1\n";

    private static FailedTry of(String box, String rules, String error) {
        CheckedRuleset ruleset = AllFindings.ruleset(box, rules);
        return new FailedTry(error, ruleset.compiled, ruleset.facts);
    }

    private static String failed(int line) {
        return "iptables-restore -c: status 1 | iptables-restore: line " + line + " failed";
    }

    @Test
    void candidatesAreRulesOfRefusedTableWithoutJumps() {
        FailedTry failed = of("virtual", RULES, failed(18));
        assertEquals("filter", failed.refused.word());
        assertEquals(List.of("-A alone -p udp -m mark --mark 0x1", "-A alone -p tcp -m tcp --dport 80 -j ACCEPT"),
                failed.candidates("alone"));
        assertEquals(List.of("-A alone -j MARK --set-xmark 0x1/0xffffffff"),
                of("virtual", RULES, failed(8)).candidates("alone"));
        Finding finding = failed.refused(1, "line 4 failed", List.of("<4>[ 12.5] xt_tcpudp: no"));
        assertEquals("rule-refused rules:4", finding.code + " " + finding.where);
        assertEquals(List.of("filter U 1 (rules:4): -A U -p tcp -m tcp --dport 80 -j ACCEPT",
                "tried alone: line 4 failed", "dmesg: <4>[ 12.5] xt_tcpudp: no"), finding.evidence);
        assertEquals("the kernel refuses this rule of the table filter, and its log gives the reason: xt_tcpudp: no",
                finding.effect);
    }

    @Test
    void otherErrorsAndKnownReasonsGiveNoCandidates() {
        assertNull(of("virtual", RULES,
                "iptables-restore -c: status 2 | iptables-restore v1.8.9 (legacy): Couldn't load match `x' | Error occurred at line: 18").refused);
        assertNull(of("virtual", RULES, failed(17)).refused, "not the line of COMMIT");
        assertNull(of("virtual", RULES, failed(900)).refused);
        assertNull(of("virtual", RULES, "").refused);
        assertNull(of("virtual", RULES, "ip6" + failed(18).replace("| ip", "| ip6")).refused,
                "no rules of this family");
        // a known missing module is the reason
        assertNull(of("7270v2-0554", "iptables -A INPUT -m state --state NEW -j ACCEPT\n", failed(6)).refused);
    }

    /** Where connection tracking is refused, a rule that needs it is a known reason and is never tried. */
    @Test
    void rulesThatNeedRefusedConntrackAreNotTried() {
        String rules =
                "iptables -A INPUT -m connlimit --connlimit-above 3 -j DROP\niptables -A INPUT -m mark --mark 1 -j DROP\n";
        assertNull(of("virtual-avm", rules, failed(7)).refused);
        assertEquals(2, of("virtual", rules, failed(7)).candidates("alone").size());
    }
}
