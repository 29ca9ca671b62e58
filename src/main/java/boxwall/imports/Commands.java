package boxwall.imports;

import boxwall.netfilter.Words;
import boxwall.syntax.Letters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a single command of a script means for the ruleset. */
final class Commands {
    private static final Set<String> FILTERS =
            new HashSet<>(Arrays.asList("awk", "sed", "tr", "cut", "tee", "wc", "sort", "uniq", "egrep", "fgrep"));
    private static final Set<String> PREFIXES =
            new HashSet<>(Arrays.asList("sudo", "busybox", "command", "nohup", "exec", "nice"));
    private static final Set<String> SERVICES =
            new HashSet<>(Arrays.asList("service", "systemctl", "netfilter-persistent", "chkconfig", "update-rc.d"));
    private final Interpreter shell;
    private final ShellState state;
    private final SourceLines lines;
    private final IptablesCommands iptables;
    /** Of the dump's lines that stand in the text itself. */
    final SaveDump dump;
    /** Words that were taken for iptables, to say so once. */
    private final Set<String> guessed = new HashSet<>();

    Commands(Interpreter shell) {
        this.shell = shell;
        state = shell.state;
        lines = state.lines;
        iptables = new IptablesCommands(state);
        dump = new SaveDump(state, iptables, 0, false);
    }

    /**
     * Counts the lines that hold rules, before anything is decided; what has a place to fill in ({@code <port>},
     * {@code ...}) is a pattern for rules.
     */
    void count(Node simple) {
        List<ShellWord> words = simple.words;
        String name = simple.program().toLowerCase(Locale.ROOT);
        String option = words.size() > 2 ? words.get(1).plain() : null;
        // a function that passes its words on to iptables is called like it
        boolean called = option != null && option.length() == 2 && option.charAt(0) == '-'
                && "AINPDR".indexOf(option.charAt(1)) >= 0 && ShellWord.isName(name.replace('-', '_'))
                && RuleText.isChain(words.get(2).toString());
        if ((called || RuleText.isIptables(name) && words.size() > 1) && !RuleText.isPattern(lines.text(simple.line))) {
            lines.mark(simple.line, simple.line, SourceLines.RULE);
        }
        for (Node.Redirect redirect : simple.redirects) {
            for (int i = 0; i < redirect.body.size() && name.endsWith("-restore"); i++) {
                String text = redirect.body.get(i).trim();
                if (RuleText.isDump(text) && "*C".indexOf(text.charAt(0)) < 0) {
                    lines.mark(redirect.bodyLine + i, redirect.bodyLine + i, SourceLines.RULE);
                }
            }
        }
    }

    ExitStatus saved(int line) {
        dump.line(line, lines.text(line));
        return ExitStatus.TRUE;
    }

    ExitStatus run(Node node, boolean asks) {
        String start = node.called();
        if (start.length() > 0 && node.words.get(0) == node.command() && RuleText.isDump(start + " x")
                && lines.trimmed(node.line).startsWith(start) && RuleText.isDump(lines.text(node.line))) {
            return saved(node.line);
        }
        if (state.substitutes(node)) { return state.left(node, "substituted"); }
        ExitStatus status;
        try {
            status = dispatch(node, asks);
        } catch (ShellError e) {
            status = state.left(node, e, null);
        }
        // the here-document's lines belong to the command, and so do those after a backslash
        lines.mark(node.line, node.last(), SourceLines.STRUCTURE);
        return status;
    }

