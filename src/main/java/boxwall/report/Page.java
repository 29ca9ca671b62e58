package boxwall.report;

import boxwall.box.Finding;
import boxwall.check.Checker;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The page at {@code /}: one HTML text with its script and style. Four places are filled in: the language, the nonce of
 * the Content-Security-Policy, the state's word, and a section with the state for browsers without JavaScript.
 */
public final class Page {
    /** In English and German. */
    private static final String[][] TEXTS = {{"State", "Zustand"}, {"This box is ", "Diese Box ist "},
            {"The rules have been live for ", "Die Regeln gelten seit "},
            {"All the rest needs JavaScript, or curl: docs/http.md.",
                    "Alles Weitere braucht JavaScript, oder curl: docs/http.md."},
            {"protected", "geschützt"},
            {"protected, but another program changed rules", "geschützt, aber andere haben Regeln geändert"},
            {"not protected", "nicht geschützt"}};
    /** Units of time: their minutes, and the English and the German name, each with the ending of its plural. */
    private static final Object[][] UNITS =
            {{1, "minute", "s", "Minute", "n"}, {60, "hour", "s", "Stunde", "n"}, {1440, "day", "s", "Tag", "en"}};
    private static final Set<String> PROTECTED =
            new HashSet<>(Arrays.asList("active", "unsaved", "locked", "fallback", "pending"));
    private static final String[] ESCAPES = {"&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "'", "&#39;"};

    private static final List<String> PLACES = Arrays.asList("@LANG@", "@NONCE@", "@STATE@", "@PLAIN@");
    private static final int LONGEST_PLACE = 7;

    private final byte[] template;
    /** For each place its index in {@link #PLACES} and its offset in the template. */
    private final List<int[]> places = new ArrayList<>();

    /** {@code template}: the HTML in UTF-8. As a text it would need twice the heap, and encoding for each request. */
    public Page(byte[] template) {
        this.template = template;
        for (int at = 0; at < template.length; at++) {
            if (template[at] != '@') { continue; }
            String rest = Words.text(Arrays.copyOfRange(template, at, at + LONGEST_PLACE));
            for (int i = 0; i < PLACES.size(); i++) {
                if (rest.startsWith(PLACES.get(i))) { places.add(new int[] {i, at}); }
            }
        }
    }

    /** The page in the jar. */
    public static Page load() {
        return new Page(ResourceRows.bytes("/boxwall/page/page.html"));
    }

    /** Whether a browser's Accept-Language prefers German to English; English for null. */
    public static boolean wantsGerman(String acceptLanguage) {
        double german = 0;
        double english = 0;
        for (String part : Words.split(acceptLanguage == null ? "" : acceptLanguage.toLowerCase(Locale.ROOT), ',')) {
            String[] words = Words.split(part.trim(), ';');
            double weight = weight(words);
            german = words[0].startsWith("de") ? Math.max(german, weight) : german;
            english = words[0].startsWith("en") ? Math.max(english, weight) : english;
        }
        return german > english;
    }

    private static double weight(String[] words) {
        for (int i = 1; i < words.length; i++) {
            String word = words[i].trim();
            if (word.startsWith("q=")) {
                try {
                    return Double.parseDouble(word.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }

    /**
     * The page in UTF-8.
     *
     * @param nonce letters, digits and dashes
     * @param seconds how long the rules have been live, -1 for never
     */
    public byte[] html(boolean german, String nonce, String state, long seconds, List<Finding> findings) {
        int language = german ? 1 : 0;
        StringBuilder list = new StringBuilder();
        String word = state;
        for (Finding finding : findings) {
            // the loaded rules can't drop a packet
            word = finding.code.equals(Checker.EMPTY_RULESET) ? "inactive" : word;
            list.append("<li>").append(escaped(finding.severity.word())).append(": ").append(escaped(finding.code))
                    .append("</li>");
        }
        int saying = PROTECTED.contains(word) ? 4 : word.equals("drifted") ? 5 : 6;
        StringBuilder plain = new StringBuilder("<section id=\"plain\"><h2>").append(TEXTS[0][language])
                .append("</h2><p>").append(TEXTS[1][language]).append(TEXTS[saying][language]).append(" (")
                .append(escaped(state)).append("). ");
        if (seconds >= 0) { plain.append(TEXTS[2][language]).append(duration(seconds / 60, language)).append(". "); }
        plain.append("</p><ul>").append(list).append("</ul><p class=\"dim\">").append(TEXTS[3][language])
                .append("</p></section>");
        String[] values = {german ? "de" : "en", nonce, escaped(state), plain.toString()};
        ByteArrayOutputStream page = new ByteArrayOutputStream(template.length + 2 * plain.length());
        int from = 0;
        for (int[] place : places) {
            page.write(template, from, place[1] - from);
            byte[] value = Words.utf8(values[place[0]]);
            page.write(value, 0, value.length);
            from = place[1] + PLACES.get(place[0]).length();
        }
        page.write(template, from, template.length - from);
        return page.toByteArray();
    }

    /** {@code 4 minutes}; the next unit begins at two of it. */
    private static String duration(long minutes, int language) {
        Object[] unit = UNITS[minutes < 120 ? 0 : minutes < 2880 ? 1 : 2];
        long count = minutes / ((Integer) unit[0]).intValue();
        return Math.max(1, count) + " " + unit[1 + 2 * language] + (count < 2 ? "" : unit[2 + 2 * language]);
    }

    /** Text without HTML markup. */
    static String escaped(String text) {
        String escaped = text;
        for (int i = 0; i < ESCAPES.length; i += 2) {
            escaped = Words.replace(escaped, ESCAPES[i], ESCAPES[i + 1]);
        }
        return escaped;
    }
}
