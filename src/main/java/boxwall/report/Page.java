package boxwall.report;

import boxwall.box.Finding;
import boxwall.check.EmptyRuleset;

import java.util.List;
import java.util.Locale;

/**
 * The page at {@code /}: one HTML text with its script and style inside. Only four places of it change: the language,
 * the number that the Content-Security-Policy names, the state's word, and a part that says the state to those without
 * JavaScript.
 */
public final class Page {
    private final String template;

    /** {@code template} is boxwall/page/page.html's text. */
    public Page(String template) { this.template = template; }

    /** The page that is in the jar. */
    public static Page load() {
        return new Page(Resource.text("/boxwall/page/page.html"));
    }

    /** Whether a browser's Accept-Language asks for German rather than English; English for null. */
    public static boolean wantsGerman(String acceptLanguage) {
        double german = 0;
        double english = 0;
        for (String part : acceptLanguage == null ? new String[0]
                : acceptLanguage.toLowerCase(Locale.ROOT).split(",")) {
            String[] words = part.trim().split(";");
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
     * The page's text.
     *
     * @param nonce what the policy names; letters, digits and dashes
     * @param seconds since when the rules are live, -1 for never
     */
    public String html(boolean german, String nonce, String state, long seconds, List<Finding> findings) {
        StringBuilder plain =
                new StringBuilder("<section id=\"plain\"><h2>").append(german ? "Zustand" : "State").append("</h2><p>");
        plain.append(german ? "Diese Box ist " : "This box is ")
                .append(words(isEmpty(findings) ? "inactive" : state, german)).append(" (").append(escaped(state))
                .append("). ");
        if (seconds >= 0) {
            plain.append(german ? "Die Regeln gelten seit " : "The rules have been live for ")
                    .append(duration(seconds, german)).append(". ");
        }
        plain.append("</p><ul>");
        for (Finding finding : findings) {
            plain.append("<li>").append(escaped(finding.severity().word())).append(": ").append(escaped(finding.code()))
                    .append("</li>");
        }
        plain.append("</ul><p class=\"dim\">")
                .append(german ? "Alles Weitere braucht JavaScript, oder curl: docs/http.md."
                        : "All the rest needs JavaScript, or curl: docs/http.md.")
                .append("</p></section>");
        return template.replace("@PLAIN@", plain).replace("@STATE@", escaped(state))
                .replace("@LANG@", german ? "de" : "en").replace("@NONCE@", nonce);
    }

    /** As a person counts it: {@code 4 minutes}. */
    private static String duration(long seconds, boolean german) {
        long minutes = seconds / 60;
        long count = minutes < 120 ? minutes : minutes < 2880 ? minutes / 60 : minutes / 1440;
        String unit = minutes < 120 ? german ? "Minute" : "minute" : minutes < 2880 ? german ? "Stunde" : "hour"
                : german ? "Tag" : "day";
        return Math.max(1, count) + " " + unit + (count < 2 ? "" : german ? unit.endsWith("g") ? "en" : "n" : "s");
    }

    /** Whether the loaded rules, proven or on trial, can't drop a packet. */
    private static boolean isEmpty(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.code().equals(EmptyRuleset.CODE)) { return true; }
        }
        return false;
    }

    private static String words(String state, boolean german) {
        if (state.equals("active") || state.equals("unsaved") || state.equals("locked") || state.equals("fallback")
                || state.equals("pending")) {
            return german ? "geschützt" : "protected";
        }
        return state.equals("drifted") ? german ? "geschützt, aber andere haben Regeln geändert"
                : "protected, but another program changed rules" : german ? "nicht geschützt" : "not protected";
    }

    /** Text that HTML can't take for markup. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'",
                "&#39;");
    }
}
