package boxwall.syntax;

import boxwall.netfilter.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Input for iptables-restore, and where each of its rules comes from. */
public final class RestoreText {
    /** The text, each line ended; empty when no table is owned. */
    public final String text;
    private final List<Origin> origins;

    RestoreText(String text, List<Origin> origins) {
        this.text = text;
        this.origins = Collections.unmodifiableList(new ArrayList<Origin>(origins));
    }

    /** The origin of the rule on a line (1-based), null for lines that are no rules. */
    public Origin originOf(int line) {
        return line < 1 || line > origins.size() ? null : origins.get(line - 1);
    }

    public int lines() { return origins.size(); }
}
