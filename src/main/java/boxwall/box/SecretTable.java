package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import boxwall.netfilter.Words;

/** The rows of {@code secrets}, what names a box or its owner; read when something is to be shown, not at a start. */
final class SecretTable {
    static final List<String[]> FORMS = new ArrayList<>();
    static final List<String> HOSTS = new ArrayList<>();
    static final List<String> PLAIN = new ArrayList<>();
    private static final List<List<String>> WORDS = new ArrayList<>();

    static {
        for (int c = 0; c < 128; c++) {
            WORDS.add(new ArrayList<String>());
        }
        for (String[] row : Rows.of("/boxwall/box/secrets")) {
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

    /** Those that begin so, each behind a w or an n. */
    static List<String> words(char first) {
        return WORDS.get(first < 128 ? first : 0);
    }

    static boolean hex(char c) { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'; }

    static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    static String lower(String text) { return text.toLowerCase(Locale.ROOT); }
}
