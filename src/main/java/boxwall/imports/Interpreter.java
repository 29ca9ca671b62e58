package boxwall.imports;

import boxwall.netfilter.Cancelled;
import boxwall.syntax.Characters;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Interprets a script as a shell would at boot, as far as possible without the box: it unrolls loops over literal
 * lists, expands function calls, and decides conditions. Parts that depend on the box are left out, and the names that
 * they set become unknown.
 */
final class Interpreter {
    /** Limits loops and calls that multiply; a ruleset file has 256 KiB at most. */
    private static final int STEPS_LIMIT = 50000;
    private static final int CALLS_LIMIT = 20;
    /** Functions that call each other: a small JVM has a small stack. */
    private static final int NESTED_LIMIT = 200;
    /** Commands that add no rule and change no name. */
    private static final Set<String> QUIET = new HashSet<>(Arrays.asList("echo", "printf", "exit", "return", ":",
            "true", "false", "logger", "sleep", "[", "test", "break", "continue", "shift", "set", "rmmod"));

    final ShellState state;
    private final SourceLines lines;
    private final Commands commands;
    /** Inside the output of iptables -L. */
    private boolean listing;
    private int steps;
    /** The command that ended the run (exit, return, break, continue), or null. */
    String halt;
    int haltLine;
    /** The status with which the running function returns, unknown if an undecided part does; null if none does. */
    ExitStatus returned;

    /** {@code word}: see {@link Imported#read}. */
    Interpreter(SourceLines lines, String name, String word) {
        this.lines = lines;
        state = new ShellState(lines, name, word);
        commands = new Commands(this);
    }

    void run(Script script) {
        for (Node part : script.parts) {
            for (Node command : part.commands()) {
                lines.mark(command.line, command.line, SourceLines.COMMAND);
                commands.count(command);
            }
        }
        for (Node part : script.parts) {
            state.top = part.line;
            if (halt != null && !script.page) {
                state.skipByMistake(part, haltReason(), "move it before that line if you need it");
            } else {
                halt = null;
                run(part, false);
            }
        }
        commands.dump.end();
        state.remarkOnUncalled();
    }

    private String haltReason() { return "it stands after " + halt + " in line " + haltLine; }

    /** {@code tested}: the exit status is a condition; an unknown command there loses no rule. */
    ExitStatus run(Node node, boolean tested) {
        Cancelled.check();
        if (++steps > STEPS_LIMIT) {
            state.skip(node, "more than " + STEPS_LIMIT + " steps", "write the rules without the loop", false);
            return ExitStatus.UNKNOWN;
        }
        lines.mark(node.line, node.end, SourceLines.STRUCTURE);
        switch (node.kind) {
            case SIMPLE :
                return commands.run(node, tested);
            case LIST :
                return list(node, tested);
            case AND_OR :
                return andOr(node, tested);
            case PIPE :
                ExitStatus status =
                        node.parts.size() == 1 ? run(node.parts.get(0), tested) : commands.pipe(node, tested);
                return node.flag ? status.not() : status;
            case PROSE :
                return prose(node);
            case SAVED :
                return commands.saved(node.line);
            case UNREADABLE :
                return state.unreadable(node);
            case IF :
                return ifElse(node);
            case FOR :
                return forLoop(node);
            case LOOP :
                return whileLoop(node);
            case CASE :
                return caseBranches(node);
            case FUNCTION :
                state.functions.put(node.name, node);
                return ExitStatus.TRUE;
            default :
                return node.flag ? subshell(node.parts.get(0), tested) : run(node.parts.get(0), tested);
        }
    }

    private ExitStatus list(Node node, boolean tested) {
        ExitStatus status = ExitStatus.TRUE;
        for (int i = 0; i < node.parts.size(); i++) {
            if (halt != null) {
                state.skip(node.parts.get(i), haltReason());
            } else {
                status = run(node.parts.get(i), tested && i == node.parts.size() - 1);
            }
        }
        return status;
    }

    private ExitStatus andOr(Node node, boolean tested) {
        Node ran = node.parts.get(0);
        ExitStatus status = run(ran, true);
        for (int i = 1; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            boolean and = node.operators.get(i - 1).equals("&&");
            if (halt != null) {
                state.skip(part, haltReason());
            } else if (status == ExitStatus.of(and)) {
                ran = part;
                status = run(part, tested || i + 1 < node.parts.size());
            } else if (status == ExitStatus.UNKNOWN) {
                undecided(part, node.parts.get(i - 1));
            } else {
                state.skip(ran, part, "it is for when the command before " + (and ? "succeeds" : "fails"));
            }
        }
        return status;
    }

