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
 * Tests detect a broken budget: with {@code -Dboxwall.long=true} each budget is broken on purpose, and its test must
 * fail because of that budget.
 */
class BudgetBreaksIT {
    private static final Row SAMPLE = Budgets.rows().get(0);

    @AfterEach
    void resetBudgets() { Budgets.setBroken(null); }

    private static TestExecutionSummary run(String test) {
        String[] name = ("boxwall." + test).split("#");
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(name.length > 1 ? method(name[0], name[1]) : selectClass(name[0])).build(),
                listener);
        return listener.getSummary();
    }

    /** A test method by its name, with any parameters. */
    private static DiscoverySelector method(String type, String name) {
        try {
            Class<?> tests = Class.forName(type);
            return Stream.of(tests.getDeclaredMethods()).filter(each -> each.getName().equals(name)).findFirst()
                    .map(each -> selectMethod(tests, each)).orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String text(TestExecutionSummary summary) {
        StringWriter text = new StringWriter();
        summary.printTo(new PrintWriter(text));
        summary.printFailuresTo(new PrintWriter(text), 5);
        return text.toString();
    }

    /** Whether a run failed, and only because of this budget. */
    private static boolean failedBecauseOf(Row row, TestExecutionSummary summary) {
        List<String> failures =
                summary.getFailures().stream().map(f -> String.valueOf(f.getException().getMessage())).toList();
        return !failures.isEmpty()
                && failures.stream().allMatch(text -> text.contains("budget " + row.name() + " is broken"));
    }

    /**
     * Always runs, to test the mechanism itself: the test of the first row passes normally and fails with a broken
     * budget.
     */
    @Test
    void testOfFirstBudgetFailsIfBudgetIsBroken() {
        TestExecutionSummary normal = run(SAMPLE.test());
        assertTrue(normal.getTestsSucceededCount() > 0, text(normal));
        assertEquals(0, normal.getTotalFailureCount(), text(normal));
        Budgets.setBroken(SAMPLE.name());
        TestExecutionSummary broken = run(SAMPLE.test());
        assertTrue(failedBecauseOf(SAMPLE, broken), text(broken));
    }

    @TestFactory
    Stream<DynamicTest> testOfEachBudgetFailsIfBudgetIsBroken() {
        List<Row> rows = Boolean.getBoolean("boxwall.long") ? Budgets.rows() : List.of();
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> {
            Budgets.setBroken(row.name());
            try {
                TestExecutionSummary broken = run(row.test());
                assertTrue(failedBecauseOf(row, broken),
                        () -> row.test() + " did not fail with " + row.name() + " broken: " + text(broken));
            } finally {
                Budgets.setBroken(null);
            }
        }));
    }
}