    private ExitStatus dispatch(Node node, boolean asks) throws ShellError {
        ShellWord first = node.command();
        if (first == null) {
            for (ShellWord assignment : node.words) {
                assign(assignment, node);
            }
            return node.words.isEmpty() ? state.aside(node, "redirect") : ExitStatus.TRUE;
        }
        List<ShellWord> words = node.words.subList(node.words.indexOf(first), node.words.size());
        if (RuleText.isIgnored(words)) { state.left(node, "ignores"); }
        List<ShellWord> rest = words.subList(1, words.size());
        List<String> name;
        String guess = guess(first.toString());
        try {
            name = Expansion.of(words.subList(0, 1), state.variables).texts;
            if (name.isEmpty() && guess != null) { throw new ShellError("empty-program"); }
        } catch (ShellError e) {
            if (guess == null) { return unknown(node, asks, "unknown-command", e.getMessage()); }
            name = Arrays.asList(guess);
            if (guessed.add(first.toString())) {
                lines.note(node.line, "guessed", Quoting.excerpt(first.toString()), guess, e.getMessage());
            }
        }
        if (name.isEmpty()) { return unknown(node, asks, "no-name"); }
        String base = ShellWord.baseName(name.get(0));
        String behind = PREFIXES.contains(base) && !rest.isEmpty() ? rest.get(0).plain() : null;
        if (behind == null || behind.startsWith("-")) {
            Node function = state.functions.get(name.get(0));
            return function != null ? call(node, function, rest) : command(node, base, name, rest, asks);
        }
        return command(node, ShellWord.baseName(behind), Arrays.asList(behind), rest.subList(1, rest.size()), asks);
    }

    /**
     * {@code $IPT}, {@code $IP6TABLES}, {@code $_ipt6_cmd} and their like: known as iptables when the script computes
     * them ({@code $(which iptables)}) or leaves them to another file. Null for another word.
     */
    private static String guess(String word) {
        String name = word.toUpperCase(Locale.ROOT);
        for (String end : new String[] {"BIN", "CMD", "_", "4", "6", "ABLES"}) {
            name = name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
        }
        boolean known = is(name, "$IPT", "$IP6T", "$_IPT", "$_IP6T", "$FW");
        return !known ? null : word.indexOf('6') > 0 ? "ip6tables" : "iptables";
    }

    /** A command that is no function. {@code first}: the words of its name, as {@code IPT="iptables -w"} gives two. */
    private ExitStatus command(Node node, String name, List<String> first, List<ShellWord> rest, boolean asks)
            throws ShellError {
        String program = RuleText.program(name);
        if (program != null) { return iptables.run(node, program, first.subList(1, first.size()), rest); }
        if (is(name, "iptables-restore", "ip6tables-restore")) { return restore(node, name, node.here(), rest); }
        if (is(name, "modprobe", "insmod")) { return modules(node, rest); }
        if (is(name, "keep", "own", "expect")) { return own(node, name, rest); }
        if (is(name, "[", "test", "[[")) { return Conditions.test(state, node, name, rest); }
        if (is(name, "export", "readonly", "local", "declare", "typeset", "unset")) { return names(node, name, rest); }
        if (is(name, "exit", "return", "break", "continue")) {
            shell.halt = name;
            shell.haltLine = node.line;
        }
        if (name.equals("shift")) {
            List<String> left = state.variables.positional;
            state.variables.positional = new ArrayList<>(left.subList(Math.min(1, left.size()), left.size()));
        }
        if (is(name, ":", "true", "shift", "exit", "return", "break", "continue")) { return state.taken(node); }
        if (name.equals("false")) { return state.taken(node).not(); }
        if (name.equals("set")) { return positional(node, rest); }
        if (is(name, ".", "source")) {
            state.variables.sourced(node.line);
            return state.left(node, "sourced");
        }
        return other(node, name, rest, asks);
    }

    private static boolean is(String name, String... names) { return ShellWord.isOf(name, names); }

    /** What no rule comes of: settings of the kernel, output, services, files; else it isn't known. */
    private ExitStatus other(Node node, String name, List<ShellWord> rest, boolean asks) {
        String target = state.written(node);
        String line = lines.trimmed(node.line);
        boolean tables = line.contains("tables") || line.contains("netfilter-persistent");
        if (target != null
                && (target.startsWith("/proc/") || target.startsWith("/sys/") || target.startsWith("/dev/"))) {
            return state.aside(node, "sets", Quoting.cut(target, 80), Messages.instead(target));
        }
        if (name.equals("sysctl")) {
            String setting = rest.isEmpty() ? "" : rest.get(rest.size() - 1).toString().replace('.', '/');
            return state.aside(node, "sets", Quoting.cut(setting, 80), Messages.instead("/proc/sys/" + setting));
        }
        if (ShellState.PRINTING.contains(name) && target == null) {
            return asks && !name.equals("echo") ? askedOfTheBox(node) : state.noted(node, "prints");
        }
        if (is(name, "rmmod", "depmod")) { return state.noted(node, "lists-modules"); }
        if (name.endsWith("tables-save") || (SERVICES.contains(name) || name.endsWith("tables")) && tables) {
            return state.noted(node, "saves");
        }
        if (target != null) { return state.aside(node, "writes", Quoting.cut(target, 80)); }
        return unknown(node, asks, is(name, "include", "eval") ? name : "no-part");
    }

