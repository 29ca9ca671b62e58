package boxwall.box;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
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
        try {
            InputStream in = SecretTable.class.getResourceAsStream("/boxwall/box/secrets");
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, "US-ASCII"));
            try {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    row(line.substring(line.indexOf(' ') + 1), line);
                }
            } finally {
                reader.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("secrets can't be read from the jar: " + e.getMessage());
        }
    }

    private static void row(String text, String line) {
        if (line.startsWith("form")) {
            FORMS.add(Words.of(text));
        } else if (line.startsWith("host")) {
            HOSTS.add(text);
        } else if (line.startsWith("plain")) {
            PLAIN.add(text);
        } else if (line.startsWith("word") || line.startsWith("name")) {
            WORDS.get(text.charAt(0)).add(line.charAt(0) + text);
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
