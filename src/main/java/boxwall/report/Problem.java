package boxwall.report;

import boxwall.box.Finding;

import java.util.Collections;
import java.util.List;

/** An error as in RFC 9457: {@code {"type":"about:blank","title":…,"status":422,"detail":…,"findings":[…]}}. */
public final class Problem {
    /** The remedy if a ruleset needs more memory or time than the box has. */
    public static final String TOO_LONG =
            "nothing was changed; send a shorter list, raise BOXWALL_HEAP, or compile it on a PC and try the plan here";

    /** The HTTP status. */
    public final int status;
    /** A short summary. */
    public final String title;
    /** The remedy. */
    private final String detail;
    private final List<Finding> findings;

    /** A problem without findings. */
    public Problem(int status, String title, String detail) {
        this(status, title, detail, Collections.<Finding>emptyList());
    }

    /** A problem with the findings that caused it. */
    public Problem(int status, String title, String detail, List<Finding> findings) {
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.findings = findings;
    }

    /** The JSON text. */
    public String toJson() {
        return JsonText.object("type", "about:blank", "title", title, "status", status, "detail", detail,
                findings.isEmpty() ? null : "findings", findings).toString();
    }
}
