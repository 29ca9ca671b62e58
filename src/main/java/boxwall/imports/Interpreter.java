package boxwall.imports;

import boxwall.netfilter.Abandoned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Interprets a script as a shell would at boot, with what can be known without the box: loops over literal lists are
 * unrolled, functions put in where they are called, conditions decided if they can be. What depends on the box is left
 * out with all that hangs on it, the names that it sets included.
 */
final class Interpreter {
    /** Rounds of loops and calls of functions may multiply; a ruleset file has 256 KiB. */
    private static final int STEPS_LIMIT = 50000;
    private static final int CALLS_LIMIT = 20;
    /** Functions that call functions, one in the other: a small JVM's stack ends. */
    private static final int NESTED_LIMIT = 200;
    /** Commands that add no rule and change no name. */
    private static final Set<String> QUIET = new HashSet<>(Arrays.asList("echo", "printf", "exit", "return", ":",
            "true", "false", "logger", "sleep", "[", "test", "break", "continue", "shift", "set", "rmmod"));

    final ShellState state;
    private final SourceLines lines;
    private final Commands commands;
    /** For each call that runs, its local names with the values that they had before, null for none. */
    private final List<Map<String, String>> locals = new ArrayList<>();
    /** Within what iptables -L printed. */
    private boolean listing;
    private int steps;
    /** Why nothing more is run (exit, return, break, continue), or null. */
    String halt;
    int haltLine;

    /** {@code word}: what a script is started with, null for start. */
    Interpreter(SourceLines lines, String name, String word) {
        this.lines = lines;
        state = new ShellState(lines, name);
        commands = new Commands(this);
        if (word != null) {
            state.variables.positional = new ArrayList<>(Arrays.asList(word).subList(word.length() == 0 ? 1 : 0, 1));
            state.variables.assumed = false;
        }
    }

    void run(Script script) {
        for (Node part : script.parts) {
            for (Node simple : part.simple()) {
                lines.mark(simple.line, simple.line, SourceLines.COMMAND);
                commands.count(simple);
            }
        }
        for (Node part : script.parts) {
            state.top = part.line;
            if (halt != null && !script.page) {
                state.skip(part, stopped());
                lines.missing(part.line, part.last(), "not run: " + stopped(),
                        "move it before that line if you need it");
            } else {
                halt = null;
                run(part, false);
            }
        }
        commands.dump.end();
        state.uncalled();
    }

    private String stopped() { return "it stands after " + halt + " in line " + haltLine; }

    /** {@code asks}: the status counts, as in a condition; then a command that isn't known is no loss. */
    ExitStatus run(Node node, boolean asks) {
        Abandoned.check();
        if (++steps > STEPS_LIMIT) {
            state.passOver(node, "more than " + STEPS_LIMIT + " steps", "write the rules without the loop", false);
            return ExitStatus.UNKNOWN;
        }
        lines.mark(node.line, node.end, SourceLines.STRUCTURE);
        switch (node.kind) {
            case SIMPLE :
                return commands.run(node, asks);
            case LIST :
                return list(node, asks);
            case AND_OR :
                return andOr(node, asks);
            case PIPE :
                ExitStatus status = node.parts.size() == 1 ? run(node.parts.get(0), asks) : commands.pipe(node, asks);
                return node.flag ? status.not() : status;
            case PROSE :
                return prose(node);
            case SAVED :
                return commands.saved(node.line);
            case UNREADABLE :
                return state.unreadable(node);
            case IF :
                return choice(node);
            case FOR :
                return each(node);
            case LOOP :
                return loop(node);
            case CASE :
                return cases(node);
            case FUNCTION :
                state.functions.put(node.name, node);
                return ExitStatus.TRUE;
            default :
                return group(node, asks);
        }
    }

    private ExitStatus list(Node node, boolean asks) {
        ExitStatus status = ExitStatus.TRUE;
        for (int i = 0; i < node.parts.size(); i++) {
            if (halt != null) {
                state.skip(node.parts.get(i), stopped());
            } else {
                status = run(node.parts.get(i), asks && i == node.parts.size() - 1);
            }
        }
        return status;
    }

    private ExitStatus andOr(Node node, boolean asks) {
        Node ran = node.parts.get(0);
        ExitStatus status = run(ran, true);
        for (int i = 1; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            boolean and = node.operators.get(i - 1).equals("&&");
            if (halt != null) {
                state.skip(part, stopped());
            } else if (status == ExitStatus.of(and)) {
                ran = part;
                status = run(part, asks || i + 1 < node.parts.size());
            } else if (status == ExitStatus.UNKNOWN) {
                undecided(part, node.parts.get(i - 1));
            } else {
                state.skip(ran, part, "it is for when the command before " + (and ? "succeeds" : "fails"));
            }
        }
        return status;
    }

