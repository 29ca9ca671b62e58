package boxwall.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** The page as a text: small, of one piece, nothing from elsewhere, every word in both languages. */
class PageTest {
    private static String template() throws IOException {
        try (var in = Page.class.getResourceAsStream("/boxwall/page/page.html")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String page(boolean german, String state, Finding... findings) throws IOException {
        return new String(new Page(template().getBytes(StandardCharsets.UTF_8)).html(german, "n0nce", state, 250,
                List.of(findings)), StandardCharsets.UTF_8);
    }

    @Test
    void itIsSmallAndOfOnePiece() throws IOException {
        String page = page(true, "active");
        // as the build packs it
        String packed = page.replaceAll("(?m)^\t*(//.*)?\n|^\t+", "");
        assertTrue(packed.getBytes(StandardCharsets.UTF_8).length <= 80 * 1024);
        assertFalse(Pattern.compile("(src|href)=\"(?!#|data:,)").matcher(page).find(),
                "nothing is loaded from anywhere");
        String rest = page.replace("http://www.w3.org/2000/svg", ""); // the name of a format, not an address
        assertFalse(rest.contains("http:") || rest.contains("https:"), "nothing of another host");
        assertFalse(page.matches("(?s).*@[A-Z]+@.*"), "every place is filled");
        assertFalse(Pattern.compile("<[^>]* (style|on[a-z]+)=").matcher(page).find(), "the policy would not run it");
        assertFalse(
                page.contains("innerHTML") || page.contains("insertAdjacentHTML") || page.contains("document.write"),
                "texts stay texts");
    }

    @Test
    void everyTextIsThereInBothLanguages() throws IOException {
        String template = template();
        Set<String> known = new TreeSet<>();
        for (String[] row : table(template, "const T = table(`\n")) {
            assertEquals(3, row.length, row[0] + " in English and German");
            assertTrue(known.add(row[0]), row[0] + " is there twice");
        }
        assertTrue(known.size() > 80, known.toString());
        Set<String> asked = new TreeSet<>();
        for (String pattern : List.of("data-t=\"([a-zA-Z]+)\"", "id=\"([a-z-]+)\"[^>]* data-t[ >]",
                "data-t><[a-z]+ name=\"([a-z]+)\"", "\\b(?:t|button)\\('([a-zA-Z]+)'[,)]")) {
            Matcher matcher = Pattern.compile(pattern).matcher(template);
            while (matcher.find()) {
                asked.add(matcher.group(1));
            }
        }
        asked.removeAll(known);
        assertEquals(Set.of(), asked, "texts that are in no language");
    }

    /** What the page says in German in the place of the box's English is still what the box says. */
    @Test
    void theWordsOfTheBoxThatAreTranslatedAreItsWords() throws IOException {
        StringBuilder sources = new StringBuilder(Files.readString(Path.of("init.d/boxwall-apply")));
        sources.append(Files.readString(Path.of("src/main/resources/boxwall/imports/messages")));
        sources.append(Files.readString(Path.of("src/main/resources/boxwall/box/findings")));
        sources.append(Files.readString(Path.of("src/main/resources/boxwall/http/problems")));
        try (var files = Files.walk(Path.of("src/main/java/boxwall"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        String said = Pattern.compile("\"\\s*\\+\\s*\"").matcher(sources).replaceAll("");
        Set<String> missing = new TreeSet<>();
        for (String[] row : table(template(), "const D = `")) {
            assertEquals(2, row.length, row[0] + " in German");
            if (!said.contains(row[0].replace("die Box", "the box"))) { missing.add(row[0]); }
        }
        assertEquals(Set.of(), missing);
    }

    /** But for what only boxwall check on a PC says. */
    @Test
    void everyFindingOfTheDaemonIsSaidInGerman() throws IOException {
        Set<String> said = new TreeSet<>();
        table(template(), "const G = table(`\n").forEach(row -> said.add(row[0]));
        Set<String> missing = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| ([a-z0-9-]+) \\| (refuse|warn|note)")
                .matcher(Files.readString(Path.of("docs/findings.md")));
        while (row.find()) {
            if (!said.contains(row.group(1))) { missing.add(row.group(1)); }
        }
        assertEquals(Set.of("rule-unreachable", "rule-redundant", "exposed-service", "guest-reaches-lan",
                "guest-reaches-box", "spoofable-accept"), missing);
    }

    /** The rows of one of the page's tables of texts. */
    private static List<String[]> table(String template, String from) {
        int start = template.indexOf(from) + from.length();
        assertTrue(start > from.length(), from);
        return template.substring(start, template.indexOf('`', start)).strip().lines().map(l -> l.split("\\|"))
                .toList();
    }

    @Test
    void withoutJavaScriptTheStateIsReadableAndNothingIsMarkup() throws IOException {
        String page =
                page(false, "active", new Finding("<script>x</script>", Finding.Severity.WARN, "", List.of(), "", ""));
        assertTrue(page.contains("This box is protected (active). The rules have been live for 4 minutes."), page);
        assertTrue(page.contains("<li>warn: &lt;script&gt;x&lt;/script&gt;</li>"), page);
        assertTrue(page(true, "inactive").contains("Diese Box ist nicht geschützt (inactive)."));
        assertTrue(page(true, "open").contains("nicht geschützt"));
    }

    @Test
    void theBrowsersLanguageCounts() {
        assertTrue(Page.wantsGerman("de-DE,de;q=0.9,en;q=0.8"));
        assertTrue(Page.wantsGerman("fr, de;q=0.5, en;q=0.4"));
        assertFalse(Page.wantsGerman("en-US,en;q=0.9,de;q=0.8"));
        assertFalse(Page.wantsGerman(null));
        assertFalse(Page.wantsGerman("fr;q=x"));
    }
}
