package boxwall.imports;

import boxwall.netfilter.Abandoned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Accounts for each line of the input: taken, part of a construct that was understood, or remarked on. */
final class Ledger {
    private static final byte STRUCTURE = 1;
    private static final byte TAKEN = 2;
    private static final byte REMARKED = 3;

    private final String[] source;
    private final byte[] states;
    private final boolean[] taken;
    /** How many rules came of each line. */
    private final int[] built;
    private final Set<Remark> remarks = new LinkedHashSet<Remark>();
    private final Set<Integer> rules = new TreeSet<Integer>();
    private final Set<Integer> commands = new TreeSet<Integer>();
    private final Set<Integer> left = new TreeSet<Integer>();
    /** What wasn't run, by line, for lines that aren't run elsewhere either. */
    private final Map<Integer, Remark> skipped = new TreeMap<Integer, Remark>();
    /** Lines of which a part isn't run. */
    private final Set<Integer> passed = new TreeSet<Integer>();
    private final Set<Integer> notRun = new TreeSet<Integer>();
    /** Sets of addresses: the line that asks for one first, 0 if a line of the text makes it. */
    final Map<String, Integer> sets = new TreeMap<String, Integer>();
    /** What the script's first word was compared with. */
    final Set<String> words = new TreeSet<String>();
    /** While above 0 nothing is noted: parts are played through for what they might do. */
    private int muted;

    Ledger(String text) {
        source = text.split("\n", -1);
        states = new byte[source.length + 1];
        taken = new boolean[source.length + 1];
        built = new int[source.length + 1];
    }

    /** A line of the input, 1-based. */
    String source(int line) {
        return line < 1 || line > source.length ? "" : source[line - 1];
    }

    /** A line and what it goes on with after a backslash. */
    String joined(int line) {
        String text = source(line);
        for (int next = line + 1; text.endsWith("\\") && next <= source.length; next++) {
            text = text.substring(0, text.length() - 1) + source(next);
        }
        return text;
    }

    /** A line for messages. */
    String shown(int line) {
        String text = source(line);
        int from = 0;
        while (from < text.length() && text.charAt(from) <= ' ') {
            from++;
        }
        return Show.text(text.substring(from, Math.min(text.length(), from + 80)).trim());
    }

    int lines() { return source.length; }

    void mute(boolean on) { muted += on ? 1 : -1; }

    boolean isEmpty(int line) {
        String text = source(line).trim();
        return text.length() == 0 || text.charAt(0) == '#';
    }

    /** Lines that say only how commands belong together ({@code then}, {@code done}), or that were read with them. */
    void structure(int from, int to) {
        raise(from, to, STRUCTURE);
    }

    void taken(int from, int to) {
        raise(from, to, TAKEN);
        for (int line = Math.max(1, from); muted == 0 && line <= to && line < taken.length; line++) {
            taken[line] = true;
        }
    }

    /** A rule came of these lines. */
    void built(int from, int to) {
        for (int line = Math.max(1, from); muted == 0 && line <= to && line < built.length; line++) {
            built[line]++;
        }
    }

    private void raise(int from, int to, byte state) {
        if (muted > 0) { return; }
        for (int line = Math.max(1, from); line <= to && line < states.length; line++) {
            states[line] = states[line] < state ? state : states[line];
        }
    }

    /**
     * Says that a line isn't in the ruleset as it stands; the same remark twice (a loop's round) counts once. False if
     * it was there already.
     */
    boolean remark(int line, String what, String todo, boolean harmless) {
        Abandoned.check();
        int at = Math.max(1, Math.min(line, source.length));
        if (muted > 0) { return true; }
        raise(at, at, REMARKED);
        if (!harmless) { left.add(at); }
        return remarks.add(new Remark(at, what, todo, harmless));
    }

    /** Says that more may be missing than the text shows. */
    void doubt(int line, String what, String todo) {
        if (muted == 0) { remarks.add(new Remark(Math.max(1, line), what, todo, false)); }
    }

