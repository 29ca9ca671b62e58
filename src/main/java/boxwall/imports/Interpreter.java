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
    /** Of a while or until loop; no command has more words. */
    private static final int ROUNDS_LIMIT = 250;
    /** Functions that call each other: a small JVM has a small stack. */
    private static final int NESTED_LIMIT = 200;
    /** Commands that add no rule and change no name. */
    private static final Set<String> QUIET = new HashSet<>(Arrays.asList("echo", "printf", "exit", "return", ":",
            "true", "false", "logger", "sleep", "[", "test", "break", "continue", "shift", "set", "rmmod"));
    /** Commands that set the names in their words. */
    static final List<String> SETTING =
            Arrays.asList("read", "unset", "getopts", "let", "printf", "mapfile", "readarray");

    final ShellState state;
    private final SourceLines lines;
    private final Commands commands;
    /** Inside the output of iptables -L. */
    private boolean listing;
    private int steps;
    /** The command that ended the run (exit, return, break, continue), or null. */
    String halt;
    int haltLine;
    /** How many loops the break or continue leaves. */
    long haltLoops;
    /** How many loops run: outside of them a shell ignores break. */
    int loops;
    /** The body of the outermost loop. */
    private Node loop;
    /** The conditions that run: in them, commands may fail after {@code set -e}. */
    private int conditions;
    /** The status with which the running function returns, unknown if an undecided part does; null if none does. */
    ExitStatus returned;

    /** {@code word}: see {@link Imported#read}. */
    Interpreter(SourceLines lines, String name, String word) {
        this.lines = lines;
        state = new ShellState(lines, name, word);
        commands = new Commands(this);
        state.variables.stops = lines.text(1).startsWith("#!") && lines.trimmed(1).endsWith(" -e");
    }

    void run(Script script) {
        for (Node part : script.parts) {
            for (Node command : part.commands()) {
                lines.mark(command.line, command.line, SourceLines.COMMAND);
                boolean rule = RuleText.isIptables(command.program()) && command.words.size() > 1;
                if (rule) { lines.mark(command.line, command.line, SourceLines.RULE); }
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
        conditions += tested ? 1 : 0;
        ExitStatus status = runKind(node, tested);
        conditions -= tested ? 1 : 0;
        state.variables.status = status;
        if (state.variables.lacksName) {
            lines.warn(node.line, "required");
            end("a name that is not set", node);
            state.variables.lacksName = false;
        }
        boolean command = node.kind == Node.Kind.SIMPLE || node.flag && node.kind == Node.Kind.GROUP;
        if (command && state.variables.stops && !tested && conditions == 0 && halt == null
                && status == ExitStatus.FALSE) {
            lines.warn(node.line, "stops");
            end("the end by set -e", node);
        }
        return status;
    }

    /** Ends the run with a command. */
    void end(String command, Node at) {
        halt = command;
        haltLine = at.line;
    }

    private ExitStatus runKind(Node node, boolean tested) {
        switch (node.kind) {
            case SIMPLE :
                return commands.run(node, tested);
            case LIST :
                return list(node, tested);
            case AND_OR :
                return andOr(node, tested);
            case PIPE :
                ExitStatus status = node.parts.size() == 1 ? run(node.parts.get(0), true) : commands.pipe(node, tested);
                return node.flag ? status.not() : status;
            case PROSE :
                return prose(node);
            case SAVED :
                return commands.saved(node.line);
            case UNREADABLE :
                return state.unreadable(node);
            case IF :
                return ifElse(node, tested);
            case FOR :
                return forLoop(node, tested);
            case LOOP :
                return whileLoop(node);
            case CASE :
                return caseBranches(node, tested);
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
    private ExitStatus ifElse(Node node, boolean tested) {
        ExitStatus status = ExitStatus.FALSE;
        ExitStatus result = ExitStatus.TRUE;
        Node condition = null;
        boolean taken = false;
        for (int i = 0; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            boolean elseBody = i % 2 == 0 && i + 1 == node.parts.size();
            boolean body = i % 2 == 1 || elseBody;
            if (status == ExitStatus.UNKNOWN) {
                undecided(part, condition);
                result = status;
            } else if (taken) {
                state.skip(condition, part, "another branch is taken");
            } else if (!body) {
                condition = part;
                status = run(part, true);
            } else if (elseBody || status == ExitStatus.TRUE) {
                result = run(part, tested);
                taken = true;
            } else {
                state.skip(condition, part, "the condition doesn't hold");
            }
        }
        return result;
    }

    private ExitStatus forLoop(Node node, boolean tested) {
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
            lines.note(node.line, "loop-unknown", (Object[]) e.message);
            state.variables.forget(node.name, "line " + node.line + " sets it in a loop", null);
            undecided(body, node);
            return ExitStatus.UNKNOWN;
        }
        if (values.isEmpty()) { state.skip(body, "the loop's list is empty"); }
        ExitStatus status = ExitStatus.TRUE;
        loop = loops++ == 0 ? body : loop;
        for (String value : values) {
            state.variables.set(node.name, value);
            status = run(body, tested);
            if (!nextRound()) { break; }
        }
        loops--;
        return status;
    }

    /** Runs the rounds of a while or until loop as long as its condition is decided. */
    private ExitStatus whileLoop(Node node) {
        Node condition = node.parts.get(0);
        Node body = node.parts.get(1);
        ExitStatus begins = ExitStatus.of(!node.flag);
        ExitStatus status = run(condition, true);
        if (status == begins.not()) { state.skip(body, "the loop's condition doesn't hold at its start"); }
        loop = loops++ == 0 ? body : loop;
        for (int round = 0; status == begins && round < ROUNDS_LIMIT; round++) {
            run(body, false);
            status = nextRound() ? run(condition, true) : begins.not();
        }
        loops--;
        if (status == begins.not()) { return ExitStatus.TRUE; }
        undecided(body, node);
        return ExitStatus.UNKNOWN;
    }

    /** Whether a loop goes on after a round; a break or continue that leaves no further loop ends here. */
    private boolean nextRound() {
        boolean ends = haltLoops < 2 && ShellWord.isOneOf(halt, "break", "continue");
        boolean next = halt == null || ends && halt.equals("continue");
        haltLoops--;
        halt = ends ? null : halt;
        return next;
    }

    private ExitStatus caseBranches(Node node, boolean tested) {
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
            if (i != chosen) { state.skip(node.parts.get(i), "another branch is taken"); }
        }
        return chosen >= 0 ? run(node.parts.get(chosen), tested) : ExitStatus.TRUE;
    }

    /** Runs a part whose assignments and exit end with it. */
    private ExitStatus subshell(Node node, boolean tested) {
        Variables outer = state.variables;
        Map<String, Node> outerFunctions = state.functions;
        String outerHalt = halt;
        state.variables = new Variables(outer);
        state.functions = new HashMap<>(outerFunctions);
        halt = null;
        ExitStatus status = run(node, tested);
        halt = outerHalt;
        state.functions = outerFunctions;
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
        String source = lines.text(condition.line);
        boolean quiet = true;
        boolean loadsModules = source.contains("lsmod") || source.contains("/proc/modules");
        for (Node command : node.commands()) {
            String name = command.program();
            returned = name.equals("return") ? ExitStatus.UNKNOWN : returned;
            quiet &= QUIET.contains(name) && state.outputFile(command) == null && !decides(command)
                    || command.words.isEmpty();
            loadsModules &=
                    QUIET.contains(name) && !decides(command) || name.equals("modprobe") || name.equals("insmod");
        }
        if (loadsModules && !quiet) {
            // modprobe does nothing for a loaded module, so the condition makes no difference
            run(node, false);
            return;
        }
        String[] message = lines.message(condition.line, quiet ? "depends-quietly" : "depends", condition.line);
        for (Node command : node.commands()) {
            char verb = state.mayHaveRules ? 0 : IptablesCommands.emptying(command, state);
            boolean harmless = quiet || verb != 0 || !decides(command) && !state.mayAdd(command);
            for (int line = command.line; line <= command.last(); line++) {
                lines.remark(line, verb == 0 ? message : lines.message(line, verb == 'Z' ? "counters" : "begins-empty"),
                        harmless);
            }
            state.mayHaveRules |= !harmless;
            if (!quiet && verb == 0) { state.comment(command.line, message[0], null); }
        }
        explore(node);
        state.variables.status = ExitStatus.UNKNOWN;
        forgetNames(node, true, new HashSet<Node>());
    }

    /** Whether a command decides which others run, or with which words. */
    private boolean decides(Node command) {
        String word = command.words.size() < 2 ? "-" : command.words.get(1).toString();
        boolean sets = word.startsWith("--") || !word.startsWith("-") && !word.startsWith("+");
        String name = command.commandName();
        return name.equals("shift") || name.equals("set") && sets
                || ShellWord.isOneOf(name, "break", "continue") && loops > 0 && !onlyLoads(loop);
    }

    /** Whether a part does no more than load modules and remove files. */
    private static boolean onlyLoads(Node part) {
        boolean only = true;
        for (Node command : part.commands()) {
            String name = command.commandName();
            only &= ShellState.PRINTING.contains(name)
                    || ShellWord.isOneOf(name, "modprobe", "insmod", "rm", "[", "test", "break", "continue");
        }
        return only;
    }

    /** Runs an undecided part for the rules that it may add, which only {@link Imported#stricter} contains. */
    private void explore(Node node) {
        if (lines.muted > 2 || steps > STEPS_LIMIT / 2) { return; }
        lines.muted++;
        subshell(node, false);
        lines.muted--;
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
    void forgetAssigned(Node command) {
        // assignments before a command, IFS=: read A, end with it
        int from = command.command() == null ? 0 : command.words.indexOf(command.command());
        String first = command.words.isEmpty() ? "" : command.words.get(from).toString();
        for (ShellWord word : command.words.subList(from, command.words.size())) {
            String name = word.assigned();
            if (name != null) {
                ShellWord.Piece value = word.pieces.get(word.pieces.size() - 1);
                String boxName = state.variables.boxName(name);
                boolean same = value.isUnknown() && boxName != null && boxName.equals(Messages.boxName(value.text));
                state.variables.forget(name, "line " + command.line + " may set it or not", same ? boxName : null);
            } else if (SETTING.contains(first) && word.plain() != null && ShellWord.isName(word.plain())) {
                state.variables.forget(word.plain(), "line " + command.line + " sets it", null);
            }
        }
    }

    /** Runs a function's body, with the assignments before the call and the arguments as $1 and so on. */
    ExitStatus call(Node node, Node function, List<ShellWord> arguments, boolean tested) throws ShellError {
        Variables variables = state.variables;
        List<String> words = Expansion.of(arguments, variables).texts;
        List<String> callersWords = variables.positional;
        ExitStatus callersStatus = returned;
        int before = state.out.size();
        if (variables.runningCalls() >= CALLS_LIMIT) { return state.leaveOut(node, "calls-deep", CALLS_LIMIT); }
        if (lines.muted == 0) { state.calledFunctions.add(function); }
        state.markTaken(node);
        variables.enterCall();
        for (ShellWord word : node.words.subList(0, node.words.indexOf(node.command()))) {
            variables.makeLocal(word.assigned());
            commands.assign(word, node);
        }
        variables.positional = words;
        returned = null;
        ExitStatus last = run(function.parts.get(0), tested);
        ExitStatus status = returned == null ? last : returned;
        returned = callersStatus;
        halt = "return".equals(halt) ? null : halt;
        variables.leaveCall();
        variables.positional = callersWords;
        // a rule that the function adds counts as a rule of the line with the call, too
        if (state.out.size() > before) { lines.mark(node.line, node.end, SourceLines.BUILT); }
        return status;
    }
}
