package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions of a script: what is called with which words, what is never called, and whether one adds a rule. */
final class Functions {
    private static final int CALLS_LIMIT = 20;
    /** Functions that call each other, for asking whether one adds a rule. */
    private static final int ASKED_LIMIT = 50;

    private final Interpreter shell;
    /** By name, those that are defined so far. */
    Map<String, Node> defined = new HashMap<>();
    private final Set<Node> called = new HashSet<>();
    /** Names of commands in what isn't run: a function among them isn't never called. */
    private final Set<String> mentioned = new HashSet<>();
    /** Functions that are called where it can't be decided whether. */
    final Set<Node> calledPerhaps = new HashSet<>();
    /** For each call that runs, its local names with the values that they had before, null for none. */
    private final List<Map<String, String>> locals = new ArrayList<>();

    Functions(Interpreter shell) { this.shell = shell; }

    /** Remembers what a command that isn't run would call. */
    void mention(Node simple) {
        mentioned.add(simple.called());
    }

    /** Names the lines of functions that aren't run. */
    void uncalled() {
        for (Node function : defined.values()) {
            if (called.contains(function)) { continue; }
            String what = "the function " + Quoting.cut(function.name, 30) + " is ";
            if (calledPerhaps.contains(function)) {
                shell.notRun.passOver(function, what + "called only where it depends on the box",
                        "write its rules into the ruleset if you need them", false);
            } else if (mentioned.contains(function.name)) {
                shell.notRun.skip(function, what + "called only in what isn't run");
            } else {
                shell.notRun.skip(function, what + "never called");
                shell.lines.missing(function.line, function.end, "not run: " + what + "never called",
                        "call it, or remove it");
            }
        }
    }

    /** Runs a function's body with these words as $1 and so on. */
    ExitStatus call(Node function, List<String> words, int line) {
        if (locals.size() >= CALLS_LIMIT) {
            shell.lines.remark(line, "functions that call each other more than " + CALLS_LIMIT + " deep",
                    "write the rules out", false);
            shell.leftLine(line, "functions that call each other too deep", null);
            return ExitStatus.UNKNOWN;
        }
        if (shell.lines.muted == 0) { called.add(function); }
        List<String> before = shell.variables.positional;
        shell.variables.positional = words;
        locals.add(new HashMap<String, String>());
        ExitStatus status = shell.run(function.parts.get(0), false);
        shell.returned();
        for (Map.Entry<String, String> local : locals.remove(locals.size() - 1).entrySet()) {
            if (local.getValue() != null) {
                shell.variables.set(local.getKey(), local.getValue());
            } else {
                shell.variables.unset(local.getKey());
            }
        }
        shell.variables.positional = before;
        return status;
    }

    private boolean isLocal(String name) {
        return !locals.isEmpty() && locals.get(locals.size() - 1).containsKey(name);
    }

    /** The name gets its value back when the function that runs now ends. */
    void local(String name) {
        if (locals.isEmpty() || isLocal(name)) { return; }
        String value = null;
        try {
            value = shell.variables.value(name);
        } catch (ShellError e) {
            shell.variables.unset(name);
        }
        locals.get(locals.size() - 1).put(name, value);
    }

    /** Whether an assignment may go out as one: it holds from here on, everywhere. */
    boolean mayKeep(String name) {
        return !shell.inSubshell() && !isLocal(name);
    }

    /** Whether a rule, or a function that adds some, is in what would have to be executed for the command's words. */
    boolean substitutes(Node node) {
        boolean rule = false;
        for (ShellWord word : node.words) {
            for (Piece piece : word.pieces) {
                boolean unknown = piece.isUnknown();
                rule |= unknown && RuleText.holds(piece.text);
                for (String each : RuleText.words(unknown ? piece.text : "")) {
                    mentioned.add(each);
                    rule |= defined.containsKey(each) && adds(defined.get(each));
                }
            }
        }
        return rule;
    }

    /** Whether a command adds a rule, itself or by the functions that it calls. */
    boolean adds(Node part) {
        return adds(part, new HashSet<Node>());
    }

    private boolean adds(Node part, Set<Node> seen) {
        if (seen.size() > ASKED_LIMIT || !seen.add(part)) { return false; }
        for (Node simple : part.simple()) {
            Node function = defined.get(simple.called());
            if (isRule(simple) || function != null && adds(function, seen)) { return true; }
        }
        return false;
    }

    static boolean isRule(Node simple) {
        return !Commands.PRINTING.contains(simple.called()) && RuleText.holds(Words.join(simple.words, " "));
    }
}
