package boxwall.box;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;

import boxwall.netfilter.Words;

/** A table that is in the jar: a row a line, words between blanks, comments behind {@code #}. */
public final class Rows {
    private Rows() {}

    /** The words of each row; null when the jar has no such table. */
    public static List<String[]> of(String path) {
        InputStream in = Rows.class.getResourceAsStream(path);
        if (in == null) { return null; }
        try {
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, "US-ASCII"));
            try {
                List<String[]> rows = new ArrayList<>();
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.length() > 0 && line.charAt(0) != '#') { rows.add(Words.of(line)); }
                }
                return rows;
            } finally {
                reader.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(path + " can't be read from the jar: " + e.getMessage());
        }
    }
}