    /** A remark for each line that has text; a harmless one only for what nothing else becomes of. */
    void passOver(int from, int to, String what, String todo, boolean harmless) {
        for (int line = from; line <= to && line < states.length; line++) {
            if (isEmpty(line) || muted > 0) { continue; }
            if (!harmless) {
                remark(line, what, todo, false);
            } else {
                passed.add(line);
                if (states[line] < TAKEN && !skipped.containsKey(line)) {
                    raise(line, line, STRUCTURE);
                    skipped.put(line, new Remark(line, what, todo, true));
                }
            }
        }
    }

    /** Lines that hold a rule and aren't run, for a reason that may be none of the script's: as missing. */
    void missing(int from, int to, String what, String todo) {
        for (int line = from; line <= to && line < states.length; line++) {
            if (muted == 0 && !isEmpty(line) && !taken[line]
                    && (RuleText.holds(source(line)) || source(line).contains("-restore"))) {
                skipped.put(line, new Remark(line, what, todo, false));
            }
        }
    }

    /** A line that holds a rule, for the count. */
    void rule(int line) { if (muted == 0) { rules.add(line); } }

    /** A line that begins a command: it must be taken or remarked on when all is done. */
    void command(int line) {
        commands.add(line);
    }

    /** Whatever nothing was said about; nothing may get lost. {@code empty}: no rule came out. */
    void close(boolean empty) {
        for (Map.Entry<String, Integer> set : sets.entrySet()) {
            if (set.getValue() > 0) {
                remark(set.getValue(), "no line of this text makes the set " + Show.plain(set.getKey(), 40),
                        UnknownCommand.IPSET, true);
            }
        }
        for (Map.Entry<Integer, Remark> entry : skipped.entrySet()) {
            int line = entry.getKey();
            if (!taken[line]) {
                remark(line, entry.getValue().what(), entry.getValue().todo(), entry.getValue().isHarmless());
                if (entry.getValue().isHarmless() && rules.contains(line)) { notRun.add(line); }
            }
        }
        int first = 0;
        for (int line = 1; line <= source.length; line++) {
            boolean begun = states[line] == STRUCTURE && commands.contains(line);
            boolean holds = RuleText.holds(source(line));
            if (begun || states[line] == 0 && !isEmpty(line)) {
                remark(line, "not reached", "write what it should do into the ruleset", false);
            } else if (holds && !isEmpty(line) && built[line] < Math.max(1, RuleText.count(source(line)))
                    && !left.contains(line) && !passed.contains(line) && !skipped.containsKey(line)
                    && !prints(source(line))) {
                remark(line, "a rule in a line that isn't read as one", "write the rule as a line of its own", false);
            }
            first = first == 0 && holds ? line : first;
            if (holds && !isEmpty(line) && left.contains(line)) { rules.add(line); }
        }
        if (empty && first > 0 && left.isEmpty()) {
            boolean comment = isEmpty(first);
            remark(first,
                    comment ? "every rule stands in a comment (or behind a prompt)"
                            : "no rule of this text is in the result",
                    comment ? "remove the # before those that you need"
                            : "see the other remarks; for a script that wants a word: boxwall import FILE WORD"
                                    + (words.isEmpty() ? "" : ", with " + Show.plain(words.toString(), 100)),
                    false);
        }
    }

    private static boolean prints(String line) {
        String text = line.trim();
        return text.startsWith("echo ") || text.startsWith("printf ") || text.startsWith("logger ")
                || text.contains("grep ");
    }

    List<Remark> remarks() {
        List<Remark> sorted = new ArrayList<Remark>(remarks);
        Collections.sort(sorted);
        return sorted;
    }

    int ruleLines() { return rules.size(); }

    /** How many of those aren't run for the word that the script is started with, or as its own conditions decide. */
    int rulesNotRun() {
        notRun.removeAll(left);
        return notRun.size();
    }

    /** The lines with a rule that is missing. */
    List<Integer> missingRules() {
        List<Integer> missing = new ArrayList<Integer>();
        for (int line : left) {
            if (!isEmpty(line)
                    && (RuleText.holds(source(line)) || RuleText.isPart(source(line)) && rules.contains(line))) {
                missing.add(line);
            }
        }
        return missing;
    }

    int rulesLeft() {
        Set<Integer> both = new TreeSet<Integer>(rules);
        both.retainAll(left);
        return both.size();
    }
}
