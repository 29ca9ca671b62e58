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
    final SourceLines lines;
    final List<Output.Line> out = new ArrayList<>();
    Variables variables = new Variables();
    final String name;
    final NotRun notRun;
    /** By name, those that are defined so far. */
    Map<String, Node> functions = new HashMap<>();
    /** For each call that runs, its local names with the values that they had before, null for none. */
    private final List<Map<String, String>> locals = new ArrayList<>();
    final IptablesCommands iptables;
    private final Commands commands;
    private SaveDump dump;
    /** Within what iptables -L printed. */
    private boolean listing;
    /** The line of the text's part that is run now: comments above it belong to its output. */
    private int top;
    private int subshells;
    private int steps;
    /** Why nothing more is run (exit, return, break, continue), or null. */
    private String halt;
    private int haltLine;

    /** {@code word}: what a script is started with, null for start. */
    Interpreter(SourceLines lines, String name, String word) {
        this.lines = lines;
        this.name = name;
        this.notRun = new NotRun(this);
        this.iptables = new IptablesCommands(this);
        this.commands = new Commands(this);
        if (word != null) {
            variables.positional = new ArrayList<>(Arrays.asList(word).subList(word.length() == 0 ? 1 : 0, 1));
            variables.assumed = false;
        }
    }

    /** The lines of a dump that stand in the text itself. */
    void saved(int line) {
        dump = dump == null ? new SaveDump(this, 0, false) : dump;
        dump.line(line, lines.text(line));
    }

    void run(Script script) {
        for (Node part : script.parts) {
            for (Node simple : part.simple()) {
                lines.mark(simple.line, simple.line, SourceLines.COMMAND);
                commands.count(simple);
            }
        }
        for (Node part : script.parts) {
            top = part.line;
            if (halt != null && !script.page) {
                notRun.skip(part, stopped());
                lines.missing(part.line, part.last(), "not run: " + stopped(),
                        "move it before that line if you need it");
            } else {
                halt = null;
                run(part, false);
            }
        }
        if (dump != null) { dump.end(); }
        notRun.uncalled();
    }

    private String stopped() { return "it stands after " + halt + " in line " + haltLine; }

    /** {@code asks}: the status counts, as in a condition; then a command that isn't known is no loss. */
    ExitStatus run(Node node, boolean asks) {
        Abandoned.check();
        if (++steps > STEPS_LIMIT) {
            notRun.passOver(node, "more than " + STEPS_LIMIT + " steps", "write the rules without the loop", false);
            return ExitStatus.UNKNOWN;
        }
        if (node.kind.isCompound()) { lines.structure(node.line, node.end); }
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
                prose(node);
                return ExitStatus.UNKNOWN;
            case SAVED :
                saved(node.line);
                return ExitStatus.TRUE;
            case UNREADABLE :
                return notRun.left(node, "unreadable", notRun.unreadable(node));
            case IF :
                return choice(node);
            case FOR :
                return each(node);
            case LOOP :
                return loop(node);
            case CASE :
                return cases(node);
            case FUNCTION :
                functions.put(node.name, node);
                return ExitStatus.TRUE;
            default :
                return group(node, asks);
        }
    }

    /** Interprets a part that runs or not as the box decides, for the rules that it may add. */
    void perhaps(Node node) {
        if (lines.muted > 2 || steps > STEPS_LIMIT / 2) { return; }
        Variables outer = variables;
        Map<String, Node> defined = functions;
        Set<String> present = iptables.present;
        String halted = halt;
        variables = variables.copy();
        functions = new HashMap<>(defined);
        iptables.present = new HashSet<>(present);
        halt = null;
        lines.muted++;
        run(node, false);
        lines.muted--;
        halt = halted;
        iptables.present = present;
        functions = defined;
        variables = outer;
    }

    private ExitStatus list(Node node, boolean asks) {
        ExitStatus status = ExitStatus.TRUE;
        for (int i = 0; i < node.parts.size(); i++) {
            if (halt != null) {
                notRun.skip(node.parts.get(i), stopped());
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
                notRun.skip(part, stopped());
            } else if (status == ExitStatus.of(and)) {
                ran = part;
                status = run(part, asks || i + 1 < node.parts.size());
            } else if (status == ExitStatus.UNKNOWN) {
                notRun.undecided(part, node.parts.get(i - 1));
            } else {
                notRun.skip(ran, part, "it is for when the command before " + (and ? "succeeds" : "fails"));
            }
        }
        return status;
    }

    private ExitStatus choice(Node node) {
        boolean done = false;
        Node open = null;
        for (int i = 0; i < node.parts.size(); i += 2) {
            boolean otherwise = i + 1 == node.parts.size();
            Node condition = node.parts.get(i);
            Node body = node.parts.get(otherwise ? i : i + 1);
            if (open != null && (otherwise || halt == null)) {
                notRun.undecided(condition, open);
                if (!otherwise) { notRun.undecided(body, open); }
            } else if (otherwise && !done && halt == null) {
                run(body, false);
            } else if (otherwise) {
                notRun.skip(node.parts.get(0), body, "another branch is taken");
            } else if (done || halt != null) {
                notRun.skip(condition, "another branch is taken");
                notRun.skip(body, "another branch is taken");
            } else {
                ExitStatus status = run(condition, true);
                if (status == ExitStatus.TRUE) {
                    run(body, false);
                    done = true;
                } else if (status == ExitStatus.FALSE) {
                    notRun.skip(condition, body, "the condition doesn't hold");
                } else {
                    open = condition;
                    notRun.undecided(body, open);
                }
            }
        }
        return ExitStatus.TRUE;
    }

    private ExitStatus each(Node node) {
        List<String> values;
        try {
            values = node.flag ? variables.positional : Expansion.of(node.words, variables).texts;
            for (ShellWord word : node.words) {
                for (Piece piece : word.pieces) {
                    if (piece.isBare() && (piece.text.indexOf('*') >= 0 || piece.text.indexOf('?') >= 0)) {
                        throw new ShellError("file-pattern", Quoting.excerpt(piece.text));
                    }
                }
            }
        } catch (ShellError e) {
            lines.note(node.line, "loop-unknown", e.getMessage(), e.todo);
            variables.forget(node.name, "line " + node.line + " sets it in a loop", null);
            notRun.undecided(node.parts.get(0), node);
            variables.forget(node.name, "line " + node.line + " sets it in a loop", null);
            return ExitStatus.UNKNOWN;
        }
        if (values.isEmpty()) { notRun.skip(node.parts.get(0), "the loop's list is empty"); }
        for (String value : values) {
            variables.set(node.name, value);
            run(node.parts.get(0), false);
            boolean goesOn = halt == null || halt.equals("continue");
            halt = goesOn || halt.equals("break") ? null : halt;
            if (!goesOn) { break; }
        }
        return ExitStatus.TRUE;
    }

    private ExitStatus loop(Node node) {
        if (run(node.parts.get(0), true) == ExitStatus.of(node.flag)) {
            notRun.skip(node.parts.get(1), "the loop's condition doesn't hold at its start");
            return ExitStatus.TRUE;
        }
        notRun.undecided(node.parts.get(1), node);
        return ExitStatus.UNKNOWN;
    }

    private ExitStatus cases(Node node) {
        int chosen = -1;
        try {
            chosen = Conditions.choose(node, this);
        } catch (ShellError e) {
            lines.note(node.line, "case-unknown", e.getMessage(), e.todo);
            for (Node part : node.parts) {
                notRun.undecided(part, node);
            }
            return ExitStatus.UNKNOWN;
        }
        for (int i = 0; i < node.parts.size(); i++) {
            if (i != chosen) { notRun.skip(node.parts.get(i), "another branch of the case is taken"); }
        }
        if (chosen >= 0) { run(node.parts.get(chosen), false); }
        return ExitStatus.TRUE;
    }

    private ExitStatus group(Node node, boolean asks) {
        if (!node.flag) { return run(node.parts.get(0), asks); }
        Variables outer = variables;
        variables = variables.copy();
        subshells++;
        ExitStatus status = run(node.parts.get(0), asks);
        variables = outer;
        subshells--;
        halt = null;
        return status;
    }

    /**
     * A line that isn't read as a command; if it has a rule in it, or is in what calls itself a script, something may
     * be missing.
     */
    private void prose(Node node) {
        String line = lines.text(node.line);
        boolean chain = RuleText.isListing(line);
        listing = chain || listing && line.trim().length() > 0;
        if (chain || listing && (line.indexOf('.') > 0 || line.contains("anywhere"))) {
            lines.rule(node.line);
            notRun.left(node, "listed");
        } else if (notRun.foreign(node)) {
            return;
        } else if (RuleText.isPart(line)) {
            lines.rule(node.line);
            notRun.left(node, "hidden");
        } else if (lines.text(1).startsWith("#!")) {
            notRun.left(node, "script-unread");
        } else {
            lines.note(node.line, "text");
        }
    }

    /** Runs a function's body with these words as $1 and so on. */
    ExitStatus call(Node function, List<String> words, int line) {
        if (locals.size() >= CALLS_LIMIT) {
            lines.loss(line, "calls-deep", CALLS_LIMIT);
            leftLine(line, "functions that call each other too deep", null);
            return ExitStatus.UNKNOWN;
        }
        if (lines.muted == 0) { notRun.called.add(function); }
        List<String> before = variables.positional;
        variables.positional = words;
        locals.add(new HashMap<String, String>());
        ExitStatus status = run(function.parts.get(0), false);
        halt = "return".equals(halt) ? null : halt;
        for (Map.Entry<String, String> local : locals.remove(locals.size() - 1).entrySet()) {
            variables.set(local.getKey(), local.getValue());
        }
        variables.positional = before;
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
            value = variables.value(name);
        } catch (ShellError e) {
            variables.unset(name);
        }
        locals.get(locals.size() - 1).put(name, value);
    }

    /** Whether an assignment may go out as one: it holds from here on, everywhere. */
    boolean mayKeep(String name) {
        return subshells == 0 && !isLocal(name);
    }

    /** Stops: exit, return, break or continue. */
    void halt(String how, int line) {
        halt = how;
        haltLine = line;
    }

    /** A command that nothing is lost by. */
    ExitStatus noted(Node node, String name) {
        lines.note(node.line, name);
        return ExitStatus.TRUE;
    }

    ExitStatus taken(Node node) {
        lines.taken(node.line, node.end);
        return ExitStatus.TRUE;
    }

    /** Leaves out a line, and says so in a remark and beside the rules. */
    void leave(int line, String name, Object... values) {
        leave(line, Messages.of(lines.shown(line), name, values));
    }

    void leave(int line, String[] texts) {
        lines.remark(line, texts, false);
        leftLine(line, texts[0], null);
    }

    /** Says beside the rules what is left out; {@code strict} is what can be read of the rule, or null. */
    void leftLine(int line, String what, String strict) {
        add(new Output.Line(line, "", "").leaveOut(what, strict));
    }

    /** A line that goes out; of what only might run, for {@link Imported#stricter} alone. */
    void add(Output.Line line) {
        if (lines.muted > 0) {
            String may = line.text.length() > 0 ? line.text : line.strict;
            if (may == null) { return; }
            line.leaveOut(null, may);
        }
        line.top = top;
        out.add(line);
    }
}
