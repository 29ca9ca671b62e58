package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known at a point of a script that is interpreted, and what goes out. Also the account for parts that aren't
 * run or can't be taken over: the remarks on their lines, and whether they add rules.
 */
final class ShellState {
    static final Set<String> PRINTING = new HashSet<>(Arrays.asList("echo", "printf", "logger", "sleep", "cd", "wait",
            "umask", "trap", "sync", "date", "uname", "hostname", "ps", "cat", "grep", "lsmod", "ifconfig", "ls",
            "which", "type", "iptables-save", "ip6tables-save", "tail", "head", "dmesg", "ping"));
    /** Commands that run others, or make what rules need. */
    private static final Set<String> RUNNING = new HashSet<>(Arrays.asList("sh", "bash", "ash", "dash", "eval", ".",
            "source", "xargs", "ssh", "include", "run-parts", "ipset", "nft"));
    /** What bash reads and ash does not. */
    private static final String[] BASH = {"<(", ">(", "((", "[[", "=(", "=~", ";;&", ";&", "coproc ", "select "};
    /** Functions that call each other, for asking whether one adds a rule. */
    private static final int ASKED_LIMIT = 50;

    final SourceLines lines;
    /** What the user calls the text. */
    final String name;
    final List<OutputLine> out = new ArrayList<>();
    Variables variables = new Variables();
    /** By name, those that are defined so far. */
    Map<String, Node> functions = new HashMap<>();
    /** Rules and chains that are there at this point, as texts: what {@code -C} and {@code -D} ask for. */
    Set<String> present = new HashSet<>();
    /** Outside of subshells: what is assigned holds from here on, everywhere. */
    boolean lasting = true;
    /** The line of the text's part that is run now: comments above it belong to its output. */
    int top;
    /** The functions that are called, and those that are where it can't be decided whether. */
    final Set<Node> called = new HashSet<>();
    final Set<Node> calledPerhaps = new HashSet<>();
    /** Names of commands in what isn't run: a function among them isn't never called. */
    private final Set<String> mentioned = new HashSet<>();

    ShellState(SourceLines lines, String name) {
        this.lines = lines;
        this.name = name;
    }

    /** A line that goes out; of what only might run, for {@link Imported#stricter} alone. */
    void add(OutputLine line) {
        if (lines.muted > 0) {
            String may = line.text.length() > 0 ? line.text : line.strict;
            if (may == null) { return; }
            line.leaveOut(null, may);
        }
        line.top = top;
        out.add(line);
    }

    /** A command that nothing is lost by. */
    ExitStatus noted(Node node, String message) {
        lines.note(node.line, message);
        return ExitStatus.TRUE;
    }

    ExitStatus taken(Node node) {
        lines.mark(node.line, node.end, SourceLines.TAKEN);
        return ExitStatus.TRUE;
    }

    /** Leaves out a line, and says so in a remark and beside the rules. */
    void leave(int line, String message, Object... values) {
        leave(line, line, Messages.of(lines.shown(line), message, values), null, false);
    }

    /** {@code strict}: what can be read of the rule, or null. */
    void leave(int from, int to, String[] texts, String strict, boolean harmless) {
        for (int line = from; line <= to; line++) {
            boolean said = lines.trimmed(line).length() > 0 && lines.remark(line, texts, harmless);
            if (said && line == from) { leftLine(line, texts[0], strict); }
        }
    }

    /** Says beside the rules what is left out. */
    void leftLine(int line, String what, String strict) {
        add(new OutputLine(line, "", "").leaveOut(what, strict));
    }

    /** Leaves a command out. */
    ExitStatus left(Node node, String message, Object... values) {
        leave(node.line, node.last(), Messages.of(lines.shown(node.line), message, values), null, false);
        return ExitStatus.UNKNOWN;
    }

    ExitStatus left(Node node, ShellError e, String strict) {
        leave(node.line, node.last(), e.texts, strict, false);
        return ExitStatus.UNKNOWN;
    }

    /**
     * Leaves out what is no rule: nothing is missing by that, unless its lines hold a rule, or it may run others that
     * do.
     */
    ExitStatus aside(Node node, String message, Object... values) {
        String[] texts = Messages.of(lines.shown(node.line), message, values);
        leave(node.line, node.last(), texts, null, !mayAdd(node));
        return ExitStatus.TRUE;
    }

    /** Leaves out a rule of another firewall; false if the line is none. */
    boolean foreign(Node node) {
        String text = lines.trimmed(node.line);
        for (String[] row : Messages.rows("foreign")) {
            if (text.startsWith(row[1].replace('_', ' ')) && text.indexOf(row[2], row[1].length()) >= 0) {
                String[] texts = {row[3] + ": boxwall reads those of iptables", row[4]};
                lines.mark(node.line, node.line, SourceLines.RULE);
                leave(node.line, node.last(), texts, null, false);
                return true;
            }
        }
        return false;
    }

