package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each message that the code uses is a row of the resource, and the code uses each row. */
class MessagesTest {
    private static final Pattern LITERAL = Pattern.compile("\"([a-z]+(-[a-z]+)*)\"");
    /** A call with the name of a message after its line or node. */
    private static final Pattern CALL = Pattern.compile(
            "(?:note|loss|warn|leaveOut|ignore|unknown|message|ShellError|Messages\\.of|rows)\\((?:[\\w.]+(?:\\(\\w*\\))?,\\s*|\"\",\\s*)*\"([a-z]+(?:-[a-z]+)*)\"");

    private static TreeSet<String> found(Pattern pattern) throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (var files = Files.list(Path.of("src/main/java/boxwall/imports"))) {
            for (Path file : files.toList()) {
                Matcher match = pattern.matcher(Files.readString(file));
                while (match.find()) {
                    found.add(match.group(1));
                }
            }
        }
        return found;
    }

    private static TreeSet<String> rows() throws IOException {
        return Files.readAllLines(Path.of("src/main/resources/boxwall/imports/messages")).stream()
                .filter(l -> !l.isEmpty() && !l.startsWith("#")).map(l -> l.substring(0, l.indexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void eachMessageUsedInCodeExists() throws IOException {
        TreeSet<String> missing = found(CALL);
        assertTrue(missing.size() > 60, missing::toString);
        missing.removeAll(rows());
        assertEquals("[]", missing.toString());
    }

    @Test
    void eachRowIsUsedInCode() throws IOException {
        TreeSet<String> unused = rows();
        unused.removeAll(found(LITERAL));
        assertEquals("[]", unused.toString());
    }

    @Test
    void valuesAreInsertedAndPercentSignsInThemKept() {
        assertEquals(List.of("%i is replaced by wg0, from the file's name", "check that the interface has this name"),
                List.of(Messages.of("", "device", "wg0")));
        assertEquals("creates no rule: \"a %1\"", Messages.of("\"a %1\"", "prints")[0]);
        assertEquals("nothing to do", Messages.of("", "prints")[1]);
    }
}
