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

    private OutLine(int line, String text, String named, String assigned) {
        this.line = line;
        this.text = text;
        this.named = named;
        this.assigned = assigned;
    }

    static OutLine of(int line, String text, String named) {
        return new OutLine(line, text, named, null);
    }

    static OutLine assignment(int line, String name, String value) {
        return new OutLine(line, "", name + "=" + value, name);
    }

    /** Adds the names that the line uses. */
    void namesInto(Set<String> names) {
        for (int at = named.indexOf("${"); at >= 0; at = named.indexOf("${", at + 2)) {
            int end = named.indexOf('}', at);
            if (end > 0) {
                names.add(named.substring(at + 2, end));
            }
        }
    }
}