    /** Leaves out a part that is no shell; what bash reads is not what the box's ash does. */
    ExitStatus unreadable(Node node) {
        String why = "no shell could read this: ";
        for (int line = node.line; line <= node.end; line++) {
            for (String form : BASH) {
                why = lines.text(line).contains(form) ? "the box's ash can't read this, bash may: " : why;
            }
        }
        return left(node, "unreadable", why + node.name);
    }

    /** A part that isn't run, and what is lost by that: nothing. */
    void skip(Node node, String why) {
        for (Node simple : node.simple()) {
            mentioned.add(simple.called());
        }
        passOver(node, "not run: " + why, "nothing to do, unless you need it", true);
    }

    /**
     * A part that isn't run as {@code by} decides. A rule that the word true or false alone keeps out, or a name that
     * only another file or the environment may set, is named as missing.
     */
    void skip(Node by, Node part, String why) {
        skip(part, why);
        String word = by.simple().size() == 1 ? by.simple().get(0).called() : "";
        boolean constant = ShellWord.isOf(word, "true", "false");
        String unset = constant ? word : null;
        for (Node simple : by.simple()) {
            for (ShellWord each : simple.words) {
                unset = unset == null ? variables.unsetIn(each) : unset;
            }
        }
        for (Node simple : part.simple()) {
            if (unset != null && adds(simple)) {
                lines.loss(simple.line, constant ? "constant" : "name-unset", why, unset);
            }
        }
    }

    void passOver(Node node, String what, String todo, boolean harmless) {
        for (Node simple : node.simple()) {
            boolean prints = harmless && PRINTING.contains(simple.called());
            lines.passOver(simple.line, prints ? simple.line : simple.last(), what, todo, harmless);
            lines.mark(simple.line, simple.last(), SourceLines.STRUCTURE);
        }
        lines.mark(node.line, node.end, SourceLines.STRUCTURE);
        if (node.kind == Node.Kind.UNREADABLE || node.kind == Node.Kind.PROSE) {
            lines.passOver(node.line, node.end, what, todo, harmless);
        }
    }

    /** Names the lines of functions that aren't run. */
    void uncalled() {
        for (Node function : functions.values()) {
            if (called.contains(function)) { continue; }
            String what = "the function " + Quoting.cut(function.name, 30) + " is ";
            if (calledPerhaps.contains(function)) {
                passOver(function, what + "called only where it depends on the box",
                        "write its rules into the ruleset if you need them", false);
            } else if (mentioned.contains(function.name)) {
                skip(function, what + "called only in what isn't run");
            } else {
                skip(function, what + "never called");
                lines.missing(function.line, function.end, "not run: " + what + "never called",
                        "call it, or remove it");
            }
        }
    }

    /** Whether a rule, or a function that adds some, is in what would have to be executed for the command's words. */
    boolean substitutes(Node node) {
        boolean rule = false;
        for (ShellWord word : node.words) {
            for (ShellWord.Piece piece : word.pieces) {
                if (!piece.isUnknown()) { continue; }
                rule |= RuleText.holds(piece.text);
                for (String each : RuleText.words(piece.text)) {
                    mentioned.add(each);
                    rule |= functions.containsKey(each) && adds(functions.get(each));
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
        if (seen.size() > ASKED_LIMIT || !seen.add(part)) { return false; }
        for (Node simple : part.simple()) {
            Node function = functions.get(simple.called());
            if (isRule(simple) || function != null && adds(function, seen)) { return true; }
        }
        return false;
    }

    static boolean isRule(Node simple) {
        return !PRINTING.contains(simple.called()) && RuleText.holds(Words.join(simple.words, " "));
    }

    /** Whether a command may add a rule: by its words, by what it runs, or in a here-document. */
    boolean mayAdd(Node simple) {
        for (int line = simple.line; line <= simple.last(); line++) {
            if (RuleText.isPart(lines.text(line))) { return true; }
        }
        String program = simple.program();
        return program.startsWith("$") || program.endsWith(".sh") || program.endsWith("tables-restore")
                || RUNNING.contains(program) || RuleText.program(program) != null || adds(simple);
    }

    /** The file that a command's output goes to; null for none, or one that swallows it. */
    String written(Node node) {
        for (Node.Redirect redirect : node.redirects) {
            String target = redirect.target.toString();
            boolean swallowed = target.equals("/dev/null") || target.equals("/dev/console")
                    || target.equals("/dev/kmsg") || target.startsWith("/dev/tty") || redirect.operator.equals(">&");
            if (redirect.operator.indexOf('>') >= 0 && !swallowed) {
                try {
                    String value = Expansion.single(redirect.target, variables, true);
                    return value.length() == 0 ? target : value;
                } catch (ShellError e) {
                    return target;
                }
            }
        }
        return null;
    }
}
