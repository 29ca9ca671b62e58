package boxwall.report;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.netfilter.Family;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code GET /status}: {@code {state, rules{ipv4,ipv6}, protected_at, daemon_at, uptime, clock, model, version,
 * restarts, families, pending{deadline, left}, findings[{code,severity}]}}; with the token also reason, pending.id,
 * whole findings and the facts. Times are seconds of uptime; clock is the wall clock of the same moment, in seconds
 * since 1970, null while the box has not been told the time.
 */
public final class StatusJson {
    /** A box without a clock of its own begins in 1970, or with the day its image was made. */
    private static final long CLOCK_SET = 1577836800L;

    private final String state;
    private final long daemonAtMillis;
    private final Map<Family, Integer> rules = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private String protectedAt = "";
    private String reason = "";
    private String model;
    private int restarts;
    private String pendingId = "";
    private long deadline = -1;
    private long left;
    private long uptimeMillis;
    private long clock;

    /** Starts a status: the state's word and the uptime at which the daemon was there. */
    public StatusJson(String state, long daemonAtMillis) {
        this.state = state;
        this.daemonAtMillis = daemonAtMillis;
    }

    /** The box's model; null when it isn't known. */
    public StatusJson model(String boxModel) {
        model = boxModel;
        return this;
    }

    /** How often the daemon ended by itself, and was started again. */
    public StatusJson restarts(int count) {
        restarts = count;
        return this;
    }

    /** Rules that are live in a family; families that were not asked for are left out. */
    public StatusJson rules(Family family, int count) {
        rules.put(family, count);
        return this;
    }

    /** Uptime in seconds as text ({@code 14.21}); empty for never. */
    public StatusJson protectedAt(String uptime) {
        protectedAt = uptime;
        return this;
    }

    /** The moment: milliseconds of uptime, and of the wall clock. */
    public StatusJson at(long uptime, long wall) {
        uptimeMillis = uptime;
        clock = wall / 1000;
        return this;
    }

    /** Why the state is what it is; may be empty. */
    public StatusJson reason(String words) {
        reason = words;
        return this;
    }

    /** The pending change; deadline in seconds of uptime, left in seconds from now. */
    public StatusJson pending(String id, long deadlineSeconds, long secondsLeft) {
        pendingId = id;
        deadline = deadlineSeconds;
        left = secondsLeft;
        return this;
    }

    /** Adds findings. */
    public StatusJson findings(List<Finding> more) {
        findings.addAll(more);
        return this;
    }

    /** For everybody: nothing that names an address, an interface or a line of the log. */
    public String brief() {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(FindingJson.brief(finding));
        }
        return head(false).add("findings", all).toString();
    }

    /** For those who showed the token. */
    public String whole(BoxFacts facts) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(FindingJson.whole(finding));
        }
        return head(true).add("reason", Text.of(reason)).add("findings", all).add("facts", FactsJson.of(facts))
                .toString();
    }

    private JsonObject head(boolean withId) {
        JsonObject counts = new JsonObject();
        JsonArray families = new JsonArray();
        for (Map.Entry<Family, Integer> e : rules.entrySet()) {
            counts.add(e.getKey().word(), e.getValue());
            if (e.getValue() > 0) { families.add(e.getKey().word()); }
        }
        JsonObject json = Json.object().add("state", state).add("rules", counts)
                .add("protected_at", uptime(protectedAt)).add("daemon_at", seconds(daemonAtMillis))
                .add("uptime", seconds(uptimeMillis)).add("clock", clock < CLOCK_SET ? Json.NULL : Json.value(clock))
                .add("model", model == null ? Json.NULL : Json.value(Text.of(model))).add("version", Version.TEXT)
                .add("restarts", restarts).add("families", families);
        if (deadline >= 0) {
            JsonObject pending = Json.object().add("deadline", deadline).add("left", left);
            json.add("pending", withId ? pending.add("id", pendingId) : pending);
        } else {
            json.add("pending", Json.NULL);
        }
        return json;
    }

    private static com.eclipsesource.json.JsonValue seconds(long millis) {
        long part = millis % 1000 / 10;
        return Json.parse(millis / 1000 + "." + (part < 10 ? "0" : "") + part);
    }

    private static com.eclipsesource.json.JsonValue uptime(String seconds) {
        for (int i = 0; i < seconds.length(); i++) {
            char c = seconds.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) { return Json.NULL; }
        }
        return seconds.length() == 0 || seconds.startsWith(".") || seconds.endsWith(".") ? Json.NULL
                : Json.parse(seconds);
    }
}
