package boxwall.imports;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Accounts for each line of the input: taken, part of a construct that was understood, or remarked on. */
final class Ledger {
    private static final byte STRUCTURE = 1;
    private static final byte TAKEN = 2;
    private static final byte REMARKED = 3;

    private final String[] source;
    private final byte[] states;
    private final Set<Remark> remarks = new LinkedHashSet<Remark>();
    private final Set<Integer> rules = new TreeSet<Integer>();
    private final Set<Integer> commands = new TreeSet<Integer>();
    private final Set<Integer> left = new TreeSet<Integer>();

    Ledger(String text) {
        source = text.split("\n", -1);
        states = new byte[source.length + 1];
    }

    /** A line of the input, 1-based. */
    String source(int line) {
        return line < 1 || line > source.length ? "" : source[line - 1];
    }

    private boolean isEmpty(int line) {
        String text = source(line).trim();
        return text.length() == 0 || text.charAt(0) == '#';
    }

    /** Lines that say only how commands belong together ({@code then}, {@code done}), or that were read with them. */
    void structure(int from, int to) {
        raise(from, to, STRUCTURE);
    }

    void taken(int from, int to) {
        raise(from, to, TAKEN);
    }

    private void raise(int from, int to, byte state) {
        for (int line = Math.max(1, from); line <= to && line < states.length; line++) {
            states[line] = states[line] < state ? state : states[line];
        }
    }

    boolean isTaken(int line) {
        return line < states.length && states[line] == TAKEN;
    }

    /** Says that a line isn't in the ruleset as it stands; the same remark twice (a loop's round) counts once. False if it was there already. */
    boolean remark(int line, String what, String todo, boolean harmless) {
        int at = Math.max(1, Math.min(line, source.length));
        raise(at, at, REMARKED);
        if (!harmless) {
            left.add(at);
        }
        return remarks.add(new Remark(at, what, todo, harmless));
    }

    /** A remark for each line that has text and wasn't taken. */
    void passOver(int from, int to, String what, String todo, boolean harmless) {
        for (int line = from; line <= to && line < states.length; line++) {
            if (!isEmpty(line) && states[line] < TAKEN) {
                remark(line, what, todo, harmless);
            }
        }
    }

    /** A line that holds a rule, for the count. */
    void rule(int line) {
        rules.add(line);
    }

    /** A line that begins a command: it must be taken or remarked on when all is done. */
    void command(int line) {
        commands.add(line);
    }

    /** Whatever nothing was said about; nothing may get lost. */
    void close() {
        for (int line = 1; line <= source.length; line++) {
            boolean begun = states[line] == STRUCTURE && commands.contains(line);
            if (begun || states[line] == 0 && !isEmpty(line)) {
                remark(line, "not reached", "write what it should do into the ruleset", false);
            }
        }
    }

    List<Remark> remarks() {
        List<Remark> sorted = new ArrayList<Remark>(remarks);
        Collections.sort(sorted);
        return sorted;
    }

    int ruleLines() {
        return rules.size();
    }

    int rulesLeft() {
        Set<Integer> both = new TreeSet<Integer>(rules);
        both.retainAll(left);
        return both.size();
    }
}
