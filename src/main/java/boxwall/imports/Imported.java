package boxwall.imports;

import boxwall.netfilter.Ruleset;

import java.util.Collections;
import java.util.List;

/** What an import gave: a ruleset that parses without errors, and what isn't in it. */
public final class Imported {
    private final Output output;
    private final List<Remark> remarks;
    private final int ruleLines;
    private final int rulesLeft;
    private final int rulesNotRun;

    Imported(Output output, SourceLines lines) {
        this.output = output;
        this.remarks = Collections.unmodifiableList(lines.remarks());
        this.ruleLines = lines.ruleLines();
        this.rulesLeft = lines.rulesLeft();
        this.rulesNotRun = lines.rulesNotRun();
    }

    /** The ruleset, each line ended; what was left out is named in comments. */
    public String text() {
        return output.text;
    }

    /** By line. */
    public List<Remark> remarks() { return remarks; }

    /**
     * How many lines of the input hold a rule (any iptables command that builds a ruleset; a dump's rules and chains).
     */
    public int ruleLines() { return ruleLines; }

    /** How many of those are not in the ruleset. */
    public int rulesLeft() { return rulesLeft; }

    /** How many lines hold a rule that the script doesn't run, as it is started; nothing is lost by these. */
    public int rulesNotRun() {
        return rulesNotRun;
    }

    /** How many lines are in the ruleset. */
    public int rulesTaken() { return ruleLines - rulesLeft - rulesNotRun; }

    /** The ruleset, the box's own names with examples for values. */
    public Ruleset ruleset() { return output.ruleset; }

    /**
     * The ruleset with what was left out and drops put in, as far as it can be read: conditions that only the box
     * decides taken to hold, what isn't known of a rule left away. What this drops and {@link #ruleset()} accepts is
     * what the result may let through and the script not. Null when nothing of the kind is missing, or none of it can
     * be read.
     */
    public Ruleset stricter() { return output.stricter; }

    /** Whether nothing is missing: all remarks, if any, are harmless. */
    public boolean isWhole() {
        for (Remark remark : remarks) {
            if (!remark.isHarmless()) { return false; }
        }
        return true;
    }
}
