package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Converts single commands of a script. */
final class Commands {
    /** What iptables -L prints of tables without rules. */
    private static final String EMPTY_LISTING =
            "Chain PREROUTING Chain INPUT Chain FORWARD Chain OUTPUT Chain POSTROUTING (policy ACCEPT 0 packets, 0 bytes)"
                    + " num pkts bytes target prot opt in out source destination";

    private static final Set<String> FILTERS =
            new HashSet<>(Arrays.asList("awk", "sed", "tr", "cut", "tee", "wc", "sort", "uniq", "egrep", "fgrep"));
    private static final Set<String> PREFIXES =
            new HashSet<>(Arrays.asList("sudo", "busybox", "command", "nohup", "exec", "nice"));
    private static final Set<String> SERVICES =
            new HashSet<>(Arrays.asList("service", "systemctl", "netfilter-persistent", "chkconfig", "update-rc.d"));
    private static final int KEPT_VALUE_LIMIT = 900;

    private final Interpreter shell;
    private final ShellState state;
    private final SourceLines lines;
    private final IptablesCommands iptables;
    /** The lines of a dump in the text itself. */
    final SaveDump dump;
    /** Words that were guessed to mean iptables, so that each has one remark. */
    private final Set<String> guessed = new HashSet<>();

    Commands(Interpreter shell) {
        this.shell = shell;
        state = shell.state;
        lines = state.lines;
        iptables = new IptablesCommands(state);
        dump = new SaveDump(state, iptables, 0, false);
    }

    ExitStatus saved(int line) {
        dump.line(line, lines.text(line));
        return ExitStatus.TRUE;
    }

    /** {@code tested}: see {@link Interpreter#run}. */
    ExitStatus run(Node node, boolean tested) {
        String start = node.commandName();
        if (start.length() > 0 && node.words.get(0) == node.command() && RuleText.isDump(start + " x")
                && lines.trimmed(node.line).startsWith(start) && RuleText.isDump(lines.text(node.line))) {
            return saved(node.line);
        }
        if (state.substitutesRule(node)) { return state.leaveOut(node, "substituted"); }
        ExitStatus status;
        try {
            status = runExpanded(node, tested);
        } catch (ShellError e) {
            status = state.leaveOut(node, e.message, null);
        }
        // continued lines and here-documents belong to the command
        lines.mark(node.line, node.last(), SourceLines.STRUCTURE);
        return status;
    }

    private ExitStatus runExpanded(Node node, boolean tested) throws ShellError {
        ShellWord first = node.command();
        if (first == null) {
            ExitStatus status = node.words.isEmpty() ? state.ignore(node, "redirect") : ExitStatus.TRUE;
            for (ShellWord assignment : node.words) {
                assign(assignment, node);
                for (ShellWord.Piece piece : assignment.pieces) {
                    // A=$(command) has the status of the command
                    status = piece.isUnknown() ? ExitStatus.UNKNOWN : status;
                }
            }
            return status;
        }
        List<ShellWord> words = node.words.subList(node.words.indexOf(first), node.words.size());
        List<ShellWord> arguments = words.subList(1, words.size());
        List<String> name;
        String guess = guessedProgram(first.toString());
        try {
            name = Expansion.of(words.subList(0, 1), state.variables).texts;
            if (name.isEmpty() && guess != null) { throw new ShellError("empty-program"); }
        } catch (ShellError e) {
            if (guess == null) { return unknown(node, tested, "unknown-command", e.getMessage()); }
            name = Arrays.asList(guess);
            if (guessed.add(first.toString())) {
                lines.note(node.line, "guessed", Characters.show(first.toString()), guess, e.getMessage());
            }
        }
        if (name.isEmpty()) { return unknown(node, tested, "no-name"); }
        String base = ShellWord.baseName(name.get(0));
        String prefixed = PREFIXES.contains(base) && !arguments.isEmpty() ? arguments.get(0).plain() : null;
        if (prefixed != null && !prefixed.startsWith("-")) {
            name = Arrays.asList(prefixed);
            if (base.equals("exec")) { shell.end(base, node); }
            return program(node, ShellWord.baseName(prefixed), name, arguments.subList(1, arguments.size()), tested);
        }
        Node function = state.functions.get(name.get(0));
        return function != null ? shell.call(node, function, arguments, tested)
                : program(node, base, name, arguments, tested);
    }

    /**
     * The program that {@code $IPT}, {@code $IP6TABLES} or {@code $_ipt6_cmd} probably stands for, if the script
     * computes the value ({@code $(which iptables)}) or another file sets it; null for other words.
     */
    private static String guessedProgram(String word) {
        String name = withoutEnds(word.toUpperCase(Locale.ROOT), "BIN", "CMD", "_", "4", "6", "ABLES");
        boolean known = is(name, "$IPT", "$IP6T", "$_IPT", "$_IP6T", "$FW");
        return !known ? null : word.indexOf('6') > 0 ? "ip6tables" : "iptables";
    }

