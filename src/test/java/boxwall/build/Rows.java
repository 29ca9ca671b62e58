package boxwall.build;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the tables in {@code src/test/resources/build}: one row per line, columns separated by blanks; the last column
 * is the rest of the line. Empty lines and lines that start with {@code #} are skipped.
 */
final class Rows {
    private Rows() {}

    /** Reads a table; a row with too few columns is an error that names file and line. */
    static List<String[]> read(String file, int columns) {
        try (InputStream in = Rows.class.getResourceAsStream("/build/" + file)) {
            if (in == null) { throw new IllegalStateException("src/test/resources/build/" + file + " is missing"); }
            List<String[]> rows = new ArrayList<>();
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) { rows.add(columns(file, number, line, columns)); }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] columns(String file, int number, String line, int columns) {
        String[] row = line.trim().split("\\s+", columns);
        if (row.length < columns) {
            throw new IllegalStateException("src/test/resources/build/" + file + ":" + number + ": " + row.length
                    + " columns, expected " + columns + " (the last one is the reason, in words)");
        }
        return row;
    }
}
