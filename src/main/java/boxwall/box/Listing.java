package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.netfilter.Words;

/**
 * Which files a directory has, where that was read: kept as the output of {@code ls DIRECTORY}, with or without
 * options, in one column or more, perhaps only the names that matter here.
 */
public final class Listing {
    /** The command whose output lists the directory, or null. */
    private static String command(Readings readings, String directory) {
        String plain = "ls_" + Words.replace(directory, "/", "%2F");
        if (readings.command(plain) != null) { return plain; }
        for (String name : readings.commandNames()) {
            if (name.startsWith("ls_-") && name.indexOf("_-d") < 0
                    && (name.endsWith(plain.substring(2)) || name.endsWith(plain.substring(2) + "%2F"))
                    || name.equals(plain + "%2F")) {
                return name;
            }
        }
        return null;
    }

    public static boolean isKnown(Readings readings, String directory) {
        String command = command(readings, directory);
        return command != null && Words.find(readings.command(command), ": No such file", 0) < 0;
    }

    public static boolean contains(Readings readings, String directory, String name) {
        return names(readings, directory).contains(name);
    }

    /** All names that were listed; of a long listing its other words too. */
    public static List<String> names(Readings readings, String directory) {
        String command = command(readings, directory);
        List<String> names = new ArrayList<>();
        if (command != null && isKnown(readings, directory)) {
            names.addAll(Arrays.asList(Words.of(readings.command(command))));
        }
        return names;
    }

    /**
     * Whether a program is in one of the directories that commands are looked for in; NO only when each that exists was
     * listed.
     */
    static Known program(Readings readings, String name) {
        boolean listed = false;
        for (String directory : new String[] {"/sbin", "/usr/sbin", "/bin", "/usr/bin"}) {
            if (contains(readings, directory, name)) { return Known.YES; }
            listed |= isKnown(readings, directory);
        }
        return listed ? Known.NO : Known.UNKNOWN;
    }
}
