package boxwall.compile;

import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.check.Checker;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapts rules to old and new releases of iptables and kernels. */
class DialectTest {
    /** A box with this release of iptables, this kernel and these modules. */
    private static BoxFacts box(String iptables, String kernel, String... modules) {
        Map<String, String> texts = new LinkedHashMap<>();
        StringBuilder dep = new StringBuilder();
        for (String module : modules) {
            dep.append("kernel/").append(module).append(".ko:\n");
        }
        texts.put("/lib/modules/" + kernel + "/modules.dep", dep.toString());
        texts.put("/proc/modules", "ip_tables 1 1 - Live 0xc0000000\n");
        texts.put("iptables_--version", "iptables v" + iptables + "\n");
        texts.put("uname_-r", kernel + "\n");
        return new BoxFacts(new Readings(texts));
    }

    /** If one table exists, the rules of all tables are kept, and the check refuses those of a missing table. */
    @Test
    void ipv6RulesAreOmittedOnlyIfAllIpv6TablesAreMissing() {
        BoxFacts facts = box("1.4.11.1", "2.6.32.61", "x_tables", "iptable_filter", "ip6_tables", "ip6table_filter");
        ParsedRules parsed = RulesetParser.parse(
                new Source("rules", "ip6tables -P INPUT DROP\nip6tables -t raw -A PREROUTING -s fd00::7 -j DROP\n"),
                Map.of(), null);
        Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.YES, AutoYesNo.AUTO, false);
        assertTrue(compiled.ruleset.owns(Family.IPV6, Table.FILTER));
        List<Finding> findings = Checker.decisions(new CheckedRuleset(parsed, compiled.ruleset, facts));
        assertTrue(Checker.refuses(findings) && findings.toString().contains("rules:2: refuse table-missing")
                && !findings.toString().contains("ipv6-unfiltered"), findings::toString);
        facts = box("1.4.11.1", "2.6.32.61", "x_tables", "iptable_filter");
        compiled = Compiler.compile(parsed, facts, AutoYesNo.YES, AutoYesNo.AUTO, false);
        assertTrue(compiled.ruleset.tables(Family.IPV6).isEmpty());
    }

    private static final String[] ALL = {"x_tables", "iptable_filter", "xt_tcpudp", "xt_recent", "ipt_recent",
            "ip_conntrack", "xt_time", "xt_NFQUEUE"};

    private static String[] with(String... more) {
        List<String> all = new ArrayList<>(List.of(ALL));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    /** The compiled rules, followed by the notes and the refusing findings. */
    private static String compiled(BoxFacts facts, String rules) {
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules + "\n"), Map.of(), null);
        assertEquals(List.of(), parsed.errors());
        Compiled compiled = Compiler.compile(parsed, facts, AutoYesNo.YES, AutoYesNo.AUTO, false);
        StringBuilder out = new StringBuilder();
        for (Rule rule : compiled.ruleset.chain(Family.IPV4, Table.FILTER, "INPUT").rules) {
            out.append(RuleWriter.rule("INPUT", rule).substring("-A INPUT ".length())).append('\n');
        }
        compiled.notes.stream().filter(n -> n.text.contains("which means the same") || n.text.contains("loaded as _"))
                .forEach(n -> out.append("note ").append(n.origin).append('\n'));
        for (Finding finding : AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, facts))) {
            if (finding.severity == Finding.Severity.REFUSE) {
                out.append(finding.code).append(' ').append(finding.where).append(": ").append(finding.effect)
                        .append('\n');
            }
        }
        return out.toString().trim();
    }

    private static final String RECENT = "iptables -A INPUT -m recent --update --seconds 60 %s-j DROP";

    @Test
    void optionWithDefaultValueIsOmittedForOldRelease() {
        BoxFacts old = box("1.4.11.1", "2.6.32.61", ALL);
        BoxFacts recent = box("1.4.21", "3.10.73", ALL);
        assertEquals("-m recent --update --seconds 60 --name DEFAULT --rsource -j DROP",
                compiled(old, RECENT.formatted("")));
        assertEquals("-m recent --update --seconds 60 --name DEFAULT --mask 255.255.255.255 --rsource -j DROP",
                compiled(recent, RECENT.formatted("")));
        assertEquals(
                "-m recent --update --seconds 60 --name DEFAULT --mask 255.255.255.0 --rsource -j DROP\n"
                        + "iptables-too-old rules:1: -m recent --mask needs iptables 1.4.15, and this box has 1.4.11.1",
                compiled(old, RECENT.formatted("--mask 255.255.255.0 ")));
    }

    /** An iptables-restore before 1.4.15 may lose words in quotes. */
    @Test
    void blankInTextHasNoteForOldReleaseOnly() {
        String rules = "iptables -A INPUT -j LOG --log-prefix 'a b '\niptables -A INPUT -j LOG --log-prefix a_b";
        String log = "-j LOG --log-prefix \"a b \"\n-j LOG --log-prefix a_b";
        assertEquals(log + "\nnote rules:1", compiled(box("1.4.11.1", "2.6.32.61", with("ipt_LOG", "xt_LOG")), rules));
        assertEquals(log, compiled(box("1.4.21", "3.10.73", with("ipt_LOG", "xt_LOG")), rules));
    }

    @Test
    void optionMissingInOldReleaseIsRefusedOnceWithAllLines() {
        String rules = "iptables -A INPUT -m time --timestart 20:00 --timestop 04:00 --contiguous -j DROP\n"
                + RECENT.formatted("--reap ") + "\n" + RECENT.formatted("--reap --hitcount 3 ");
        String compiled = compiled(box("1.4.11.1", "2.6.32.61", ALL), rules);
        assertTrue(compiled.contains("iptables-too-old rules:1: -m time --contiguous needs iptables 1.4.1"), compiled);
        assertTrue(compiled.contains(
                "iptables-too-old rules:2, rules:3: -m recent --reap needs iptables 1.4.13, and this box has 1.4.11.1"),
                compiled);
        assertTrue(!compiled(box("1.8.9", "4.9.198", ALL), rules).contains("too-old"));
        assertTrue(!compiled(new BoxFacts(Readings.none()), rules).contains("too-old"),
                "an unknown release is not refused");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // iptables | kernel | available module | rule | compiled match
            "1.4.11.1 | 2.6.19.2   | xt_state     | conntrack --ctstate NEW,RELATED   | state --state NEW,RELATED",
            "1.4.11.1 | 2.6.19.2   | xt_state     | conntrack ! --ctstate ESTABLISHED | state ! --state ESTABLISHED",
            "1.4.11.1 | 2.6.19.2   | xt_conntrack | state --state ESTABLISHED         | conntrack --ctstate ESTABLISHED",
            "1.4.11.1 | 2.6.19.2   | xt_conntrack | state ! --state INVALID           | conntrack ! --ctstate INVALID",
            "1.4.11.1 | 2.6.19.2   | xt_state     | state --state ESTABLISHED         | -",
            "1.4.11.1 | 2.6.19.2   | xt_conntrack | conntrack --ctstate NEW           | -",})
    void stateMatchUsesAvailableModule(String iptables, String kernel, String module, String match, String expected) {
        String compiled = compiled(box(iptables, kernel, with(module)), "iptables -A INPUT -m " + match + " -j ACCEPT");
        assertEquals(
                expected.equals("-") ? "-m " + match + " -j ACCEPT" : "-m " + expected + " -j ACCEPT\nnote rules:1",
                compiled);
    }

    @Test
    void conntrackMatchBeyondStatesIsKeptAndRefused() {
        BoxFacts facts = box("1.4.11.1", "2.6.19.2", with("xt_state"));
        for (String match : List.of("--ctstate DNAT", "--ctstate NEW --ctproto 6", "--ctstate NEW,SNAT")) {
            String compiled = compiled(facts, "iptables -A INPUT -m conntrack " + match + " -j ACCEPT");
            assertTrue(compiled.startsWith("-m conntrack --ct") && compiled.contains("module-missing rules:1"),
                    compiled);
        }
        String both = compiled(box("1.4.11.1", "2.6.19.2", ALL), "iptables -A INPUT -m state --state NEW -j ACCEPT");
        assertTrue(both.startsWith("-m state --state NEW -j ACCEPT\nmodule-missing"),
                "neither module is available: " + both);
    }
}
