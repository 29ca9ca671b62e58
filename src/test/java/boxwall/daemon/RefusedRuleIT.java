package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RuleWriter;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.CommandResult;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finds the rule that iptables accepts and the kernel refuses, in a network namespace; needs root. */
class RefusedRuleIT {
    private static final String BOX = "src/test/resources/boxes/virtual";
    /** Rules around the refused one, so that the search has something to bisect. */
    private static final String HARMLESS =
            "iptables -A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\niptables -N U\n"
                    + "iptables -A INPUT -m mark --mark 1 -j U\niptables -A U -m limit --limit 1/sec -j LOG\n";

    @TempDir
    Path folder;
    private Process namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new ProcessBuilder("unshare", "-n", "-m", "sh", "-c",
                "mount -t tmpfs none /run && echo there; exec sleep 60").redirectErrorStream(true).start();
        assertEquals("there", namespace.inputReader().readLine(), "needs root for a network namespace");
        for (String name : List.of("iptables-restore", "iptables-save", "ip6tables-restore")) {
            Path script = folder.resolve(name);
            Files.writeString(script, "#!/bin/sh\nexec nsenter -t " + namespace.pid() + " -n -m "
                    + name.replace("tables-", "tables-legacy-") + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @AfterEach
    void endNamespace() { namespace.destroyForcibly(); }

    private CommandResult run(String name, String stdin) throws Exception {
        return new LiveSys().run(List.of(folder.resolve(name).toString()), stdin, 20);
    }

    /** Loads the rules as boxwall-apply does, and returns the causes of the failure. */
    private List<Finding> causes(String rules) throws Exception {
        BoxFacts facts = new BoxFacts(BoxReader.read(new LiveSys(), BOX));
        ParsedRules parsed = RulesetParser.parse(new Source("rules", rules), facts.names, null);
        assertEquals(List.of(), parsed.errors());
        Ruleset ruleset = overflowing(parsed.ruleset());
        Family family = ruleset.tables(Family.IPV4).isEmpty() ? Family.IPV6 : Family.IPV4;
        CommandResult tried = run(family.command + "-restore", RuleWriter.restore(ruleset, family).text);
        assertTrue(tried.status() != 0 && tried.err.contains(" failed"),
                "the kernel accepted the rules: " + tried.describe());
        String before = run("iptables-save", "").out.replaceAll("#.*", "");
        String error = family.command + "-restore -c: status 1 | " + tried.err.trim().replace("\n", " | ");
        List<Finding> findings = ChangeReplies.causes(new LiveSys(), folder.toString(), error, ruleset, facts);
        assertEquals(before, run("iptables-save", "").out.replaceAll("#.*", ""), "the search changed the tables");
        return findings;
    }

    /**
     * Replaces {@code --limit 3/minute} by a limit that no kernel accepts (864000000 times 7 exceeds 32 bits). The
     * parser rejects this one, but it cannot know what the modules of a box refuse.
     */
    private static Ruleset overflowing(Ruleset ruleset) {
        Match tooLong = Match.of("limit", Option.of("--limit", "1/day"), Option.of("--limit-burst", "7"));
        Ruleset changed = ruleset;
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                List<Chain> chains = ruleset.chains(family, table).stream().map(chain -> chain.withRules(chain.rules
                        .stream()
                        .map(rule -> rule.copy().matches(
                                rule.matches.stream().map(m -> m.toString().contains("3/min") ? tooLong : m).toList())
                                .build())
                        .toList())).toList();
                changed = changed.with(family, table, chains);
            }
        }
        return changed;
    }

    @Test
    void refusedRuleIsReportedWithLineAndKernelLog() throws Exception {
        Finding finding = causes(HARMLESS + "iptables -A U -p udp -m limit --limit 3/minute -j ACCEPT\n"
                + HARMLESS.replace("iptables -N U\n", "")).get(0);
        assertEquals("rule-refused", finding.code);
        assertEquals("rules:5", finding.where);
        assertTrue(
                finding.evidence.get(0).startsWith(
                        "filter U 2 (rules:5): -A U -p udp -m limit --limit 1/day --limit-burst 7 -j ACCEPT"),
                finding.evidence.toString());
        // a kernel whose log root cannot read gives no message; every other prints this message since 2.6
        if (finding.evidence.size() > 2) {
            assertTrue(finding.effect.contains("Overflow, try lower: 864000000/7"), finding.effect);
        }
    }

    @Test
    void refusedRuleIsFoundInOtherTableAndFamily() throws Exception {
        Finding finding = causes("iptables -t mangle -A FORWARD -p udp -m mark --mark 3 -j MARK --set-mark 4\n"
                + "iptables -t mangle -A FORWARD -m limit --limit 3/minute -j MARK --set-mark 2\n").get(0);
        assertEquals("rule-refused rules:2", finding.code + " " + finding.where);
        finding = causes(
                "ip6tables -A INPUT -p tcp -m mark --mark 3 -j ACCEPT\nip6tables -A INPUT -p udp -m limit --limit 3/minute -j DROP\n")
                .get(0);
        assertEquals("rule-refused rules:2", finding.code + " " + finding.where);
    }
}
