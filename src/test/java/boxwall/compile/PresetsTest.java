package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Readings;
import boxwall.check.Checker;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.syntax.Preset;
import boxwall.syntax.SyntaxError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks conf/presets, alone and together, on a box with connection tracking and on one whose AVM module forbids it:
 * their expect lines are proved for the rules that would be loaded there.
 */
class PresetsTest {
    private static final String[] NAMES = {"allow-service", "anti-spoof", "block-address", "block-device",
            "block-tr069", "call-home-log", "dmz-host", "flood-limits", "guest-isolation", "guest-may", "home-basic",
            "ipv6-basic", "nat-virtual-host", "no-call-home", "no-telephony", "only-ports", "open-port", "port-scan",
            "prioritise", "stateless-basic", "voip", "vpn-interface", "wiki-basic"};
    private static final Map<String, Readings> BOXES = new HashMap<>();

    private static Presets.OnBox on(String box, List<String> presets) {
        return Presets.on(BOXES.computeIfAbsent(box, Presets::box), Presets.text(presets), AutoYesNo.AUTO);
    }

    private static Presets.OnBox assertAccepted(String box, List<String> presets) {
        Presets.OnBox on = on(box, presets);
        assertEquals(List.of(), on.parsed().errors());
        assertFalse(Checker.refuses(on.findings()), () -> presets + " on " + box + ": " + on.findings());
        assertEquals(List.of(), on.of("policy-test-failed"));
        assertEquals(!box.endsWith("-avm") && !box.startsWith("7490-0630"), on.compiled().stateful);
        return on;
    }

