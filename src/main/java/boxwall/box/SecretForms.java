package boxwall.box;

import boxwall.netfilter.ResourceRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;

/** The table {@code secrets}, read when a text is shown, not at a start; replaces texts of its forms: MAC addresses. */
final class SecretForms {
    static final List<String[]> FORMS = new ArrayList<>();
    static final List<String> HOSTS = new ArrayList<>();
    static final List<String> PLAIN = new ArrayList<>();
    /** No form of the table fits a shorter text; {@code 1:ff:fe11:1} has 11 characters. */
    private static final int SHORTEST = 10;
    private static final List<List<String>> WORDS = new ArrayList<>();

    static {
        for (int c = 0; c < 128; c++) {
            WORDS.add(new ArrayList<String>());
        }
        for (String[] row : ResourceRows.of("/boxwall/box/secrets")) {
            String text = Words.join(Arrays.asList(row).subList(1, row.length), " ");
            if (row[0].equals("form")) {
                FORMS.add(new String[] {row[1], row[2]});
            } else if (row[0].equals("host")) {
                HOSTS.add(text);
            } else if (row[0].equals("plain")) {
                PLAIN.add(text);
            } else {
                WORDS.get(text.charAt(0)).add(row[0].charAt(0) + text);
            }
        }
    }

    /** The words and names that begin with a character, each after a w or an n. */
    static List<String> words(char first) {
        return WORDS.get(first < 128 ? first : 0);
    }

    static boolean hex(char c) { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'; }

    static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    static String lower(String text) { return text.toLowerCase(Locale.ROOT); }

    /** The line with zeros in place of the MAC addresses. */
    static String without(String line) {
        StringBuilder out = null;
        int i = 0;
        while (i < line.length()) {
            boolean begins = hex(line.charAt(i)) && (i == 0 || !isAlphanumeric(line.charAt(i - 1)));
            String[] form = begins && isLongEnough(line, i) ? form(line, i) : null;
            if (form != null) {
                out = out == null ? new StringBuilder(line.substring(0, i)) : out;
                int kept = form[1].lastIndexOf('=') + 1;
                out.append(line, i, i + kept).append(form[1], kept, form[1].length());
                i = match(form[0], 0, line, i);
            } else {
                if (out != null) { out.append(line.charAt(i)); }
                i++;
            }
        }
        return out == null ? line : out.toString();
    }

    /** Whether enough characters that forms consist of begin at an index. */
    private static boolean isLongEnough(String line, int from) {
        int end = from;
        while (end - from < SHORTEST && end < line.length()
                && (hex(line.charAt(end)) || ":-.xX".indexOf(line.charAt(end)) >= 0)) {
            end++;
        }
        return end - from == SHORTEST;
    }

    /** The first form that the text at an index has; null for none. */
    private static String[] form(String line, int from) {
        for (String[] form : FORMS) {
            int end = match(form[0], 0, line, from);
            if (end >= 0 && isAlone(form[0], line, from, end)) { return form; }
        }
        return null;
    }

    /** Whether it is no part of a longer text; a short form could be part of an IPv6 address. */
    private static boolean isAlone(String shape, String line, int from, int end) {
        boolean more = line.startsWith(":", end) && end + 1 < line.length()
                && (hex(line.charAt(end + 1)) || line.charAt(end + 1) == ':');
        return (end == line.length() || !isAlphanumeric(line.charAt(end)))
                && !(shape.startsWith("H:") && (more || from > 0 && line.charAt(from - 1) == ':'));
    }

    /** The end of the longest text at {@code at} that has the shape from {@code s} on; or -1. */
    private static int match(String shape, int s, String line, int at) {
        if (s == shape.length()) { return at; }
        char c = shape.charAt(s);
        int most = c == 'h' ? 1 : c == 'H' || c == 'g' ? 2 : c == 'G' ? 4 : 0;
        if (most == 0) {
            return at < line.length() && (line.charAt(at) | (c > '9' ? ' ' : 0)) == c
                    ? match(shape, s + 1, line, at + 1) : -1;
        }
        int digits = 0;
        while (digits < most && at + digits < line.length() && hex(line.charAt(at + digits))) {
            digits++;
        }
        for (int least = c == 'g' ? 0 : 1; digits >= least; digits--) {
            int end = match(shape, s + 1, line, at + digits);
            if (end >= 0) { return end; }
        }
        return -1;
    }
}
