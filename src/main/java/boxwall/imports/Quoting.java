package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a value as a word of the ruleset language. While a script is interpreted, a value contains the box's names
 * ({@code $LAN_NET}, unset in the script) between marks.
 */
final class Quoting {
    /** Encloses a name; SourceText removes this character from the input. */
    static final char MARK = '\uE000';
    /** Besides letters and digits, the characters that need no quotes. */
    private static final String SAFE = "!%+,-./:=@_^~";

    private Quoting() {}

    static String mark(String name) { return MARK + name + MARK; }

    /** Whether a value contains a name of the box, so that its text is not known. */
    static boolean isMarked(String value) {
        return value.indexOf(MARK) >= 0;
    }

    /** The value as one word, with quotes where it needs them. */
    static String word(String value) {
        if (value.length() == 0) { return "''"; }
        StringBuilder out = new StringBuilder();
        String[] parts = Words.split(value, MARK);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                out.append("${").append(parts[i]).append('}');
            } else if (parts[i].length() > 0) { out.append(literal(parts[i])); }
        }
        return out.toString();
    }

    static List<String> words(List<String> values) {
        List<String> words = new ArrayList<>();
        for (String value : values) {
            words.add(word(value));
        }
        return words;
    }

    private static String literal(String text) {
        if (Words.isName(text, SAFE)) { return text; }
        StringBuilder escaped = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            escaped.append("\"$`\\".indexOf(text.charAt(i)) >= 0 ? "\\" : "").append(text.charAt(i));
        }
        boolean plain = escaped.length() == text.length() + 1;
        return plain || text.indexOf('\'') >= 0 ? escaped.append('"').toString() : '\'' + text + '\'';
    }
}
