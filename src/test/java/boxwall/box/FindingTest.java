package boxwall.box;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each finding that the code uses is a row of the resource, and the code uses each row. */
class FindingTest {
    private static final Pattern LITERAL = Pattern.compile("\"([a-z0-9]+(?:[-.][a-z0-9]+)*)\"");
    /** A call with the row's name as first argument, or one of two names. */
    private static final Pattern CALL = Pattern.compile("(?:Finding\\.of|\\badd|\\bfinding|\\bguests)\\(\\s*"
            + "(?:[^\";]*\\?\\s*)?\"([a-z][a-z0-9]*(?:[-.][a-z0-9]+)+)\"(?:\\s*:\\s*\"([a-z0-9.-]+)\")?");

    private static List<String[]> rows() throws IOException {
        return Files.readAllLines(Path.of("src/main/resources/boxwall/box/findings")).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#")).map(line -> line.split(" \\| ", 4)).toList();
    }

    private static Set<String> namesInCode(Pattern pattern) throws IOException {
        Set<String> namesInCode = new TreeSet<>();
        for (String place : List.of("facts", "check", "daemon")) {
            try (var files = Files.list(Path.of("src/main/java/boxwall/" + place))) {
                for (Path file : files.toList()) {
                    Matcher match = pattern.matcher(Files.readString(file));
                    while (match.find()) {
                        for (int i = 1; i <= match.groupCount(); i++) {
                            if (match.group(i) != null) { namesInCode.add(match.group(i)); }
                        }
                    }
                }
            }
        }
        return namesInCode;
    }

    @Test
    void eachRowHasSeverityAndTwoTextsAndIsUsed() throws IOException {
        Set<String> unused = new TreeSet<>();
        for (String[] row : rows()) {
            assertEquals(4, row.length, row[0]);
            assertTrue(Set.of("refuse", "warn", "note").contains(row[1]), row[0]);
            assertTrue(unused.add(row[0]), row[0] + " occurs twice");
        }
        unused.removeAll(namesInCode(LITERAL));
        assertEquals(Set.of(), unused);
    }

    @Test
    void eachNameUsedInCodeIsRow() throws IOException {
        Set<String> names = new TreeSet<>();
        Set<String> codes = new TreeSet<>();
        for (String[] row : rows()) {
            names.add(row[0]);
            codes.add(row[0].split("\\.")[0]);
        }
        Set<String> missing = namesInCode(CALL);
        assertTrue(missing.size() > 70, missing.toString());
        for (String literal : namesInCode(LITERAL)) {
            if (literal.contains(".") && codes.contains(literal.split("\\.")[0])) { missing.add(literal); }
        }
        missing.removeAll(names);
        assertEquals(Set.of(), missing);
    }

    @Test
    void valuesAreInsertedIntoBothTexts() {
        Finding finding = Finding.of("module-refused.duplicate", "", List.of("dmesg: …"), "xt_x", "avm_x");
        assertEquals("warn module-refused: The kernel refuses the module xt_x, so rules that need it can't be loaded.; "
                + "take xt_x out of /tmp/flash/mod/modules: avm_x has it already", finding.toString());
        assertEquals("a:1: note module-refused",
                finding.at("a:1", List.of()).withSeverity(Finding.Severity.NOTE).toString().substring(0, 24));
        assertEquals("dmesg | tail; iptables-save", Finding.of("module-refused.logged", "", List.of()).remedy,
                "the last column may contain the separator");
    }
}