    @Test
    void folderHasExactlyTheListedPresets() throws IOException { assertEquals(List.of(NAMES), Presets.all()); }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "virtual-avm"})
    void eachPresetAloneIsAccepted(String box) throws IOException {
        for (String preset : Presets.all()) {
            Presets.OnBox on = assertAccepted(box, List.of(preset));
            long proved = on.parsed().expects.size() - on.of("policy-test-skipped").size();
            assertTrue(proved > 0, preset + " on " + box + " proves nothing");
            assertEquals(List.of(), on.of("rule-unreachable"), preset);
        }
    }

    /**
     * The virtual box has every module; a 7490, with states or without, has no nat targets and no xt_recent.
     */
    @ParameterizedTest
    @ValueSource(strings = {"7490-0757", "7490-0630"})
    void basePresetsAreAcceptedOnRealBoxes(String box) {
        assertAccepted(box, List.of("anti-spoof", "wiki-basic", "ipv6-basic"));
        assertAccepted(box, List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation", "block-tr069", "voip",
                "call-home-log"));
        assertAccepted(box, List.of("anti-spoof", "stateless-basic", "ipv6-basic"));
    }

    @ParameterizedTest
    @CsvSource({"anti-spoof wiki-basic ipv6-basic", "wiki-basic ipv6-basic anti-spoof",
            "anti-spoof wiki-basic ipv6-basic guest-isolation", "guest-isolation anti-spoof ipv6-basic wiki-basic",
            "anti-spoof wiki-basic ipv6-basic guest-isolation dmz-host",
            "wiki-basic ipv6-basic guest-isolation dmz-host anti-spoof",
            "anti-spoof wiki-basic ipv6-basic voip vpn-interface",
            "anti-spoof wiki-basic ipv6-basic block-tr069 flood-limits port-scan call-home-log",
            "port-scan flood-limits block-tr069 anti-spoof wiki-basic ipv6-basic prioritise",
            "anti-spoof wiki-basic ipv6-basic guest-isolation block-tr069 flood-limits port-scan voip vpn-interface dmz-host nat-virtual-host"
                    + " prioritise call-home-log",})
    void combinedPresetsAreAcceptedAndAllRulesReachable(String presets) {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            assertEquals(List.of(), assertAccepted(box, List.of(presets.split(" "))).of("rule-unreachable"), presets);
        }
    }

    /**
     * stateless-basic accepts more outgoing packets, so some rules of other presets have no effect with it; all can be
     * combined with it.
     */
    @Test
    void statelessBasicWorksAsBaseOfOtherPresets() {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            Presets.OnBox on = assertAccepted(box,
                    List.of("anti-spoof", "stateless-basic", "ipv6-basic", "guest-isolation", "block-tr069",
                            "flood-limits", "port-scan", "voip", "vpn-interface", "dmz-host", "prioritise",
                            "call-home-log"));
            Chain input = on.compiled().ruleset.chain(Family.IPV4, Table.FILTER, "INPUT");
            for (Rule rule : input.rules) {
                assertEquals(null, RuleStates.matchOf(rule), "a state in " + rule);
            }
        }
    }

    @Test
    void compiledRulesLoadNoConntrackIfItIsRefused() throws IOException {
        Presets.OnBox on = assertAccepted("virtual-avm",
                List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation", "nat-virtual-host"));
        for (String module : on.compiled().modules) {
            assertFalse(on.facts().pullsConntrack(module), module);
        }
        assertFalse(on.compiled().ruleset.owns(Family.IPV4, Table.NAT));
        long nat = on.compiled().notes.stream().filter(n -> n.origin.toString().startsWith("nat-virtual-host")
                && n.text.contains("nat table needs connection tracking")).count();
        assertEquals(2, nat);
    }

    /** The notes describe each kind of additionally accepted packets; StatelessIT sends such packets. */
    @Test
    void notesListAllKindsOfAdditionallyAcceptedPackets() {
        Presets.OnBox on =
                assertAccepted("virtual-avm", List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation"));
        for (String family : new String[] {"wiki-basic", "ipv6-basic"}) {
            String notes = on.compiled().notes.stream().filter(n -> n.origin.toString().startsWith(family))
                    .map(n -> n.text + "\n").reduce("", String::concat);
            for (String kind : new String[] {"TCP with ACK or RST set", "replies to ICMP requests",
                    "UDP from the fixed remote ports", "anybody can forge such packets",
                    "RELATED means ICMP errors only", "FTP data and the like don't pass",
                    "later fragments of such packets (without ports)", "replies of other protocols don't pass"}) {
                assertTrue(notes.contains(kind), family + ": no note of " + kind + ":\n" + notes);
            }
        }
    }

    @Test
    void missingRequiredValueIsReportedByName() throws IOException {
        BoxFacts facts = new BoxFacts(Presets.box("virtual"));
        int missing = 0;
        for (String preset : Presets.all()) {
            for (Preset.Parameter each : new Preset(Presets.includes().find(preset)).parameters.values()) {
                String text = Presets.text(List.of(preset)).replaceAll("(?m)^" + each.name + "=.*\n", "");
                List<SyntaxError> errors = Presets.parse(text, facts).errors();
                assertEquals(each.standard == null ? 1 : 0, errors.size(),
                        preset + " without " + each.name + ": " + errors);
                assertTrue(errors.isEmpty() || errors.get(0).what.contains("needs " + each.name), errors.toString());
                missing += errors.size();
            }
        }
        assertTrue(missing > 10, "missing values: " + missing);
    }

    @Test
    void eachPresetStartsWithNameAndHasExpectLine() throws IOException {
        for (String preset : Presets.all()) {
            List<String> lines = Files.readAllLines(Path.of("conf/presets/" + preset + ".rules"));
            assertTrue(lines.get(0).startsWith("# " + preset + ": "), lines.get(0));
            assertTrue(lines.stream().anyMatch(l -> l.startsWith("expect ")), preset + " has no expect line");
        }
    }

    /** docs/presets.md lists every preset, and its example is a valid ruleset. */
    @Test
    void pageListsAllPresetsAndItsExampleIsAccepted() throws IOException {
        List<String> page = Files.readAllLines(Path.of("docs/presets.md"));
        TreeSet<String> named = new TreeSet<>();
        List<String> example = new ArrayList<>();
        for (String line : page) {
            if (line.startsWith("| `")) { named.add(line.substring(3, line.indexOf('`', 3))); }
            if (line.startsWith("    ") && !line.startsWith("    $ ")) { example.add(line.substring(4)); }
        }
        assertEquals(new TreeSet<>(Presets.all()), named);
        assertTrue(example.size() >= 3, "no example");
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            Presets.OnBox on = Presets.on(BOXES.computeIfAbsent(box, Presets::box), String.join("\n", example) + "\n",
                    AutoYesNo.AUTO);
            assertEquals(List.of(), on.parsed().errors());
            assertFalse(Checker.refuses(on.findings()), on.findings().toString());
            assertEquals(List.of(), on.of("rule-unreachable"));
            assertTrue(on.parsed().expects.size() >= 20);
        }
    }
}
