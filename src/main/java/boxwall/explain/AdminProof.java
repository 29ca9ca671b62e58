package boxwall.explain;

/** Whether the administrator gets in, and the answers out. */
public final class AdminProof {
    /** What the stamp says: {@code admin=proved|failed|unknown}. */
    public enum Result {
        PROVED, FAILED, UNKNOWN;

        /** The word in lower case. */
        public String word() { return name().toLowerCase(java.util.Locale.ROOT); }
    }

    private final Result result;
    private final String reason;
    /** The counterexample's walk; null when proved, or when there is none to show. */
    public final Answer answer;

    AdminProof(Result result, String reason, Answer answer) {
        this.result = result;
        this.reason = reason;
        this.answer = answer;
    }

    public Result result() { return result; }

    /** What was proved, or what is in the way, in words. */
    public String reason() { return reason; }

    /** A packet that would not get through, or perhaps not; null when proved. */
    public Packet counterexample() {
        return answer == null ? null : answer.packet;
    }

    @Override
    public String toString() { return result.word() + ": " + reason; }
}
