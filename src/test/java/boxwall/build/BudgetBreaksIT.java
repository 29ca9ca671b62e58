package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import boxwall.build.Budgets.Row;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A budget that is broken is seen: with {@code -Dboxwall.long=true} each is broken on purpose and its test must end
 * red, by that budget.
 */
class BudgetBreaksIT {
    private static final Row SAMPLE = Budgets.rows().get(0);

    @AfterEach
    void mended() { Budgets.setBroken(null); }

    private static TestExecutionSummary run(String test) {
        String[] name = ("boxwall." + test).split("#");
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(name.length > 1 ? method(name[0], name[1]) : selectClass(name[0])).build(),
                listener);
        return listener.getSummary();
    }

    /** A test method by its name, whatever it takes. */
    private static DiscoverySelector method(String type, String name) {
        try {
            Class<?> tests = Class.forName(type);
            return Stream.of(tests.getDeclaredMethods()).filter(each -> each.getName().equals(name)).findFirst()
                    .map(each -> selectMethod(tests, each)).orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String words(TestExecutionSummary summary) {
        StringWriter words = new StringWriter();
        summary.printTo(new PrintWriter(words));
        summary.printFailuresTo(new PrintWriter(words), 5);
        return words.toString();
    }

    /** Whether a run failed, and for this budget alone. */
    private static boolean sawIt(Row row, TestExecutionSummary summary) {
        List<String> failures =
                summary.getFailures().stream().map(f -> String.valueOf(f.getException().getMessage())).toList();
        return !failures.isEmpty()
                && failures.stream().allMatch(words -> words.contains("budget " + row.name() + " is broken"));
    }

    /**
     * Always, so that what breaks budgets is itself known to work: the first row's test is green whole and red broken.
     */
    @Test
    void theFirstBudgetIsSeenBroken() {
        TestExecutionSummary whole = run(SAMPLE.test());
        assertTrue(whole.getTestsSucceededCount() > 0, words(whole));
        assertEquals(0, whole.getTotalFailureCount(), words(whole));
        Budgets.setBroken(SAMPLE.name());
        TestExecutionSummary broken = run(SAMPLE.test());
        assertTrue(sawIt(SAMPLE, broken), words(broken));
    }

    @TestFactory
    Stream<DynamicTest> eachBudgetIsSeenBroken() {
        List<Row> rows = Boolean.getBoolean("boxwall.long") ? Budgets.rows() : List.of();
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> {
            Budgets.setBroken(row.name());
            try {
                TestExecutionSummary broken = run(row.test());
                assertTrue(sawIt(row, broken),
                        () -> row.test() + " did not see that " + row.name() + " is broken: " + words(broken));
            } finally {
                Budgets.setBroken(null);
            }
        }));
    }
}
