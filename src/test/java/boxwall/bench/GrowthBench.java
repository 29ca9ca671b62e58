package boxwall.bench;

import boxwall.box.Readings;
import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Packet;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.probe.BoxReader;
import boxwall.syntax.GrownRules;
import boxwall.syntax.ParsedRules;
import boxwall.sys.LiveSys;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The growth of the time of parse, compile, check and explain with the number of rules, for different kinds of
 * rulesets: the exponent between the minimum times of two lengths; 1 is linear. Arguments: kind, maximum number of
 * rules. Run it with an interpreter, as on a box, and a large heap: a JIT compiler and garbage collections would
 * distort the curve.
 */
final class GrowthBench {
    private static final Readings BOX = BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual-avm");
    private static final BoxFacts FACTS = new BoxFacts(BOX);
    private static final String[] STEPS = {"parse", "compile", "check", "explain"};
    private static final int[] COUNTS = {10, 100, 1000, 10_000, 50_000};
    /**
     * The number of runs with up to a thousand rules; the shortest counts, since a busy machine only adds time. Longer
     * rulesets run twice, because the first run looks up the names of chains.
     */
    private static final int RUNS = 3;
    private static final Packet PACKET = Packet.of(Family.IPV4).in("dsl").src(Addresses.parse("198.51.100.7"))
            .dst(Addresses.parse("203.0.113.2")).protocol(6).sport(40000).dport(49000).flags(Packet.SYN);

    private final double[] minimum = new double[STEPS.length];

    private GrowthBench() {}

    private <T> T step(int number, Supplier<T> work) {
        long began = System.nanoTime();
        T result = work.get();
        minimum[number] = Math.min(minimum[number], (System.nanoTime() - began) / 1e6);
        return result;
    }

    private void run(String text) {
        ParsedRules parsed = step(0, () -> GrownRules.parse(text, FACTS.names));
        if (!parsed.errors().isEmpty()) { throw new IllegalStateException(parsed.errors().get(0).toString()); }
        Compiled compiled = step(1, () -> Compiler.compile(parsed, FACTS, AutoYesNo.AUTO, AutoYesNo.AUTO, false));
        step(2, () -> AllFindings.checked(new CheckedRuleset(parsed, compiled.ruleset, FACTS)));
        step(3, () -> new Verdicts(compiled.ruleset, BoxNetwork.of(FACTS)).packet(PACKET, null));
    }

    private static double[] measured(String text, int runs) {
        GrowthBench bench = new GrowthBench();
        Arrays.fill(bench.minimum, Double.MAX_VALUE);
        for (int i = 0; i < runs; i++) {
            bench.run(text);
        }
        return bench.minimum;
    }

    /** Prints the rows. */
    public static void main(String[] args) {
        int maxRules = args.length > 1 ? Integer.parseInt(args[1]) : COUNTS[COUNTS.length - 1];
        for (GrownRules kind : GrownRules.values()) {
            if (args.length > 0 && !args[0].equals(kind.name())) { continue; }
            measured(kind.text(1000), RUNS); // loads the classes
            double[][] times = new double[COUNTS.length][];
            int last = 0;
            for (int i = 0; i < COUNTS.length && COUNTS[i] <= Math.min(maxRules, kind.maxCount()); i++) {
                times[i] = measured(kind.text(COUNTS[i]), COUNTS[i] > 1000 ? 2 : RUNS);
                last = i;
                for (int step = 0; step < STEPS.length; step++) {
                    Bench.row(STEPS[step] + " " + COUNTS[i] + " rules, " + kind, new double[] {times[i][step]}, "ms");
                }
            }
            for (int step = 0; step < STEPS.length; step++) {
                double exponent =
                        Math.log(times[last][step] / times[2][step]) / Math.log((double) COUNTS[last] / COUNTS[2]);
                Bench.row("growth exponent, " + STEPS[step] + ", 1000 to " + COUNTS[last] + " rules, " + kind,
                        new double[] {exponent}, "1");
            }
        }
    }
}
