package boxwall.apply;

import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs boxwall-apply for the daemon, once per request. Reads its exit status only if its output doesn't show success:
 * on JamVM a status costs a second.
 */
public final class BootPlane {
    /** A try loads modules, restores two families and reads back; each step of it is bounded by HANG_SECONDS. */
    private static final int LIMIT_SECONDS = 120;

    private final Sys sys;
    /** The path of boxwall-apply. */
    public final String script;
    private final String run;
    private volatile Outcome last;

    /**
     * Makes the boot plane's front.
     *
     * @param script absolute path of boxwall-apply
     * @param run the RUN directory, where {@code result} lies
     */
    public BootPlane(Sys sys, String script, String run) {
        this.sys = sys;
        this.script = script;
        this.run = run;
    }

    /**
     * Writes a plan's files; the stamp last, so that a directory with a stamp is whole. {@code twin}, unless null, is
     * its stateless form in {@code safe/}: the boot loads that if the kernel no longer supports connection tracking. It
     * has no copy of the ruleset's text: flash is small.
     */
    public static void write(Sys sys, String directory, Map<String, String> files, Map<String, String> twin)
            throws BoxException {
        if (twin != null) {
            twin.remove("rules");
            write(sys, directory + "/safe", twin, null);
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (!file.getKey().equals("stamp")) { sys.write(directory + "/" + file.getKey(), file.getValue()); }
        }
        sys.write(directory + "/stamp", files.get("stamp"));
    }

    /** Tries a plan for so many seconds; state {@code pending} and an id when it is live. */
    public Reached tryPlan(String directory, int seconds, boolean force, boolean replace) throws BoxException {
        List<String> words = new ArrayList<>(Arrays.asList("try", directory, String.valueOf(seconds)));
        if (force) { words.add("--force"); }
        if (replace) { words.add("--replace"); }
        return ask("pending", words.toArray(new String[0]));
    }

    /** Keeps it. */
    public Reached confirm(String id) throws BoxException { return ask("active", "confirm", id); }

    /** Rolls back now. */
    public Reached revert(String id) throws BoxException { return ask("active", "revert", id); }

    /** Loads the plan that is live once more, where somebody else changed its tables. */
    public Reached again() throws BoxException {
        return ask("active", "again");
    }

    /** Tells Packet Acceleration flush, disable or enable; pa and sessions in the outcome say what it is then. */
    public Reached acceleration(String word) throws BoxException {
        return ask("done", "pa", word);
    }

    /**
     * The kernel's messages to the kernel log for so many seconds, 0 for back at once; until in the outcome is the
     * uptime of the return.
     */
    public Reached printk(int seconds) throws BoxException { return ask("done", "printk", String.valueOf(seconds)); }

    /**
     * What the boot plane said last, from its file; no process is started. The same object as before while the file
     * says the same: it is asked for every few seconds, and a text is compared sooner than taken apart.
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

    /** The goal is a state, or {@code done} for verbs that change no rule: they say {@code done=yes}. */
    private Reached ask(String goal, String... words) throws BoxException {
        List<String> command = new ArrayList<>(Arrays.asList(words));
        command.add(0, script);
        CommandResult result = sys.run(command, "", LIMIT_SECONDS);
        Outcome outcome = Outcome.parse(result.out);
        return new Reached(outcome, result, goal.equals("done") ? outcome.get("done").equals("yes")
                : outcome.state().equals(goal) && outcome.get("reason").length() == 0 && !result.timedOut);
    }

    /** An outcome with the command's status and output, for error messages. */
    public static final class Reached {
        public final Outcome outcome;
        /**
         * 0 done, 2 usage, 3 refused and nothing touched, 4 failed with the old rules back, 5 ROLLBACK_FAILED, 6
         * pending.
         */
        public final int status;
        /** Command, status and stderr in one line. */
        public final String words;

        private Reached(Outcome outcome, CommandResult result, boolean done) {
            this.outcome = outcome;
            status = done ? 0 : result.status();
            words = status == 0 ? "" : result.describe();
        }
    }
}
