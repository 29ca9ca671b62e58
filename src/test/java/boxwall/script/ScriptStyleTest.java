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
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts stay small and use only what the smallest box has. */
class ScriptStyleTest {
    private static final Pattern ABSENT =
            Pattern.compile("(^|[ (|;&!])(setsid|timeout|nohup|flock|stat|mktemp|sleep [0-9]*\\.|sed -i|local )( |$)");

    @ParameterizedTest
    @ValueSource(strings = {"boxwall-common", "boxwall-apply", "boxwall-plan", "boxwall-kernel", "boxwall-emergency",
            "boxwall-keep", "boxwall-read", "rc.boxwall", "boxwall"})
    void noFunctionIsLongAndEachSaysWhatItIsFor(String script) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("init.d", script));
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).matches("[a-z_]+\\(\\) \\{.*")) { continue; }
            int end = i;
            while (!lines.get(end).matches("(}|[a-z_]+\\(\\) \\{.*}).*")) {
                end++;
            }
            assertTrue(end - i - 1 <= 25, script + ": " + lines.get(i) + " has " + (end - i - 1) + " lines");
            assertTrue(lines.get(i - 1).startsWith("# "), script + ": " + lines.get(i) + " has no sentence before it");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boxwall-common", "boxwall-apply", "boxwall-plan", "boxwall-kernel", "boxwall-emergency",
            "boxwall-keep", "boxwall-read", "rc.boxwall", "boxwall"})
    void onlyCommandsThatEveryBoxHas(String script) throws IOException {
        List<String> found = Files.readAllLines(Path.of("init.d", script)).stream().map(String::strip)
                .filter(line -> !line.startsWith("#") && ABSENT.matcher(line).find()).toList();
        assertEquals(List.of(), found);
    }

    /** In dash a ":" whose file can't be opened ends the script: RUN full, say. "true" does not. */
    @Test
    void noFileIsMadeByACommandThatEndsTheShell() throws IOException {
        assertEquals(List.of(), lines(
                "(^|.*[ ;&|({])(:|exec|eval|export|set|shift|trap|return|exit|\\.)( [^;&|#]*)? [0-9]?>>?\"?(?!/dev/null)[$A-Za-z/].*",
                line -> !line.contains("exec >\"$BOXWALL_LOG\"")));
    }

    /** As Freetz-NG's own conventions ask. */
    @Test
    void aConditionWithABlockIsAnIf() throws IOException {
        assertEquals(List.of(), lines(".*&& \\{( .*)?", line -> true));
    }

    @Test
    void everyFileCanBeReadAsAWhole() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("init.d"))) {
            for (Path file : files.toList()) {
                long lines = Files.readAllLines(file).size();
                assertTrue(lines <= 750, file + " has " + lines + " lines");
            }
        }
        assertEquals(List.of(), lines(".{121,}", line -> true));
    }

    /** The lines of all scripts that match, but for comments. */
    private static List<String> lines(String pattern, Predicate<String> but) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("init.d"))) {
            for (Path file : files.filter(path -> NetBox.read(path).startsWith("#!/bin/sh\n")).sorted().toList()) {
                Files.readAllLines(file).stream().filter(line -> (!line.strip().startsWith("#") || line.length() > 120)
                        && line.matches(pattern) && but.test(line))
                        .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
            }
        }
        return found;
    }
}
