package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.box.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each problem in the code is a row of the resource problems, and the code uses each row. */
class ReplyTest {
    /**
     * {@code Reply.problem("pending")}, {@code problem(findings, "apply-rolled-back", why)},
     * {@code new Reply.Refused(x == 0 ? "line-too-long" : "head-too-long", LIMIT)}.
     */
    private static final Pattern CALL = Pattern.compile("(?:\\bproblem|Reply\\.Refused)\\((?:[\\w.]+, )?"
            + "(?:[^;?\"]*(?:\"HTTP/\"\\) )?\\?)?\\s*\"([a-z-]+)\"(?: : \"([a-z-]+)\")?"
            + "|\\brefusal\\(outcome, \"([a-z-]+)\", \"([a-z-]+)\"");

    @Test
    void rowsEqualNamesUsedInCode() throws IOException {
        Set<String> rows = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("src/main/resources/boxwall/http/problems"))) {
            if (line.isEmpty() || line.startsWith("#")) { continue; }
            String[] row = line.split(" \\| ", 4);
            assertTrue(row.length == 4 && row[1].matches("[45][0-9][0-9]"), line);
            assertTrue(rows.add(row[0]), row[0] + " occurs twice");
        }
        Set<String> named = new TreeSet<>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher call = CALL.matcher(Files.readString(file));
                while (call.find()) {
                    for (int i = 1; i <= 4; i++) {
                        if (call.group(i) != null) { named.add(call.group(i)); }
                    }
                }
            }
        }
        assertEquals(rows, named);
    }

    @Test
    void bodyContainsValuesAndFindings() {
        assertEquals("{\"type\":\"about:blank\",\"title\":\"bad lines\",\"status\":400,"
                + "\"detail\":\"lines=N must be 0 to 1000\"}\n", text(Reply.problem("bad-lines", 1000)));
        assertTrue(text(Reply.problem(List.of(Finding.of("drift", "", List.of())), "ruleset-refused"))
                .contains("\"findings\":[{\"code\":\"drift\""));
    }

    private static String text(Reply reply) { return new String(reply.body, StandardCharsets.UTF_8); }
}
