package boxwall.sys;

import java.util.List;

/** Interface to the machine: five small methods, one real implementation, fakes in tests. */
public interface Sys {
    /**
     * Runs a program without a shell and collects what it prints.
     *
     * @param command absolute path and arguments; no PATH is searched (GNU Classpath's ProcessBuilder has none)
     * @param stdin what the program reads; empty for nothing, never null
     * @param limitSeconds after that the program is killed and the result says so
     * @throws BoxException when the program can't be started
     */
    CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException;

    /**
     * The text of a file, read as ISO-8859-1 so that any byte survives. /proc files say length 0: read to their end.
     *
     * @param limitBytes more is cut off
     * @return null when there is no such file or it can't be read
     */
    String read(String path, int limitBytes);

    /**
     * Writes a file whole or not at all: temporary file beside it, sync, rename. The text is written as ISO-8859-1, the
     * counterpart of {@link #read}. Folders that are missing are made.
     *
     * @throws BoxException when it can't be written; the old content is then still there
     */
    void write(String path, String text) throws BoxException;

    /** The names in a directory, sorted; null when there is no such directory or it can't be read. */
    List<String> list(String directory);

    /** Milliseconds since the machine was started (/proc/uptime); steps of the wall clock don't touch it. */
    long uptimeMillis();
}
