package boxwall.report;

import boxwall.box.Finding;

import java.util.List;

/** Short answers about a change. */
public final class ChangeJson {
    private ChangeJson() {}

    /**
     * 202 of POST /apply: {@code {id, deadline, seconds, findings}}; deadline in seconds of uptime, findings in brief.
     */
    public static String pending(String id, long deadline, int seconds, List<Finding> findings) {
        return JsonText.object("id", id, "deadline", deadline, "seconds", seconds, "findings",
                JsonText.findings(findings, false)).toString();
    }

    /** {@code {state, reason}} after a confirm or revert. */
    public static String state(String state, String reason) {
        return JsonText.object("state", state, "reason", reason).toString();
    }

    /** POST /pa: {@code {state, sessions}} as Packet Acceleration reports them; state is empty where it doesn't. */
    public static String acceleration(String state, String sessions) {
        return JsonText.object("state", state, "sessions", JsonText.number(sessions)).toString();
    }

    /** POST /printk: {@code {until}}: seconds of uptime at which the kernel's messages go to AVM's log again. */
    public static String printk(String until) {
        return JsonText.object("until", JsonText.number(until)).toString();
    }
}
