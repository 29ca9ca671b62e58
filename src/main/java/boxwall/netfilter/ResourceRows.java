package boxwall.netfilter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads a table in the jar: each line is a row of words; a line that begins with {@code #} is a comment. */
public final class ResourceRows {
    private ResourceRows() {}

    /** The words of each row; null when the jar lacks the table. */
    public static List<String[]> of(String path) {
        List<String> lines = lines(path);
        if (lines == null) { return null; }
        List<String[]> rows = new ArrayList<>();
        for (String line : lines) {
            rows.add(Words.of(line));
        }
        return rows;
    }

    /** The lines that are no comments; null when the jar lacks the table. */
    public static List<String> lines(String path) {
        InputStream in = ResourceRows.class.getResourceAsStream(path);
        if (in == null) { return null; }
        List<String> lines = new ArrayList<>();
        for (String line : Words.lines(Words.text(bytes(in, Integer.MAX_VALUE)))) {
            if (line.length() > 0 && line.charAt(0) != '#') { lines.add(line); }
        }
        return lines;
    }

    /** The bytes of any file in the jar. */
    public static byte[] bytes(String path) {
        return bytes(ResourceRows.class.getResourceAsStream(path), Integer.MAX_VALUE);
    }

    /** Reads a stream to its end, or a little more than {@code most} bytes; IllegalStateException when that fails. */
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
