package boxwall.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.box.Readings;
import boxwall.check.Checker;
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
 * conf/presets, alone and together, on a box that tracks connections and on one whose AVM module refuses that: what
 * each promises with its expect lines is proved for what would be loaded there.
 */
class PresetsTest {
    private static final String[] EVERY = {"allow-service", "anti-spoof", "block-address", "block-device",
            "block-tr069", "call-home-log", "dmz-host", "flood-limits", "guest-isolation", "guest-may", "home-basic",
            "ipv6-basic", "nat-virtual-host", "no-call-home", "no-telephony", "only-ports", "open-port", "port-scan",
            "prioritise", "stateless-basic", "voip", "vpn-interface", "wiki-basic"};
    private static final Map<String, Readings> BOXES = new HashMap<>();

    private static Presets.OnBox on(String box, List<String> presets) {
        return Presets.on(BOXES.computeIfAbsent(box, Presets::box), Presets.text(presets), AutoYesNo.AUTO);
    }

    private static Presets.OnBox holds(String box, List<String> presets) {
        Presets.OnBox on = on(box, presets);
        assertEquals(List.of(), on.parsed().errors());
        assertFalse(Checker.refuses(on.findings()), () -> presets + " on " + box + ": " + on.findings());
        assertEquals(List.of(), on.of("policy-test-failed"));
        assertEquals(!box.endsWith("-avm") && !box.startsWith("7490-0630"), on.compiled().stateful);
        return on;
    }

    @Test
    void thereAreAllOfThem() throws IOException { assertEquals(List.of(EVERY), Presets.all()); }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "virtual-avm"})
    void eachHoldsAlone(String box) throws IOException {
        for (String preset : Presets.all()) {
            Presets.OnBox on = holds(box, List.of(preset));
            long skipped = on.parsed().expects.size() - on.of("policy-test-skipped").size();
            assertTrue(skipped > 0, preset + " on " + box + " proves nothing");
            assertEquals(List.of(), on.of("rule-unreachable"), preset);
        }
    }

    /**
     * The virtual box has every module; these are what a 7490 has, with states and without: no nat targets, no
     * xt_recent.
     */
    @ParameterizedTest
    @ValueSource(strings = {"7490-0757", "7490-0630"})
    void theBasesHoldOnBoxesAsTheyAre(String box) {
        holds(box, List.of("anti-spoof", "wiki-basic", "ipv6-basic"));
        holds(box, List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation", "block-tr069", "voip",
                "call-home-log"));
        holds(box, List.of("anti-spoof", "stateless-basic", "ipv6-basic"));
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
    void togetherTheyHoldAndNoneMakesAnotherUseless(String presets) {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            assertEquals(List.of(), holds(box, List.of(presets.split(" "))).of("rule-unreachable"), presets);
        }
    }

    /**
     * stateless-basic lets out more by itself, so some lines of others do nothing beside it; it stays a base for all of
     * them.
     */
    @Test
    void statelessBasicIsABaseToo() {
        for (String box : new String[] {"virtual", "virtual-avm"}) {
            Presets.OnBox on = holds(box,
                    List.of("anti-spoof", "stateless-basic", "ipv6-basic", "guest-isolation", "block-tr069",
                            "flood-limits", "port-scan", "voip", "vpn-interface", "dmz-host", "prioritise",
                            "call-home-log"));
            Chain input = on.compiled().ruleset.chain(Family.IPV4, Table.FILTER, "INPUT");
            for (Rule rule : input.rules) {
                assertEquals(null, States.matchOf(rule), "a state in " + rule);
            }
        }
    }

    @Test
    void withoutConntrackNothingIsLeftThatLoadsIt() throws IOException {
        Presets.OnBox on = holds("virtual-avm",
                List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation", "nat-virtual-host"));
        for (String module : on.compiled().modules) {
            assertFalse(on.facts().pullsConntrack(module), module);
        }
        assertFalse(on.compiled().ruleset.owns(Family.IPV4, Table.NAT));
        long nat = on.compiled().notes.stream().filter(n -> n.origin.toString().startsWith("nat-virtual-host")
                && n.text.contains("nat table needs connection tracking")).count();
        assertEquals(2, nat);
    }

    /** What passes in addition, kind by kind, in the words that StatelessIT's packets were sent after. */
    @Test
    void theNotesNameEveryKindOfPacketThatPassesInAddition() {
        Presets.OnBox on = holds("virtual-avm", List.of("anti-spoof", "wiki-basic", "ipv6-basic", "guest-isolation"));
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
    void aValueThatTheUserMustGiveIsAskedForByItsName() throws IOException {
        BoxFacts facts = BoxFacts.of(Presets.box("virtual"));
        int asked = 0;
        for (String preset : Presets.all()) {
            for (Preset.Parameter each : new Preset(Presets.includes().find(preset, "")).parameters.values()) {
                String text = Presets.text(List.of(preset)).replaceAll("(?m)^" + each.name + "=.*\n", "");
                List<SyntaxError> errors = Presets.parse(text, facts).errors();
                assertEquals(each.standard == null ? 1 : 0, errors.size(),
                        preset + " without " + each.name + ": " + errors);
                assertTrue(errors.isEmpty() || errors.get(0).what.contains("needs " + each.name), errors.toString());
                asked += errors.size();
            }
        }
        assertTrue(asked > 10, "no preset asks for a value");
    }

    @Test
    void eachBeginsWithItsNameAndWhatItIs() throws IOException {
        for (String preset : Presets.all()) {
            List<String> lines = Files.readAllLines(Path.of("conf/presets/" + preset + ".rules"));
            assertTrue(lines.get(0).startsWith("# " + preset + ": "), lines.get(0));
            assertTrue(lines.stream().anyMatch(l -> l.startsWith("expect ")), preset + " promises nothing");
        }
    }

    /** docs/presets.md lists every preset, and the example that it gives is a ruleset as it stands. */
    @Test
    void thePageNamesThemAllAndItsExampleHolds() throws IOException {
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
