package boxwall.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/explain.md, docs/optimize.md and README.md show the actual output of boxwall: each line {@code $ boxwall …} is
 * run with the rulesets and the box that the page names, and the output is compared with the rest of the block.
 * {@code -Dboxwall.rewrite=true} writes the page again instead.
 */
class ExplainDocTest {
    private static final Path RESOURCES = Path.of("src/test/resources/explain");

    @Test
    void explainPageShowsActualOutput(@TempDir Path folder) throws IOException {
        assertShowsActualOutput(Path.of("docs/explain.md"), 7, folder);
    }

    @Test
    void readmeShowsActualOutput(@TempDir Path folder) throws IOException {
        assertShowsActualOutput(Path.of("README.md"), 1, folder);
    }

    @Test
    void optimizePageShowsActualOutput(@TempDir Path folder) throws IOException {
        assertShowsActualOutput(Path.of("docs/optimize.md"), 3, folder);
    }

    private static void assertShowsActualOutput(Path page, int minCommands, Path folder) throws IOException {
        Files.copy(Path.of("conf/boxwall.rules"), folder.resolve("boxwall.rules"));
        for (String file : new String[] {"guests.rules", "stricter.rules", "list.rules"}) {
            Files.copy(RESOURCES.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> lines = Files.readAllLines(page);
        List<String> actual = new ArrayList<>();
        int commands = 0;
        for (int i = 0; i < lines.size(); i++) {
            actual.add(lines.get(i));
            if (lines.get(i).startsWith("    $ cat ")) {
                actual.addAll(indented(Files.readString(folder.resolve(lines.get(i).substring(10)))));
                i = end(lines, i);
            } else if (lines.get(i).startsWith("    $ boxwall ")) {
                actual.addAll(indented(run(folder, lines.get(i).substring(14))));
                i = end(lines, i);
                commands++;
            }
        }
        assertTrue(commands >= minCommands, page + " shows " + commands + " commands");
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.write(page, actual); }
        assertEquals(String.join("\n", actual), String.join("\n", lines));
    }

    /** The last line of a block: blank lines belong to it if indented text follows that is no further command. */
    private static int end(List<String> lines, int from) {
        int last = from;
        for (int i = from + 1; i < lines.size() && (lines.get(i).isEmpty() || lines.get(i).startsWith("    ")); i++) {
            if (lines.get(i).startsWith("    $ ")) { break; }
            last = lines.get(i).isEmpty() ? last : i;
        }
        return last;
    }

    private static List<String> indented(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            lines.add(line.isEmpty() ? "" : ("    " + line).stripTrailing());
        }
        return lines;
    }

    /** The output of a command: stderr before stdout, so that errors come first on the page. */
    private static String run(Path folder, String command) {
        String[] piped = command.split(" 2>&1 \\| ");
        List<String> words = new ArrayList<>();
        for (String word : piped[0].split(" +")) {
            words.add(word.equals("box") ? RESOURCES.resolve("box").toString()
                    : word.endsWith(".rules") ? folder + File.separator + word : word);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Main.run(words, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        String all = (err.toString(StandardCharsets.UTF_8) + out.toString(StandardCharsets.UTF_8))
                .replace(folder + File.separator, "");
        return piped.length == 1 ? all : filtered(all, piped[1]);
    }

    private static String filtered(String text, String filter) {
        if (filter.startsWith("head -n ")) {
            return text.lines().limit(Integer.parseInt(filter.substring(8))).collect(Collectors.joining("\n"));
        }
        assertTrue(filter.startsWith("grep "), filter);
        return text.lines().filter(line -> line.contains(filter.substring(5))).collect(Collectors.joining("\n"));
    }
}
