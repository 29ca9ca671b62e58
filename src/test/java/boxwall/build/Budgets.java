package boxwall.build;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The budgets of {@code src/test/resources/build/budgets.txt}, one table for all tests:
 * <pre>NAME   LIMIT   UNIT   TEST   REASON</pre> A test counts something and calls {@link #hold}.
 * {@link BudgetBreaksIT} runs each test with {@link #isBroken} true and expects it to fail. A test that can really
 * exceed its budget then (one more start of a program, a longer file) calls {@code isBroken}; for one that cannot,
 * {@code hold} increases the figure instead, which shows at least that it is compared.
 */
public final class Budgets {
    /** Names the one budget that this run is to break. */
    static final String BREAK = "boxwall.budget.break";
    private static boolean brokenByTest;

    /** One row; {@code test} is a class below {@code boxwall.}, with or without {@code #method}. */
    record Row(String name, double limit, String unit, String test, String reason) {
        /** Empty if the figure is within the budget, otherwise the error and what to do. */
        String verdict(double figure) {
            return figure <= limit ? "" : "budget " + name + " is broken: " + number(figure) + " " + unit + ", at most "
                    + number(limit) + " are allowed (" + reason
                    + "); find the cause, or explain in src/test/resources/build/budgets.txt why more is justified";
        }
    }

    private Budgets() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String[] row : Rows.read("budgets.txt", 5)) {
            rows.add(new Row(row[0], Double.parseDouble(row[1]), row[2], row[3], row[4]));
        }
        return rows;
    }

    private static Row row(String name) {
        return rows().stream().filter(row -> row.name.equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("no budget " + name + " in src/test/resources/build/budgets.txt"));
    }

    /** The limit of a budget, for a test that exceeds it by a little. */
    public static double limit(String name) {
        return row(name).limit;
    }

    /** Whether the test must exceed this budget on purpose now; a caller that gets true must do so. */
    public static boolean isBroken(String name) {
        boolean broken = name.equals(System.getProperty(BREAK));
        brokenByTest |= broken;
        return broken;
    }

    /** Fails if the figure exceeds the budget, or is negative or not a number. */
    public static void hold(String name, double figure) {
        Row row = row(name);
        boolean exceed = name.equals(System.getProperty(BREAK)) && !brokenByTest;
        System.out.println((System.getProperty(BREAK) == null ? "measured: budget " : "broken on purpose: ") + name
                + ": " + number(figure) + " of " + number(row.limit) + " " + row.unit);
        if (Double.isNaN(figure) || figure < 0) { fail("budget " + name + ": " + figure + " is no measurement"); }
        String verdict = row.verdict(exceed ? row.limit + figure + 1 : figure);
        if (!verdict.isEmpty()) { fail(verdict); }
    }

    /** Breaks this budget from now on, or none with null. */
    static void setBroken(String name) {
        brokenByTest = false;
        if (name == null) {
            System.clearProperty(BREAK);
        } else {
            System.setProperty(BREAK, name);
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
