package boxwall.netfilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of texts in the jar, in the form of {@link ResourceRows} with columns between {@code |}: the row's name, then
 * its texts, in which {@code %1} to {@code %9} stand for values. Immutable; reading it is one pass.
 */
public final class ResourceTexts {
    private final Map<String, List<String[]>> rows = new HashMap<>();

    /**
     * Reads a resource.
     *
     * @param columns the most that a row has; the last one may contain the separator
     */
    public ResourceTexts(String path, int columns) {
        for (String line : ResourceRows.lines(path)) {
            String[] row = Words.split(line, '|', columns);
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i].trim();
            }
            if (!rows.containsKey(row[0])) { rows.put(row[0], new ArrayList<String[]>()); }
            rows.get(row[0]).add(row);
        }
    }

    /** The rows of that name, with the name as first column; null for none. */
    public List<String[]> rows(String name) {
        return rows.get(name);
    }

    /** The text with its values; {@code zeroth} is the value of {@code %0}. Any other percent sign is text. */
    public static String filled(String text, String zeroth, Object... values) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
            int number = at + 1 < text.length() ? text.charAt(at + 1) - '0' : -1;
            if (number >= 0 && number <= values.length) {
                out.append(text, from, at).append(number == 0 ? zeroth : values[number - 1]);
                from = at + 2;
            }
        }
        return out.append(text, from, text.length()).toString();
    }
}
