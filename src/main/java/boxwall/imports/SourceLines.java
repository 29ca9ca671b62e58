package boxwall.imports;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Records for each line of the input whether it was converted, is part of a construct that was understood, or has a
 * remark.
 */
final class SourceLines {
    /** Only connects commands ({@code then}, {@code done}), or was read with them. */
    static final int STRUCTURE = 1;
    static final int TAKEN = 2;
    private static final int REMARKED = 4;
    private static final int FATE = STRUCTURE | TAKEN | REMARKED;
    /** Contains a rule; counted for the result. */
    static final int RULE = 8;
    /** Begins a command: at the end it must be converted or have a remark. */
    static final int COMMAND = 16;
    /** Something of it is missing in the ruleset. */
    static final int LEFT = 32;
    /** A part of it is not run. */
    private static final int SKIPPED = 64;
    /** Contains a rule that the script does not run with its first word, or because of its own conditions. */
    static final int NOT_RUN = 128;
    /** A rule of the ruleset results from the line; the bits from here on count these rules. */
    static final int BUILT = 256;

    final String[] source;
    final int count;
    private final int[] states;
    /** By text, in the order they were made. */
    private final Map<String, Remark> remarks = new LinkedHashMap<>();
    /** By line: remarks on parts that are not run, for lines that are not run elsewhere either. */
    private final Map<Integer, Remark> skipped = new TreeMap<>();
    /** Sets of addresses: the first line that matches the set; 0 if a line of the text creates it. */
    final Map<String, Integer> sets = new TreeMap<>();
    /** Words that the script compares its first word with. */
    final Set<String> words = new TreeSet<>();
    private boolean wordNoted;
    /** While above 0 nothing is recorded: the interpreter only explores what a part may do. */
    int muted;

    SourceLines(String text) {
        source = Words.split(text, '\n');
        count = source.length;
        states = new int[count + 1];
    }

    /** A line of the input, 1-based; empty if there is none. */
    String text(int line) {
        return line < 1 || line > count ? "" : source[line - 1];
    }

    String trimmed(int line) { return text(line).trim(); }

    /** What a message says about a line, and what to do. */
    String[] message(int line, String name, Object... values) {
        String text = trimmed(line);
        return Messages.of(Characters.show(text.substring(0, Math.min(text.length(), 80)).trim()), name, values);
    }

    private boolean isCode(int line) { return trimmed(line).length() > 0 && trimmed(line).charAt(0) != '#'; }

    private boolean is(int line, int state) { return (states[line] & state) != 0; }

    void mark(int from, int to, int state) {
        for (int line = Math.max(1, from); muted == 0 && line <= to && line <= count; line++) {
            states[line] = state == BUILT ? states[line] + BUILT : states[line] | state;
        }
    }

    /** Adds a remark that is harmless: nothing is missing in the ruleset. */
    void note(int line, String name, Object... values) {
        remark(line, message(line, name, values), true);
    }

    /** Adds a remark on the script's first argument, which is only assumed; once. */
    void noteWord(int line, String word) {
        if (!wordNoted) { note(line, "argument-assumed", word.length() == 0 ? "no argument" : "the argument " + word); }
        wordNoted |= muted == 0;
    }

    /** Adds a remark on something that is missing in the ruleset. */
    void loss(int line, String name, Object... values) {
        remark(line, message(line, name, values), false);
    }

    /** Adds a remark that more rules may be missing than those in the lines of the text. */
    void warn(int line, String name, Object... values) {
        add(new Remark(Math.max(1, line), message(line, name, values), false));
    }

    /** Adds a remark; false if the same remark is there already, from another round of a loop. */
    boolean remark(int line, String[] message, boolean harmless) {
        Cancelled.check();
        int at = Math.max(1, Math.min(line, count));
        mark(at, at, harmless ? REMARKED : REMARKED | LEFT);
        return add(new Remark(at, message, harmless));
    }

    private boolean add(Remark remark) {
        if (muted > 0) { return true; }
        boolean added = !remarks.containsKey(remark.toString());
        if (added) { remarks.put(remark.toString(), remark); }
        return added;
    }