    /** Once a condition is open, all branches from there on are; a known one only decides for those behind it. */
    private ExitStatus choice(Node node) {
        ExitStatus status = ExitStatus.FALSE;
        Node asked = null;
        boolean done = false;
        for (int i = 0; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            boolean body = i % 2 == 1;
            boolean otherwise = !body && i + 1 == node.parts.size();
            if (status == ExitStatus.UNKNOWN) {
                undecided(part, asked);
            } else if (done && otherwise) {
                state.skip(node.parts.get(0), part, "another branch is taken");
            } else if (done) {
                state.skip(part, "another branch is taken");
            } else if (body && status == ExitStatus.FALSE) {
                state.skip(asked, part, "the condition doesn't hold");
            } else if (body || otherwise) {
                run(part, false);
                done = true;
            } else {
                asked = part;
                status = run(part, true);
            }
        }
        return ExitStatus.TRUE;
    }

    private ExitStatus each(Node node) {
        List<String> values;
        try {
            values = node.flag ? state.variables.positional : Expansion.of(node.words, state.variables).texts;
            for (ShellWord word : node.words) {
                for (ShellWord.Piece piece : word.pieces) {
                    if (piece.isBare() && (piece.text.indexOf('*') >= 0 || piece.text.indexOf('?') >= 0)) {
                        throw new ShellError("file-pattern", Quoting.excerpt(piece.text));
                    }
                }
            }
        } catch (ShellError e) {
            lines.note(node.line, "loop-unknown", (Object[]) e.texts);
            state.variables.forget(node.name, "line " + node.line + " sets it in a loop", null);
            undecided(node.parts.get(0), node);
            state.variables.forget(node.name, "line " + node.line + " sets it in a loop", null);
            return ExitStatus.UNKNOWN;
        }
        if (values.isEmpty()) { state.skip(node.parts.get(0), "the loop's list is empty"); }
        for (String value : values) {
            state.variables.set(node.name, value);
            run(node.parts.get(0), false);
            boolean goesOn = halt == null || halt.equals("continue");
            halt = goesOn || halt.equals("break") ? null : halt;
            if (!goesOn) { break; }
        }
        return ExitStatus.TRUE;
    }

    /** A while or until is run if it is known not to begin; how often it goes round only the box knows. */
    private ExitStatus loop(Node node) {
        if (run(node.parts.get(0), true) == ExitStatus.of(node.flag)) {
            state.skip(node.parts.get(1), "the loop's condition doesn't hold at its start");
            return ExitStatus.TRUE;
        }
        undecided(node.parts.get(1), node);
        return ExitStatus.UNKNOWN;
    }

    private ExitStatus cases(Node node) {
        int chosen;
        try {
            chosen = Conditions.choose(node, state);
        } catch (ShellError e) {
            lines.note(node.line, "case-unknown", (Object[]) e.texts);
            for (Node part : node.parts) {
                undecided(part, node);
            }
            return ExitStatus.UNKNOWN;
        }
        for (int i = 0; i < node.parts.size(); i++) {
            if (i != chosen) { state.skip(node.parts.get(i), "another branch of the case is taken"); }
        }
        if (chosen >= 0) { run(node.parts.get(chosen), false); }
        return ExitStatus.TRUE;
    }

    /** Braces, or a subshell, whose names and exit end with it. */
    private ExitStatus group(Node node, boolean asks) {
        if (!node.flag) { return run(node.parts.get(0), asks); }
        return apart(node.parts.get(0), asks);
    }

    /** Runs a part whose names and exit end with it. */
    private ExitStatus apart(Node node, boolean asks) {
        Variables outer = state.variables;
        boolean lasting = state.lasting;
        String halted = halt;
        state.variables = outer.copy();
        state.lasting = false;
        halt = null;
        ExitStatus status = run(node, asks);
        halt = halted;
        state.lasting = lasting;
        state.variables = outer;
        return status;
    }

    /**
     * A line that isn't read as a command; if it has a rule in it, or is in what calls itself a script, something may
     * be missing.
     */
    private ExitStatus prose(Node node) {
        String line = lines.text(node.line);
        boolean chain = RuleText.isListing(line);
        listing = chain || listing && line.trim().length() > 0;
        boolean listed = chain || listing && (line.indexOf('.') > 0 || line.contains("anywhere"));
        if (!listed && state.foreign(node)) { return ExitStatus.UNKNOWN; }
        if (listed || RuleText.isPart(line)) {
            lines.mark(node.line, node.line, SourceLines.RULE);
            return state.left(node, listed ? "listed" : "hidden");
        }
        if (lines.text(1).startsWith("#!")) { return state.left(node, "script-unread"); }
        lines.note(node.line, "text");
        return ExitStatus.UNKNOWN;
    }

