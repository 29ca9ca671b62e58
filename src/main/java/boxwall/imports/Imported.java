package boxwall.imports;

import boxwall.netfilter.Ruleset;

import java.util.List;

/** The result of an import: a ruleset that parses without errors, and remarks on everything that is not in it. */
public final class Imported {
    /** The ruleset; comments name what was left out. Every line has its end. */
    public final String text;
    /** The ruleset, with example values for the box's names. */
    public final Ruleset ruleset;
    /**
     * The ruleset with the dropping rules that were left out, as far as they can be read: conditions that depend on the
     * box hold, and options that cannot be read are removed. Packets that this drops and {@link #ruleset} accepts are
     * those that the script may drop and the result lets through. Null if no such rule is missing, or none can be read.
     */
    public final Ruleset stricter;
    /** By line. */
    public final List<Remark> remarks;
    /** How many lines of the input hold a rule (any command that builds a ruleset; a dump's rules and chains). */
    public final int ruleLines;
    /** How many of those are not in the ruleset. */
    public final int rulesLeft;
    /** How many lines hold a rule that the script does not run with its first word; these rules are not missing. */
    public final int rulesNotRun;
    private final boolean empty;

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
        empty = output.empty;
        remarks = lines.remarks();
        ruleLines = lines.tally(SourceLines.RULE, 0);
        rulesLeft = lines.tally(SourceLines.RULE | SourceLines.LEFT, 0);
        rulesNotRun = lines.tally(SourceLines.NOT_RUN, SourceLines.LEFT);
    }

    /**
     * Imports a text: a script, a page with rules in it, a dump of iptables-save, or the output of iptables -S. Every
     * text has a result; {@link boxwall.netfilter.Cancelled} is thrown if the thread is interrupted.
     *
     * @param name the user's name for it (a file's name without its folder); a 6 at its end means a dump of ip6tables
     * @param text one character for each byte, or Unicode
     * @param word the script's first argument, empty for none; null for start, or for none if start gives no rule
     */
    public static Imported read(String name, String text, String word) {
        Imported started = new Imported(name, text, word, false);
        if (word != null || started.isWhole() || !started.empty) { return started; }
        Imported alone = new Imported(name, text, "", true);
        return alone.empty ? started : alone;
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
