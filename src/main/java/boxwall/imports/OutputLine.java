package boxwall.imports;

/** One line that goes out: with values put in, and with the script's names left in it. */
final class OutputLine {
    /** The source line that it comes from, 1-based. */
    final int line;
    /** With values put in; nothing but the box's own names. Empty for an assignment and for a comment. */
    String text;
    /** With the names of the script. */
    String named;
    /** The name that is assigned, or null. */
    String assigned;
    /** For what isn't in the ruleset: as much of its text as could be read, or null. */
    String strict;
    /** What makes a rule's place in the tables: {@code iptables nat}, or empty for what is no iptables command. */
    String table = "";
    /** The line of the text's part that this comes of: a function's call, a loop's beginning. */
    int top;
    /** The letter of an iptables command, or 0. */
    char verb;
    /** Whether it is a dump's, in which every chain is declared. */
    boolean saved;

    OutputLine(int line, String text, String named) {
        this.line = line;
        this.text = text;
        this.named = named;
    }

    /** Makes it one that isn't in the ruleset: why, if anything is lost by that; what can be read of it, or null. */
    OutputLine leaveOut(String why, String rule) {
        named = why == null ? "" : "# left out, line " + line + ": " + Quoting.cut(why, 160);
        strict = rule;
        text = "";
        table = "";
        verb = 0;
        return this;
    }
}
