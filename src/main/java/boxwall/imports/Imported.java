package boxwall.imports;

import java.util.Collections;
import java.util.List;

/** What an import gave: a ruleset that parses without errors, and what isn't in it. */
public final class Imported {
    private final String text;
    private final List<Remark> remarks;
    private final int ruleLines;
    private final int rulesLeft;

    Imported(String text, List<Remark> remarks, int ruleLines, int rulesLeft) {
        this.text = text;
        this.remarks = Collections.unmodifiableList(remarks);
        this.ruleLines = ruleLines;
        this.rulesLeft = rulesLeft;
    }

    /** The ruleset, each line ended; what was left out is named in comments. */
    public String text() {
        return text;
    }

    /** By line. */
    public List<Remark> remarks() {
        return remarks;
    }

    /** How many lines of the input hold a rule (any iptables command that builds a ruleset; a dump's rules and chains). */
    public int ruleLines() {
        return ruleLines;
    }

    /** How many of those are not in the ruleset. */
    public int rulesLeft() {
        return rulesLeft;
    }

    /** Whether nothing is missing: all remarks, if any, are harmless. */
    public boolean isWhole() {
        for (Remark remark : remarks) {
            if (!remark.isHarmless()) {
                return false;
            }
        }
        return true;
    }
}
