package boxwall.sys;

import java.util.List;

/** Interface to the machine: five small methods, one real implementation, fakes in tests. */
public interface Sys {
    /**
     * Runs a program without a shell and collects its output.
     *
     * @param command absolute path and arguments; no PATH is searched (GNU Classpath's ProcessBuilder has none)
     * @param stdin the program's input; never null
     * @param limitSeconds after this time the program is killed; see {@link CommandResult#timedOut}
     * @throws BoxException if the program can't be started
     */
    CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException;

    /**
     * The text of a file, read as ISO-8859-1 so that any byte survives. /proc files have length 0 and are read to their
     * end.
     *
     * @param limitBytes the rest is cut off
     * @return null if the file doesn't exist or can't be read
     */
    String read(String path, int limitBytes);

    /**
     * Replaces a file atomically: temporary file beside it, sync, rename. The text is written as ISO-8859-1, the
     * counterpart of {@link #read}. Creates missing folders.
     *
     * @throws BoxException if it can't be written; the old content is then unchanged
     */
    void write(String path, String text) throws BoxException;

    /** The names in a directory, sorted; null if it doesn't exist or can't be read. */
    List<String> list(String directory);

    /** Milliseconds since the machine started (/proc/uptime); independent of the wall clock. */
    long uptimeMillis();
}
