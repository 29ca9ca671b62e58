package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.GroupTable.Line;
import boxwall.build.GroupTable.Ran;
import boxwall.build.GroupTable.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table shows each group that did not run completely. */
class GroupTableTest {
    private static final List<Rule> RULES =
            GroupTable.rules("# comment\n\np.a.*IT 2 always a against b\np.a.* 1 always a\np.box.* 1 box a box\n");
    private static final Ran GOOD = new Ran(3, 0, 0, 1.5);

    @TempDir
    Path root;

    @Test
    void completeRunHasNoProblem() {
        List<Line> lines = lines(false, names("p.a.OneIT", "p.a.OneTest", "p.box.BoxIT"),
                Map.of("p.a.OneIT", GOOD, "p.a.OneTest", GOOD, "p.box.BoxIT", GOOD));
        assertEquals(List.of("a against b", "a", "a box"), lines.stream().map(Line::name).toList());
        assertEquals(List.of("", "", ""), lines.stream().map(Line::problem).toList());
    }

    @Test
    void groupWithoutClassesDidNotRun() {
        assertEquals("did not run", lines(false, Map.of(), Map.of()).get(0).problem());
    }

    @Test
    void declaredClassWithoutReportDidNotRun() {
        List<Line> lines = lines(false, names("p.a.OneTest", "p.a.TwoTest"), Map.of("p.a.OneTest", GOOD));
        assertEquals("p.a.TwoTest did not run", lines.get(1).problem());
    }

    @Test
    void skippedFailedOrTooFewTestsAreReported() {
        assertEquals("p.a.T: 0 failed, 1 skipped",
                lines(false, Map.of(), Map.of("p.a.T", new Ran(3, 0, 1, 0))).get(1).problem());
        assertEquals("p.a.T: 2 failed, 0 skipped",
                lines(false, Map.of(), Map.of("p.a.T", new Ran(3, 2, 0, 0))).get(1).problem());
        assertEquals("at least 2 tests were expected",
                lines(false, Map.of(), Map.of("p.a.OneIT", new Ran(1, 0, 0, 0))).get(0).problem());
    }

    @Test
    void classThatMavenDoesNotFindIsReported() {
        assertTrue(lines(false, Map.of("p.a.Properties", false), Map.of()).get(1).problem()
                .startsWith("p.a.Properties is never run"));
    }

    @Test
    void packageWithoutRowIsItsOwnGroup() {
        Line line = lines(false, names("p.fresh.OneTest"), Map.of()).get(3);
        assertEquals("p.fresh", line.name());
        assertEquals("p.fresh.OneTest did not run; did not run", line.problem());
    }

    @Test
    void quickOmitsOnlyBoxGroupsAndReportsIt() {
        List<Line> lines = lines(true, names("p.box.BoxIT", "p.a.OneTest"), Map.of());
        assertEquals("a box (left out)", lines.get(2).name());
        assertEquals("", lines.get(2).problem());
        assertEquals("p.a.OneTest did not run; did not run", lines.get(1).problem());
        assertTrue(GroupTable.print(lines).contains("left out |"));
    }

    @Test
    void reportsOfNestedClassesCountForOuterClass() throws Exception {
        Path directory = Files.createDirectories(root.resolve("surefire-reports"));
        Files.writeString(directory.resolve("TEST-p.a.OneTest.xml"), suite("p.a.OneTest", 2));
        Path properties = Files.createDirectories(root.resolve("jqwik-reports"));
        Files.writeString(properties.resolve("TEST-p.a.OneTest$Inner.xml"), suite("p.a.OneTest$Inner", 3));
        Files.writeString(directory.resolve("other.txt"), "not a report");
        assertEquals(Map.of("p.a.OneTest", new Ran(5, 4, 2, 2468.0)), GroupTable.reports(root));
    }

    @Test
    void testClassesAreFoundInSources() throws IOException {
        Path directory = Files.createDirectories(root.resolve("p"));
        Files.writeString(directory.resolve("OneTest.java"), "class OneTest {\n    @Test\n    void a() { }\n}\n");
        Files.writeString(directory.resolve("Laws.java"),
                "class Laws {\n    @Property(tries = 5)\n    void a() { }\n}\n");
        Files.writeString(directory.resolve("Base.java"), "abstract class Base {\n    @Test\n    void a() { }\n}\n");
        Files.writeString(directory.resolve("Tool.java"), "class Tool {\n    @TestOnly\n    void a() { }\n}\n");
        assertEquals(Map.of("p.OneTest", true, "p.Laws", false), GroupTable.declared(root));
    }

    @Test
    void invalidRowIsRejected() {
        assertThrows(IllegalArgumentException.class, () -> GroupTable.rules("p.a.* 1 sometimes a\n"));
    }

    private static List<Line> lines(boolean quick, Map<String, Boolean> declared, Map<String, Ran> ran) {
        return new GroupTable(RULES, quick).lines(declared, ran);
    }

    private static Map<String, Boolean> names(String... names) {
        return java.util.Arrays.stream(names).collect(java.util.stream.Collectors.toMap(n -> n, n -> true));
    }

    private static String suite(String name, int tests) {
        return "<?xml version=\"1.0\"?>\n<testsuite name=\"" + name + "\" time=\"1,234.0\" tests=\"" + tests
                + "\" errors=\"1\" skipped=\"1\" failures=\"1\"></testsuite>\n";
    }

    @Test
    void classesAreFoundByGroupNameOrSimpleName() {
        GroupTable table = new GroupTable(RULES, false);
        java.util.Set<String> all = java.util.Set.of("p.a.OneIT", "p.a.OneTest", "p.a.TwoTest", "p.box.BoxIT");
        assertEquals(java.util.Set.of("p.a.OneTest", "p.a.TwoTest"), table.classes(List.of("a"), all));
        assertEquals(java.util.Set.of("p.a.TwoTest", "p.box.BoxIT"), table.classes(List.of("TwoTest", "a box"), all));
        assertEquals(java.util.Set.of("p.a.OneIT"), table.classes(List.of("OneIT#some"), all));
        assertEquals(java.util.Set.of(), table.classes(List.of("nothing"), all));
    }

    /** The last lines of a check list each failed test; the table has all groups. */
    @Test
    void failedTestIsListedWithMessageAndCommand() throws Exception {
        Path reports = Files.createDirectories(root.resolve("surefire-reports"));
        Files.writeString(reports.resolve("TEST-p.a.OneTest.xml"),
                "<testsuite name='p.a.OneTest' tests='2' failures='1' errors='0' skipped='0' time='1'>"
                        + "<testcase name='good' classname='p.a.OneTest'/><testcase name='bad' classname='p.a.OneTest'><failure message='expected: 1&#10;but'>at x</failure></testcase></testsuite>");
        Files.writeString(reports.resolve("TEST-p.a.TwoTest.xml"),
                "<testsuite name='p.a.TwoTest' tests='1' failures='0' errors='0' skipped='0' time='1'>"
                        + "<testcase name='good' classname='p.a.TwoTest'/></testsuite>");
        assertEquals(List.of("OneTest.bad: expected: 1; alone: bin/check OneTest"), GroupTable.failures(root));
        List<Line> lines = lines(false, names("p.a.OneTest", "p.a.TwoTest"), GroupTable.reports(root));
        assertEquals("p.a.OneTest: 1 failed, 0 skipped", lines.get(1).problem());
        assertEquals(3, lines.get(1).ran().tests());
    }
}
