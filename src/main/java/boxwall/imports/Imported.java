package boxwall.imports;

import boxwall.netfilter.Ruleset;

import java.util.List;

/** What an import gave: a ruleset that parses without errors, and what isn't in it. */
public final class Imported {
    /** The ruleset, each line ended; what was left out is named in comments. */
    public final String text;
    /** The ruleset, the box's own names with examples for values. */
    public final Ruleset ruleset;
    /**
     * The ruleset with what was left out and drops put in, as far as it can be read: conditions that only the box
     * decides taken to hold, what isn't known of a rule left away. What this drops and {@link #ruleset} accepts is what
     * the result may let through and the script not. Null when nothing of the kind is missing, or none of it can be
     * read.
     */
    public final Ruleset stricter;
    /** By line. */
    public final List<Remark> remarks;
    /** How many lines of the input hold a rule (any command that builds a ruleset; a dump's rules and chains). */
    public final int ruleLines;
    /** How many of those are not in the ruleset. */
    public final int rulesLeft;
    /** How many lines hold a rule that the script doesn't run, as it is started; nothing is lost by these. */
    public final int rulesNotRun;

    Imported(Output output, SourceLines lines) {
        text = output.text;
        ruleset = output.ruleset;
        stricter = output.stricter;
        remarks = lines.remarks();
        ruleLines = lines.tally(SourceLines.RULE, 0);
        rulesLeft = lines.tally(SourceLines.RULE | SourceLines.LEFT, 0);
        rulesNotRun = lines.tally(SourceLines.NOT_RUN, SourceLines.LEFT);
    }

    /** How many lines are in the ruleset. */
    public int rulesTaken() { return ruleLines - rulesLeft - rulesNotRun; }

    /** Whether nothing is missing: all remarks, if any, are harmless. */
    public boolean isWhole() {
        for (Remark remark : remarks) {
            if (!remark.harmless) { return false; }
        }
        return true;
    }
}
