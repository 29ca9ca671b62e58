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
 * What docs/explain.md, docs/optimize.md and README.md show is what boxwall prints: each line {@code $ boxwall …} in it
 * is run again, with the rulesets and the box that the page names, and what follows up to the block's end is compared.
 * {@code -Dboxwall.rewrite=true} writes the page anew instead.
 */
class ExplainDocTest {
    private static final Path RESOURCES = Path.of("src/test/resources/explain");

    @Test
    void thePageShowsWhatIsPrinted(@TempDir Path folder) throws IOException {
        holds(Path.of("docs/explain.md"), 7, folder);
    }

    @Test
    void theReadmeShowsWhatIsPrinted(@TempDir Path folder) throws IOException {
        holds(Path.of("README.md"), 1, folder);
    }

    @Test
    void thePageOnOptimizingShowsWhatIsPrinted(@TempDir Path folder) throws IOException {
        holds(Path.of("docs/optimize.md"), 3, folder);
    }

    private static void holds(Path page, int least, Path folder) throws IOException {
        Files.copy(Path.of("conf/boxwall.rules"), folder.resolve("boxwall.rules"));
        for (String file : new String[] {"guests.rules", "stricter.rules", "list.rules"}) {
            Files.copy(RESOURCES.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> lines = Files.readAllLines(page);
        List<String> now = new ArrayList<>();
        int commands = 0;
        for (int i = 0; i < lines.size(); i++) {
            now.add(lines.get(i));
            if (lines.get(i).startsWith("    $ cat ")) {
                now.addAll(indented(Files.readString(folder.resolve(lines.get(i).substring(10)))));
                i = end(lines, i);
            } else if (lines.get(i).startsWith("    $ boxwall ")) {
                now.addAll(indented(run(folder, lines.get(i).substring(14))));
                i = end(lines, i);
                commands++;
            }
        }
        assertTrue(commands >= least, page + " shows " + commands + " commands");
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.write(page, now); }
        assertEquals(String.join("\n", now), String.join("\n", lines));
    }

    /** The block's last line: blank lines belong to it when the text after them is indented and no further command. */
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

    /** stderr stands before stdout, as a page shows it best: what is wrong first. */
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
