package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a value as a word of the ruleset language, or as an excerpt for messages. A name of the box's that stands in a
 * value ({@code $LAN_NET}, unset in the script) is kept between two marks while the script is interpreted.
 */
final class Quoting {
    /** Before and after the name; the input holds neither, SourceText sees to it. */
    static final char MARK = '\uE000';
    private static final String SAFE = "!%+,-./:=@_^~";
    private static final int EXCERPT = 60;

    private Quoting() {}

    static String mark(String name) { return MARK + name + MARK; }

    /** Whether a value holds a name of the box's, so that nothing can be said about its text. */
    static boolean isMarked(String value) {
        return value.indexOf(MARK) >= 0;
    }

    /** The word: plain where it can be, else in quotes. */
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

    /** Text of the user's for messages: quoted and cut. */
    static String excerpt(String text) {
        return '"' + cut(text, EXCERPT) + '"';
    }

    /** Cut at a number of characters, without those that would upset a terminal. */
    static String cut(String text, int limit) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (i == limit) { return out.append("...").toString(); }
            char c = text.charAt(i);
            out.append(c == '\t' ? ' ' : Character.isISOControl(c) || c > 0xFF ? '?' : c);
        }
        return out.toString();
    }
}
