package boxwall.apply;

import boxwall.netfilter.Words;

import boxwall.plan.Stamp;

import java.util.Arrays;
import java.util.List;

/**
 * The output of boxwall-apply: lines of {@code key=value} as in RUN/result, <pre>
 * state=pending     id=3f2a…    deadline=412 (uptime, seconds)    plan=5cf2…    protected=14.21 (uptime, seconds)    reason=    error=
 * </pre> Values may be empty; a key that wasn't printed is empty too. Lines of other forms are skipped.
 */
public final class Outcome {
    /** The words that a state may have. */
    public static final List<String> STATES = Arrays.asList("active", "pending", "inactive", "failed", "fallback",
            "drifted", "open", "locked", "unsaved", "rollback-failed");

    /** As it was read. */
    final String text;
    private final Stamp values;

    private Outcome(String text) {
        this.text = text;
        values = Stamp.parse(text);
    }

    /** Null is an empty outcome. */
    public static Outcome parse(String text) { return new Outcome(text); }

    /** A value, empty when it wasn't said. */
    public String get(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    /** The state's word; {@code inactive} when nothing or an unknown word was said. */
    public String state() {
        return STATES.contains(get("state")) ? get("state") : "inactive";
    }

    /** The pending transaction's id, or empty. */
    public String id() { return get("id"); }

    /** -1 when none is pending. */
    public long deadline() { return Words.number(get("deadline"), Long.MAX_VALUE); }

    /** When the rules were live, or empty. */
    public String protectedAt() { return get("protected"); }

    /** Why, in words; reason and error together, or empty. */
    public String why() {
        String reason = get("reason");
        String error = get("error");
        return reason.length() > 0 && error.length() > 0 ? reason + ": " + error : reason + error;
    }

    @Override
    public String toString() { return values.toString(); }
}
