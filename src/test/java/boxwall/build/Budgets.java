package boxwall.build;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The budgets of {@code src/test/resources/build/budgets.txt}, one table for all tests:
 * <pre>NAME   LIMIT   UNIT   TEST   REASON</pre> A test counts something and calls {@link #hold}. A budget that nothing
 * can break holds nothing: {@link BudgetBreaksIT} has each test run with {@link #isBroken} true and wants it red. A
 * test that can make the thing itself worse then (one start of a program more, a longer file) asks {@code isBroken};
 * for one that can't, the figure is made too large instead, which shows at least that it is looked at.
 */
public final class Budgets {
    /** Names the one budget that this run is to break. */
    static final String BREAK = "boxwall.budget.break";
    private static boolean brokenByTest;

    /** One row; {@code test} is a class below {@code boxwall.}, with {@code #method} or without. */
    record Row(String name, double limit, String unit, String test, String reason) {
        /** Empty when the figure is within the budget, else what is wrong and what to do. */
        String verdict(double figure) {
            return figure <= limit ? "" : "budget " + name + " is broken: " + number(figure) + " " + unit + ", at most "
                    + number(limit) + " are wanted (" + reason
                    + "); find out what is new, or say in src/test/resources/build/budgets.txt why it is worth more";
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

    /** The most that a budget may be, for a test that breaks it by just a little. */
    public static double limit(String name) {
        return row(name).limit;
    }

    /** Whether the test has to break this budget on purpose now; asking promises to do it. */
    public static boolean isBroken(String name) {
        boolean broken = name.equals(System.getProperty(BREAK));
        brokenByTest |= broken;
        return broken;
    }

    /** Fails when the figure is over the budget; a figure of nothing at all counts as not measured. */
    public static void hold(String name, double figure) {
        Row row = row(name);
        boolean spoil = name.equals(System.getProperty(BREAK)) && !brokenByTest;
        System.out.println((System.getProperty(BREAK) == null ? "measured: budget " : "broken on purpose: ") + name
                + ": " + number(figure) + " of " + number(row.limit) + " " + row.unit);
        if (Double.isNaN(figure) || figure < 0) { fail("budget " + name + ": " + figure + " is no measurement"); }
        String verdict = row.verdict(spoil ? row.limit + figure + 1 : figure);
        if (!verdict.isEmpty()) { fail(verdict); }
    }

    /** From now on this budget is to be broken, or none with null. */
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
