package boxwall.report;

import boxwall.box.Finding;

import com.eclipsesource.json.JsonObject;

import java.util.Collections;
import java.util.List;

/**
 * A refusal as RFC 9457 has it: {@code {"type":"about:blank","title":…,"status":422,"detail":…,"findings":[…]}}. The
 * detail says what to do.
 */
public final class Problem {
    /** What to do where a ruleset takes more than the box has. */
    public static final String TOO_LONG =
            "nothing was changed; send a shorter list, raise BOXWALL_HEAP, or compile it on a PC and try the plan here";

    /** The HTTP status. */
    public final int status;
    /** In a few words. */
    public final String title;
    private final String detail;
    private final List<Finding> findings;

    /** Makes a problem without findings. */
    public Problem(int status, String title, String detail) {
        this(status, title, detail, Collections.<Finding>emptyList());
    }

    /** Makes a problem with the findings that caused it. */
    public Problem(int status, String title, String detail, List<Finding> findings) {
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.findings = findings;
    }

    /** The JSON text. */
    public String toJson() {
        JsonObject json = JsonText.object("type", "about:blank", "title", title, "status", status, "detail", detail);
        return (findings.isEmpty() ? json : json.add("findings", JsonText.value(findings))).toString();
    }
}
