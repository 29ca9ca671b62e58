package boxwall.imports;

import java.util.Set;

/** One line that goes out, for the sieve: the same line with values put in, and with the script's names left in it. */
final class OutLine {
    /** The source line that it comes from, 1-based. */
    final int line;
    /** With values put in; nothing but the box's own names. Empty for an assignment. */
    final String text;
    /** With the names of the script. */
    final String named;
    /** The name that is assigned, or null. */
    final String assigned;
    /** What makes a rule's place in the tables: {@code iptables nat}, or empty for what is no iptables command. */
    String table = "";
    /** The line of the text's part that this comes of: a function's call, a loop's beginning. */
    int top;
    /** The letter of an iptables command, or 0. */
    char verb;
    /** For what isn't in the ruleset: as much of its text as could be read, or null. */
    String strict;
    /** Whether it is a dump's, in which every chain is declared. */
    boolean saved;

    private OutLine(int line, String text, String named, String assigned) {
        this.line = line;
        this.text = text;
        this.named = named;
        this.assigned = assigned;
    }

    static OutLine of(int line, String text, String named) { return new OutLine(line, text, named, null); }

    static OutLine assignment(int line, String name, String value) {
        return new OutLine(line, "", name + "=" + value, name);
    }

    static OutLine leftOut(int line, String comment, String strict) {
        OutLine left = new OutLine(line, "", comment, null);
        left.strict = strict;
        return left;
    }

    /** The line as one that isn't in the ruleset and may be added by the box; null for what is no rule. */
    OutLine perhaps() {
        String may = text.length() > 0 ? text : strict;
        return may == null ? null : leftOut(line, "", may);
    }

    /** Adds the names that the line uses. */
    void namesInto(Set<String> names) {
        for (int at = named.indexOf("${"); at >= 0; at = named.indexOf("${", at + 2)) {
            int end = named.indexOf('}', at);
            if (end > 0) { names.add(named.substring(at + 2, end)); }
        }
    }
}