    private static String withoutEnds(String text, String... ends) {
        String rest = text;
        for (String end : ends) {
            rest = rest.endsWith(end) ? rest.substring(0, rest.length() - end.length()) : rest;
        }
        return rest;
    }

    /** A command that is no function. {@code names}: its name's words, two for {@code IPT="iptables -w"}. */
    private ExitStatus program(Node node, String name, List<String> names, List<ShellWord> arguments, boolean tested)
            throws ShellError {
        String program = RuleText.program(name);
        if (program != null) { return iptables.run(node, program, names.subList(1, names.size()), arguments); }
        if (is(name, "iptables-restore", "ip6tables-restore")) {
            return restore(node, name, node.hereDocument(), arguments);
        }
        if (ShellState.isRule(node)) { state.leaveOut(node, "unknown-rule"); }
        if (is(name, "modprobe", "insmod")) { return modprobe(node, arguments); }
        if (is(name, "keep", "own", "expect")) {
            Expansion all = Expansion.of(arguments, state.variables);
            addLine(node, name, all.texts, all.named);
            return state.markTaken(node);
        }
        if (is(name, "[", "test", "[[")) { return Conditions.test(state, node, name, arguments); }
        if (is(name, "export", "readonly", "local", "declare", "typeset", "unset")) {
            return declare(node, name, arguments);
        }
        Expansion.set(arguments, state.variables);
        if (is(name, "exit", "return")) {
            long code = number(arguments, 0);
            ExitStatus status = arguments.isEmpty() ? state.variables.status : code < 0 ? ExitStatus.UNKNOWN
                    : ExitStatus.of(code == 0);
            if (name.equals("return") && shell.returned == null) { shell.returned = status; }
            shell.end(name, node);
            state.markTaken(node);
            return status;
        }
        if (is(name, "break", "continue", "shift")) {
            long count = number(arguments, 1);
            List<String> words = state.variables.positional;
            if (name.equals("shift") && (count < 0 || count > words.size())) { return state.leaveOut(node, "shift"); }
            if (name.equals("shift")) {
                state.variables.positional = new ArrayList<>(words.subList((int) count, words.size()));
            } else if (shell.loops > 0) {
                shell.end(name, node);
                shell.haltLoops = Math.min(count, shell.loops);
            }
            return count < 0 ? state.leaveOut(node, "shift") : state.markTaken(node);
        }
        if (is(name, ":", "true")) { return state.markTaken(node); }
        if (name.equals("false")) { return state.markTaken(node).not(); }
        if (name.equals("set")) { return setPositional(node, arguments); }
        if (Interpreter.SETTING.contains(name)) { shell.forgetAssigned(node); }
        if (name.equals("getopts")) {
            lines.note(node.line, "getopts");
            List<String> words = state.variables.positional;
            return words.isEmpty() || !words.get(0).startsWith("-") ? ExitStatus.FALSE : ExitStatus.UNKNOWN;
        }
        if (is(name, ".", "source")) {
            state.variables.readFile(node.line);
            return state.leaveOut(node, "sourced");
        }
        return withoutRule(node, name, arguments, tested);
    }

    private static boolean is(String name, String... names) { return ShellWord.isOneOf(name, names); }

