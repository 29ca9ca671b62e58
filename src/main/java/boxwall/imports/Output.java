package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Policy;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets through only what the ruleset language takes: parses what would go out, turns each error into a remark, until
 * there is none. Then writes it, with the comments that stood above and beside the lines in the input.
 */
final class Output {
    /** The language's limit for a file, less room for names and comments. */
    private static final int SIZE_LIMIT = 240 * 1024;
    /**
     * Each parse may find what depends on a line that was refused; after these, all that is refused goes, and its
     * tables with it.
     */
    private static final int ROUNDS_LIMIT = 40;
    private static final int COMMENT_LIMIT = 200;
    /** With the rules' own limit this stays below the language's 256 KiB. */
    private static final int COMMENTS_LIMIT = 60 * 1024;
    private static final int LIMIT = 250 * 1024;
    /** Each word of a rule left out that isn't understood costs reading the line once more. */
    private static final int STRICT_ROUNDS = 8;
    private static final int STRICT_RULES = 200;
    private static final Names NAMES = Names.of(Variables.BOX, Collections.<String>emptyList());

    private final SourceLines source;
    private final String name;
    private final List<OutputLine> lines;
    /** The text; parses without errors. */
    final String text;
    /** The ruleset, with examples for the box's own names. */
    final Ruleset ruleset;
    /** See {@link Imported#stricter}. */
    final Ruleset stricter;

    Output(ShellState shell) {
        source = shell.lines;
        lines = shell.out;
        name = shell.name;
        prepare();
        ParsedRules parsed = parse();
        for (int i = 0; !parsed.errors().isEmpty(); i++) {
            drop(parsed.errors(), i < ROUNDS_LIMIT);
            parsed = parse();
        }
        ruleset = idleTables(parsed.ruleset()) ? parse().ruleset() : parsed.ruleset();
        numbers();
        stricter = strict();
        boolean empty = true;
        for (OutputLine line : lines) {
            empty &= !RuleText.holds(line.text);
        }
        source.close(empty);
        String withNames = write(true);
        ParsedRules again = parse(withNames);
        text = again.errors().isEmpty() && again.ruleset().equals(ruleset) ? withNames : write(false);
    }