    private ExitStatus askedOfTheBox(Node node) {
        lines.note(node.line, "asks-box");
        return ExitStatus.UNKNOWN;
    }

    /** A command that no firewall script is known by: its remark, and whether it holds a rule. */
    private ExitStatus unknown(Node node, boolean asks, String message, Object... values) {
        boolean rule = ShellState.isRule(node);
        if (asks && !rule) { return askedOfTheBox(node); }
        if (state.foreign(node)) { return ExitStatus.UNKNOWN; }
        if (node.program().equals("ipset")) {
            for (ShellWord word : node.words) {
                lines.sets.put(word.toString(), 0);
            }
            return state.left(node, "set-made");
        }
        if (rule) { return state.left(node, "unknown-rule"); }
        state.aside(node, message, values);
        return ExitStatus.UNKNOWN;
    }

    private void assign(ShellWord word, Node node) {
        String name = word.assigned();
        Variables variables = state.variables;
        try {
            String value = Expansion.single(word.from(0, name.length() + 1), variables, true);
            variables.set(name, value);
            state.taken(node);
            if (shell.mayKeep(name) && value.length() > 0 && value.length() < 900 && Letters.isText(value)) {
                OutputLine line = new OutputLine(node.line, "", name + "=" + Quoting.word(value));
                line.assigned = name;
                state.add(line);
                variables.kept.add(name);
            }
        } catch (ShellError e) {
            String meant = word.pieces.size() < 3 ? e.meant : null;
            variables.forget(name, e.getMessage(), meant);
            lines.note(node.line, "name-unknown", name, e.getMessage(),
                    meant != null ? "write " + name + "=" + meant : e.texts[1]);
        }
    }

    /** {@code export A=1 B}, {@code local A}, {@code unset A}. */
    private ExitStatus names(Node node, String command, List<ShellWord> words) {
        for (ShellWord word : words) {
            String name = word.assigned() != null ? word.assigned() : word.plain();
            if (name == null || !ShellWord.isName(name)) { continue; }
            if (command.equals("local")) { shell.local(name); }
            if (command.equals("unset")) {
                state.variables.unset(name);
            } else if (word.assigned() != null) { assign(word, node); }
        }
        return state.taken(node);
    }

    /** {@code set -e} is an option; {@code set -- a b} and {@code set a b} give $1 and $2. */
    private ExitStatus positional(Node node, List<ShellWord> words) {
        try {
            List<String> texts = Expansion.of(words, state.variables).texts;
            String first = texts.isEmpty() ? "-" : texts.get(0);
            if (first.equals("--")) {
                state.variables.positional = texts.subList(1, texts.size());
            } else if (!first.startsWith("-") && !first.startsWith("+")) { state.variables.positional = texts; }
            return state.taken(node);
        } catch (ShellError e) {
            state.left(node, e, null);
            return ExitStatus.TRUE;
        }
    }

    /** A rule that came of the function came of this line too. */
    private ExitStatus call(Node node, Node function, List<ShellWord> rest) throws ShellError {
        List<String> words = Expansion.of(rest, state.variables).texts;
        state.taken(node);
        int before = state.out.size();
        ExitStatus status = shell.call(function, words, node.line);
        if (state.out.size() > before) { lines.mark(node.line, node.end, SourceLines.BUILT); }
        return status;
    }

    /** A line of the ruleset language itself: keep, own, expect. */
    private ExitStatus own(Node node, String name, List<ShellWord> rest) throws ShellError {
        Expansion all = Expansion.of(rest, state.variables);
        String text = IptablesCommands.text(name, all.texts);
        if (text == null) { throw new ShellError("own-control"); }
        state.add(new OutputLine(node.line, text, name + " " + Words.join(all.named, " ")));
        return state.taken(node);
    }

