package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of budgets and the tests that check them agree. */
class BudgetsTest {
    private static final Pattern HELD = Pattern.compile("Budgets\\.hold\\(\"([^\"]+)\"");
    private static final Path TESTS = Path.of("src/test/java");

    private static Path source(Row row) {
        return TESTS.resolve("boxwall/" + row.test().replaceAll("#.*", "").replace('.', '/') + ".java");
    }

    private static List<String> held(Path source) throws IOException {
        List<String> names = new ArrayList<>();
        for (Matcher m = HELD.matcher(Files.readString(source)); m.find();) {
            names.add(m.group(1));
        }
        return names;
    }

    @Test
    void eachBudgetIsCheckedByItsTest() throws IOException {
        List<Row> rows = Budgets.rows();
        assertTrue(!rows.isEmpty(), "budgets.txt is empty");
        for (Row row : rows) {
            assertTrue(Files.exists(source(row)), row.name() + ": no " + source(row));
            int method = row.test().indexOf('#');
            assertTrue(
                    method < 0
                            || Files.readString(source(row)).contains("void " + row.test().substring(method + 1) + "("),
                    row.name() + ": no test " + row.test());
            assertTrue(held(source(row)).contains(row.name()),
                    row.name() + ": no Budgets.hold(\"" + row.name() + "\", …) in " + source(row));
        }
    }

    @Test
    void budgetNamesAreUniqueAndTestsUseNoOtherNames() throws IOException {
        List<String> names = Budgets.rows().stream().map(Row::name).toList();
        assertEquals(names.size(), new TreeSet<>(names).size(), "a name occurs twice: " + names);
        try (var walk = Files.walk(TESTS)) {
            for (Path source : walk.filter(f -> f.toString().endsWith(".java") && !f.endsWith("BudgetsTest.java"))
                    .toList()) {
                TreeSet<String> unknown = new TreeSet<>(held(source));
                names.forEach(unknown::remove);
                assertEquals(new TreeSet<>(), unknown, source + " checks budgets that budgets.txt lacks");
            }
        }
    }

    @Test
    void figureAtLimitPassesAndFigureAboveFails() {
        for (Row row : Budgets.rows()) {
            assertEquals("", row.verdict(row.limit()));
            String verdict = row.verdict(row.limit() * 1.01 + 1);
            assertTrue(verdict.contains(row.name()) && verdict.contains(row.unit()) && verdict.contains(row.reason()),
                    verdict);
        }
    }

    @Test
    void unknownBudgetThrowsException() {
        assertThrows(IllegalArgumentException.class, () -> Budgets.limit("no.such"));
    }
}
