package boxwall.imports;

/** One line that goes out: with values put in, and with the script's names left in it. */
final class OutputLine {
    /** The source line that it comes from, 1-based. */
    final int line;
    /** With values put in; nothing but the box's own names. Empty for an assignment and for a comment. */
    final String text;
    /** With the names of the script. */
    final String named;
    /** The name that is assigned, or null. */
    final String assigned;
    /** For what isn't in the ruleset: as much of its text as could be read, or null. */
    final String strict;
    /** What makes a rule's place in the tables: {@code iptables nat}, or empty for what is no iptables command. */
    String table = "";
    /** The line of the text's part that this comes of: a function's call, a loop's beginning. */
    int top;
    /** The letter of an iptables command, or 0. */
    char verb;
    /** Whether it is a dump's, in which every chain is declared. */
    boolean saved;

    private OutputLine(int line, String text, String named, String assigned, String strict) {
        this.line = line;
        this.text = text;
        this.named = named;
        this.assigned = assigned;
        this.strict = strict;
    }

    static OutputLine of(int line, String text, String named) { return new OutputLine(line, text, named, null, null); }

    static OutputLine assignment(int line, String name, String value) {
        return new OutputLine(line, "", name + "=" + value, name, null);
    }

    static OutputLine leftOut(int line, String comment, String strict) {
        return new OutputLine(line, "", comment, null, strict);
    }

    boolean isComment() { return named.startsWith("#"); }

    /** The line as one that isn't in the ruleset and may be added by the box; null for what is no rule. */
    OutputLine perhaps() {
        String may = text.length() > 0 ? text : strict;
        return may == null ? null : leftOut(line, "", may);
    }
}
