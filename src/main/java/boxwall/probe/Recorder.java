package boxwall.probe;

import boxwall.box.Readings;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.List;

/** Writes readings as a folder that {@code --root} takes, secrets left out: a bug report is a folder of files. */
public final class Recorder {
    private static final String COMMANDS = "/commands/";

    private Recorder() {
    }

    /**
     * Writes a folder; files that are there already are replaced, others left.
     *
     * @return how many files were written
     * @throws BoxException when one can't be written; those before it are
     */
    public static int record(Sys sys, Readings readings, String directory) throws BoxException {
        for (String path : paths(readings)) {
            write(sys, directory + path, text(readings, path));
        }
        return paths(readings).size();
    }

    /** The paths of the folder's files, each with a slash in front. */
    public static List<String> paths(Readings readings) {
        List<String> paths = new ArrayList<>(readings.paths());
        for (String name : readings.commandNames()) {
            paths.add(COMMANDS + name);
        }
        return paths;
    }

    /** One file of the folder, without secrets. */
    public static String text(Readings readings, String path) {
        if (path.startsWith(COMMANDS)) {
            return Secrets.removed(readings.command(path.substring(COMMANDS.length())));
        }
        // a packed configuration is bytes, not lines, and holds nothing of the owner's
        return path.endsWith(".gz") ? readings.file(path) : Secrets.removed(readings.file(path));
    }

    private static void write(Sys sys, String path, String text) throws BoxException {
        if (path.contains("/../")) {
            throw new BoxException(path + " would leave the folder");
        }
        sys.write(path, text);
    }
}
