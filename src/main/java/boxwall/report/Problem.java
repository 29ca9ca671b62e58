package boxwall.report;

import boxwall.box.Finding;
import boxwall.netfilter.TextTable;

import java.util.Collections;
import java.util.List;

/** An error as in RFC 9457: {@code {"type":"about:blank","title":…,"status":422,"detail":…,"findings":[…]}}. */
public final class Problem {
    /** The remedy if a ruleset needs more memory or time than the box has. */
    public static final String TOO_LONG =
            "nothing was changed; send a shorter list, raise BOXWALL_HEAP, or compile it on a PC and try the plan here";

    private static final TextTable ROWS = new TextTable("/boxwall/report/problems", 4);

    /** The HTTP status. */
    public final int status;
    /** A short summary. */
    public final String title;
    /** The remedy. */
    private final String detail;
    private final List<Finding> findings;

    /**
     * Makes a problem from a row of the resource {@code problems}.
     *
     * @param values of {@code %1} to {@code %9} in the detail
     */
    public static Problem of(String name, Object... values) {
        String[] row = ROWS.rows(name).get(0);
        return new Problem(Integer.parseInt(row[1]), row[2], TextTable.filled(row[3], "", values),
                Collections.<Finding>emptyList());
    }

    /** This problem with the findings that caused it. */
    public Problem with(List<Finding> causes) {
        return new Problem(status, title, detail, causes);
    }

    private Problem(int status, String title, String detail, List<Finding> findings) {
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