    /** Remarks on each line that is not run. A harmless remark is dropped if the line is run elsewhere. */
    void skip(int from, int to, String[] message, boolean harmless) {
        for (int line = from; muted == 0 && line <= to && line <= count; line++) {
            if (!isCode(line)) { continue; }
            if (!harmless) {
                remark(line, message, false);
            } else if ((states[line] & FATE) <= STRUCTURE && !skipped.containsKey(line)) {
                mark(line, line, SKIPPED | STRUCTURE);
                skipped.put(line, new Remark(line, message, true));
            } else {
                mark(line, line, SKIPPED);
            }
        }
    }

    /** Counts the rules in skipped lines as missing: the script probably means to run them. */
    void skippedByMistake(int from, int to, String[] message) {
        for (int line = from; muted == 0 && line <= to && line <= count; line++) {
            boolean rule = RuleText.hasRule(text(line)) || text(line).contains("-restore");
            if (isCode(line) && !is(line, TAKEN) && rule) { skipped.put(line, new Remark(line, message, false)); }
        }
    }

    /** Remarks on all lines that nothing accounts for; {@code empty}: the result has no rule. */
    void close(boolean empty) {
        for (Map.Entry<String, Integer> set : sets.entrySet()) {
            if (set.getValue() > 0) { note(set.getValue(), "set-missing", Characters.cut(set.getKey(), 40)); }
        }
        for (Remark remark : skipped.values()) {
            if (is(remark.line, TAKEN)) { continue; }
            remark(remark.line, new String[] {remark.what, remark.todo}, remark.harmless);
            if (remark.harmless && (is(remark.line, RULE) || RuleText.hasRule(text(remark.line)))) {
                mark(remark.line, remark.line, RULE | NOT_RUN);
            }
        }
        int firstRule = 0;
        for (int line = 1; line <= count; line++) {
            String text = text(line);
            String first = text.trim();
            int fate = states[line] & FATE;
            boolean code = isCode(line);
            boolean rule = RuleText.hasRule(text);
            boolean prints = first.startsWith("echo ") || first.startsWith("printf ") || first.startsWith("logger ")
                    || first.contains("grep ");
            if (fate == STRUCTURE && is(line, COMMAND) || fate == 0 && code) {
                loss(line, "not-reached");
            } else if (rule && code && states[line] / BUILT < Math.max(1, RuleText.count(text))
                    && !is(line, LEFT | SKIPPED) && !skipped.containsKey(line) && !prints) {
                loss(line, "not-read");
            }
            firstRule = firstRule == 0 && rule ? line : firstRule;
            if (rule && code && (is(line, LEFT) || states[line] >= BUILT)) { mark(line, line, RULE); }
        }
        if (empty && firstRule > 0 && tally(LEFT, 0) == 0) {
            loss(firstRule, isCode(firstRule) ? "no-result" : "in-comments",
                    words.isEmpty() ? "" : ", with " + Characters.cut(words.toString(), 100));
        }
    }

    List<Remark> remarks() {
        List<Remark> sorted = new ArrayList<>(remarks.values());
        Collections.sort(sorted);
        return Collections.unmodifiableList(sorted);
    }

    /** Counts the lines that have all of the first states and none of the second. */
    int tally(int all, int none) {
        int tally = 0;
        for (int state : states) {
            tally += (state & (all | none)) == all ? 1 : 0;
        }
        return tally;
    }

    /** Returns the lines whose rule is missing: either those that can drop a packet, or the others. */
    List<Integer> missingRules(boolean drop) {
        List<Integer> missing = new ArrayList<>();
        for (int line = 1; line <= count; line++) {
            String text = text(line);
            boolean rule = is(line, LEFT) && isCode(line)
                    && (RuleText.hasRule(text) || is(line, RULE) && RuleText.resemblesRule(text));
            for (int next = line + 1; rule && text.endsWith("\\") && next <= count; next++) {
                text = text.substring(0, text.length() - 1) + text(next);
            }
            if (rule && RuleText.canDrop(text) == drop) { missing.add(line); }
        }
        return missing;
    }
}
