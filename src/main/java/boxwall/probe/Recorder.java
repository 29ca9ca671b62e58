package boxwall.probe;

import boxwall.box.Readings;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

/** Writes readings as a folder that {@code --root} takes, secrets left out: a bug report is a folder of files. */
public final class Recorder {
    private Recorder() {
    }

    /**
     * Writes a folder; files that are there already are replaced, others left.
     *
     * @return how many files were written
     * @throws BoxException when one can't be written; those before it are
     */
    public static int record(Sys sys, Readings readings, String directory) throws BoxException {
        int count = 0;
        for (String path : readings.paths()) {
            // a packed configuration is bytes, not lines, and holds nothing of the owner's
            String text = path.endsWith(".gz") ? readings.file(path) : Secrets.removed(readings.file(path));
            count += write(sys, directory + path, text);
        }
        for (String name : readings.commandNames()) {
            count += write(sys, directory + "/commands/" + name, Secrets.removed(readings.command(name)));
        }
        return count;
    }

    private static int write(Sys sys, String path, String text) throws BoxException {
        if (path.contains("/../")) {
            throw new BoxException(path + " would leave the folder");
        }
        sys.write(path, text);
        return 1;
    }
}
