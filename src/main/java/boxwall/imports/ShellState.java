package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of a script at the point that is interpreted, and the lines to write. Also records the parts that are not
 * run or cannot be converted: the remarks on their lines, and whether they add rules.
 */
final class ShellState {
    static final Set<String> PRINTING = new HashSet<>(Arrays.asList("echo", "printf", "logger", "sleep", "cd", "wait",
            "umask", "trap", "sync", "date", "uname", "hostname", "ps", "cat", "grep", "lsmod", "ifconfig", "ls",
            "which", "type", "iptables-save", "ip6tables-save", "tail", "head", "dmesg", "ping"));
    /** Commands that run others, or create what rules need. */
    private static final Set<String> RUNNING = new HashSet<>(Arrays.asList("sh", "bash", "ash", "dash", "eval", ".",
            "source", "xargs", "ssh", "include", "run-parts", "ipset", "nft"));
    /** Syntax that bash reads and ash does not. */
    private static final String[] BASH = {"<(", ">(", "((", "[[", "=(", "=~", ";;&", ";&", "coproc ", "select "};
    /** Functions that call each other, in the search for one that adds a rule. */
    private static final int NESTED_LIMIT = 50;

    final SourceLines lines;
    /** The user's name for the text. */
    final String name;
    final List<OutputLine> out = new ArrayList<>();
    Variables variables;
    /** The functions that are defined so far, by name. */
    Map<String, Node> functions = new HashMap<>();
    /** The tables after the lines that it has read so far: their number. */
    private final RulesetParser tables = new RulesetParser(Variables.BOX);
    private int linesRead;
    /** Whether a rule was taken or left out before this point. */
    boolean mayHaveRules;
    /** First line of the part of the script that is run now: comments above it belong to its output. */
    int top;
    final Set<Node> calledFunctions = new HashSet<>();
    /** Functions that are called or not, depending on the box. */
    final Set<Node> possiblyCalled = new HashSet<>();
    /** Command names in parts that are not run: a function of such a name is not reported as never called. */
    private final Set<String> skippedCalls = new HashSet<>();

    ShellState(SourceLines lines, String name, String word) {
        this.lines = lines;
        this.name = name;
        variables = new Variables(word);
    }

    /** Adds a line to the output; a line that only may run is added for {@link Imported#stricter} alone. */
    void add(OutputLine line) {
        if (lines.muted > 0) {
            String rule = line.text.length() > 0 ? line.text : line.strict;
            if (rule == null) { return; }
            line.leaveOut(null, rule);
        }
        line.top = top;
        out.add(line);
        mayHaveRules |= "AIR".indexOf(line.verb) >= 0;
    }

    /** The first error of the last line after those before it, or of a question after all lines; null for none. */
    SyntaxError error(String question) {
        SyntaxError error = null;
        for (; linesRead < out.size(); linesRead++) {
            error = tables.read(out.get(linesRead).text, false);
        }
        return question == null ? error : tables.read(question, true);
    }

    /** Remarks on a command without which no rule is missing. */
    ExitStatus note(Node node, String message) {
        lines.note(node.line, message);
        return ExitStatus.TRUE;
    }

    ExitStatus markTaken(Node node) {
        lines.mark(node.line, node.end, SourceLines.TAKEN);
        return ExitStatus.TRUE;
    }

    /** Leaves out a line, with a remark and a comment in the output. */
    void leaveOut(int line, String message, Object... values) {
        leaveOut(line, line, lines.message(line, message, values), null, false);
    }

    /** {@code strict}: the rule as far as it can be read, or null. */
    void leaveOut(int from, int to, String[] message, String strict, boolean harmless) {
        mayHaveRules |= !harmless;
        for (int line = from; line <= to; line++) {
            boolean remarked = lines.trimmed(line).length() > 0 && lines.remark(line, message, harmless);
            if (remarked && line == from) { comment(line, message[0], strict); }
        }
    }

    /** Leaves out a command. */
    ExitStatus leaveOut(Node node, String message, Object... values) {
        return leaveOut(node, lines.message(node.line, message, values), null);
    }

    ExitStatus leaveOut(Node node, String[] message, String strict) {
        leaveOut(node.line, node.last(), message, strict, false);
        return ExitStatus.UNKNOWN;
    }

    /** Leaves out a command that adds no rule; nothing is missing unless its lines contain a rule or it runs others. */
    ExitStatus ignore(Node node, String message, Object... values) {
        leaveOut(node.line, node.last(), lines.message(node.line, message, values), null, !mayAdd(node));
        return ExitStatus.TRUE;
    }

    /** Comments in the output on a line that is left out. */
    void comment(int line, String why, String strict) {
        add(new OutputLine(line, "", "").leaveOut(why, strict));
    }

    /** Leaves out a rule of another firewall; false if the line is none. */
    boolean leaveOutForeign(Node node) {
        String text = lines.trimmed(node.line);
        for (String[] row : Messages.rows("foreign")) {
            if (text.startsWith(row[1].replace('_', ' ')) && text.indexOf(row[2], row[1].length()) >= 0) {
                lines.mark(node.line, node.line, SourceLines.RULE);
                leaveOut(node, new String[] {row[3] + ": boxwall reads those of iptables", row[4]}, null);
                return true;
            }
        }
        return false;
    }