    private static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("import", text), NAMES, Includes.NONE);
    }

    private ParsedRules parse() {
        StringBuilder all = new StringBuilder();
        for (OutputLine line : lines) {
            all.append(line.text).append('\n');
        }
        return parse(all.toString());
    }

    /**
     * Leaves out what is too much, and -F, -X and -Z where nothing was yet: tables begin empty here, and a table that
     * is only emptied had better not be named.
     */
    private void prepare() {
        int size = 0;
        Set<String> filled = new HashSet<>();
        for (OutputLine line : lines) {
            size += line.text.length() + 1;
            boolean empties = line.verb == 'F' || line.verb == 'X';
            if (size > SIZE_LIMIT && line.text.length() > 0) {
                source.loss(line.line, "too-much", SIZE_LIMIT / 1024);
                line.leaveOut(null, null);
            } else if (line.verb == 'Z' || empties && !filled.contains(line.table)) {
                source.note(line.line, line.verb == 'Z' ? "counters" : "begins-empty");
                line.leaveOut(null, null);
            } else if (line.verb != 0 && !empties && line.verb != 'P') { filled.add(line.table); }
        }
    }

    /** Leaves out the lines of errors; all if there are too many, or one isn't a line's. */
    private void drop(List<SyntaxError> errors, boolean single) {
        boolean dropped = false;
        for (SyntaxError error : errors) {
            OutputLine line = lines.get(error.line - 1);
            if (line.text.length() == 0 || error.todo.startsWith("is this a ruleset")) { continue; }
            String what = error.what;
            boolean nothing = what.startsWith("no such rule in") || what.startsWith("no rule ") && line.verb == 'D'
                    || (line.verb == 'F' || line.verb == 'X') && what.startsWith("no chain ")
                    || line.verb == 'N' && what.endsWith("is there already");
            String todo = nothing ? "nothing to do: tables begin empty here" : todo(error, line);
            source.remark(line.line, new String[] {what, todo}, nothing);
            dropped = true;
            line.leaveOut(nothing ? null : what, nothing ? null : line.text);
        }
        for (OutputLine line : lines) {
            // an error of the whole: better nothing than a ruleset that can't be read
            if ((!dropped || !single) && line.text.length() > 0) {
                source.remark(line.line, new String[] {errors.get(0).what, errors.get(0).todo}, false);
                line.leaveOut(null, null);
            }
        }
    }

    /** What to do about an error: the parser says to make a chain of that name, where a target may be meant. */
    private String todo(SyntaxError error, OutputLine line) {
        if (!error.what.startsWith("no target and no chain")) { return error.todo; }
        String[] quoted = Words.split(error.what, '"');
        String name = quoted.length > 2 ? quoted[1] : "";
        for (String[] target : Messages.rows("target")) {
            if (target[1].equals(name)) { return target[2]; }
        }
        if (!line.saved) { return error.todo; }
        for (OutputLine other : lines) {
            if (RuleText.words(other.text).contains(name) && other.text.contains("-A " + name + " ")) {
                return "the line :" + name + " - [0:0] is missing from the dump: put it before the rules";
            }
        }
        return !name.equals(name.toUpperCase(Locale.ROOT))
                ? "make the chain with :" + name + " - [0:0] above the rules (in a script: -N " + name + ")"
                : "a dump declares each chain, so this is a target, of another firmware or of a module that boxwall doesn't know: write the rule with one of README's targets";
    }

    /** Tables beside filter without a rule: naming nat loads connection tracking, and there is nothing to gain. */
    private boolean idleTables(Ruleset ruleset) {
        Set<String> idle = new HashSet<>();
        for (Family family : Family.values()) {
            for (Table table : ruleset.tables(family)) {
                boolean any = table == Table.FILTER;
                for (Chain chain : ruleset.chains(family, table)) {
                    any |= !chain.rules.isEmpty() || chain.policy != Policy.ACCEPT;
                }
                if (!any) { idle.add(family.command + " " + table.word()); }
            }
        }
        boolean left = false;
        for (OutputLine line : lines) {
            if (idle.contains(line.table)) {
                source.note(line.line, "idle", line.table.substring(line.table.indexOf(' ') + 1));
                line.leaveOut(null, null);
                left = true;
            }
        }
        return left;
    }

    /** A rule's number counts what is there; when something is missing before it, the place may be another. */
    private void numbers() {
        boolean missing = false;
        for (OutputLine line : lines) {
            missing |= line.named.startsWith("# left out");
            List<String> words = Arrays.asList(Words.of(line.text));
            int at = "RDI".indexOf(line.verb) < 0 ? 0 : words.indexOf("-" + line.verb) + 2;
            if (missing && at > 1 && at < words.size() && Words.isNumber(words.get(at))) {
                source.note(line.line, "number");
            }
        }
    }

    /**
     * The ruleset with the rules that drop and were left out, each as far as it can be read: what can't be read of it
     * matches all. Null when there is none, or none that can be read.
     */
    private Ruleset strict() {
        List<String> texts = new ArrayList<>();
        Set<Integer> added = new HashSet<>();
        for (OutputLine line : lines) {
            Abandoned.check();
            boolean left = line.text.length() == 0 && line.strict != null && added.size() < STRICT_RULES
                    && (RuleText.drops(line.strict) || line.strict.contains(" -N "));
            String strict = left ? readable(line.strict) : null;
            if (strict != null) { added.add(texts.size()); }
            texts.add(strict == null ? line.text : strict);
        }
        for (int round = 0; !added.isEmpty(); round++) {
            ParsedRules parsed = parse(Words.join(texts, "\n") + '\n');
            if (parsed.errors().isEmpty()) { return parsed.ruleset(); }
            Set<Integer> refused = new HashSet<>();
            for (SyntaxError error : parsed.errors()) {
                refused.add(error.line - 1);
            }
            if (round > STRICT_ROUNDS || !added.containsAll(refused)) { return null; }
            added.removeAll(refused);
            for (int index : refused) {
                texts.set(index, "");
            }
        }
        return null;
    }

    /** The rule without the options that can't be read; null when too much of it can't. */
    private static String readable(String rule) {
        String now = rule;
        for (int round = 0; round < STRICT_ROUNDS && now != null; round++) {
            List<SyntaxError> errors = parse(now).errors();
            String what = errors.isEmpty() ? "" : errors.get(0).what;
            // the chains are those of the whole
            if (errors.isEmpty() || what.startsWith("no chain ") || what.startsWith("no target and no chain ")) {
                return now;
            }
            now = without(now, errors.get(0).column - 1);
        }
        return null;
    }

    /** Without the option at a place, its value and the ! before it. */
    private static String without(String rule, int at) {
        int from = rule.lastIndexOf(" -", Math.min(at, rule.length() - 1));
        String option = from < 0 ? "-A" : Words.of(rule.substring(from))[0];
        if (ShellWord.isOf(option, "-A", "-I", "-j", "-t", "-R", "-P")) { return null; }
        int to = rule.indexOf(" -", from + 1);
        to = to >= 0 && rule.startsWith(" !", to - 2) ? to - 2 : to;
        int start = rule.startsWith(" !", from - 2) ? from - 2 : from;
        return rule.substring(0, start) + (to < 0 ? "" : rule.substring(to));
    }

    /** Assignments that a later line needs, and all else. */
    private List<OutputLine> used() {
        List<OutputLine> kept = new ArrayList<>();
        Set<String> needed = new HashSet<>();
        for (int i = lines.size() - 1; i >= 0; i--) {
            OutputLine line = lines.get(i);
            if (line.assigned == null ? line.named.length() > 0 : needed.remove(line.assigned)) {
                kept.add(line);
                for (int at = line.named.indexOf("${"); at >= 0; at = line.named.indexOf("${", at + 2)) {
                    int end = line.named.indexOf('}', at);
                    if (end > 0) { needed.add(line.named.substring(at + 2, end)); }
                }
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    /** The text; {@code withNames}: with the script's names where they could be kept, else with values only. */
    private String write(boolean withNames) {
        StringBuilder out = new StringBuilder("# imported from " + Quoting.cut(name, 60) + " by boxwall import\n");
        for (boolean drop : new boolean[] {true, false}) {
            List<Integer> missing = source.missingRules(drop);
            if (missing.isEmpty()) { continue; }
            out.append("# CAUTION: rules ").append(drop ? "that drop " : "").append("are missing (line ")
                    .append(Quoting.cut(Words.join(missing, ", "), COMMENT_LIMIT)).append("), so this ")
                    .append(drop ? "lets through more than the script" : "may keep out what the script lets in")
                    .append('\n');
        }
        List<OutputLine> used = used();
        int limit = LIMIT;
        for (OutputLine line : used) {
            limit -= line.text.length() + 1;
        }
        limit = Math.min(COMMENTS_LIMIT, limit);
        Set<Integer> shown = new HashSet<>();
        Set<String> left = new HashSet<>();
        int comments = 0;
        int first = 1;
        while (source.text(first).startsWith("#")) {
            first++;
        }
        above(first, shown, out);
        for (OutputLine line : used) {
            Abandoned.check();
            boolean comment = line.named.startsWith("#");
            boolean fits = comments < limit;
            if (line.assigned != null && !withNames || comment && (!left.add(line.named) || !fits)) { continue; }
            String now = comment || withNames ? line.named : line.text;
            int before = out.length() + now.length();
            if (fits) {
                above(line.top, shown, out);
                above(line.line, shown, out);
            }
            out.append(now);
            if (!comment && shown.add(-line.line) && fits) { out.append(beside(source.text(line.line))); }
            comments += out.length() - before;
            if (comment) {
                out.append("\n#   ").append(Quoting.cut(source.trimmed(line.line), COMMENT_LIMIT));
                comments += now.length() + COMMENT_LIMIT;
            }
            out.append('\n');
        }
        return out.toString();
    }

    /** The comment block that ends on the line above, or on the one before that if it is empty. */
    private void above(int at, Set<Integer> shown, StringBuilder out) {
        int line = source.trimmed(at - 1).length() == 0 ? at - 1 : at;
        int first = line;
        while (isComment(source.trimmed(first - 1)) && !shown.contains(first - 1)) {
            first--;
        }
        if (first < line) { out.append('\n'); }
        for (int i = first; i < line; i++) {
            shown.add(i);
            out.append(Quoting.cut(source.trimmed(i), COMMENT_LIMIT)).append('\n');
        }
    }

    private static boolean isComment(String line) {
        return line.startsWith("#") && !line.startsWith("#!") && !RuleText.isHead(line);
    }

    /** The comment at a line's end: a # after a blank with no quote behind it. */
    private static String beside(String line) {
        int at = line.lastIndexOf(" #");
        boolean none =
                at < 0 || line.indexOf('"', at) >= 0 || line.indexOf('\'', at) >= 0 || line.trim().startsWith("#");
        return none ? "" : "  " + Quoting.cut(line.substring(at + 1).trim(), COMMENT_LIMIT);
    }
}
