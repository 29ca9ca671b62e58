package boxwall.imports;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Words;
import boxwall.syntax.Characters;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes the ruleset: parses the lines, replaces each error by a remark until there is none, and adds the comments that
 * the input has above and beside its lines.
 */
final class Output {
    /** The language's limit for a file, less room for names and comments. */
    private static final int SIZE_LIMIT = 240 * 1024;
    /** A line that is left out may cause errors in others; after these rounds all lines are left out. */
    private static final int ROUNDS_LIMIT = 40;
    private static final int COMMENT_LIMIT = 200;
    /** With the limit of the rules this stays below the language's 256 KiB. */
    private static final int COMMENTS_LIMIT = 60 * 1024;
    private static final int LIMIT = 250 * 1024;
    /** Options that cannot be read in one rule: each costs another parse. */
    private static final int STRICT_ROUNDS = 8;
    private static final int STRICT_RULES = 200;

    private final SourceLines source;
    private final ShellState shell;
    private final List<OutputLine> lines;
    /** Parses without errors. */
    final String text;
    /** With example values for the box's names. */
    final Ruleset ruleset;
    /** See {@link Imported#stricter}. */
    final Ruleset stricter;
    /** Characters of the lines. */
    private int size;
    /** Whether no line adds a rule. */
    boolean empty = true;

    Output(ShellState shell) {
        source = shell.lines;
        lines = shell.out;
        this.shell = shell;
        leaveOutNeedless();
        ParsedRules parsed = parse(lines);
        for (int round = 0; !parsed.errors().isEmpty(); round++) {
            leaveOut(parsed.errors(), round < ROUNDS_LIMIT);
            parsed = parse(lines);
        }
        ruleset = leaveOutEmptyTables() ? parse(lines).ruleset() : parsed.ruleset();
        stricter = stricter();
        for (OutputLine line : lines) {
            empty &= !RuleText.hasRule(line.text);
        }
        source.close(empty);
        String withNames = write(true);
        ParsedRules again = parse(withNames);
        text = again.errors().isEmpty() && again.ruleset().equals(ruleset) ? withNames : write(false);
    }

    private static ParsedRules parse(String text) {
        return RulesetParser.parse(new Source("import", text), Variables.BOX, Includes.NONE);
    }

    private static ParsedRules parse(List<?> lines) { return parse(Words.join(lines, "\n") + '\n'); }

    /**
     * Leaves out lines beyond the size limit, and -F, -X and -Z of tables without rules: tables begin empty, and to
     * name a table loads it.
     */
    private void leaveOutNeedless() {
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

    /** Leaves out the lines with errors; all lines if {@code single} is false or no error belongs to a line. */
    private void leaveOut(List<SyntaxError> errors, boolean single) {
        boolean found = false;
        for (SyntaxError error : errors) {
            // an error at the end of the text has the number after the last line
            OutputLine line = lines.get(Math.min(error.line, lines.size()) - 1);
            if (line.text.length() == 0 || error.todo.startsWith("is this a ruleset")) { continue; }
            leaveOut(line, error, shell);
            found = true;
        }
        for (OutputLine line : lines) {
            // no ruleset is better than one that cannot be read
            if ((!found || !single) && line.text.length() > 0) {
                source.remark(line.line, new String[] {errors.get(0).what, errors.get(0).todo}, false);
                line.leaveOut(null, null);
            }
        }
    }

    static void leaveOut(OutputLine line, SyntaxError error, ShellState shell) {
        String what = error.what;
        // in a dump each error makes iptables-restore fail
        boolean harmless =
                !line.saved && (what.startsWith("no such rule in") || what.startsWith("no rule ") && line.verb == 'D'
                        || (line.verb == 'F' || line.verb == 'X') && what.startsWith("no chain ")
                        || line.verb == 'N' && what.endsWith("is there already"));
        String todo = harmless ? "nothing to do: tables are empty at the start" : todo(error, line, shell.out);
        shell.lines.remark(line.line, new String[] {what, todo}, harmless);
        line.leaveOut(harmless ? null : what, harmless ? null : line.text);
    }

    /** The advice on an error. For a missing chain the parser says to create it, but it may be an unknown target. */
    private static String todo(SyntaxError error, OutputLine line, List<OutputLine> lines) {
        for (String[] row : Messages.rows("old")) {
            if (error.what.contains(row[1])) { return row[2]; }
        }
        if (!line.saved || !error.what.startsWith("no target and no chain")) { return error.todo; }
        String[] quoted = Words.split(error.what, '"');
        String name = quoted.length > 2 ? quoted[1] : "";
        boolean chain = !name.equals(name.toUpperCase(Locale.ROOT));
        for (OutputLine other : lines) {
            chain |= other.text.contains("-A " + name + " ");
        }
        return chain ? "make the chain with :" + name + " - [0:0] above the rules (in a script: -N " + name + ")"
                : "a dump declares each chain, so this is a target, of another firmware or of a module that boxwall doesn't know: write the rule with one of README's targets";
    }

    /** Leaves out tables without rules, except filter: to name nat loads connection tracking for nothing. */
    private boolean leaveOutEmptyTables() {
        Set<String> used = new HashSet<>();
        for (OutputLine line : lines) {
            boolean accepts = line.verb == 'P' && line.text.endsWith(" ACCEPT");
            if ("AIRNEP".indexOf(line.verb) >= 0 && !accepts) { used.add(line.table); }
        }
        boolean found = false;
        for (OutputLine line : lines) {
            if (line.verb != 0 && !line.table.endsWith(" filter") && !used.contains(line.table)) {
                source.note(line.line, "idle", line.table.substring(line.table.indexOf(' ') + 1));
                line.leaveOut(null, null);
                found = true;
            }
        }
        return found;
    }

    private Ruleset stricter() {
        List<String> texts = new ArrayList<>();
        Set<Integer> added = new HashSet<>();
        for (OutputLine line : lines) {
            boolean drops = line.text.length() == 0 && line.strict != null && added.size() < STRICT_RULES
                    && (RuleText.canDrop(line.strict) || line.strict.contains(" -N "));
            if (drops) { added.add(texts.size()); }
            texts.add(drops ? line.strict : line.text);
        }
        for (int round = 0; !added.isEmpty(); round++) {
            ParsedRules parsed = parse(texts);
            if (parsed.errors().isEmpty()) { return parsed.ruleset(); }
            Set<Integer> changed = new HashSet<>();
            for (SyntaxError error : parsed.errors()) {
                int index = error.line - 1;
                if (round > STRICT_ROUNDS || !added.contains(index)) { return null; }
                if (changed.add(index)) {
                    String rule = round < STRICT_ROUNDS ? withoutOption(texts.get(index), error) : "";
                    added.removeAll(rule.length() == 0 ? Collections.singleton(index) : Collections.emptySet());
                    texts.set(index, rule);
                }
            }
        }
        return null;
    }

    /** Removes the option that has an error, with its value and the ! before it; all if a rule needs it. */
    private static String withoutOption(String rule, SyntaxError error) {
        int from = rule.lastIndexOf(" -", Math.min(error.column, rule.length()) - 1);
        String option = from < 0 ? "-A" : Words.of(rule.substring(from))[0];
        if (ShellWord.isOneOf(option, "-A", "-I", "-j", "-t", "-R", "-P")) { return ""; }
        int to = rule.indexOf(" -", from + 1);
        to = to >= 0 && rule.startsWith(" !", to - 2) ? to - 2 : to;
        int start = rule.startsWith(" !", from - 2) ? from - 2 : from;
        return rule.substring(0, start) + (to < 0 ? "" : rule.substring(to));
    }

    /** The lines to write: all but assignments that no later line uses. */
    private List<OutputLine> usedLines() {
        List<OutputLine> used = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = lines.size() - 1; i >= 0; i--) {
            OutputLine line = lines.get(i);
            if (line.assigned == null ? line.named.length() > 0 : names.remove(line.assigned)) {
                used.add(line);
                for (int at = line.named.indexOf("${"); at >= 0; at = line.named.indexOf("${", at + 2)) {
                    int end = line.named.indexOf('}', at);
                    if (end > 0) { names.add(line.named.substring(at + 2, end)); }
                }
            }
        }
        Collections.reverse(used);
        return used;
    }

