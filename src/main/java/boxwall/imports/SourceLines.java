package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Accounts for each line of the input: taken, part of a construct that was understood, or remarked on. */
final class SourceLines {
    private static final int STRUCTURE = 1;
    private static final int TAKEN = 2;
    private static final int REMARKED = 4;

    private final String[] source;
    private final int[] states;
    /** How many rules came of each line. */
    private final int[] built;
    private final Set<Remark> remarks = new LinkedHashSet<>();
    private final Set<Integer> rules = new TreeSet<>();
    private final Set<Integer> commands = new TreeSet<>();
    private final Set<Integer> left = new TreeSet<>();
    /** What wasn't run, by line, for lines that aren't run elsewhere either. */
    private final Map<Integer, Remark> skipped = new TreeMap<>();
    /** Lines of which a part isn't run. */
    private final Set<Integer> passed = new TreeSet<>();
    private final Set<Integer> notRun = new TreeSet<>();
    /** Sets of addresses: the line that asks for one first, 0 if a line of the text makes it. */
    final Map<String, Integer> sets = new TreeMap<>();
    /** What the script's first word was compared with. */
    final Set<String> words = new TreeSet<>();
    /** While above 0 nothing is noted: parts are interpreted for what they might do. */
    private int muted;

    SourceLines(String text) {
        source = Words.split(text, '\n');
        states = new int[source.length + 1];
        built = new int[source.length + 1];
    }

    /** A line of the input, 1-based. */
    String text(int line) {
        return line < 1 || line > source.length ? "" : source[line - 1];
    }

    String trimmed(int line) { return text(line).trim(); }

    /** A line and what it goes on with after a backslash. */
    String joined(int line) {
        String text = text(line);
        for (int next = line + 1; text.endsWith("\\") && next <= source.length; next++) {
            text = text.substring(0, text.length() - 1) + text(next);
        }
        return text;
    }

    /** A line for messages. */
    String shown(int line) {
        String text = text(line);
        int from = 0;
        while (from < text.length() && text.charAt(from) <= ' ') {
            from++;
        }
        return Quoting.excerpt(text.substring(from, Math.min(text.length(), from + 80)).trim());
    }

    int count() { return source.length; }

    void mute(boolean on) { muted += on ? 1 : -1; }

    boolean isEmpty(int line) { return trimmed(line).length() == 0 || trimmed(line).charAt(0) == '#'; }

    private void mark(int from, int to, int state) {
        for (int line = Math.max(1, from); muted == 0 && line <= to && line < states.length; line++) {
            states[line] |= state;
        }
    }

    /** Lines that say only how commands belong together ({@code then}, {@code done}), or that were read with them. */
    void structure(int from, int to) {
        mark(from, to, STRUCTURE);
    }

    void taken(int from, int to) { mark(from, to, TAKEN); }

    private boolean isTaken(int line) { return (states[line] & TAKEN) != 0; }

    /** A rule came of these lines. */
    void built(int from, int to) {
        for (int line = Math.max(1, from); muted == 0 && line <= to && line < built.length; line++) {
            built[line]++;
        }
    }

    /** A remark on what nothing is lost by. */
    void note(int line, String what, String todo) {
        remark(line, what, todo, true);
    }

    void note(int line, String what) { note(line, what, "nothing to do"); }

    /**
     * Says that a line isn't in the ruleset as it stands; the same remark twice (a loop's round) counts once. False if
     * it was there already.
     */
    boolean remark(int line, String what, String todo, boolean harmless) {
        Abandoned.check();
        int at = Math.max(1, Math.min(line, source.length));
        if (muted > 0) { return true; }
        mark(at, at, REMARKED);
        if (!harmless) { left.add(at); }
        return remarks.add(new Remark(at, what, todo, harmless));
    }

    /** Says that more may be missing than the text shows. */
    void doubt(int line, String what, String todo) {
        if (muted == 0) { remarks.add(new Remark(Math.max(1, line), what, todo, false)); }
    }

    /** A remark for each line that has text; a harmless one only for what nothing else becomes of. */
    void passOver(int from, int to, String what, String todo, boolean harmless) {
        for (int line = from; muted == 0 && line <= to && line < states.length; line++) {
            if (isEmpty(line)) { continue; }
            if (!harmless) {
                remark(line, what, todo, false);
            } else {
                passed.add(line);
                if (states[line] <= STRUCTURE && !skipped.containsKey(line)) {
                    structure(line, line);
                    skipped.put(line, new Remark(line, what, todo, true));
                }
            }
        }
    }

    /** Lines that hold a rule and aren't run, for a reason that may be none of the script's: as missing. */
    void missing(int from, int to, String what, String todo) {
        for (int line = from; muted == 0 && line <= to && line < states.length; line++) {
            boolean holds = RuleText.holds(text(line)) || text(line).contains("-restore");
            if (!isEmpty(line) && !isTaken(line) && holds) { skipped.put(line, new Remark(line, what, todo, false)); }
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
                note(set.getValue(), "no line of this text makes the set " + Quoting.cut(set.getKey(), 40),
                        Commands.IPSET);
            }
        }
        for (Remark remark : skipped.values()) {
            if (isTaken(remark.line())) { continue; }
            remark(remark.line(), remark.what(), remark.todo(), remark.isHarmless());
            if (remark.isHarmless() && rules.contains(remark.line())) { notRun.add(remark.line()); }
        }
        int first = 0;
        for (int line = 1; line <= source.length; line++) {
            boolean begun = states[line] == STRUCTURE && commands.contains(line);
            boolean holds = RuleText.holds(text(line));
            boolean bare = !isEmpty(line);
            if (begun || states[line] == 0 && bare) {
                remark(line, "not reached", "write what it should do into the ruleset", false);
            } else if (holds && bare && built[line] < Math.max(1, RuleText.count(text(line))) && !left.contains(line)
                    && !passed.contains(line) && !skipped.containsKey(line) && !prints(trimmed(line))) {
                remark(line, "a rule in a line that isn't read as one", "write the rule as a line of its own", false);
            }
            first = first == 0 && holds ? line : first;
            if (holds && bare && left.contains(line)) { rules.add(line); }
        }
        if (empty && first > 0 && left.isEmpty()) {
            boolean comment = isEmpty(first);
            remark(first,
                    comment ? "every rule stands in a comment (or behind a prompt)"
                            : "no rule of this text is in the result",
                    comment ? "remove the # before those that you need"
                            : "see the other remarks; for a script that wants a word: boxwall import FILE WORD"
                                    + (words.isEmpty() ? "" : ", with " + Quoting.cut(words.toString(), 100)),
                    false);
        }
    }

    private static boolean prints(String line) {
        return line.startsWith("echo ") || line.startsWith("printf ") || line.startsWith("logger ")
                || line.contains("grep ");
    }

    List<Remark> remarks() {
        List<Remark> sorted = new ArrayList<>(remarks);
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
        List<Integer> missing = new ArrayList<>();
        for (int line : left) {
            boolean rule = RuleText.holds(text(line)) || RuleText.isPart(text(line)) && rules.contains(line);
            if (!isEmpty(line) && rule) { missing.add(line); }
        }
        return missing;
    }

    int rulesLeft() {
        Set<Integer> both = new TreeSet<>(rules);
        both.retainAll(left);
        return both.size();
    }
}