    /** A part that runs or not as the box decides. */
    private void undecided(Node node, Node cause) {
        StringBuilder asked = new StringBuilder();
        for (int line = cause.line; line <= cause.end && line <= cause.line + 3; line++) {
            asked.append(line == cause.line ? "" : " ").append(lines.trimmed(line));
        }
        boolean quiet = true;
        boolean modules = asked.indexOf("lsmod") >= 0 || asked.indexOf("/proc/modules") >= 0;
        for (Node simple : node.simple()) {
            String name = simple.program();
            quiet &= QUIET.contains(name) && state.written(simple) == null || simple.words.isEmpty();
            modules &= QUIET.contains(name) || name.equals("modprobe") || name.equals("insmod");
        }
        if (modules && !quiet) {
            // a module that is loaded already is left alone by modprobe, so asking before makes no difference
            run(node, false);
            return;
        }
        String[] texts =
                Messages.of("", quiet ? "depends-quietly" : "depends", cause.line, Quoting.excerpt(asked.toString()));
        for (Node simple : node.simple()) {
            boolean harmless = quiet || !state.mayAdd(simple);
            for (int line = simple.line; line <= simple.last(); line++) {
                lines.remark(line, texts, harmless);
            }
            if (!quiet) { state.leftLine(simple.line, texts[0], null); }
        }
        perhaps(node);
        forget(node, true, new HashSet<Node>());
    }

    /** Interprets a part that runs or not as the box decides, for the rules that it may add. */
    private void perhaps(Node node) {
        if (lines.muted > 2 || steps > STEPS_LIMIT / 2) { return; }
        Map<String, Node> defined = state.functions;
        Set<String> present = state.present;
        state.functions = new HashMap<>(defined);
        state.present = new HashSet<>(present);
        lines.muted++;
        apart(node, false);
        lines.muted--;
        state.present = present;
        state.functions = defined;
    }

    /** Names that a part may set or not have no known value after it, and functions that it may define are none. */
    private void forget(Node node, boolean here, Set<Node> seen) {
        if (node.kind == Node.Kind.FOR) {
            state.variables.forget(node.name, "line " + node.line + " may set it or not", null);
        } else if (node.kind == Node.Kind.FUNCTION && here) {
            state.functions.remove(node.name);
        } else if (node.kind == Node.Kind.SIMPLE) {
            forgetAssigned(node);
            Node function = state.functions.get(node.called());
            if (function != null && seen.size() < NESTED_LIMIT && seen.add(function)) {
                state.calledPerhaps.add(function);
                forget(function.parts.get(0), false, seen);
            }
        }
        for (Node part : node.parts) {
            forget(part, here, seen);
        }
    }

    /** {@code A=…} and {@code read A}; a name that is asked of the box in the same way twice keeps its meaning. */
    private void forgetAssigned(Node simple) {
        String first = simple.words.isEmpty() ? null : simple.words.get(0).plain();
        for (ShellWord word : simple.words) {
            String name = word.assigned();
            if (name != null) {
                ShellWord.Piece value = word.pieces.get(word.pieces.size() - 1);
                String known = state.variables.meant.get(name);
                boolean same = value.isUnknown() && known != null && known.equals(Messages.meant(value.text));
                state.variables.forget(name, "line " + simple.line + " may set it or not", same ? known : null);
            } else if (("read".equals(first) || "unset".equals(first)) && word.plain() != null
                    && ShellWord.isName(word.plain())) {
                state.variables.forget(word.plain(), "line " + simple.line + " reads it", null);
            }
        }
    }

    /** Runs a function's body with these words as $1 and so on. */
    ExitStatus call(Node function, List<String> words, int line) {
        if (locals.size() >= CALLS_LIMIT) {
            lines.loss(line, "calls-deep", CALLS_LIMIT);
            state.leftLine(line, "functions that call each other too deep", null);
            return ExitStatus.UNKNOWN;
        }
        if (lines.muted == 0) { state.called.add(function); }
        List<String> before = state.variables.positional;
        state.variables.positional = words;
        locals.add(new HashMap<String, String>());
        ExitStatus status = run(function.parts.get(0), false);
        halt = "return".equals(halt) ? null : halt;
        for (Map.Entry<String, String> local : locals.remove(locals.size() - 1).entrySet()) {
            state.variables.set(local.getKey(), local.getValue());
        }
        state.variables.positional = before;
        return status;
    }

    private boolean isLocal(String name) {
        return !locals.isEmpty() && locals.get(locals.size() - 1).containsKey(name);
    }

    /** The name gets its value back when the function that runs now ends. */
    void local(String name) {
        if (locals.isEmpty() || isLocal(name)) { return; }
        String value = state.variables.values.get(name);
        if (value == null) { state.variables.unset(name); }
        locals.get(locals.size() - 1).put(name, value);
    }

    /** Whether an assignment may go out as one: it holds from here on, everywhere. */
    boolean mayKeep(String name) {
        return state.lasting && !isLocal(name);
    }
}
