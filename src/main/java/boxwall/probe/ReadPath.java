package boxwall.probe;

import boxwall.netfilter.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.netfilter.Words;

/** A row of the resource {@code paths}: a file to read on a box, its size limit, and the lines that may be recorded. */
final class ReadPath {
    static final List<ReadPath> ALL;

    /** Who reads it: file, plan, recorded, present or symbols. */
    final String kind;
    final String path;
    /** Bytes; more is cut off. */
    final int limit;
    private final List<String> words = new ArrayList<>();

    static {
        List<ReadPath> all = new ArrayList<>();
        for (String[] row : Rows.of("/boxwall/probe/paths")) {
            all.add(new ReadPath(row));
        }
        ALL = Collections.unmodifiableList(all);
    }

    private ReadPath(String[] row) {
        kind = row[0];
        path = row[1];
        limit = Integer.parseInt(row[2]) << 10;
        for (int i = 3; i < row.length; i++) {
            words.add(row[i].replace('~', ' '));
        }
    }

    /** The lines that may be kept. */
    String kept(String text) {
        if (words.isEmpty()) { return text; }
        StringBuilder out = new StringBuilder();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            String line = text.substring(start, end);
            for (String word : words) {
                if (Words.find(line, word, 0) >= 0) {
                    out.append(line).append('\n');
                    break;
                }
            }
            start = end + 1;
        }
        return out.toString();
    }
}
