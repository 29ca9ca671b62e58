package boxwall.report;

import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.netfilter.Family;

import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /status}: {@code {state, rules{ipv4,ipv6}, protected_at, daemon_at, uptime, clock, model, version,
 * restarts, families, pending{deadline, left}, findings[{code,severity}]}}; with the token also reason, pending.id,
 * whole findings and the facts. Times are seconds of uptime; clock is the wall clock of the same moment, in seconds
 * since 1970, null while the box has not been told the time. Whoever asks fills in the fields.
 */
public final class StatusJson {
    /** A box without a clock of its own begins in 1970, or with the day its image was made. */
    private static final long CLOCK_SET = 1577836800L;

    private final String state;
    /** Uptime at which the daemon was there, the moment of this answer, and the wall clock then; milliseconds. */
    private final long daemonAt;
    public long uptime;
    public long clock;
    /** Live rules; families that were not asked for are left out. */
    public Map<Family, Integer> rules = Collections.emptyMap();
    public List<Finding> findings = Collections.emptyList();
    /** Uptime in seconds as text ({@code 14.21}); empty for never. */
    public String protectedAt = "";
    /** Why the state is what it is; may be empty. */
    public String reason = "";
    /** The box's model; null when it isn't known. */
    public String model;
    /** How often the daemon ended by itself, and was started again. */
    public int restarts;
    /** The pending change: its id, its deadline in seconds of uptime (-1: none is pending), and the seconds left. */
    public String pendingId = "";
    public long deadline = -1;
    public long left;

    /** Starts a status: the state's word and the milliseconds of uptime at which the daemon was there. */
    public StatusJson(String state, long daemonAt) {
        this.state = state;
        this.daemonAt = daemonAt;
    }

    /** For everybody: nothing that names an address, an interface or a line of the log. */
    public String brief() {
        return head(false).add("findings", JsonText.findings(findings, false)).toString();
    }

    /** For those who showed the token. */
    public String whole(BoxFacts facts) {
        String json = head(true).merge(JsonText.object("reason", reason, "findings", JsonText.findings(findings, true)))
                .toString();
        return json.substring(0, json.length() - 1) + ",\"facts\":" + FactsJson.inStatus(facts) + "}";
    }

    private JsonObject head(boolean withId) {
        JsonObject counts = new JsonObject();
        List<String> families = new ArrayList<>();
        for (Map.Entry<Family, Integer> e : rules.entrySet()) {
            counts.add(e.getKey().word(), e.getValue());
            if (e.getValue() > 0) { families.add(e.getKey().word()); }
        }
        JsonObject pending = deadline < 0 ? null : JsonText.object("deadline", deadline, "left", left);
        return JsonText.object("state", state, "rules", counts, "protected_at", JsonText.number(protectedAt),
                "daemon_at", JsonText.seconds(daemonAt), "uptime", JsonText.seconds(uptime), "clock", clock(clock),
                "model", model, "version", Version.TEXT, "restarts", restarts, "families", families, "pending",
                pending == null || !withId ? pending : pending.add("id", pendingId));
    }

    /** The box's clock in seconds; null when nobody has set it. */
    static Long clock(long millis) {
        return millis / 1000 < CLOCK_SET ? null : (Long) (millis / 1000);
    }
}
