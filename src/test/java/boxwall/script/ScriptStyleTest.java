package boxwall.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Size and style of the scripts, which use only commands that the smallest box has. */
class ScriptStyleTest {
    private static final Pattern MISSING_COMMAND =
            Pattern.compile("(^|[ (|;&!])(setsid|timeout|nohup|flock|stat|mktemp|sleep [0-9]*\\.|sed -i|local )( |$)");

    static List<String> scripts() {
        return List.of("boxwall-common", "boxwall-apply", "boxwall-plan", "boxwall-kernel", "boxwall-emergency",
                "boxwall-keep", "boxwall-read", "rc.boxwall", "boxwall");
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void functionsAreShortAndHaveAComment(String script) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("init.d", script));
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).matches("[a-z_]+\\(\\) \\{.*")) { continue; }
            int end = i;
            while (!lines.get(end).matches("(}|[a-z_]+\\(\\) \\{.*}).*")) {
                end++;
            }
            assertTrue(end - i - 1 <= 25, script + ": " + lines.get(i) + " has " + (end - i - 1) + " lines");
            assertTrue(lines.get(i - 1).startsWith("# "), script + ": " + lines.get(i) + " has no comment before it");
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void usesOnlyCommandsOfEveryBox(String script) throws IOException {
        List<String> found = Files.readAllLines(Path.of("init.d", script)).stream().map(String::strip)
                .filter(line -> !line.startsWith("#") && MISSING_COMMAND.matcher(line).find()).toList();
        assertEquals(List.of(), found);
    }

    /** If a redirection of ":" fails, for example because RUN is full, dash ends the script; not so with "true". */
    @Test
    void noSpecialBuiltinRedirectsToAFile() throws IOException {
        assertEquals(List.of(), matchingLines(
                "(^|.*[ ;&|({])(:|exec|eval|export|set|shift|trap|return|exit|\\.)( [^;&|#]*)? [0-9]?>>?\"?(?!/dev/null)[$A-Za-z/].*",
                line -> !line.contains("exec >\"$BOXWALL_LOG\"")));
    }

    /** A convention of Freetz-NG. */
    @Test
    void conditionalBlockUsesIf() throws IOException {
        assertEquals(List.of(), matchingLines(".*&& \\{( .*)?", line -> true));
    }

    @Test
    void filesAndLinesAreShort() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("init.d"))) {
            for (Path file : files.toList()) {
                long lines = Files.readAllLines(file).size();
                assertTrue(lines <= 750, file + " has " + lines + " lines");
            }
        }
        assertEquals(List.of(), matchingLines(".{121,}", line -> true));
    }

    /** All matching lines of the scripts, without comments of normal length. */
    private static List<String> matchingLines(String pattern, Predicate<String> include) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("init.d"))) {
            for (Path file : files.filter(path -> NetBox.read(path).startsWith("#!/bin/sh\n")).sorted().toList()) {
                Files.readAllLines(file).stream()
                        .filter(line -> (!line.strip().startsWith("#") || line.length() > 120) && line.matches(pattern)
                                && include.test(line))
                        .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
            }
        }
        return found;
    }
}
