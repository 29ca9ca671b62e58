package boxwall.imports;

import boxwall.netfilter.ResourceTexts;
import boxwall.netfilter.Words;

import java.util.List;
import java.util.Locale;

/** The texts of remarks, and tables of advice: the rows of the resource messages, which describes their form. */
final class Messages {
    private static final ResourceTexts TABLE = new ResourceTexts("/boxwall/imports/messages", 5);

    private Messages() {}

    /** The rows of a table, each with the table's name before its columns. */
    static List<String[]> rows(String table) {
        return TABLE.rows(table);
    }

    /** What is there, and what to do; {@code shown}: the line, for messages that quote it. */
    static String[] of(String shown, String name, Object... values) {
        String[] row = rows(name).get(0);
        return new String[] {ResourceTexts.filled(row[1], shown, values),
                row.length < 3 ? "nothing to do" : ResourceTexts.filled(row[2], shown, values)};
    }

    /** The box's name for the output of a command, or null. */
    static String boxName(String command) {
        for (String[] row : rows("meant")) {
            boolean all = true;
            for (int i = 2; i < row.length; i++) {
                all &= command.contains(row[i]);
            }
            if (all) { return row[1]; }
        }
        return null;
    }

    /** The advice on writing to a file of the kernel. */
    static String kernelSetting(String file) {
        for (String[] row : rows("setting")) {
            if (file.contains(row[1])) { return row[2]; }
        }
        throw new AssertionError("the last row fits every file");
    }

    /** The advice on the missing address after the option at {@code i}, by the rest of the line and its comment. */
    static String missingAddress(List<String> words, int i, String line) {
        String option = words.get(i);
        int sign = line.lastIndexOf('#');
        String comment = sign < 0 ? "" : line.substring(sign).toLowerCase(Locale.ROOT);
        String side = option.startsWith("-s") || option.startsWith("--s") ? "from" : "to";
        for (String[] row : rows("address")) {
            boolean all = true;
            for (String key : Words.of(row[1])) {
                all &= key.charAt(0) == '#' ? comment.contains(key.substring(1))
                        : key.equals(side) || words.contains(key);
            }
            if (all) { return ResourceTexts.filled(row[2], "", option); }
        }
        throw new AssertionError("the last rows fit every option");
    }
}
