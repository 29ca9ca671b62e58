package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents, messages and comments use the usual words: no phrase of phrases.txt occurs in them. */
class PlainEnglishTest {
    private static final List<String> PLACES =
            List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "pom.xml", "docs", "conf", "bin",
                    ".ci", "init.d", "freetz-package", "src/bench", "src/box", "src/main", "src/test/resources/build");

    /**
     * Finds phrases across line ends, comment margins and string concatenations.
     */
    private static List<String> found(String name, String text) {
        List<String> found = new ArrayList<>();
        for (String[] row : Rows.read("phrases.txt", 2)) {
            Pattern phrase = Pattern.compile(row[1].replace(" ", "(?: | ?\"?[ \t]*\n[ \t]*(?:\\+ \"|\\*|#|//)? ?)"),
                    Pattern.CASE_INSENSITIVE);
            Matcher match = phrase.matcher(text);
            while (match.find()) {
                long line = text.substring(0, match.start()).chars().filter(c -> c == '\n').count() + 1;
                found.add(
                        name + ":" + line + ": \"" + match.group() + "\"; write \"" + row[0].replace('_', ' ') + "\"");
            }
        }
        return found;
    }

    @Test
    void noListedPhraseOccurs() throws IOException {
        List<String> found = new ArrayList<>();
        int files = 0;
        for (String place : PLACES) {
            try (Stream<Path> walk = Files.walk(Path.of(place))) {
                for (Path file : walk
                        .filter(file -> Files.isRegularFile(file) && !file.toString().matches(".*(png|phrases.txt)"))
                        .sorted().toList()) {
                    found.addAll(found(file.toString(), Files.readString(file, StandardCharsets.UTF_8)));
                    files++;
                }
            }
        }
        assertTrue(files > 300, files + " files");
        assertEquals("", String.join("\n", found));
    }

    @Test
    void phraseIsFoundAcrossLines() {
        assertEquals(List.of("t:2: \"come\n * again\"; write \"retry\""),
                found("t", "/**\n * then come\n * again later\n */"));
        assertEquals(List.of("t:1: \"come \"\n    + \"again\"; write \"retry\""),
                found("t", "say(\"come \"\n    + \"again\")"));
    }
}
