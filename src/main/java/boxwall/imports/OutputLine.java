package boxwall.imports;

import boxwall.syntax.Characters;

/** One line to write, in two forms: with values for names, and with the script's names. */
final class OutputLine {
    /** The source line that it results from, 1-based. */
    final int line;
    /** With values for all names but the box's. Empty for an assignment and for a comment. */
    String text;
    /** With the names of the script. */
    String named;
    /** The name that is assigned, or null. */
    String assigned;
    /** For a line that is not in the ruleset: its rule as far as it could be read, or null. */
    String strict;
    /** The table of an iptables command ({@code iptables nat}), else empty. */
    String table = "";
    /** First line of the part of the script that it results from: a call of a function, a loop. */
    int top;
    /** The letter of an iptables command, or 0. */
    char verb;
    /** Whether it is part of a dump, in which every chain is declared. */
    boolean saved;

    OutputLine(int line, String text, String named) {
        this.line = line;
        this.text = text;
        this.named = named;
    }

    @Override
    public String toString() { return text; }

    /**
     * Removes it from the ruleset. {@code why}: the reason for the comment, or null if nothing is missing;
     * {@code rule}: the rule as far as it can be read, or null.
     */
    OutputLine leaveOut(String why, String rule) {
        named = why == null ? "" : "# left out, line " + line + ": " + Characters.cut(why, 160);
        strict = rule;
        text = "";
        table = "";
        verb = 0;
        return this;
    }
}
