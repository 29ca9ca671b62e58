package boxwall.probe;

import java.util.List;

import boxwall.box.Readings;
import boxwall.box.Secrets;
import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

/** Writes readings, without secrets, to a folder for {@code --root}: a bug report is a folder of files. */
public final class Recorder {
    private static final String COMMANDS = "/commands/";

    private final Readings readings;
    private final Secrets secrets;

    /** Records these readings. */
    public Recorder(Readings readings) {
        this.readings = readings;
        this.secrets = new Secrets(readings);
    }

    /**
     * Writes a folder; replaces existing files of the same names and leaves others.
     *
     * @return the number of files
     * @throws BoxException if a file can't be written; those before it are written
     */
    public static int record(Sys sys, Readings readings, String directory) throws BoxException {
        Recorder recorder = new Recorder(readings);
        for (String path : recorder.paths()) {
            if (path.contains("/../")) { throw new BoxException(directory + path + " would leave the folder"); }
            sys.write(directory + path, recorder.text(path));
        }
        return recorder.paths().size();
    }

    /** The paths of the folder's files, starting with a slash. */
    public List<String> paths() {
        List<String> paths = readings.paths();
        for (String name : readings.commandNames()) {
            paths.add(COMMANDS + name);
        }
        return paths;
    }

    /** The text of a file, without secrets. */
    public String text(String path) {
        if (path.startsWith(COMMANDS)) { return secrets.text(readings.text(path.substring(COMMANDS.length()))); }
        if (path.startsWith("/proc/net/tcp") || path.startsWith("/proc/net/udp")) {
            return secrets.text(listening(readings.lines(path)));
        }
        // a compressed configuration is binary, and the same on all boxes of a firmware
        return path.endsWith(".gz") ? readings.text(path) : secrets.text(readings.text(path));
    }

    /**
     * The sockets without a peer ({@code 0: 00000000:0050 00000000:0000 0A …}): the peers of the others are private.
     */
    private static String listening(List<String> lines) {
        StringBuilder kept = new StringBuilder();
        for (String line : lines) {
            String[] words = Words.of(line);
            if (words.length > 2 && (words[0].equals("sl") || words[2].endsWith(":0000"))) {
                kept.append(line).append('\n');
            }
        }
        return kept.toString();
    }
}
