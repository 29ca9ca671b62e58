package boxwall.apply;

import boxwall.plan.Plan;
import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * boxwall-apply, asked from the daemon. One exec a question. Its status is looked at only when its words don't say that
 * it worked: on JamVM a status costs a second.
 */
public final class BootPlane {
    /** A try loads modules, restores two families and reads back; each step of it is bounded by HANG_SECONDS. */
    private static final int LIMIT_SECONDS = 120;

    private final Sys sys;
    private final String script;
    private final String run;
    private volatile Said said;

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

    /** The path of boxwall-apply. */
    public String script() { return script; }

    /** Writes a plan's files; the stamp last, so that a directory with a stamp is whole. */
    public void write(String directory, Plan plan) throws BoxException {
        write(directory, plan, true);
    }

    /**
     * Writes a plan with its stateless form in {@code safe/}: the boot loads that if the kernel no longer supports
     * connection tracking. The twin has no copy of the ruleset's text: flash is small.
     */
    public void write(String directory, Plan plan, Plan twin) throws BoxException {
        write(directory + "/safe", twin, false);
        write(directory, plan, true);
    }

    private void write(String directory, Plan plan, boolean withRules) throws BoxException {
        for (Map.Entry<String, String> file : plan.files().entrySet()) {
            if (!file.getKey().equals("stamp") && (withRules || !file.getKey().equals("rules"))) {
                sys.write(directory + "/" + file.getKey(), file.getValue());
            }
        }
        sys.write(directory + "/stamp", plan.files().get("stamp"));
    }

    /** Tries a plan for so many seconds; state {@code pending} and an id when it is live. */
    public Reached tryPlan(String directory, int seconds, boolean force, boolean replace) throws BoxException {
        List<String> words = new ArrayList<String>(Arrays.asList("try", directory, String.valueOf(seconds)));
        if (force) { words.add("--force"); }
        if (replace) { words.add("--replace"); }
        return ask(words, "pending");
    }

    /** Keeps a tried plan. */
    public Reached confirm(String id) throws BoxException {
        return ask(Arrays.asList("confirm", id), "active");
    }

    /** Rolls back to the old rules now. */
    public Reached revert(String id) throws BoxException {
        return ask(Arrays.asList("revert", id), "active");
    }

    /** Loads the plan that is live once more, where somebody else changed its tables. */
    public Reached again() throws BoxException {
        return ask(Arrays.asList("again"), "active");
    }

    /** Tells Packet Acceleration flush, disable or enable; pa and sessions in the outcome say what it is then. */
    public Reached acceleration(String word) throws BoxException {
        return order(Arrays.asList("pa", word));
    }

    /**
     * The kernel's messages to the kernel log for so many seconds, 0 for back at once; until in the outcome is the
     * uptime of the return.
     */
    public Reached printk(int seconds) throws BoxException {
        return order(Arrays.asList("printk", String.valueOf(seconds)));
    }

    /**
     * What the boot plane said last, from its file; no process is started. The same object as before while the file
     * says the same.
     */
    public Outcome last() {
        String text = String.valueOf(sys.read(run + "/result", 8192));
        Said before = said;
        if (before == null || !before.text.equals(text)) {
            before = new Said(text);
            said = before;
        }
        return before.outcome;
    }

    /**
     * The file's text and what it means: asked for every few seconds, and a text is compared sooner than taken apart.
     */
    private static final class Said {
        private final String text;
        private final Outcome outcome;

        Said(String text) {
            this.text = text;
            outcome = Outcome.parse(text);
        }
    }

    private CommandResult run(List<String> words) throws BoxException {
        List<String> command = new ArrayList<String>();
        command.add(script);
        command.addAll(words);
        return sys.run(command, "", LIMIT_SECONDS);
    }

    /** For verbs that change no rule: they say {@code done=yes} when they did what they were told. */
    private Reached order(List<String> words) throws BoxException {
        CommandResult result = run(words);
        Outcome outcome = Outcome.parse(result.out());
        boolean done = outcome.get("done").equals("yes");
        return new Reached(outcome, done ? 0 : result.status(), done ? "" : result.describe());
    }

    private Reached ask(List<String> words, String goal) throws BoxException {
        CommandResult result = run(words);
        Outcome outcome = Outcome.parse(result.out());
        int status = outcome.state().equals(goal) && outcome.get("reason").length() == 0 && !result.timedOut() ? 0
                : result.status();
        return new Reached(outcome, status, status == 0 ? "" : result.describe());
    }

    /** An outcome with the command's status and words, for an error's text. */
    public static final class Reached {
        private final Outcome outcome;
        private final int status;
        private final String words;

        Reached(Outcome outcome, int status, String words) {
            this.outcome = outcome;
            this.status = status;
            this.words = words;
        }

        public Outcome outcome() { return outcome; }

        /**
         * 0 done, 2 usage, 3 refused and nothing touched, 4 failed with the old rules back, 5 ROLLBACK_FAILED, 6
         * pending.
         */
        public int status() { return status; }

        /** Command, status and stderr in one line. */
        public String words() { return words; }
    }
}