    /** After an undecided condition all further branches are undecided. */
    private ExitStatus ifElse(Node node) {
        ExitStatus status = ExitStatus.FALSE;
        Node condition = null;
        boolean taken = false;
        for (int i = 0; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            boolean body = i % 2 == 1;
            boolean elseBody = !body && i + 1 == node.parts.size();
            if (status == ExitStatus.UNKNOWN) {
                undecided(part, condition);
            } else if (taken && elseBody) {
                state.skip(node.parts.get(0), part, "another branch is taken");
            } else if (taken) {
                state.skip(part, "another branch is taken");
            } else if (body && status == ExitStatus.FALSE) {
                state.skip(condition, part, "the condition doesn't hold");
            } else if (body || elseBody) {
                run(part, false);
                taken = true;
            } else {
                condition = part;
                status = run(part, true);
            }
        }
        return ExitStatus.TRUE;
    }

    private ExitStatus forLoop(Node node) {
        Node body = node.parts.get(0);
        List<String> values;
        try {
            values = node.flag ? state.variables.positional : Expansion.of(node.words, state.variables).texts;
            for (ShellWord word : node.words) {
                for (ShellWord.Piece piece : word.pieces) {
                    if (piece.isBare() && (piece.text.indexOf('*') >= 0 || piece.text.indexOf('?') >= 0)) {
                        throw new ShellError("file-pattern", Characters.show(piece.text));
                    }
                }
            }
        } catch (ShellError e) {
            String why = "line " + node.line + " sets it in a loop";
            lines.note(node.line, "loop-unknown", (Object[]) e.message);
            state.variables.forget(node.name, why, null);
            undecided(body, node);
            state.variables.forget(node.name, why, null);
            return ExitStatus.UNKNOWN;
        }
        if (values.isEmpty()) { state.skip(body, "the loop's list is empty"); }
        for (String value : values) {
            state.variables.set(node.name, value);
            run(body, false);
            boolean nextRound = halt == null || halt.equals("continue");
            halt = nextRound || halt.equals("break") ? null : halt;
            if (!nextRound) { break; }
        }
        return ExitStatus.TRUE;
    }

    /** Decides only that a while or until loop does not begin; the number of rounds depends on the box. */
    private ExitStatus whileLoop(Node node) {
        if (run(node.parts.get(0), true) == ExitStatus.of(node.flag)) {
            state.skip(node.parts.get(1), "the loop's condition doesn't hold at its start");
            return ExitStatus.TRUE;
        }
        undecided(node.parts.get(1), node);
        return ExitStatus.UNKNOWN;
    }

