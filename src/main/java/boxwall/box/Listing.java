package boxwall.box;

import java.util.List;

/**
 * Which files a directory has, where that was read: kept as the output of {@code ls DIRECTORY}, one name a line, perhaps only
 * the names that matter here.
 */
final class Listing {
    private Listing() {
    }

    private static String command(String directory) {
        return "ls_" + directory.replace("/", "%2F");
    }

    static boolean isKnown(Readings readings, String directory) {
        return readings.command(command(directory)) != null;
    }

    static boolean contains(Readings readings, String directory, String name) {
        return readings.commandLines(command(directory)).contains(name);
    }

    /** All names that were listed. */
    static List<String> names(Readings readings, String directory) {
        return readings.commandLines(command(directory));
    }

    /** Whether a program is in one of the directories that commands are looked for in; NO only when each that exists was listed. */
    static Known program(Readings readings, String name) {
        boolean listed = false;
        for (String directory : new String[] {"/sbin", "/usr/sbin", "/bin", "/usr/bin"}) {
            List<String> names = readings.commandLines(command(directory));
            if (names.contains(name)) {
                return Known.YES;
            }
            listed |= isKnown(readings, directory);
        }
        return listed ? Known.NO : Known.UNKNOWN;
    }
}
