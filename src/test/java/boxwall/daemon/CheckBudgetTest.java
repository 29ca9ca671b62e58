package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import boxwall.build.Budgets;
import boxwall.explain.Counts;
import boxwall.probe.BoxReader;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The cost of a check of the shipped rules, in counts that do not depend on the machine: all packets are walked once,
 * then the result is queried.
 */
class CheckBudgetTest {
    private static void check(boolean thorough) throws IOException {
        Box box = new Box(BoxReader.read(new LiveSys(), "src/test/resources/boxes/virtual"));
        String text = Files.readString(Path.of("conf/boxwall.rules"), StandardCharsets.ISO_8859_1);
        assertNotNull(Candidate.of(new Source("rules", text), new PresetFolder(new LiveSys(), "conf/presets", null),
                box, Config.parse(null, Map.of()), null, thorough).admin);
    }

    @Test
    void checkParsesEachRuleOnce() throws IOException {
        int before = Counts.rulesParsed();
        check(true);
        if (Budgets.isBroken("check.rules.parsed")) { check(false); }
        Budgets.hold("check.rules.parsed", Counts.rulesParsed() - before);
    }

    @Test
    void checkStepsStayWithinBudget() throws IOException {
        long before = Counts.steps();
        check(true);
        if (Budgets.isBroken("check.steps")) { check(true); }
        Budgets.hold("check.steps", Counts.steps() - before);
    }

    /** A PUT computes only the deciding findings. */
    @Test
    void putStepsStayWithinBudget() throws IOException {
        long before = Counts.steps();
        check(false);
        if (Budgets.isBroken("put.steps")) { check(false); }
        Budgets.hold("put.steps", Counts.steps() - before);
    }
}
