package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.check.Checker;
import boxwall.syntax.TestIncludes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Common use cases of a firewall, on both base rulesets and every model box: they are accepted, or omitted with a note,
 * and never refused.
 */
public class UseCasesTest {
    public static final String HOME = "include home-basic\n";
    public static final String WIKI = "include anti-spoof\ninclude wiki-basic\ninclude ipv6-basic\n";
    /** Each use case with sample values, as lines after a base. */
    public static final String[] CASES = {"include block-device DEVICE=192.168.178.30",
            "include block-device DEVICE=00:00:5E:00:53:2A", "include block-device DEVICE=2001:db8:0:178::30",
            "include block-device DEVICE=192.168.178.30 WHEN=19:00-05:00",
            "include block-device DEVICE=192.168.178.30\ninclude block-device DEVICE=192.168.178.31",
            "include open-port HOST=192.168.178.20 PORTS=443",
            "include open-port HOST=192.168.178.20 PORTS=80,8000-8010 FROM=203.0.113.0/24",
            "include open-port HOST=2001:db8:0:178::20 PORTS=443 PROTO=udp", "include allow-service PORTS=22",
            "include allow-service PORTS=51820 PROTO=udp LIMIT=no",
            "include guest-isolation\ninclude guest-may HOST=192.168.178.40",
            "include only-ports DEVICE=192.168.178.30",
            "include only-ports DEVICE=00:00:5E:00:53:2A TCP=80,443,993 UDP=53",
            "include block-address TO=203.0.113.0/24,198.51.100.7,2001:db8:bad::/48", "include no-call-home",
            "include no-call-home ALLOW=443,5060", "include no-telephony", "include voip",
            "include vpn-interface VPN_IF=wg0 VPN_NET=10.8.0.0/24 VPN_PORT=51820", "include call-home-log",
            "iptables -I FORWARD 1 -s 192.168.178.30 -o $WAN_IF -j DROP",
            "iptables -I FORWARD 1 -m mac --mac-source 00:00:5E:00:53:2A -o $WAN_IF -j DROP",
            "iptables -A INPUT -i $WAN_IF -p tcp --dport 22 -m limit --limit 3/minute -j ACCEPT",
            "iptables -A FORWARD -i $LAN_IF -s $LAN_NET -o $WAN_IF -j ACCEPT",
            "iptables -A FORWARD -i $WAN_IF -o $LAN_IF -d 192.168.178.20 -p tcp --dport 443 -j ACCEPT",
            "iptables -I FORWARD 1 -i $GUEST_IF -o $LAN_IF -d 192.168.178.40 -p tcp --dport 9100 -j ACCEPT",};
    /**
     * Model boxes without the table filter: Freetz' kernel has iptables built in, but AVM's kernel, which stays on the
     * box, has not.
     */
    private static final Set<String> WITHOUT_FILTER = Set.of("7340-0606");
    /** Their kernel has nf_log built in, and xt_LOG is not available. */
    private static final Set<String> WITHOUT_LOG = Set.of("6690-0757", "6690-0820");
    /** Freetz has no ipt_time for kernels before 2.6.28. */
    private static final Set<String> WITHOUT_TIME = Set.of("3170-0458", "7170-0488", "7270v1-0488");
    private static final Set<String> LINT =
            Set.of("rule-redundant", "rule-unreachable", "spoofable-accept", "guest-reaches-lan", "guest-reaches-box");

    /** Findings about the box, not about a preset: port forwarding by AVM, and IPv6 that a box cannot filter. */
    private static final Set<String> OF_THE_BOX = Set.of("forward-blocked-by-rules", "ipv6-unfiltered");

    static List<String> models() throws IOException {
        try (var folders = Files.list(Path.of("src/test/resources/boxes"))) {
            return folders.filter(f -> Files.isDirectory(f.resolve("proc"))).map(f -> f.getFileName().toString())
                    .filter(n -> !n.startsWith("recorded")).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HOME, WIKI})
    void everyUseCaseIsAcceptedOnEveryModel(String base) throws IOException {
        TreeMap<String, TreeSet<String>> wrong = new TreeMap<>();
        int turn = 0;
        for (String model : models()) {
            Readings image = Presets.image(model);
            Readings box = image == null ? Presets.box(model) : image;
            turn++;
            for (int i = 0; i < CASES.length; i++) {
                if (!Boolean.getBoolean("boxwall.long") && (i + turn) % 4 != 0) {
                    continue; // each model has a quarter of the cases, each case a quarter of the models; all in the
                              // long form
                }
                String one = CASES[i];
                if (base.equals(HOME) && one.equals("include voip")) {
                    continue; // home-basic includes telephony
                }
                Presets.OnBox on = Presets.on(box, base + one + "\n", AutoYesNo.AUTO);
                assertEquals(List.of(), on.parsed().errors(), one);
                for (Finding finding : on.findings()) {
                    if (lacks(finding) && (image == null || one.contains("call-home-log") && WITHOUT_LOG.contains(model)
                            || one.contains("WHEN=") && WITHOUT_TIME.contains(model))) {
                        continue; // refused with the menu symbol to add
                    }
                    // a line of the user may make a line of a preset needless
                    boolean lint = LINT.contains(finding.code) && !finding.effect.contains("(ACCEPT), rules:")
                            && !finding.where.startsWith("rules:");
                    boolean loud = finding.severity == Finding.Severity.WARN && !finding.where.startsWith("rules:")
                            && !finding.evidence.toString().contains("(rules:") && !OF_THE_BOX.contains(finding.code);
                    if (lint || loud || finding.severity == Finding.Severity.REFUSE) {
                        wrong.computeIfAbsent(finding.code + " " + finding.where + " " + finding.effect,
                                k -> new TreeSet<>()).add(model + " " + one);
                    }
                }
                if (WITHOUT_FILTER.contains(model)) {
                    assertTrue(Checker.refuses(on.findings()),
                            model + " has the table filter: remove it from the list");
                }
            }
        }
        wrong.values().forEach(set -> set.removeIf(s -> WITHOUT_FILTER.contains(s.substring(0, s.indexOf(' ')))));
        wrong.values().removeIf(Set::isEmpty);
        assertEquals("",
                wrong.entrySet().stream()
                        .map(e -> e.getKey() + "\n    " + e.getValue().size() + ": " + e.getValue().first())
                        .collect(Collectors.joining("\n")));
    }

