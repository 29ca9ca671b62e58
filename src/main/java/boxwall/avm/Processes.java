package boxwall.avm;

import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Words;

/**
 * The processes that {@code ps}, {@code ps ax}, {@code ps w} … list: number, user, size and state, then the command:
 * <pre>
 *  1109 root      5528 S    dsld -i -n
 *   444 root       1920 S   /sbin/dsld -i -n
 * </pre>
 */
final class Processes {
    /** The line of a process with that program as evidence, or null when none was listed. */
    static String line(Readings readings, String program) {
        for (String command : readings.commandNames()) {
            if (command.equals("ps") || command.startsWith("ps_")) {
                for (String line : readings.commandLines(command)) {
                    String name = program(Words.of(line));
                    if (name.substring(name.lastIndexOf('/') + 1).equals(program)) {
                        return Line.evidence(command.replace('_', ' '), line);
                    }
                }
            }
        }
        return null;
    }

    /** The word after the columns; empty for none, as in the head line. */
    private static String program(String[] words) {
        if (words.length < 3) { return ""; }
        // some ps put the user in front of the number
        boolean first = Words.isNumber(words[0]);
        if (!first && !Words.isNumber(words[1])) { return ""; }
        int at = first && !isColumn(words[1]) ? 2 : first ? 1 : 2;
        while (at < words.length && isColumn(words[at])) {
            at++;
        }
        return at < words.length ? words[at] : "";
    }

    /** A size, a time, a share, a terminal or a state, and no program. */
    private static boolean isColumn(String word) {
        boolean column = true;
        for (int i = 0; column && i < word.length(); i++) {
            char c = word.charAt(i);
            column = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || ".:%?<+-lmsg".indexOf(c) >= 0;
        }
        return column || word.startsWith("pts/") || word.startsWith("tty");
    }
}