    /** Kernel settings, output, services and files; any other command is unknown. */
    private ExitStatus withoutRule(Node node, String name, List<ShellWord> arguments, boolean tested) {
        String file = state.outputFile(node);
        String line = lines.trimmed(node.line);
        boolean tables = line.contains("tables") || line.contains("netfilter-persistent");
        if (file != null && (file.startsWith("/proc/") || file.startsWith("/sys/") || file.startsWith("/dev/"))) {
            return state.ignore(node, "sets", Characters.cut(file, 80), Messages.kernelSetting(file));
        }
        if (name.equals("sysctl")) {
            String setting =
                    arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1).toString().replace('.', '/');
            return state.ignore(node, "sets", Characters.cut(setting, 80),
                    Messages.kernelSetting("/proc/sys/" + setting));
        }
        if (name.equals("trap") && RuleText.changes(line)) { return state.leaveOut(node, "trap"); }
        if (ShellState.PRINTING.contains(name) && file == null) {
            boolean succeeds = is(name, "echo", "printf", "sleep", "logger");
            if (tested && !succeeds) { return dependsOnBox(node); }
            state.note(node, "prints");
            return succeeds ? ExitStatus.TRUE : ExitStatus.UNKNOWN;
        }
        if (is(name, "rmmod", "depmod")) { return state.note(node, "lists-modules"); }
        if (name.endsWith("tables-save") || (SERVICES.contains(name) || name.endsWith("tables")) && tables) {
            return state.note(node, "saves");
        }
        if (file != null) { return state.ignore(node, "writes", Characters.cut(file, 80)); }
        return unknown(node, tested, is(name, "include", "eval") ? name : "no-part");
    }

    private ExitStatus dependsOnBox(Node node) {
        lines.note(node.line, "asks-box");
        return ExitStatus.UNKNOWN;
    }

    /** A command that firewall scripts usually do not have. */
    private ExitStatus unknown(Node node, boolean tested, String message, Object... values) {
        boolean rule = ShellState.isRule(node) || RuleText.changes(Words.join(node.words, " "));
        if (node.program().contains("+=")) {
            String name = Words.before(node.program(), '+');
            state.variables.forget(name, "bash appends to it in line " + node.line + ", ash doesn't", null);
        }
        if (tested && !rule) { return dependsOnBox(node); }
        if (state.leaveOutForeign(node)) { return ExitStatus.UNKNOWN; }
        if (node.program().equals("ipset")) {
            for (ShellWord word : node.words) {
                lines.sets.put(word.toString(), 0);
            }
            return state.leaveOut(node, "set-made");
        }
        if (rule) { return state.leaveOut(node, "unknown-rule"); }
        state.ignore(node, message, values);
        return ExitStatus.UNKNOWN;
    }

    void assign(ShellWord word, Node node) {
        String name = word.assigned();
        Variables variables = state.variables;
        try {
            String value = Expansion.single(word.from(0, name.length() + 1), variables, true);
            variables.set(name, value);
            state.markTaken(node);
            if (variables.mayKeep(name) && value.length() > 0 && value.length() < KEPT_VALUE_LIMIT
                    && Characters.isText(value)) {
                OutputLine line = new OutputLine(node.line, "", name + "=" + Quoting.word(value));
                line.assigned = name;
                state.add(line);
                variables.kept.add(name);
            }
        } catch (ShellError e) {
            String boxName = word.pieces.size() < 3 ? e.boxName : null;
            variables.forget(name, e.getMessage(), boxName);
            lines.note(node.line, "name-unknown", name, e.getMessage(),
                    boxName != null ? "write " + name + "=" + boxName : e.message[1]);
        }
    }

    /** {@code export A=1 B}, {@code local A}, {@code unset A}. */
    private ExitStatus declare(Node node, String command, List<ShellWord> words) {
        for (ShellWord word : words) {
            String name = word.assigned() != null ? word.assigned() : word.plain();
            if (name == null || !ShellWord.isName(name)) { continue; }
            if (command.equals("local")) { state.variables.makeLocal(name); }
            if (command.equals("unset") && words.get(0).is("-f")) {
                state.functions.remove(name);
            } else if (command.equals("unset")) {
                state.variables.set(name, null);
            } else if (word.assigned() != null) { assign(word, node); }
        }
        return state.markTaken(node);
    }

    /** The first word's value, -1 if that is no number; {@code none} without words. */
    private long number(List<ShellWord> words, long none) {
        try {
            return !words.isEmpty() ? Words.number(Expansion.single(words.get(0), state.variables, true), 255) : none;
        } catch (ShellError e) {
            return -1;
        }
    }

    /** {@code set -e} sets an option; {@code set -- a b} and {@code set a b} set $1 and $2. */
    private ExitStatus setPositional(Node node, List<ShellWord> words) throws ShellError {
        List<String> texts = Expansion.of(words, state.variables).texts;
        String first = texts.isEmpty() ? "-" : texts.get(0);
        boolean option = !first.startsWith("--") && (first.startsWith("-") || first.startsWith("+"));
        boolean on = first.startsWith("-");
        if (option && (first.indexOf('e') > 0 || texts.contains("errexit"))) { state.variables.stops = on; }
        if (option && (first.indexOf('u') > 0 || texts.contains("nounset"))) { state.variables.stopsAtUnset = on; }
        if (!option) { state.variables.positional = texts.subList(first.equals("--") ? 1 : 0, texts.size()); }
        return state.markTaken(node);
    }

    /** Writes a line of the ruleset language that is no iptables command. */
    private void addLine(Node node, String command, List<String> words, List<String> named) throws ShellError {
        String text = IptablesCommands.text(command, words);
        if (text == null) { throw new ShellError("own-control"); }
        state.add(new OutputLine(node.line, text, command + " " + Words.join(named, " ")));
    }

    /** {@code insmod /lib/modules/$(uname -r)/…/ipt_LOG.ko} becomes {@code modprobe ipt_LOG}. */
    private ExitStatus modprobe(Node node, List<ShellWord> words) {
        boolean several = false;
        int modules = 0;
        try {
            for (ShellWord word : words) {
                String plain = word.plain() == null ? "" : word.plain();
                if (is(plain, "-r", "--remove")) { return state.note(node, "unloads"); }
                several |= is(plain, "-a", "-qa", "-aq");
                if (plain.startsWith("-")) { continue; }
                if (modules > 0 && !several) {
                    lines.note(node.line, "parameter", Characters.show(word.toString()));
                    continue;
                }
                for (String path : Expansion.of(Arrays.asList(fileName(word)), state.variables).texts) {
                    List<String> name = Arrays.asList(withoutEnds(ShellWord.baseName(path), ".gz", ".xz", ".ko", ".o"));
                    addLine(node, "modprobe", name, Quoting.words(name));
                }
                state.markTaken(node);
                modules++;
            }
        } catch (ShellError e) {
            state.ignore(node, "module-unknown", (Object[]) e.message);
            return ExitStatus.UNKNOWN;
        }
        return modules == 0 ? state.ignore(node, "no-module") : ExitStatus.TRUE;
    }

    /** The part of a path after the last slash: its folder often contains {@code $(uname -r)}. */
    private static ShellWord fileName(ShellWord path) {
        for (int i = path.pieces.size() - 1; i >= 0; i--) {
            ShellWord.Piece piece = path.pieces.get(i);
            if (piece.kind == ShellWord.Kind.TEXT && piece.text.indexOf('/') >= 0) {
                return path.from(i, piece.text.lastIndexOf('/') + 1);
            }
        }
        return path;
    }

    /** Reads a here-document for iptables-restore; {@code null}: it reads a file or a pipe. */
    private ExitStatus restore(Node node, String name, Node.Redirect here, List<ShellWord> options) {
        if (here == null) { return state.leaveOut(node, "restore-file"); }
        boolean keeps = false;
        for (ShellWord option : options) {
            if (is(option.toString(), "-t", "--test", "-T", "--table")) { return state.leaveOut(node, "restore-part"); }
            keeps |= option.is("-n") || option.is("--noflush");
        }
        new SaveDump(state, iptables, name.startsWith("ip6") ? 6 : 4, keeps).hereDocument(here);
        lines.mark(node.line, node.line, SourceLines.TAKEN);
        return ExitStatus.TRUE;
    }

    /** {@code iptables -L | grep -q WORD}: false if the tables are empty, and their listing doesn't have the word. */
    private ExitStatus search(List<Node> pipe) {
        boolean known = pipe.size() == 2 && !state.mayHaveRules;
        for (OutputLine line : state.out) {
            known &= line.verb == 0 || "FXZD".indexOf(line.verb) >= 0;
        }
        List<ShellWord> words = pipe.get(pipe.size() - 1).words;
        try {
            for (ShellWord word : words.subList(1, words.size())) {
                String text = Expansion.single(word, state.variables, true);
                known &= text.startsWith("-") ? ShellWord.isOneOf(text, "-q", "-w", "-qw", "-s")
                        : !EMPTY_LISTING.contains(text) && Words.isName(text, " _-");
            }
        } catch (ShellError e) {
            return ExitStatus.UNKNOWN;
        }
        return known ? ExitStatus.FALSE : ExitStatus.UNKNOWN;
    }

    /** {@code cat <<E | iptables-restore} is read; other pipes are conditions, or print only. */
    ExitStatus pipe(Node node, boolean tested) {
        Node first = node.parts.get(0);
        Node last = node.parts.get(node.parts.size() - 1);
        if (RuleText.program(first.program()) != null) {
            ExitStatus status = run(first, tested);
            for (Node next : node.parts.subList(1, node.parts.size())) {
                if (!isQuiet(next)) { state.leaveOut(next, "piped", "|"); }
            }
            return last.program().endsWith("grep") ? search(node.parts) : status;
        }
        if (last.program().endsWith("tables-restore")) {
            boolean here = node.parts.size() == 2 && first.program().equals("cat") && first.words.size() == 1
                    && first.redirects.size() == 1 && first.hereDocument() != null;
            if (!here) { return state.leaveOut(node, "restore-pipe"); }
            lines.mark(first.line, first.last(), SourceLines.STRUCTURE);
            return restore(last, last.program(), first.hereDocument(), last.words.subList(1, last.words.size()));
        }
        boolean quiet = true;
        boolean adds = state.adds(node) || last.program().startsWith("$");
        for (Node command : node.commands()) {
            quiet &= isQuiet(command);
        }
        if (adds || !tested && !quiet) {
            state.leaveOut(node, "pipe");
        } else {
            lines.note(node.line, tested ? "asks-box" : "prints");
        }
        return ExitStatus.UNKNOWN;
    }

    private boolean isQuiet(Node command) {
        String name = command.program();
        return (ShellState.PRINTING.contains(name) || FILTERS.contains(name)) && state.outputFile(command) == null;
    }
}
