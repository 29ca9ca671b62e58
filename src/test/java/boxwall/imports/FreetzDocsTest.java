package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Imports the pages of Freetz' docs that have firewall rules, if {@code -Dboxwall.freetz.docs=DIR} or the environment
 * variable BOXWALL_FREETZ_DOCS names their folder (docs of github.com/Freetz-NG/freetz-ng). Without it the test only
 * prints that it did nothing; {@link ImportGoldenTest} always counts the project's own scripts.
 */
class FreetzDocsTest {

    @Test
    void atLeast95PercentOfRuleLinesAreImported() throws IOException {
        String named = System.getProperty("boxwall.freetz.docs", System.getenv("BOXWALL_FREETZ_DOCS"));
        if (named == null) {
            System.out.println("import: Freetz' docs not counted (-Dboxwall.freetz.docs=DIR), only the scripts in "
                    + Scripts.FOLDER);
            return;
        }
        List<Path> pages;
        try (var files = Files.walk(Path.of(named))) {
            pages = files.filter(f -> f.toString().matches(".*\\.(md|txt|sh|wiki)")).sorted().toList();
        }
        int rules = 0;
        int leftOut = 0;
        for (Path page : pages) {
            Imported imported = Scripts.imported(page);
            assertEquals(List.of(), ImportedRules.parse(imported).errors(), page::toString);
            if (imported.ruleLines > 0) {
                System.out.println("import: " + page.getFileName() + ": " + imported.ruleLines + " rule lines, "
                        + imported.rulesLeft + " left out");
            }
            rules += imported.ruleLines;
            leftOut += imported.rulesLeft;
        }
        System.out.println(
                "import: Freetz' docs: " + pages.size() + " files, " + rules + " rule lines, " + leftOut + " left out");
        assertTrue(rules >= 60, "only " + rules + " rule lines below " + named);
        assertTrue(leftOut * 100 <= rules * 5, leftOut + " of " + rules + " rule lines are left out");
    }
}
