package boxwall.apply;

import boxwall.netfilter.Words;

import boxwall.plan.Stamp;
import boxwall.sys.CommandResult;

import java.util.Arrays;
import java.util.List;

/**
 * The output of boxwall-apply: lines of {@code key=value} as in RUN/result, <pre>
 * state=pending     id=3f2a…    deadline=412 (uptime, seconds)    plan=5cf2…    protected=14.21 (uptime, seconds)    reason=    error=
 * </pre> The value of a missing key is empty. Lines of other forms are skipped. Immutable.
 */
public final class Outcome {
    /** The known states. */
    public static final List<String> STATES = Arrays.asList("active", "pending", "inactive", "failed", "fallback",
            "drifted", "open", "locked", "unsaved", "rollback-failed");

    /** The output as read. */
    final String text;
    private final Stamp values;
    /**
     * The command's exit status: 0 done, 2 usage, 3 refused and nothing touched, 4 failed with the old rules back, 5
     * ROLLBACK_FAILED, 6 pending. 0 for an outcome that was read from RUN/result.
     */
    public final int status;
    /** Command, status and stderr in one line, for error messages; empty for status 0. */
    public final String words;

    private Outcome(String text, int status, String words) {
        this.text = text;
        this.status = status;
        this.words = words;
        values = Stamp.parse(text);
    }

    /** The outcome of a successful command; empty for null. */
    public static Outcome parse(String text) {
        return new Outcome(text, 0, "");
    }

    /** The outcome of a command whose output doesn't show success. */
    static Outcome of(CommandResult result) {
        int status = result.status();
        return new Outcome(result.out, status, status == 0 ? "" : result.describe());
    }

    /** The value of a key; empty if it is missing. */
    public String get(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    /** One of {@link #STATES}; {@code inactive} for none or an unknown one. */
    public String state() {
        return STATES.contains(get("state")) ? get("state") : "inactive";
    }

    /** The pending change's id, or empty. */
    public String id() { return get("id"); }

    /** Seconds of uptime; -1 if no change is pending. */
    public long deadline() {
        return Words.number(get("deadline"), Long.MAX_VALUE);
    }

    /** The uptime at which the rules were loaded, or empty. */
    public String protectedAt() { return get("protected"); }

    /** The same in milliseconds; 0 if it is empty. */
    public long protectedMillis() {
        String seconds = protectedAt();
        return seconds.length() == 0 ? 0 : (long) (Double.parseDouble(seconds) * 1000);
    }

    /** Reason and error together, or empty. */
    public String why() {
        String reason = get("reason");
        String error = get("error");
        return reason.length() > 0 && error.length() > 0 ? reason + ": " + error : reason + error;
    }

    @Override
    public String toString() { return values.toString(); }
}
