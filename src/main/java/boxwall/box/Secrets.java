package boxwall.box;

import boxwall.netfilter.Words;

import java.util.List;

/**
 * Takes out of texts what names a box or its owner, by the table {@code secrets}, which says what that is;
 * boxwall-anonymous does the same for the shell. Addresses are renamed network by network, so that what belongs
 * together still does: the first 24 bits of a public IPv4 address, the first 48 of an IPv6 address. Immutable.
 */
public final class Secrets {
    private static final String LEFT_OUT = "***";
    private static final String NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    /** What is secret of any box. */
    static final Secrets NONE = new Secrets(Readings.none());

    private final OwnNames own;

    /** What is secret of a box. */
    public Secrets(Readings readings) { own = new OwnNames(readings); }

    /** A sentence of ours as it may be shown: only values that it quotes are left out. */
    String sentence(String sentence) {
        return shown(sentence, true);
    }

    /** The same for a line of any box. */
    public static String masked(String line) { return NONE.line(line); }

    /** A line as it may be shown; of one that may hold a key only what is before the first colon, its source. */
    public String line(String line) {
        String shown = shown(line);
        return shown != null ? shown
                : line.substring(0, line.indexOf(": ") + 1) + (line.indexOf(": ") < 0 ? "" : " ") + LEFT_OUT;
    }

    /** A text as it may be shown, without the lines that may hold a key. */
    public String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            String shown = shown(text.substring(start, end < 0 ? text.length() : end));
            out.append(shown == null ? "" : shown).append(shown == null || end < 0 ? "" : "\n");
            start = end < 0 ? text.length() : end + 1;
        }
        return out.toString();
    }

    private String shown(String line) {
        return shown(line, line.indexOf("tables") >= 0 || line.startsWith("-A ") || line.indexOf(" -A ") >= 0);
    }

    private String shown(String line, boolean rule) {
        String text = withoutKeys(line, rule);
        return text == null ? null : own.renamed(SecretForms.without(withoutUsers(text)));
    }

    /** Null when the line may hold a key and is no rule; of a rule only the keys' values go. */
    private static String withoutKeys(String line, boolean rule) {
        String text = line;
        String lower = SecretForms.lower(text);
        for (int at = 0; at < lower.length(); at++) {
            List<String> words = SecretForms.words(lower.charAt(at));
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                boolean name = word.charAt(0) == 'n';
                if (!lower.regionMatches(at, word, 1, word.length() - 1)) { continue; }
                if (!rule) {
                    if (!name || hasValue(lower, at + word.length() - 1)) { return null; }
                    continue;
                }
                int[] value = value(lower, at, word.length() - 1, name);
                if (value != null) {
                    text = text.substring(0, value[0]) + LEFT_OUT + text.substring(value[1]);
                    lower = SecretForms.lower(text);
                }
            }
        }
        return text;
    }

    /** Whether = or : follows the rest of a name, and a value of two characters. */
    private static boolean hasValue(String line, int from) {
        int sign = skip(line, skip(line, from, NAME), "\"' \t");
        int value = skip(line, sign, "=:");
        int start = skip(line, value, "\"' \t");
        return value > sign && start + 1 < line.length() && line.charAt(start + 1) > ' '
                && "\"';".indexOf(line.charAt(start + 1)) < 0;
    }

    /**
     * Where the value behind a word of a rule is; null when there is none. Within quotes, and in a comment, a blank is
     * enough before it.
     */
    private static int[] value(String line, int at, int length, boolean name) {
        char quote = quote(line, at);
        int from = skip(line, at + length, NAME);
        int start = skip(line, from, quote == 0 ? "=:" : "=:, \t");
        boolean sign = line.substring(from, start).indexOf('=') >= 0 || line.substring(from, start).indexOf(':') >= 0
                || line.charAt(at + length - 1) == ':';
        if (quote == 0 ? !sign : name && !sign) { return null; }
        if (quote == 0) {
            start = skip(line, start, " \t");
            quote = start < line.length() && "\"'".indexOf(line.charAt(start)) >= 0 ? line.charAt(start++) : 0;
        }
        int end = start;
        while (end < line.length()
                && (quote == 0 ? " \t;|&\"'".indexOf(line.charAt(end)) < 0 : line.charAt(end) != quote)) {
            end++;
        }
        return end == start || line.startsWith(LEFT_OUT, start) ? null : new int[] {start, end};
    }

    /** The quote that is open at a place of a line, a line end for a comment, or 0. */
    private static char quote(String line, int at) {
        char open = 0;
        for (int i = 0; i < at; i++) {
            char c = line.charAt(i);
            if (open == 0 && (c == '"' || c == '\'')) {
                open = c;
            } else if (open == 0 && c == '#' && i > 0 && line.charAt(i - 1) <= ' ') {
                return '\n';
            } else if (open == c) { open = 0; }
        }
        return open;
    }

    private static int skip(String line, int from, String characters) {
        int at = from;
        while (at < line.length() && characters.indexOf(line.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** {@code http://user:password@host/}. */
    private static String withoutUsers(String line) {
        String text = line;
        for (int at = Words.find(text, "://", 0); at >= 0; at = Words.find(text, "://", at + 3)) {
            int end = at + 3;
            while (end < text.length() && "/ \t\"'".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            int user = text.lastIndexOf('@', end - 1);
            if (user > at + 2) { text = text.substring(0, at + 3) + LEFT_OUT + text.substring(user); }
        }
        return text;
    }
}
