package boxwall.daemon;

import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.facts.BoxFacts;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.compile.AutoYesNo;
import boxwall.probe.BoxReader;
import boxwall.syntax.GrownRules;
import boxwall.syntax.LargeRules;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.sys.LiveSys;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Work grows linearly with the number of rules, measured in allocated bytes, which do not depend on the load of the
 * machine; and small heaps are enough.
 */
class GrowthTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int[] SIZES = {1000, 5000, 10000};

    /** The result of one step and the bytes that it allocated. */
    private record Step<T>(T result, long bytes) {
        static <T> Step<T> of(Supplier<T> work) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            T result = work.get();
            return new Step<>(result, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
    }

    private static List<Double> perRule(BoxFacts facts, LargeRules rules, int count) {
        return perRule(facts, names -> RulesetParser.parse(rules.main(), names, rules), count);
    }

    private static List<Double> perRule(BoxFacts facts, Function<Map<String, String>, ParsedRules> parser, int count) {
        Step<ParsedRules> parsed = Step.of(() -> parser.apply(facts.names));
        assertEquals(List.of(), parsed.result.errors());
        Step<Compiled> compiled =
                Step.of(() -> Compiler.compile(parsed.result, facts, AutoYesNo.AUTO, AutoYesNo.AUTO, false));
        Step<?> checked =
                Step.of(() -> AllFindings.checked(new CheckedRuleset(parsed.result, compiled.result.ruleset, facts)));
        List<Double> all = new ArrayList<>();
        for (Step<?> step : List.of(parsed, compiled, checked)) {
            all.add(step.bytes / (double) count);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "virtual-avm"})
    void parseCompileAndCheckGrowLinearlyWithRules(String box) {
        var readings = BoxReader.read(new LiveSys(), "src/test/resources/boxes/" + box);
        BoxFacts facts = new BoxFacts(readings);
        // warm-up: the JIT compiler removes some allocations
        for (int i = 0; i < 3; i++) {
            perRule(facts, new LargeRules(5000), 5000);
        }
        List<List<Double>> measured = new ArrayList<>();
        for (int size : SIZES) {
            measured.add(perRule(facts, new LargeRules(size), size));
        }
        System.out.println(box + ": bytes a rule for parse, compile, check at 1000, 5000, 10000: " + measured);
        for (int step = 0; step < 3; step++) {
            double small = measured.get(0).get(step);
            for (List<Double> each : measured) {
                double ratio = each.get(step) / small;
                // measured: 1.31 for ten times the rules and the same for twenty, from buffers that double; quadratic
                // work gives ten
                assertTrue(ratio < 1.5, "step " + step + " grows faster than the rules: " + measured);
            }
        }
    }

    /** The same for commands and rules that search among the others, or that become several rules. */
    @ParameterizedTest
    @EnumSource(GrownRules.class)
    void everyKindOfRulesetGrowsLinearlyWithRules(GrownRules kind) {
        var readings = BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual-avm");
        BoxFacts facts = new BoxFacts(readings);
        List<List<Double>> measured = new ArrayList<>();
        for (int size : new int[] {500, 4000}) {
            String text = kind.text(size);
            measured.add(perRule(facts, names -> GrownRules.parse(text, names), size));
        }
        System.out.println(kind + ": bytes a rule for parse, compile, check at 500 and at 4000: " + measured);
        for (int step = 0; step < 3; step++) {
            // with eight times the rules, quadratic work allocates eight times the bytes per rule; the JIT compiler may
            // remove some
            assertTrue(measured.get(1).get(step) < 2 * measured.get(0).get(step),
                    "step " + step + " grows faster than the rules: " + measured);
        }
    }

    /** Runs compile in a separate JVM. The daemon on a box has 8 MB; on a PC, 64 MB are enough for any ruleset. */
    @ParameterizedTest
    @CsvSource({"500,8,virtual", "500,8,virtual-avm", "10000,64,virtual", "10000,64,virtual-avm"})
    void compileSucceedsInSmallHeap(int count, int megabytes, String box, @TempDir Path folder) throws Exception {
        LargeRules rules = new LargeRules(count);
        Files.writeString(folder.resolve("rules"), rules.main().text);
        for (int i = 0; i < rules.parts(); i++) {
            Files.writeString(folder.resolve("part" + i), rules.part(i));
        }
        compiles(folder, megabytes, "src/test/resources/boxes/" + box);
        long lines = Files.readString(folder.resolve("plan/restore4")).lines().filter(l -> l.startsWith("-A")).count();
        assertTrue(lines > count * 8 / 10, "rules in the plan: " + lines);
    }

    /** {@code compile} of the folder's rules into its plan. */
    private static void compiles(Path folder, int megabytes, String root) throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx" + megabytes + "m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                "boxwall.cli.Main", "compile", folder.resolve("rules").toString(), "--root", root, "--out",
                folder.resolve("plan").toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        // about two seconds on an idle machine
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running");
        String output = Files.readString(log);
        assertEquals(0, process.exitValue(), output.substring(Math.max(0, output.length() - 2000)));
    }

    /**
     * The search for needless rules leaves out each rule in turn and walks all others: what these walks cache must not
     * accumulate.
     */
    @Test
    void searchForNeedlessRulesSucceedsInSmallHeap(@TempDir Path folder) throws Exception {
        StringBuilder rules = new StringBuilder(Files.readString(Path.of("conf/boxwall.rules")));
        for (int i = 0; i < 150; i++) {
            rules.append("ip46tables -A INPUT -p tcp --dport ").append(1000 + i).append(" -j ACCEPT\n");
        }
        Files.writeString(folder.resolve("rules"), rules);
        // an unknown box: no interface restricts the sets
        compiles(folder, 8, Files.createDirectory(folder.resolve("box")).toString());
    }

    /** The input of this test: 10 000 rules fit into four files below the size limit. */
    @Test
    void filesOfTenThousandRulesAreWithinSizeLimit() {
        LargeRules rules = new LargeRules(10000);
        assertTrue(rules.parts() <= 4, "files: " + rules.parts());
        for (int i = 0; i < rules.parts(); i++) {
            assertTrue(rules.part(i).length() <= RulesetParser.FILE_LIMIT);
        }
    }
}