    /** {@code insmod /lib/modules/$(uname -r)/…/ipt_LOG.ko} is {@code modprobe ipt_LOG}. */
    private ExitStatus modules(Node node, List<ShellWord> words) {
        boolean several = false;
        int modules = 0;
        try {
            for (ShellWord word : words) {
                String plain = word.plain() == null ? "" : word.plain();
                if (is(plain, "-r", "--remove")) { return state.noted(node, "unloads"); }
                several |= is(plain, "-a", "-qa", "-aq");
                if (plain.startsWith("-")) { continue; }
                if (modules > 0 && !several) {
                    lines.note(node.line, "parameter", Quoting.excerpt(word.toString()));
                    continue;
                }
                for (String path : Expansion.of(Arrays.asList(lastPart(word)), state.variables).texts) {
                    String name = ShellWord.baseName(path);
                    for (String end : new String[] {".gz", ".xz", ".ko", ".o"}) {
                        name = name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
                    }
                    String text = IptablesCommands.text("modprobe", Arrays.asList(name));
                    if (text == null) { throw new ShellError("own-control"); }
                    state.add(new OutputLine(node.line, text, text));
                }
                state.taken(node);
                modules++;
            }
        } catch (ShellError e) {
            state.aside(node, "module-unknown", (Object[]) e.texts);
            return ExitStatus.UNKNOWN;
        }
        return modules == 0 ? state.aside(node, "no-module") : ExitStatus.TRUE;
    }

    /** What stands after the last slash: the folder may be computed, as the kernel's release often is. */
    private static ShellWord lastPart(ShellWord word) {
        for (int i = word.pieces.size() - 1; i >= 0; i--) {
            ShellWord.Piece piece = word.pieces.get(i);
            if (piece.kind == ShellWord.Kind.TEXT && piece.text.indexOf('/') >= 0) {
                return word.from(i, piece.text.lastIndexOf('/') + 1);
            }
        }
        return word;
    }

    /** A here-document for iptables-restore; from a file or a pipe nothing can be read here. */
    private ExitStatus restore(Node node, String name, Node.Redirect here, List<ShellWord> options) {
        if (here == null) { return state.left(node, "restore-file"); }
        boolean adds = false;
        for (ShellWord option : options) {
            adds |= "-n".equals(option.plain()) || "--noflush".equals(option.plain());
        }
        new SaveDump(state, iptables, name.startsWith("ip6") ? 6 : 4, adds).here(here);
        lines.mark(node.line, node.line, SourceLines.TAKEN);
        return ExitStatus.TRUE;
    }

    /** Several commands side by side: a here-document into iptables-restore, or a question. */
    ExitStatus pipe(Node node, boolean asks) {
        Node first = node.parts.get(0);
        Node last = node.parts.get(node.parts.size() - 1);
        if (RuleText.program(first.program()) != null) {
            ExitStatus status = run(first, asks);
            for (Node behind : node.parts.subList(1, node.parts.size())) {
                if (!isQuiet(behind)) { state.left(behind, "piped", "|"); }
            }
            return status;
        }
        if (last.program().endsWith("tables-restore")) {
            boolean here = node.parts.size() == 2 && first.program().equals("cat") && first.words.size() == 1
                    && first.redirects.size() == 1 && first.here() != null;
            if (!here) { return state.left(node, "restore-pipe"); }
            lines.mark(first.line, first.last(), SourceLines.STRUCTURE);
            return restore(last, last.program(), first.here(), last.words.subList(1, last.words.size()));
        }
        boolean quiet = true;
        boolean adds = state.adds(node);
        for (Node simple : node.simple()) {
            quiet &= isQuiet(simple);
        }
        if (adds || !asks && !quiet) {
            state.left(node, "pipe");
        } else {
            lines.note(node.line, asks ? "asks-box" : "prints");
        }
        return ExitStatus.UNKNOWN;
    }

    private boolean isQuiet(Node simple) {
        String name = simple.program();
        return (ShellState.PRINTING.contains(name) || FILTERS.contains(name)) && state.written(simple) == null;
    }
}