    private ExitStatus caseBranches(Node node) {
        int chosen;
        try {
            chosen = Conditions.chosenBranch(node, state);
        } catch (ShellError e) {
            lines.note(node.line, "case-unknown", (Object[]) e.message);
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

    /** Runs a part whose assignments and exit end with it. */
    private ExitStatus subshell(Node node, boolean tested) {
        Variables outer = state.variables;
        String outerHalt = halt;
        state.variables = new Variables(outer);
        halt = null;
        ExitStatus status = run(node, tested);
        halt = outerHalt;
        state.variables = outer;
        return status;
    }

    /**
     * A line that is not read as a command. A rule may be missing if the line contains one, or if the text begins as a
     * script does.
     */
    private ExitStatus prose(Node node) {
        String line = lines.text(node.line);
        boolean chain = RuleText.isListedChain(line);
        listing = chain || listing && line.trim().length() > 0;
        boolean listed = chain || listing && (line.indexOf('.') > 0 || line.contains("anywhere"));
        if (!listed && state.leaveOutForeign(node)) { return ExitStatus.UNKNOWN; }
        if (listed || RuleText.resemblesRule(line)) {
            lines.mark(node.line, node.line, SourceLines.RULE);
            return state.leaveOut(node, listed ? "listed" : "hidden");
        }
        if (lines.text(1).startsWith("#!")) { return state.leaveOut(node, "script-unread"); }
        lines.note(node.line, "text");
        return ExitStatus.UNKNOWN;
    }

    /** Leaves out a part that runs or not, depending on the box. */
    private void undecided(Node node, Node condition) {
        StringBuilder source = new StringBuilder();
        for (int line = condition.line; line <= condition.end && line <= condition.line + 3; line++) {
            source.append(line == condition.line ? "" : " ").append(lines.trimmed(line));
        }
        boolean quiet = true;
        boolean loadsModules = source.indexOf("lsmod") >= 0 || source.indexOf("/proc/modules") >= 0;
        for (Node command : node.commands()) {
            String name = command.program();
            returned = name.equals("return") ? ExitStatus.UNKNOWN : returned;
            quiet &= QUIET.contains(name) && state.outputFile(command) == null || command.words.isEmpty();
            loadsModules &= QUIET.contains(name) || name.equals("modprobe") || name.equals("insmod");
        }
        if (loadsModules && !quiet) {
            // modprobe does nothing for a loaded module, so the condition makes no difference
            run(node, false);
            return;
        }
        String[] message = lines.message(condition.line, quiet ? "depends-quietly" : "depends", condition.line,
                Characters.show(source.toString()));
        for (Node command : node.commands()) {
            char verb = state.mayHaveRules ? 0 : IptablesCommands.emptying(command, state);
            boolean harmless = quiet || verb != 0 || !state.mayAdd(command);
            for (int line = command.line; line <= command.last(); line++) {
                lines.remark(line, verb == 0 ? message : lines.message(line, verb == 'Z' ? "counters" : "begins-empty"),
                        harmless);
            }
            state.mayHaveRules |= !harmless;
            if (!quiet && verb == 0) { state.comment(command.line, message[0], null); }
        }
        explore(node);
        forgetNames(node, true, new HashSet<Node>());
    }

    /** Runs an undecided part for the rules that it may add, which only {@link Imported#stricter} contains. */
    private void explore(Node node) {
        if (lines.muted > 2 || steps > STEPS_LIMIT / 2) { return; }
        Map<String, Node> functions = state.functions;
        Set<String> present = state.present;
        state.functions = new HashMap<>(functions);
        state.present = new HashSet<>(present);
        lines.muted++;
        subshell(node, false);
        lines.muted--;
        state.present = present;
        state.functions = functions;
    }

    /**
     * Makes the names that a part sets and the functions that it defines unknown; {@code inline}: the part is not in a
     * function that is called.
     */
    private void forgetNames(Node node, boolean inline, Set<Node> seen) {
        if (node.kind == Node.Kind.FOR) {
            state.variables.forget(node.name, "line " + node.line + " may set it or not", null);
        } else if (node.kind == Node.Kind.FUNCTION && inline) {
            state.functions.remove(node.name);
        } else if (node.kind == Node.Kind.SIMPLE) {
            forgetAssigned(node);
            Node function = state.functions.get(node.commandName());
            if (function != null && seen.size() < NESTED_LIMIT && seen.add(function)) {
                state.possiblyCalled.add(function);
                forgetNames(function.parts.get(0), false, seen);
            }
        }
        for (Node part : node.parts) {
            forgetNames(part, inline, seen);
        }
    }

    /** {@code A=…} and {@code read A}; a name keeps its meaning if the same question to the box sets it again. */
    private void forgetAssigned(Node command) {
        String first = command.words.isEmpty() ? null : command.words.get(0).plain();
        for (ShellWord word : command.words) {
            String name = word.assigned();
            if (name != null) {
                ShellWord.Piece value = word.pieces.get(word.pieces.size() - 1);
                String boxName = state.variables.boxNames.get(name);
                boolean same = value.isUnknown() && boxName != null && boxName.equals(Messages.boxName(value.text));
                state.variables.forget(name, "line " + command.line + " may set it or not", same ? boxName : null);
            } else if (("read".equals(first) || "unset".equals(first)) && word.plain() != null
                    && ShellWord.isName(word.plain())) {
                state.variables.forget(word.plain(), "line " + command.line + " reads it", null);
            }
        }
    }

    /** Runs a function's body with these words as $1 and so on. */
    ExitStatus call(Node function, List<String> words, int line, boolean tested) {
        Variables variables = state.variables;
        if (variables.runningCalls() >= CALLS_LIMIT) {
            lines.loss(line, "calls-deep", CALLS_LIMIT);
            state.comment(line, "functions that call each other too deep", null);
            return ExitStatus.UNKNOWN;
        }
        if (lines.muted == 0) { state.calledFunctions.add(function); }
        List<String> callersWords = variables.positional;
        variables.positional = words;
        variables.enterCall();
        ExitStatus callersStatus = returned;
        returned = null;
        ExitStatus last = run(function.parts.get(0), tested);
        ExitStatus status = returned == null ? last : returned;
        returned = callersStatus;
        halt = "return".equals(halt) ? null : halt;
        variables.leaveCall();
        variables.positional = callersWords;
        return status;
    }
}
