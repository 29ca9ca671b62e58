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

    private Imported(String name, String input, String word, boolean withoutWord) {
        SourceText source = new SourceText(name, input);
        SourceLines lines = source.lines;
        Interpreter shell = new Interpreter(lines, name, word);
        if (withoutWord) { lines.note(1, "without-word"); }
        shell.run(new Script(source.commands(), lines));
        source.remarkOnComments();
        Output output = new Output(shell.state);
        text = output.text;
        ruleset = output.ruleset;
        stricter = output.stricter;
        remarks = lines.remarks();
        ruleLines = lines.tally(SourceLines.RULE, 0);
        rulesLeft = lines.tally(SourceLines.RULE | SourceLines.LEFT, 0);
        rulesNotRun = lines.tally(SourceLines.NOT_RUN, SourceLines.LEFT);
    }

    /**
     * The ruleset that a text stands for: a script, a page with rules in it, a dump of iptables-save, or what iptables
     * -S lists. Never throws for any text, but gives up when its thread is interrupted.
     *
     * @param name what the user calls it (a file's name without its folder); a name that ends in 6 tells a dump's
     * family
     * @param text one character for each byte, or Unicode
     * @param word what a script is started with; null for start, or none if that gave no rule
     */
    public static Imported read(String name, String text, String word) {
        Imported started = new Imported(name, text, word, false);
        if (word != null || started.isWhole() || started.rulesTaken() > 0) { return started; }
        Imported alone = new Imported(name, text, "", true);
        return alone.rulesTaken() > 0 ? alone : started;
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
