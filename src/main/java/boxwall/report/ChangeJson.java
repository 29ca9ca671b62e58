package boxwall.report;

import com.eclipsesource.json.Json;

/** Short answers about a change. */
public final class ChangeJson {
    private ChangeJson() {
    }

    /** 202 of POST /apply: {@code {id, deadline, seconds}}; deadline in seconds of uptime. */
    public static String pending(String id, long deadline, int seconds) {
        return Json.object().add("id", id).add("deadline", deadline).add("seconds", seconds).toString();
    }

    /** {@code {state, reason}} after a confirm or revert. */
    public static String state(String state, String reason) {
        return Json.object().add("state", state).add("reason", Text.of(reason)).toString();
    }
}
