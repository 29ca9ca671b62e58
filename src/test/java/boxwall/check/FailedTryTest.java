package boxwall.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Ruleset;
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
        return finding.code + " at " + finding.where + ": " + finding.effect + " | " + finding.remedy;
    }

    /**
     * {@code iptables-restore: line N failed} names the COMMIT: the rule is found by the features that the box lacks.
     */
    @Test
    void failedCommitIsTracedToRule() {
        String error = "iptables-restore -c: status 1 | iptables-restore: line 8 failed";
        assertTrue(finding("7270v2-0554", error).startsWith("module-refused at rules:3: "),
                finding("7270v2-0554", error));
        assertTrue(of("7270v2-0554", error).get(0).evidence.get(0).endsWith("line 8 failed"));
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
    void errorsOfIptablesAreTranslated() {
        BoxFacts facts = new BoxFacts(Readings.none().with("uname_-r", "2.6.32.61\n").with("/proc/net/dev", "lo: 0\n")
                .with("/proc/modules", "kdsldmod 1 0 - Live 0xc0 (P)\n").with("/lib/modules/2.6.32.61/modules.dep",
                        "x_tables.ko:\nip_tables.ko: x_tables.ko\niptable_filter.ko: ip_tables.ko\n"));
        String[][] table = {{
                "iptables v1.4.11.1: can't initialize iptables table `nat': Table does not exist (do you need to insmod?)",
                "table-missing"},
                {"iptables-restore v1.8.9 (legacy): Couldn't load match `foo':No such file or directory",
                        "extension-missing"},
                {"Couldn't find target `ULOG'", "extension-missing"},
                {"iptables-restore: unable to initialize table 'filter\r'", "table-missing"},
                {"Warning: Extension state revision 0 not supported, missing kernel module?", "module-refused"},
                {"Warning: Extension multiport revision 0 not supported, missing kernel module?", "module-missing"},
                {"iptables-restore: line 4 failed", "module-refused"},
                {"iptables: No chain/target/match by that name.", "module-refused"},
                {"iptables: Resource temporarily unavailable.", "drift"},
                {"iptables v1.4.11.1: unknown option \"-w\"", "iptables-too-old"},
                {"iptables v1.8.9 (legacy): host/network `www.example.org' not found", "host-name-in-rule"},
                {"iptables: Invalid argument. Run `dmesg' for more information.", "module-refused"}};
        for (String[] row : table) {
            List<Finding> found = new FailedTry(row[0], Ruleset.empty(), facts).findings();
            assertEquals(1, found.size(), row[0]);
            assertEquals(row[1], found.get(0).code, row[0]);
            assertEquals("iptables: " + row[0].replace('\r', ' '), found.get(0).evidence.get(0));
        }
        assertEquals(List.of(), new FailedTry("all is well", Ruleset.empty(), facts).findings());
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
                of("7270v2-0554", "table filter of IPv4 has other rules than the plan when it is read back"));
        assertEquals(List.of(), of("7270v2-0554", ""));
    }
}