    /** {@code withNames}: with the script's names where possible, else with values only. */
    private String write(boolean withNames) {
        StringBuilder out =
                new StringBuilder("# imported from " + Characters.cut(shell.name, 60) + " by boxwall import\n");
        for (boolean drop : new boolean[] {true, false}) {
            List<Integer> missing = source.missingRules(drop);
            if (missing.isEmpty()) { continue; }
            out.append("# CAUTION: rules ").append(drop ? "that drop " : "").append("are missing (line ")
                    .append(Characters.cut(Words.join(missing, ", "), COMMENT_LIMIT)).append("), so this ")
                    .append(drop ? "lets through more than the script" : "may keep out what the script lets in")
                    .append('\n');
        }
        List<OutputLine> used = usedLines();
        int rules = 0;
        Set<Integer> written = new HashSet<>();
        Set<String> leftOut = new HashSet<>();
        int head = 1;
        while (source.text(head).startsWith("#")) {
            head++;
        }
        writeCommentAbove(head, written, out);
        for (OutputLine line : used) {
            Cancelled.check();
            boolean comment = line.named.startsWith("#");
            boolean fits = out.length() - rules < Math.min(COMMENTS_LIMIT, LIMIT - size);
            if (line.assigned != null && !withNames || comment && (!leftOut.add(line.named) || !fits)) { continue; }
            String rule = comment || withNames ? line.named : line.text;
            rules += comment ? 0 : rule.length() + 1;
            if (fits) {
                writeCommentAbove(line.top, written, out);
                writeCommentAbove(line.line, written, out);
            }
            out.append(rule);
            // the negative number: the comment beside the line
            if (!comment && written.add(-line.line) && fits) { out.append(commentBeside(source.text(line.line))); }
            if (comment) { out.append("\n#   ").append(Characters.cut(source.trimmed(line.line), COMMENT_LIMIT)); }
            out.append('\n');
        }
        return out.toString();
    }

    /** Writes the comment lines directly above a line, or above the empty line before it. */
    private void writeCommentAbove(int at, Set<Integer> written, StringBuilder out) {
        int end = source.trimmed(at - 1).length() == 0 ? at - 1 : at;
        int first = end;
        while (isComment(source.trimmed(first - 1)) && !written.contains(first - 1)) {
            first--;
        }
        if (first < end) { out.append('\n'); }
        for (int line = first; line < end; line++) {
            written.add(line);
            out.append(Characters.cut(source.trimmed(line), COMMENT_LIMIT)).append('\n');
        }
    }

    private static boolean isComment(String line) {
        return line.startsWith("#") && !line.startsWith("#!") && !RuleText.isDumpHead(line);
    }

    /** The comment at a line's end: a # after a blank and before no quote. */
    private static String commentBeside(String line) {
        int at = line.lastIndexOf(" #");
        boolean none =
                at < 0 || line.indexOf('"', at) >= 0 || line.indexOf('\'', at) >= 0 || line.trim().startsWith("#");
        return none ? "" : "  " + Characters.cut(line.substring(at + 1).trim(), COMMENT_LIMIT);
    }
}
