package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Translates errors of iptables-restore into findings about the user's rules. */
class FailedTryTest {
    private static List<Finding> of(String box, String error) {
        CheckedRuleset ruleset = AllFindings.ruleset(box, "iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\n"
                + "iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT\niptables -A INPUT -m iprange --src-range 10.0.0.1-10.0.0.9 -j DROP\n");
        return new FailedTry(error, ruleset.compiled, ruleset.facts).findings();
    }

    private static String finding(String box, String error) {
        Finding finding = of(box, error).get(0);
        assertEquals(Finding.Severity.REFUSE, finding.severity);
        return finding.code + " at " + finding.where + ": " + finding.effect() + " | " + finding.remedy;
    }

    /**
     * {@code iptables-restore: line N failed} names the COMMIT: the rule is found by the features that the box lacks.
     */
    @Test
    void failedCommitIsTracedToRule() {
        String error = "iptables-restore -c: status 1 | iptables-restore: line 8 failed";
        assertTrue(finding("7270v2-0554", error).startsWith("module-refused at rules:3: "),
                finding("7270v2-0554", error));
        assertTrue(of("7270v2-0554", error).get(0).evidence().get(0).endsWith("line 8 failed"));
    }

    @Test
    void errorOnLineIsReportedForItsRule() {
        String text = finding("7270v2-0554",
                "iptables-restore -c: status 2 | Couldn't load match `iprange':No such file or directory | "
                        + "Error occurred at line: 7");
        assertTrue(text.startsWith("extension-missing at rules:4: "), text);
        assertTrue(text.contains("FREETZ_LIB_libxt_iprange"), text);
    }

    @Test
    void moduleThatDidNotLoadIsReported() {
        String text = finding("7270v2-0554", "modprobe xt_nonesuch: status 0, but it is not loaded");
        assertTrue(text.startsWith("module-missing at : ") && text.contains("FREETZ_MODULE_xt_nonesuch"), text);
        assertTrue(finding("virtual-avm", "modprobe nf_conntrack: status 1 | modprobe: can't load module nf_conntrack")
                .startsWith("module-refused"));
    }

    @Test
    void otherErrorsGiveNoFinding() {
        assertEquals(List.of(),
                of("7270v2-0554", "table filter of IPv4 reads back with other rules than it was given"));
        assertEquals(List.of(), of("7270v2-0554", ""));
    }
}
