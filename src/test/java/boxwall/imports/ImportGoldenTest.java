package boxwall.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Imports eleven firewall scripts and saved rulesets and compares the results with the goldens: the ruleset, then the
 * remarks after a line of dashes, with a star if something is missing. {@code -Dboxwall.rewrite=true} writes the
 * goldens.
 */
class ImportGoldenTest {

    @Test
    void resultOfEachScriptEqualsGoldenFile() throws IOException {
        for (Path file : Scripts.all()) {
            Imported imported = Scripts.imported(file);
            StringBuilder now = new StringBuilder(imported.text).append("----\n");
            imported.remarks.forEach(r -> now.append(r.harmless ? "  " : "* ").append(r).append('\n'));
            Path golden = Path.of(file + ".golden");
            if (Boolean.getBoolean("boxwall.rewrite")) { Files.writeString(golden, now, StandardCharsets.ISO_8859_1); }
            assertEquals(Scripts.text(golden), now.toString(), golden + " (-Dboxwall.rewrite=true writes it)");
        }
    }

    @Test
    void atLeast95PercentOfRuleLinesAreImported() throws IOException {
        List<Path> files = Scripts.all();
        assertTrue(files.size() >= 10, files::toString);
        int rules = 0;
        int leftOut = 0;
        for (Path file : files) {
            Imported imported = Scripts.imported(file);
            assertTrue(imported.ruleLines >= 12, () -> file + " has only " + imported.ruleLines + " rule lines");
            rules += imported.ruleLines;
            leftOut += imported.rulesLeft;
        }
        System.out.println("import: " + files.size() + " scripts, " + rules + " rule lines, " + leftOut + " left out");
        assertTrue(leftOut * 100 <= rules * 5, leftOut + " of " + rules + " rule lines are left out");
        assertTrue(leftOut > 0, "the scripts have no line that must be left out, so the count proves nothing");
    }
}
