package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.compile.Compiled;
import boxwall.compile.Presets;
import boxwall.compile.UseCasesTest;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.netfilter.Ruleset;
import boxwall.plan.Plan;
import boxwall.plan.Stamp;
import boxwall.probe.BoxReader;
import boxwall.report.DiffJson;
import boxwall.report.ExplainJson;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Plans and replies are the same as before, byte for byte: golden/hashes.txt has the hashes of the outputs for many
 * rulesets on many boxes. It guards refactorings. {@code -Dboxwall.golden=write} writes the file again after an
 * intended change; {@code -Dboxwall.golden=DIR} writes the hashed texts below DIR, so that two runs can be compared. By
 * default it checks every 83rd line, starting at a line that depends on {@code -Dboxwall.seed};
 * {@code -Dboxwall.long=true} checks all, {@code -Dboxwall.golden.step=N} every Nth.
 */
class GoldenRunTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Path HASHES = RESOURCES.resolve("golden/hashes.txt");
    private static final String MODE = System.getProperty("boxwall.golden", "");
    /**
     * Boxes that are combined with every ruleset: one with every module on which AVM forbids states, a 7490 with states
     * and one without.
     */
    private static final Set<String> ALL_RULES = Set.of("virtual-avm", "7490-0757", "7490-0630");
    /** Rulesets that are combined with every box. */
    private static final Set<String> ALL_BOXES = Set.of("boxwall.rules", "options.rules", "preset-home-basic");
    private static final List<String> QUERIES = List.of("in=wan proto=tcp dport=22",
            "in=wan proto=udp sport=53 dport=40000 state=ESTABLISHED", "in=lan out=wan proto=tcp dport=443",
            "in=guest out=lan proto=icmp type=echo-request", "in=lan proto=udp dport=53 src=192.168.178.33",
            "out=wan proto=udp dport=123", "in=wan proto=tcp dport=8004 flags=SYN,ACK",
            "family=6 in=wan proto=icmpv6 type=neighbour-solicitation", "family=6 in=lan out=wan proto=tcp dport=80",
            "in=wan fragment=yes proto=udp", "in=lan mark=0x15 mac=00:00:5e:00:53:2a");

    /** A ruleset and a box: one line of the file. */
    private record Combination(String box, String rules) {
        @Override
        public String toString() { return box + " " + rules; }
    }

    private static Map<String, String> rulesets() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("boxwall.rules", Files.readString(Path.of("conf/boxwall.rules"), StandardCharsets.ISO_8859_1));
        for (String preset : Presets.all()) {
            all.put("preset-" + preset, Presets.text(List.of(preset)));
        }
        String[] cases = UseCasesTest.CASES;
        for (int i = 0; i < cases.length; i++) {
            all.put("case-" + i, (i % 2 == 0 ? UseCasesTest.HOME : UseCasesTest.WIKI) + cases[i] + "\n");
        }
        for (String folder : new String[] {"golden", "explain", "imports"}) {
            try (var files = Files.list(RESOURCES.resolve(folder))) {
                for (Path file : files
                        .filter(f -> f.toString().endsWith(folder.equals("imports") ? ".golden" : ".rules")).sorted()
                        .toList()) {
                    all.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return all;
    }

    private static List<Combination> combinations(Set<String> rulesets) throws IOException {
        List<Combination> all = new ArrayList<>();
        List<String> boxes;
        try (var folders = Files.list(RESOURCES.resolve("boxes"))) {
            boxes = folders.filter(f -> Files.exists(f.resolve("README")) || Files.exists(f.resolve("SOURCE.md")))
                    .map(f -> f.getFileName().toString()).sorted().toList();
        }
        for (int b = 0; b < boxes.size(); b++) {
            int r = 0;
            for (String rules : rulesets) {
                if (ALL_RULES.contains(boxes.get(b)) || ALL_BOXES.contains(rules) || (b + r) % 8 == 0) {
                    all.add(new Combination(boxes.get(b), rules));
                }
                r++;
            }
        }
        return all;
    }

    /** The outputs for one box, which is read once. */
    private static final class BoxOutputs {
        private final Config config = Config.parse(null, Map.of());
        private final PresetFolder presets = new PresetFolder(new LiveSys(), "conf/presets", null);
        private final Box box;
        private final Candidate base;

        BoxOutputs(String name, String boxwallRules) {
            box = new Box(BoxReader.read(new LiveSys(), RESOURCES.resolve("boxes").resolve(name).toString()));
            base = Candidate.unchecked(new Source("rules", boxwallRules), presets, box, config);
        }

        private static String plan(Compiled compiled, String text) {
            return compiled == null ? "-"
                    : Plan.files(compiled, text, new Stamp().put("id", "1-2"), "flush").toString();
        }

        Map<String, String> outputs(String text) {
            Candidate candidate = Candidate.of(new Source("rules", text), presets, box, config, null, true);
            Map<String, String> outputs = new LinkedHashMap<>();
            outputs.put("check", candidate.json(null));
            if (candidate.compiled == null) { return outputs; }
            Ruleset rules = candidate.compiled.ruleset;
            outputs.put("plan", plan(candidate.compiled, text) + plan(candidate.stateless(), text));
            outputs.put("optimized", plan(Candidate.unchecked(new Source("rules", text), presets, box,
                    config.with("OPTIMIZE", "yes")).compiled, text));
            outputs.put("explain",
                    QUERIES.stream().map(q -> q + ": " + explain(candidate, q)).collect(Collectors.joining("\n")));
            outputs.put("exposure", candidate.exposure(box).json());
            outputs.put("diff", DiffJson.of(Difference.of(base.compiled.ruleset, rules, BoxNetwork.of(box.facts)),
                    "boxwall.rules", "these"));
            return outputs;
        }

        private String explain(Candidate candidate, String query) {
            Map<String, String> keys = new LinkedHashMap<>();
            for (String key : query.split(" ")) {
                keys.put(key.substring(0, key.indexOf('=')), key.substring(key.indexOf('=') + 1));
            }
            try {
                return ExplainJson.of(candidate.explain(keys, box.facts), 0);
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void plansAndRepliesEqualRecordedHashes() throws IOException {
        Map<String, String> rulesets = rulesets();
        List<Combination> all = combinations(rulesets.keySet());
        boolean write = MODE.equals("write");
        int step = write || Boolean.getBoolean("boxwall.long") ? 1 : Integer.getInteger("boxwall.golden.step", 83);
        int first = (int) Math.floorMod(Long.getLong("boxwall.seed", System.nanoTime()), (long) step);
        System.out.println("golden run: every " + step + ". of " + all.size() + " from " + first);
        Map<Combination, String> found = new LinkedHashMap<>();
        BoxOutputs outputs = null;
        String box = "";
        for (int i = first; i < all.size(); i += step) {
            Combination one = all.get(i);
            if (!one.box().equals(box)) {
                box = one.box();
                outputs = new BoxOutputs(box, rulesets.get("boxwall.rules"));
            }
            found.put(one, line(one, outputs.outputs(rulesets.get(one.rules()))));
        }
        if (write) {
            Files.writeString(HASHES, String.join("", found.values()), StandardCharsets.ISO_8859_1);
            return;
        }
        List<String> known = Files.readAllLines(HASHES, StandardCharsets.ISO_8859_1);
        assertEquals(all.size(), known.size(), "the number of combinations changed: -Dboxwall.golden=write");
        Set<String> wrong = new TreeSet<>();
        for (int i = first; i < all.size(); i += step) {
            if (!(known.get(i) + "\n").equals(found.get(all.get(i)))) {
                wrong.add("was " + known.get(i) + "\nis  " + found.get(all.get(i)));
            }
        }
        assertTrue(wrong.isEmpty(),
                "an output changed; if that is intended: -Dboxwall.golden=write\n" + String.join("", wrong));
    }

    private static String line(Combination one, Map<String, String> outputs) throws IOException {
        StringBuilder line = new StringBuilder(one.toString());
        for (Map.Entry<String, String> output : outputs.entrySet()) {
            line.append(' ').append(output.getKey()).append('=').append(Plan.sha1(output.getValue()), 0, 10);
            if (MODE.length() > 0 && !MODE.equals("write")) {
                Path file = Path.of(MODE, one.box(), one.rules() + "." + output.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, output.getValue());
            }
        }
        return line.append('\n').toString();
    }
}