    private static boolean lacks(Finding finding) {
        return finding.code.equals("module-missing") || finding.code.equals("module-refused");
    }

    /**
     * Checks shipped rulesets on every model with the modules that the package selects: docs/kernels.md lists what is
     * refused and why.
     */
    @Test
    void shippedRulesetsAreAcceptedOnEveryModelOrListed() throws IOException {
        TreeMap<String, TreeSet<String>> refused = new TreeMap<>();
        int images = 0;
        for (String model : models()) {
            Readings image = Presets.image(model);
            if (image == null) { continue; }
            images++;
            for (String ruleset : Presets.all()) {
                record(refused, ruleset, model, Presets.on(image, Presets.text(List.of(ruleset)), AutoYesNo.AUTO));
            }
            record(refused, "boxwall.rules", model,
                    Presets.on(image, Files.readString(Path.of("conf/boxwall.rules")), AutoYesNo.AUTO));
        }
        assertTrue(images > 20, "images: " + images);
        StringBuilder table = new StringBuilder();
        refused.forEach((what, on) -> table.append("| ").append(what).append(" | ").append(String.join(", ", on))
                .append(" |\n"));
        assertTrue(
                Files.readString(Path.of("docs/kernels.md"))
                        .contains("| ruleset | refused | model boxes |\n|---|---|---|\n" + table + "\n"),
                "docs/kernels.md should have this list:\n" + table);
    }

    private static void record(TreeMap<String, TreeSet<String>> refused, String ruleset, String model,
            Presets.OnBox on) {
        assertEquals(List.of(), on.parsed().errors(), ruleset);
        if (WITHOUT_FILTER.contains(model)) {
            refused.computeIfAbsent("every ruleset | table filter", all -> new TreeSet<>()).add(model);
            return;
        }
        for (Finding finding : on.findings()) {
            if (finding.severity == Finding.Severity.REFUSE) {
                String what = finding.effect.replaceAll("^.*\"(match|target|table) (.*)\".*$", "$1 $2");
                refused.computeIfAbsent(ruleset + " | " + (what.equals(finding.effect) ? finding.code : what),
                        all -> new TreeSet<>()).add(model);
            }
        }
    }

    /** The warning names the rule that overrides the expect line. */
    @Test
    void presetExpectLineOverriddenByUserIsWarning() {
        Presets.OnBox on = Presets.on(Presets.box("virtual"), HOME + CASES[8] + "\n", AutoYesNo.AUTO);
        List<Finding> found = on.of("policy-test-overridden");
        assertFalse(Checker.refuses(on.findings()), on.findings().toString());
        assertEquals(List.of("allow-service:14", "allow-service:15"), found.stream().map(f -> f.where).toList());
        on = Presets.on(Presets.box("virtual"), WIKI + "iptables -A INPUT -i $WAN_IF -p tcp --dport 443 -j ACCEPT\n",
                AutoYesNo.AUTO);
        assertEquals(List.of("rules:4"), on.of("policy-test-overridden").stream().map(f -> f.where).toList());
        assertEquals(List.of(), on.of("policy-test-failed"));
        // only the policy decides here
        on = Presets.on(Presets.box("virtual"), WIKI + "iptables -P INPUT ACCEPT\n", AutoYesNo.AUTO);
        assertFalse(Checker.refuses(on.findings()), on.findings().toString());
        assertEquals(List.of("rules:4"), on.of("policy-test-overridden").stream().map(f -> f.where).toList());
    }

    @Test
    void failedExpectLineOfUserIsRefused() {
        Presets.OnBox on = Presets.on(Presets.box("virtual"),
                HOME + "expect DROP in=wan proto=tcp dport=22\n" + CASES[8] + "\n", AutoYesNo.AUTO);
        assertTrue(Checker.refuses(on.findings()));
        assertEquals(List.of("rules:2"), on.of("policy-test-failed").stream().map(f -> f.where).toList());
    }

    /** If a preset's own rules violate its expect line, no line of the user is the cause. */
    @Test
    void presetThatViolatesItsOwnExpectLineIsRefused() throws IOException {
        Presets.OnBox on = Presets.on(Presets.box("virtual"), "include broken\n", AutoYesNo.AUTO,
                (TestIncludes) name -> boxwall.syntax.Source.preset(name,
                        "iptables -P INPUT ACCEPT\nexpect DROP in=wan proto=tcp dport=22\n"));
        assertEquals(List.of("broken:2"), on.of("policy-test-failed").stream().map(f -> f.where).toList());
    }

    /** Expect lines for rules that are omitted on this box are skipped. */
    @Test
    void expectLinesForOmittedRulesAreSkipped() {
        Presets.OnBox on = Presets.on(Presets.box("3170-0458"), HOME, AutoYesNo.AUTO);
        assertFalse(Checker.refuses(on.findings()), on.findings().toString());
        List<String> skipped =
                new ArrayList<>(on.of("policy-test-skipped").stream().map(finding -> finding.effect).toList());
        assertTrue(skipped.stream().anyMatch(s -> s.contains("the rules for ipv6 are left out on this box")),
                skipped.toString());
    }
}