    /** Leaves out a part with a syntax error; bash may read it where the box's ash cannot. */
    ExitStatus unreadable(Node node) {
        String why = "no shell could read this: ";
        for (int line = node.line; line <= node.end; line++) {
            for (String form : BASH) {
                why = lines.text(line).contains(form) ? "the box's ash can't read this, bash may: " : why;
            }
        }
        return leaveOut(node, "unreadable", why + node.name);
    }

    /** Records that a part is not run, so none of its rules is missing. */
    void skip(Node node, String why) {
        for (Node command : node.commands()) {
            skippedCalls.add(command.commandName());
        }
        skip(node, "not run: " + why, "nothing to do, unless you need it", true);
    }

    /**
     * Records that a condition decides not to run a part. Its rules are missing if the condition is only the word true
     * or false, or uses a name that only another file or the environment may set.
     */
    void skip(Node condition, Node part, String why) {
        skip(part, why);
        List<Node> tests = condition.commands();
        String word = tests.size() == 1 ? tests.get(0).commandName() : "";
        boolean constant = ShellWord.isOneOf(word, "true", "false");
        String culprit = constant ? word : null;
        for (Node test : tests) {
            for (ShellWord argument : test.words) {
                culprit = culprit == null ? variables.unsetIn(argument) : culprit;
            }
        }
        for (Node command : part.commands()) {
            if (culprit != null && adds(command)) {
                lines.loss(command.line, constant ? "constant" : "name-unset", why, culprit);
            }
        }
    }

    void skip(Node node, String what, String todo, boolean harmless) {
        String[] message = {what, todo};
        for (Node command : node.commands()) {
            boolean prints = harmless && PRINTING.contains(command.commandName());
            lines.skip(command.line, prints ? command.line : command.last(), message, harmless);
            lines.mark(command.line, command.last(), SourceLines.STRUCTURE);
        }
        lines.mark(node.line, node.end, SourceLines.STRUCTURE);
        if (node.kind == Node.Kind.UNREADABLE || node.kind == Node.Kind.PROSE) {
            lines.skip(node.line, node.end, message, harmless);
        }
    }

    /** Records that a part is not run, probably by mistake: its rules are missing. */
    void skipByMistake(Node node, String why, String todo) {
        skip(node, why);
        lines.skippedByMistake(node.line, node.end, new String[] {"not run: " + why, todo});
    }

    /** Remarks on the functions that are not run. */
    void remarkOnUncalled() {
        for (Node function : functions.values()) {
            String subject = "the function " + Characters.cut(function.name, 30) + " is ";
            if (calledFunctions.contains(function)) { continue; }
            if (possiblyCalled.contains(function)) {
                skip(function, subject + "called only where it depends on the box",
                        "write its rules into the ruleset if you need them", false);
            } else if (skippedCalls.contains(function.name)) {
                skip(function, subject + "called only in what isn't run");
            } else {
                skipByMistake(function, subject + "never called", "call it, or remove it");
            }
        }
    }

    /** Whether a command substitution in the command's words contains a rule, or calls a function that adds one. */
    boolean substitutesRule(Node command) {
        boolean rule = false;
        for (ShellWord word : command.words) {
            for (ShellWord.Piece piece : word.pieces) {
                if (!piece.isUnknown()) { continue; }
                rule |= RuleText.hasRule(piece.text) || RuleText.changes(piece.text);
                for (String name : RuleText.words(piece.text)) {
                    skippedCalls.add(name);
                    rule |= functions.containsKey(name) && adds(functions.get(name));
                }
            }
        }
        return rule;
    }

    /** Whether a part adds a rule, itself or by the functions that it calls. */
    boolean adds(Node part) {
        return adds(part, new HashSet<Node>());
    }

    private boolean adds(Node part, Set<Node> seen) {
        if (seen.size() > NESTED_LIMIT || !seen.add(part)) { return false; }
        for (Node command : part.commands()) {
            Node function = functions.get(command.commandName());
            if (isRule(command) || function != null && adds(function, seen)) { return true; }
        }
        return false;
    }

    static boolean isRule(Node command) {
        return !PRINTING.contains(command.commandName()) && RuleText.hasRule(Words.join(command.words, " "));
    }

    /** Whether a command may add a rule: by its words, by a program that it runs, or in a here-document. */
    boolean mayAdd(Node command) {
        for (int line = command.line; line <= command.last(); line++) {
            if (RuleText.resemblesRule(lines.text(line))) { return true; }
        }
        String program = command.program();
        return program.startsWith("$") && !program.startsWith("$((") || program.endsWith(".sh")
                || program.endsWith("tables-restore") || RUNNING.contains(program) || RuleText.program(program) != null
                || adds(command);
    }

    /**
     * The file that a command's output is written to; null for none, or if the output is discarded, printed on a
     * terminal or the console, sent to the kernel log, or copied by {@code >&}.
     */
    String outputFile(Node command) {
        for (Node.Redirect redirect : command.redirects) {
            String target = redirect.target.toString();
            boolean discarded = ShellWord.isOneOf(target, "/dev/null", "/dev/console", "/dev/kmsg")
                    || target.startsWith("/dev/tty") || redirect.operator.equals(">&");
            if (redirect.operator.indexOf('>') < 0 || discarded) { continue; }
            try {
                String value = Expansion.single(redirect.target, variables, true);
                return value.length() == 0 ? target : value;
            } catch (ShellError e) {
                return target;
            }
        }
        return null;
    }
}
