package boxwall.report;

import boxwall.box.Finding;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonValue;

import java.util.List;

/** Short answers about a change. */
public final class ChangeJson {
    private ChangeJson() {}

    /**
     * 202 of POST /apply: {@code {id, deadline, seconds, findings}}; deadline in seconds of uptime, findings in brief.
     */
    public static String pending(String id, long deadline, int seconds, List<Finding> findings) {
        JsonArray brief = new JsonArray();
        for (Finding finding : findings) {
            brief.add(FindingJson.brief(finding));
        }
        return Json.object().add("id", id).add("deadline", deadline).add("seconds", seconds).add("findings", brief)
                .toString();
    }

    /** {@code {state, reason}} after a confirm or revert. */
    public static String state(String state, String reason) {
        return Json.object().add("state", state).add("reason", Text.of(reason)).toString();
    }

    /**
     * POST /pa: {@code {state, sessions}}: what Packet Acceleration says after it was told; state is empty where it
     * doesn't say.
     */
    public static String acceleration(String state, String sessions) {
        return Json.object().add("state", Text.of(state)).add("sessions", number(sessions)).toString();
    }

    /** POST /printk: {@code {until}}: seconds of uptime at which the kernel's messages go to AVM's log again. */
    public static String printk(String until) {
        return Json.object().add("until", number(until)).toString();
    }

    private static JsonValue number(String text) {
        try {
            return Json.value(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Json.NULL;
        }
    }
}
