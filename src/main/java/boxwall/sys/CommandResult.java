package boxwall.sys;

import java.util.List;

/** A program's output, and its exit status, which is expensive on JamVM. */
public class CommandResult {
    private final List<String> command;
    /** Everything from standard output, ISO-8859-1. */
    public final String out;
    /** Everything from standard error, ISO-8859-1. */
    public final String err;
    /** Whether it was killed at its time limit. */
    public final boolean timedOut;
    private final Process process;

    /** The result of a process whose streams have been read to their ends. */
    public CommandResult(List<String> command, String out, String err, boolean timedOut, Process process) {
        this.process = process;
        this.command = command;
        this.out = out;
        this.err = err;
        this.timedOut = timedOut;
    }

    /**
     * The exit status; negative if a signal ended the program. GNU Classpath's waitFor() takes up to a second: check
     * {@link #out} first.
     */
    public int status() {
        try {
            // a second wait, maybe long after the process was started
            return DelayedCollection.kept(process).waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /** Command, status and the end of stderr in one line, for an error message. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (String word : command) {
            text.append(text.length() == 0 ? "" : " ").append(word);
        }
        text.append(timedOut ? ": killed after its time limit" : ": status " + status());
        String tail = err.trim();
        if (tail.length() > 0) { text.append(": ").append(tail.substring(Math.max(0, tail.length() - 600))); }
        for (int at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at)) {
            text.replace(at, at + 1, " | ");
        }
        return text.toString();
    }
}
