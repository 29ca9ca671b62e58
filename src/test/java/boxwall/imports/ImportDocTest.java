package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Imports each {@code ~~~sh} block of docs/import.md and compares the result with the block after it. Below "Taken"
 * nothing may be missing, below "Refused" something must be. {@code -Dboxwall.rewrite=true} writes the page.
 */
class ImportDocTest {
    private static final Path PAGE = Path.of("docs/import.md");
    private static final int SECTIONS = 20;

    @Test
    void pageShowsActualResultsOfImport() throws IOException {
        List<String> lines = Files.readAllLines(PAGE, StandardCharsets.UTF_8);
        List<String> page = new ArrayList<>();
        int taken = 0;
        int refused = 0;
        int sections = 0;
        String form = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            form = line.startsWith("Taken") || line.startsWith("Refused") ? line : form;
            sections += line.startsWith("## ") ? 1 : 0;
            page.add(line);
            if (line.equals("~~~sh")) {
                int end = next(lines, i + 1);
                String script = String.join("\n", lines.subList(i + 1, end)) + "\n";
                Imported imported = Scripts.read("page", script);
                assertEquals(List.of(), ImportedRules.parse(imported).errors());
                assertEquals(form.startsWith("Taken"), imported.isWhole(), () -> script + imported.remarks);
                taken += form.startsWith("Taken") ? 1 : 0;
                refused += form.startsWith("Refused") ? 1 : 0;
                page.addAll(lines.subList(i + 1, end + 1));
                page.add("~~~");
                page.addAll(shown(imported));
                page.add("~~~");
                assertEquals("~~~", lines.get(end + 1), () -> "no block after " + script);
                i = next(lines, end + 2);
            }
        }
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.write(PAGE, page, StandardCharsets.UTF_8); }
        assertEquals(String.join("\n", page), String.join("\n", lines), PAGE + " (-Dboxwall.rewrite=true writes it)");
        assertEquals(SECTIONS, sections);
        assertTrue(taken >= sections && refused >= sections,
                taken + " taken and " + refused + " refused forms in " + sections + " sections");
    }

    private static int next(List<String> lines, int from) {
        int i = from;
        while (!lines.get(i).equals("~~~")) {
            i++;
        }
        return i;
    }

    private static List<String> shown(Imported imported) {
        List<String> shown = new ArrayList<>();
        for (String line : imported.text.split("\n")) {
            if (!line.startsWith("# imported from") && !line.isEmpty()) { shown.add(line); }
        }
        shown.add("----");
        imported.remarks.forEach(r -> shown.add((r.harmless ? "  " : "* ") + r));
        return shown;
    }
}
