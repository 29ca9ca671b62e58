package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Accounts for each line of the input: taken, part of a construct that was understood, or remarked on. */
final class SourceLines {
    /** Says only how commands belong together ({@code then}, {@code done}), or was read with them. */
    static final int STRUCTURE = 1;
    static final int TAKEN = 2;
    private static final int REMARKED = 4;
    private static final int FATE = STRUCTURE | TAKEN | REMARKED;
    /** Holds a rule, for the count. */
    static final int RULE = 8;
    /** Begins a command: it must be taken or remarked on when all is done. */
    static final int COMMAND = 16;
    /** Something of it is missing in the ruleset. */
    static final int LEFT = 32;
    /** A part of it isn't run. */
    private static final int PASSED = 64;
    /** Holds a rule that isn't run for the script's first word, or as its own conditions decide. */
    static final int NOT_RUN = 128;
    /** One rule that came of the line; the bits from here on count them. */
    static final int BUILT = 256;

    final String[] source;
    final int count;
    private final int[] states;
    /** By their text, in the order they were made. */
    private final Map<String, Remark> remarks = new LinkedHashMap<>();
    /** What wasn't run, by line, for lines that aren't run elsewhere either. */
    private final Map<Integer, Remark> skipped = new TreeMap<>();
    /** Sets of addresses: the line that asks for one first, 0 if a line of the text makes it. */
    final Map<String, Integer> sets = new TreeMap<>();
    /** What the script's first word was compared with. */
    final Set<String> words = new TreeSet<>();
    /** While above 0 nothing is noted: parts are interpreted for what they might do. */
    int muted;

    SourceLines(String text) {
        source = Words.split(text, '\n');
        count = source.length;
        states = new int[count + 1];
    }

    /** A line of the input, 1-based. */
    String text(int line) {
        return line < 1 || line > count ? "" : source[line - 1];
    }

    String trimmed(int line) { return text(line).trim(); }

    /** A line for messages. */
    String shown(int line) {
        String text = trimmed(line);
        return Quoting.excerpt(text.substring(0, Math.min(text.length(), 80)).trim());
    }

    private boolean isEmpty(int line) { return trimmed(line).length() == 0 || trimmed(line).charAt(0) == '#'; }

    private boolean is(int line, int state) { return (states[line] & state) != 0; }

    void mark(int from, int to, int state) {
        for (int line = Math.max(1, from); muted == 0 && line <= to && line <= count; line++) {
            states[line] = state == BUILT ? states[line] + BUILT : states[line] | state;
        }
    }

    /** A remark of the messages on what nothing is lost by. */
    void note(int line, String name, Object... values) {
        remark(line, Messages.of(shown(line), name, values), true);
    }

    /** A remark of the messages on what is missing. */
    void loss(int line, String name, Object... values) {
        remark(line, Messages.of(shown(line), name, values), false);
    }

    /**
     * Says that a line isn't in the ruleset as it stands: what about it, what to do. The same remark twice (a loop's
     * round) counts once; false if it was there already.
     */
    boolean remark(int line, String[] texts, boolean harmless) {
        Abandoned.check();
        int at = Math.max(1, Math.min(line, count));
        mark(at, at, harmless ? REMARKED : REMARKED | LEFT);
        return say(new Remark(at, texts, harmless));
    }

    private boolean say(Remark remark) {
        if (muted > 0) { return true; }
        String text = remark.toString();
        boolean first = !remarks.containsKey(text);
        if (first) { remarks.put(text, remark); }
        return first;
    }

    /** Says that more may be missing than the text shows. */
    void doubt(int line, String name, Object... values) {
        say(new Remark(Math.max(1, line), Messages.of(shown(line), name, values), false));
    }

    /** A remark for each line that has text; a harmless one only for what nothing else becomes of. */
    void passOver(int from, int to, String what, String todo, boolean harmless) {
        String[] texts = {what, todo};
        for (int line = from; muted == 0 && line <= to && line <= count; line++) {
            if (isEmpty(line)) { continue; }
            if (!harmless) {
                remark(line, texts, false);
            } else {
                boolean none = (states[line] & FATE) <= STRUCTURE && !skipped.containsKey(line);
                mark(line, line, none ? PASSED | STRUCTURE : PASSED);
                if (none) { skipped.put(line, new Remark(line, texts, true)); }
            }
        }
    }

    /** Lines that hold a rule and aren't run, for a reason that may be none of the script's: as missing. */
    void missing(int from, int to, String what, String todo) {
        for (int line = from; muted == 0 && line <= to && line <= count; line++) {
            boolean holds = RuleText.holds(text(line)) || text(line).contains("-restore");
            if (!isEmpty(line) && !is(line, TAKEN) && holds) {
                skipped.put(line, new Remark(line, new String[] {what, todo}, false));
            }
        }
    }

    /** Whatever nothing was said about; nothing may get lost. {@code empty}: no rule came out. */
    void close(boolean empty) {
        for (Map.Entry<String, Integer> set : sets.entrySet()) {
            if (set.getValue() > 0) { note(set.getValue(), "set-missing", Quoting.cut(set.getKey(), 40)); }
        }
        for (Remark remark : skipped.values()) {
            if (is(remark.line, TAKEN)) { continue; }
            remark(remark.line, new String[] {remark.what, remark.todo}, remark.harmless);
            if (remark.harmless && is(remark.line, RULE)) { mark(remark.line, remark.line, NOT_RUN); }
        }
        int first = 0;
        for (int line = 1; line <= count; line++) {
            String text = trimmed(line);
            int fate = states[line] & FATE;
            boolean holds = RuleText.holds(text(line));
            boolean bare = !isEmpty(line);
            boolean prints = text.startsWith("echo ") || text.startsWith("printf ") || text.startsWith("logger ")
                    || text.contains("grep ");
            if (fate == STRUCTURE && is(line, COMMAND) || fate == 0 && bare) {
                loss(line, "not-reached");
            } else if (holds && bare && states[line] / BUILT < Math.max(1, RuleText.count(text(line)))
                    && !is(line, LEFT | PASSED) && !skipped.containsKey(line) && !prints) {
                loss(line, "not-read");
            }
            first = first == 0 && holds ? line : first;
            if (holds && bare && is(line, LEFT)) { mark(line, line, RULE); }
        }
        if (empty && first > 0 && tally(LEFT, 0) == 0) {
            loss(first, isEmpty(first) ? "in-comments" : "no-result",
                    words.isEmpty() ? "" : ", with " + Quoting.cut(words.toString(), 100));
        }
    }

    List<Remark> remarks() {
        List<Remark> sorted = new ArrayList<>(remarks.values());
        Collections.sort(sorted);
        return Collections.unmodifiableList(sorted);
    }

    /** How many lines are all of the first, and none of the second. */
    int tally(int all, int none) {
        int tally = 0;
        for (int state : states) {
            tally += (state & (all | none)) == all ? 1 : 0;
        }
        return tally;
    }

    /** The lines with a rule that is missing and drops, or with one that doesn't. */
    List<Integer> missingRules(boolean drop) {
        List<Integer> missing = new ArrayList<>();
        for (int line = 1; line <= count; line++) {
            String text = text(line);
            boolean rule = is(line, LEFT) && !isEmpty(line)
                    && (RuleText.holds(text) || is(line, RULE) && RuleText.isPart(text));
            for (int next = line + 1; rule && text.endsWith("\\") && next <= count; next++) {
                text = text.substring(0, text.length() - 1) + text(next);
            }
            if (rule && RuleText.drops(text) == drop) { missing.add(line); }
        }
        return missing;
    }
}
