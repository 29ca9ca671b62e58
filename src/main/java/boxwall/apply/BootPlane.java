package boxwall.apply;

import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs boxwall-apply for the daemon, once per request. Reads its exit status only if its output doesn't show success:
 * on JamVM a status costs a second.
 */
public final class BootPlane {
    /** A try loads modules, restores two families and reads them back; HANG_SECONDS limits each step. */
    private static final int LIMIT_SECONDS = 120;

    private final Sys sys;
    /** The path of boxwall-apply. */
    public final String script;
    private final String run;
    private volatile Outcome last;
    /** Held by whoever changes the live rules: a request, or the daemon itself. */
    public final ReentrantLock changing = new ReentrantLock();
    /** Milliseconds of uptime at which the last try ended; 0 before. */
    public volatile long triedMillis;
    /** Number of tries, and milliseconds that they took in total; written under the lock. */
    public volatile int tries;
    public volatile long triesMillis;

    /**
     * Makes the boot plane's caller.
     *
     * @param script absolute path of boxwall-apply
     * @param run the RUN directory, which contains {@code result}
     */
    public BootPlane(Sys sys, String script, String run) {
        this.sys = sys;
        this.script = script;
        this.run = run;
    }

    /**
     * Writes a plan's files; the stamp last, so that a directory with a stamp is complete. {@code stateless}, unless
     * null, is its stateless form in {@code safe/}: the boot loads that if the kernel no longer supports connection
     * tracking. It has no copy of the ruleset's text: flash is small.
     */
    public static void write(Sys sys, String directory, Map<String, String> files, Map<String, String> stateless)
            throws BoxException {
        if (stateless != null) {
            stateless.remove("rules");
            write(sys, directory + "/safe", stateless, null);
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (!file.getKey().equals("stamp")) { sys.write(directory + "/" + file.getKey(), file.getValue()); }
        }
        sys.write(directory + "/stamp", files.get("stamp"));
    }

    /** Tries a plan for some seconds; if it is live, the state is {@code pending} and the id is set. */
    public Outcome tryPlan(String directory, int seconds, boolean force, boolean replace) throws BoxException {
        List<String> words = new ArrayList<>(Arrays.asList("try", directory, String.valueOf(seconds)));
        if (force) { words.add("--force"); }
        if (replace) { words.add("--replace"); }
        long began = sys.uptimeMillis();
        Outcome outcome = run("pending", words.toArray(new String[0]));
        triedMillis = sys.uptimeMillis();
        tries++;
        triesMillis += triedMillis - began;
        return outcome;
    }

    /** Keeps the pending change. */
    public Outcome confirm(String id) throws BoxException {
        return run("active", "confirm", id);
    }

    /** Rolls back the pending change. */
    public Outcome revert(String id) throws BoxException {
        return run("active", "revert", id);
    }

    /** Reloads the live plan after another program changed its tables. */
    public Outcome reload() throws BoxException {
        return run("active", "again");
    }

    /** Controls Packet Acceleration: flush, disable or enable; the outcome has its new state: pa and sessions. */
    public Outcome acceleration(String word) throws BoxException {
        return run("done", "pa", word);
    }

    /**
     * Directs the kernel's messages to the kernel log for some seconds; 0 restores at once. The outcome's {@code until}
     * is the uptime at which they are restored.
     */
    public Outcome printk(int seconds) throws BoxException { return run("done", "printk", String.valueOf(seconds)); }

    /**
     * The latest outcome, from RUN/result; starts no process. Returns the same object while the file is unchanged: it
     * is queried every few seconds, and comparing a text is faster than parsing it.
     */
    public Outcome last() {
        String text = String.valueOf(sys.read(run + "/result", 8192));
        Outcome before = last;
        if (before == null || !before.text.equals(text)) {
            before = Outcome.parse(text);
            last = before;
        }
        return before;
    }

    /** The goal is a state, or {@code done} for verbs that change no rule: they print {@code done=yes}. */
    private Outcome run(String goal, String... words) throws BoxException {
        List<String> command = new ArrayList<>(Arrays.asList(words));
        command.add(0, script);
        CommandResult result = sys.run(command, "", LIMIT_SECONDS);
        Outcome outcome = Outcome.parse(result.out);
        boolean done = goal.equals("done") ? outcome.get("done").equals("yes")
                : outcome.state().equals(goal) && outcome.get("reason").length() == 0 && !result.timedOut;
        return done ? outcome : Outcome.of(result);
    }
}
