package boxwall.imports;

import boxwall.syntax.Letters;

/**
 * Writes a value as a word of the ruleset language. A name of the box's that stands in a value ({@code $LAN_NET}, unset
 * in the script) is kept between two marks while the script is played through.
 */
final class Quote {
    /** Before and after the name; the input holds neither, Import sees to it. */
    static final char MARK = '\uE000';

    private static final String SAFE = "!%+,-./:=@_^~";

    private Quote() {}

    static String mark(String name) { return MARK + name + MARK; }

    /** Whether a value holds a name of the box's, so that nothing can be said about its text. */
    static boolean isMarked(String value) {
        return value.indexOf(MARK) >= 0;
    }

    /** The word: plain where it can be, else in quotes. */
    static String word(String value) {
        if (value.length() == 0) { return "''"; }
        StringBuilder out = new StringBuilder();
        String[] parts = value.split(String.valueOf(MARK), -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                out.append("${").append(parts[i]).append('}');
            } else if (parts[i].length() > 0) { out.append(literal(parts[i])); }
        }
        return out.toString();
    }

    private static String literal(String text) {
        boolean safe = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe &= c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || SAFE.indexOf(c) >= 0;
        }
        if (safe) { return text; }
        if (text.indexOf('"') < 0 && text.indexOf('$') < 0 && text.indexOf('`') < 0 && text.indexOf('\\') < 0) {
            return '"' + text + '"';
        }
        return text.indexOf('\'') < 0 ? '\'' + text + '\''
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$").replace("`", "\\`") + '"';
    }

    /** Whether a text can stand on a line of a ruleset: no control characters but tabs. */
    static boolean fits(String value) {
        return Letters.isText(value);
    }
}
