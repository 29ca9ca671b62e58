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

/** The text of the page: small, self-contained, without external resources, every text in both languages. */
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
    void pageIsSmallAndSelfContained() throws IOException {
        String page = page(true, "active");
        // as packed by the build
        String packed = page.replaceAll("(?m)^\t*(//.*)?\n|^\t+", "");
        assertTrue(packed.getBytes(StandardCharsets.UTF_8).length <= 81 * 1024);
        assertFalse(Pattern.compile("(src|href)=\"(?!#|data:,)").matcher(page).find(), "the page loads a resource");
        String rest = page.replace("http://www.w3.org/2000/svg", ""); // a namespace, not an address
        assertFalse(rest.contains("http:") || rest.contains("https:"), "the page refers to another host");
        assertFalse(page.matches("(?s).*@[A-Z]+@.*"), "a placeholder is not replaced");
        assertFalse(Pattern.compile("<[^>]* (style|on[a-z]+)=").matcher(page).find(),
                "the security policy blocks inline styles and handlers");
        assertFalse(
                page.contains("innerHTML") || page.contains("insertAdjacentHTML") || page.contains("document.write"),
                "text is inserted as HTML");
    }

    @Test
    void everyTextExistsInBothLanguages() throws IOException {
        String template = template();
        Set<String> known = new TreeSet<>();
        for (String[] row : table(template, "const T = table(`\n")) {
            assertEquals(3, row.length, row[0] + " needs English and German");
            assertTrue(known.add(row[0]), row[0] + " occurs twice");
        }
        assertTrue(known.size() > 80, known.toString());
        Set<String> used = new TreeSet<>();
        for (String pattern : List.of("data-t=\"([a-zA-Z]+)\"", "id=\"([a-z-]+)\"[^>]* data-t[ >]",
                "data-t><[a-z]+ name=\"([a-z]+)\"", "\\b(?:t|button)\\('([a-zA-Z]+)'[,)]")) {
            Matcher matcher = Pattern.compile(pattern).matcher(template);
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }
        used.removeAll(known);
        assertEquals(Set.of(), used, "texts without translation");
    }

    /** The English texts for which the page has a translation still occur in the sources. */
    @Test
    void translatedTextsOfBoxExistInSources() throws IOException {
        StringBuilder sources = new StringBuilder(Files.readString(Path.of("init.d/boxwall-apply")));
        for (String table : List.of("imports/messages", "box/findings", "http/problems", "syntax/notes")) {
            sources.append(Files.readString(Path.of("src/main/resources/boxwall").resolve(table)));
        }
        try (var files = Files.walk(Path.of("src/main/java/boxwall"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        String texts = Pattern.compile("\"\\s*\\+\\s*\"").matcher(sources).replaceAll("");
        Set<String> missing = new TreeSet<>();
        for (String[] row : table(template(), "const D = `")) {
            assertEquals(2, row.length, row[0] + " needs German");
            if (!texts.contains(row[0].replace("die Box", "the box"))) { missing.add(row[0]); }
        }
        assertEquals(Set.of(), missing);
    }

    /** By code, or by a variant's English text. */
    @Test
    void everyFindingOfDaemonHasGermanText() throws IOException {
        Set<String> translated = new TreeSet<>();
        table(template(), "const G = table(`\n").forEach(row -> translated.add(row[0]));
        Set<String> missing = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| ([a-z0-9-]+) \\| (refuse|warn|note)")
                .matcher(Files.readString(Path.of("docs/findings.md")));
        while (row.find()) {
            if (!translated.contains(row.group(1))) { missing.add(row.group(1)); }
        }
        assertEquals(Set.of(), missing);
        String findings = Files.readString(Path.of("src/main/resources/boxwall/box/findings"));
        translated.removeIf(key -> !key.contains(" ") || findings.contains("| " + key + " |"));
        assertEquals(Set.of(), translated, "texts that no finding has");
    }

    /** The rows of one table of texts in the page. */
    private static List<String[]> table(String template, String from) {
        int start = template.indexOf(from) + from.length();
        assertTrue(start > from.length(), from);
        return template.substring(start, template.indexOf('`', start)).strip().lines().map(l -> l.split("\\|"))
                .toList();
    }

    @Test
    void stateIsShownWithoutJavaScriptAndFindingsAreEscaped() throws IOException {
        String page =
                page(false, "active", new Finding("<script>x</script>", Finding.Severity.WARN, "", List.of(), "", ""));
        assertTrue(page.contains("This box is protected (active). The rules have been live for 4 minutes."), page);
        assertTrue(page.contains("<li>warn: &lt;script&gt;x&lt;/script&gt;</li>"), page);
        assertTrue(page(true, "inactive").contains("Diese Box ist nicht geschützt (inactive)."));
        assertTrue(page(true, "open").contains("nicht geschützt"));
    }

    @Test
    void languageFollowsAcceptLanguageHeader() {
        assertTrue(Page.wantsGerman("de-DE,de;q=0.9,en;q=0.8"));
        assertTrue(Page.wantsGerman("fr, de;q=0.5, en;q=0.4"));
        assertFalse(Page.wantsGerman("en-US,en;q=0.9,de;q=0.8"));
        assertFalse(Page.wantsGerman(null));
        assertFalse(Page.wantsGerman("fr;q=x"));
    }
}
