package boxwall.netfilter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A table that is in the jar: a row a line, words between blanks, comments behind {@code #}. */
public final class Rows {
    private Rows() {}

    /** The words of each row; null when the jar has no such table. */
    public static List<String[]> of(String path) {
        InputStream in = Rows.class.getResourceAsStream(path);
        if (in == null) { return null; }
        List<String[]> rows = new ArrayList<>();
        for (String line : Words.lines(Words.text(bytes(in, Integer.MAX_VALUE)))) {
            if (line.length() > 0 && line.charAt(0) != '#') { rows.add(Words.of(line)); }
        }
        return rows;
    }

    /** A stream to its end, or a little beyond so many bytes; IllegalStateException when it can't be read. */
    public static byte[] bytes(InputStream in, int most) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 * 1024);
            byte[] buffer = new byte[4096];
            for (int n = in.read(buffer); n >= 0 && bytes.size() < most; n = in.read(buffer)) {
                bytes.write(buffer, 0, n);
            }
            in.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("can't be read: " + e.getMessage(), e);
        }
    }
}
