package boxwall.imports;

import boxwall.syntax.Letters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a single command of a script means for the ruleset. */
final class Commands {
    static final Set<String> PRINTING = new HashSet<>(Arrays.asList("echo", "printf", "logger", "sleep", "cd", "wait",
            "umask", "trap", "sync", "date", "uname", "hostname", "ps", "cat", "grep", "lsmod", "ifconfig", "ls",
            "which", "type", "iptables-save", "ip6tables-save", "tail", "head", "dmesg", "ping"));
    private static final Set<String> FILTERS =
            new HashSet<>(Arrays.asList("awk", "sed", "tr", "cut", "tee", "wc", "sort", "uniq", "egrep", "fgrep"));
    private static final Set<String> PREFIXES =
            new HashSet<>(Arrays.asList("sudo", "busybox", "command", "nohup", "exec", "nice"));
    private static final Set<String> SERVICES =
            new HashSet<>(Arrays.asList("service", "systemctl", "netfilter-persistent", "chkconfig", "update-rc.d"));

    /**
     * {@code $IPT}, {@code $IP6TABLES}, {@code $_ipt6_cmd} and their like: known as iptables when the script computes
     * them ({@code $(which iptables)}) or leaves them to another file.
     */
    private static final Set<String> IPTABLES_NAMES = new HashSet<>(Arrays.asList("$FW"));

    static {
        for (String start : new String[] {"$IPT", "$IP6T", "$_IPT", "$_IP6T"}) {
            for (String middle : new String[] {"", "ABLES", "4", "6", "ABLES4", "ABLES6"}) {
                for (String end : new String[] {"", "BIN", "CMD", "_BIN", "_CMD"}) {
                    IPTABLES_NAMES.add(start + middle + end);
                }
            }
        }
    }

    private final Interpreter shell;
    private final SourceLines lines;
    private final NotRun notRun;
    /** Words that were taken for iptables, to say so once. */
    private final Set<String> guessed = new HashSet<>();

    Commands(Interpreter shell) {
        this.shell = shell;
        this.lines = shell.lines;
        this.notRun = shell.notRun;
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
        if ((called || isIptables(name) && words.size() > 1) && !isPattern(lines.text(simple.line))) {
            lines.rule(simple.line);
        }
        for (Node.Redirect redirect : simple.redirects) {
            for (int i = 0; i < redirect.body.size() && name.endsWith("-restore"); i++) {
                if (isSaved(redirect.body.get(i).trim())) { lines.rule(redirect.bodyLine + i); }
            }
        }
    }

    /** A chain or a command of a dump, with or without its counters. */
    private static boolean isSaved(String line) {
        int at = line.startsWith("[") ? 1 : 0;
        while (at > 0 && at < line.length() && "0123456789:".indexOf(line.charAt(at)) >= 0) {
            at++;
        }
        boolean counted = at > 1 && (line.startsWith("]-A", at) || line.startsWith("] -A", at));
        return counted || line.startsWith(":")
                || line.length() > 1 && line.charAt(0) == '-' && "AIND".indexOf(line.charAt(1)) >= 0;
    }

    /** iptables by its name or in a variable's. */
    private static boolean isIptables(String name) {
        String plain = name.startsWith("$") ? name.substring(1) : name;
        boolean called = plain.startsWith("ipt") || plain.startsWith("ip6t") || plain.equals("ip46tables");
        return called && plain.length() < 17 && !plain.contains("restore") && !plain.contains("save");
    }

    /** Whether a line is a pattern for rules, with places to fill in. */
    private static boolean isPattern(String text) {
        int open = text.indexOf('<');
        int close = open < 0 ? -1 : text.indexOf('>', open);
        return text.contains("...") || close > 0 && ShellWord.isName(text.substring(open + 1, close));
    }

    ExitStatus run(Node node, boolean asks) {
        String start = node.called();
        if (start.length() > 0 && node.words.get(0) == node.command() && SaveDump.isLine(start + " x")
                && lines.trimmed(node.line).startsWith(start) && SaveDump.isLine(lines.text(node.line))) {
            shell.saved(node.line);
            return ExitStatus.TRUE;
        }
        if (notRun.substitutes(node)) { return notRun.left(node, "substituted"); }
        ExitStatus status;
        try {
            status = dispatch(node, asks);
        } catch (ShellError e) {
            status = notRun.left(node, e, null);
        }
        // the here-document's lines belong to the command, and so do those after a backslash
        lines.structure(node.line, node.last());
        return status;
    }

    private ExitStatus dispatch(Node node, boolean asks) throws ShellError {
        ShellWord first = node.command();
        if (first == null) {
            for (ShellWord assignment : node.words) {
                assign(assignment, node);
            }
            return node.words.isEmpty() ? notRun.aside(node, "redirect") : ExitStatus.TRUE;
        }
        List<ShellWord> words = node.words.subList(node.words.indexOf(first), node.words.size());
        if (RuleText.isIgnored(words)) { notRun.left(node, "ignores"); }
        List<ShellWord> rest = words.subList(1, words.size());
        List<String> name;
        String guess = guess(first.toString());
        try {
            name = Expansion.of(first, shell.variables);
            if (name.isEmpty() && guess != null) { throw new ShellError("empty-program"); }
        } catch (ShellError e) {
            if (guess == null) { return unknown(node, asks, "unknown-command", e.getMessage()); }
            name = Arrays.asList(guess);
            if (guessed.add(first.toString())) {
                lines.note(node.line, "guessed", Quoting.excerpt(first.toString()), guess, e.getMessage());
            }
        }
        if (name.isEmpty()) { return unknown(node, asks, "no-name"); }
        String base = Script.baseName(name.get(0));
        if (!PREFIXES.contains(base) || rest.isEmpty() || rest.get(0).plain() == null
                || rest.get(0).plain().startsWith("-")) {
            return command(node, base, name, rest, asks);
        }
        boolean direct = isOf(base, "command", "busybox", "exec");
        base = Script.baseName(rest.get(0).plain());
        Node function = direct ? shell.functions.remove(base) : null;
        try {
            return command(node, base, Arrays.asList(base), rest.subList(1, rest.size()), asks);
        } finally {
            if (function != null) { shell.functions.put(base, function); }
        }
    }

    private static String guess(String word) {
        String text = word.toUpperCase(Locale.ROOT);
        return !IPTABLES_NAMES.contains(text) ? null : text.indexOf('6') > 0 ? "ip6tables" : "iptables";
    }

    private ExitStatus command(Node node, String name, List<String> first, List<ShellWord> rest, boolean asks)
            throws ShellError {
        Node function = shell.functions.get(first.get(0));
        if (function != null) { return call(node, function, rest); }
        String program = IptablesCommands.program(name);
        if (program != null) { return shell.iptables.run(node, program, first.subList(1, first.size()), rest); }
        if (isOf(name, "iptables-restore", "ip6tables-restore")) {
            return shell.iptables.restore(node, name.startsWith("ip6"), node.here(), rest);
        }
        if (isOf(name, "modprobe", "insmod")) { return modules(node, rest); }
        if (isOf(name, "keep", "own", "expect")) { return shell.iptables.own(node, name, rest); }
        if (isOf(name, "[", "test", "[[")) { return Conditions.test(shell, node, name, rest); }
        if (isOf(name, "export", "readonly", "local", "declare", "typeset", "unset")) {
            return names(node, name, rest);
        }
        if (isOf(name, "exit", "return", "break", "continue")) { shell.halt(name, node.line); }
        if (name.equals("shift")) {
            List<String> left = shell.variables.positional;
            shell.variables.positional = new ArrayList<>(left.subList(Math.min(1, left.size()), left.size()));
        }
        if (isOf(name, ":", "true", "shift", "exit", "return", "break", "continue")) { return shell.taken(node); }
        if (name.equals("false")) { return shell.taken(node).not(); }
        if (name.equals("set")) { return positional(node, rest); }
        if (isOf(name, ".", "source")) {
            shell.variables.sourced(node.line);
            return notRun.left(node, "sourced");
        }
        return other(node, name, rest, asks);
    }

    static boolean isOf(String name, String... names) { return Arrays.asList(names).contains(name); }

    private ExitStatus other(Node node, String name, List<ShellWord> rest, boolean asks) {
        String target = written(node, shell.variables);
        String line = lines.trimmed(node.line);
        boolean tables = line.contains("tables") || line.contains("netfilter-persistent");
        if (target != null
                && (target.startsWith("/proc/") || target.startsWith("/sys/") || target.startsWith("/dev/"))) {
            return notRun.aside(node, "sets", Quoting.cut(target, 80), Messages.instead(target));
        }
        if (name.equals("sysctl")) {
            String setting = rest.isEmpty() ? "" : rest.get(rest.size() - 1).toString().replace('.', '/');
            return notRun.aside(node, "sets", Quoting.cut(setting, 80), Messages.instead("/proc/sys/" + setting));
        }
        if (PRINTING.contains(name) && target == null) {
            return asks && !name.equals("echo") ? askedOfTheBox(node) : shell.noted(node, "prints");
        }
        if (isOf(name, "rmmod", "depmod")) { return shell.noted(node, "lists-modules"); }
        if (name.endsWith("tables-save") || (SERVICES.contains(name) || name.endsWith("tables")) && tables) {
            return shell.noted(node, "saves");
        }
        if (target != null) { return notRun.aside(node, "writes", Quoting.cut(target, 80)); }
        return unknown(node, asks, isOf(name, "include", "eval") ? name : "no-part");
    }

    private ExitStatus askedOfTheBox(Node node) {
        lines.note(node.line, "asks-box");
        return ExitStatus.UNKNOWN;
    }

    /** A command that no firewall script is known by: its remark, and whether it holds a rule. */
    private ExitStatus unknown(Node node, boolean asks, String message, Object... values) {
        boolean rule = NotRun.isRule(node);
        if (asks && !rule) { return askedOfTheBox(node); }
        if (notRun.foreign(node)) { return ExitStatus.UNKNOWN; }
        if (node.program().equals("ipset")) {
            for (ShellWord word : node.words) {
                lines.sets.put(word.toString(), 0);
            }
            return notRun.left(node, "set-made");
        }
        if (rule) { return notRun.left(node, "unknown-rule"); }
        notRun.aside(node, message, values);
        return ExitStatus.UNKNOWN;
    }

    /** The file that the output goes to; null for none, or one that swallows it. */
    static String written(Node node, Variables variables) {
        for (Node.Redirect redirect : node.redirects) {
            String target = redirect.target.toString();
            boolean swallowed = isOf(target, "/dev/null", "/dev/console", "/dev/kmsg") || target.startsWith("/dev/tty")
                    || redirect.operator.equals(">&");
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

    private void assign(ShellWord word, Node node) {
        String name = word.assigned();
        try {
            String value = Expansion.single(word.from(0, name.length() + 1), shell.variables, true);
            shell.variables.set(name, value);
            shell.taken(node);
            if (shell.mayKeep(name) && value.length() > 0 && value.length() < 900 && Letters.isText(value)) {
                Output.Line line = new Output.Line(node.line, "", name + "=" + Quoting.word(value));
                line.assigned = name;
                shell.add(line);
                shell.variables.kept.add(name);
            }
        } catch (ShellError e) {
            String meant = word.pieces.size() < 3 ? e.meant : null;
            shell.variables.forget(name, e.getMessage(), meant);
            lines.note(node.line, "name-unknown", name, e.getMessage(),
                    meant != null ? "write " + name + "=" + meant : e.todo);
            lines.structure(node.line, node.end);
        }
    }

    private ExitStatus names(Node node, String command, List<ShellWord> words) {
        for (ShellWord word : words) {
            String name = word.assigned() != null ? word.assigned() : word.plain();
            if (name == null || !ShellWord.isName(name)) { continue; }
            if (command.equals("local")) { shell.local(name); }
            if (command.equals("unset")) {
                shell.variables.unset(name);
            } else if (word.assigned() != null) { assign(word, node); }
        }
        return shell.taken(node);
    }

    private ExitStatus positional(Node node, List<ShellWord> words) {
        try {
            List<String> texts = Expansion.of(words, shell.variables).texts;
            String first = texts.isEmpty() ? "-" : texts.get(0);
            if (first.equals("--")) {
                shell.variables.positional = texts.subList(1, texts.size());
            } else if (!first.startsWith("-") && !first.startsWith("+")) { shell.variables.positional = texts; }
            return shell.taken(node);
        } catch (ShellError e) {
            notRun.left(node, e, null);
            return ExitStatus.TRUE;
        }
    }

    private ExitStatus call(Node node, Node function, List<ShellWord> rest) throws ShellError {
        List<String> words = Expansion.of(rest, shell.variables).texts;
        shell.taken(node);
        int before = shell.out.size();
        ExitStatus status = shell.call(function, words, node.line);
        if (shell.out.size() > before) { lines.built(node.line, node.end); }
        return status;
    }

    /** {@code insmod /lib/modules/$(uname -r)/…/ipt_LOG.ko} is {@code modprobe ipt_LOG}. */
    private ExitStatus modules(Node node, List<ShellWord> words) {
        boolean several = false;
        int modules = 0;
        try {
            for (ShellWord word : words) {
                String plain = word.plain() == null ? "" : word.plain();
                if (isOf(plain, "-r", "--remove")) { return shell.noted(node, "unloads"); }
                several |= isOf(plain, "-a", "-qa", "-aq");
                if (plain.startsWith("-")) { continue; }
                if (modules > 0 && !several) {
                    lines.note(node.line, "parameter", Quoting.excerpt(word.toString()));
                    continue;
                }
                for (String path : Expansion.of(lastPart(word), shell.variables)) {
                    String name = moduleName(Script.baseName(path));
                    if (!Letters.isText(name)) {
                        notRun.aside(node, "module-control");
                        return ExitStatus.UNKNOWN;
                    }
                    String text = "modprobe " + Quoting.word(name);
                    shell.add(new Output.Line(node.line, text, text));
                }
                shell.taken(node);
                modules++;
            }
        } catch (ShellError e) {
            notRun.aside(node, "module-unknown", e.getMessage(), e.todo);
            return ExitStatus.UNKNOWN;
        }
        return modules == 0 ? notRun.aside(node, "no-module") : ExitStatus.TRUE;
    }

    private static String moduleName(String file) {
        for (String end : new String[] {".ko", ".o", ".ko.gz", ".o.gz", ".ko.xz", ".o.xz"}) {
            if (file.endsWith(end)) { return file.substring(0, file.length() - end.length()); }
        }
        return file;
    }

    /** What stands after the last slash: the folder may be computed, as the kernel's release often is. */
    private static ShellWord lastPart(ShellWord word) {
        for (int i = word.pieces.size() - 1; i >= 0; i--) {
            Piece piece = word.pieces.get(i);
            if (piece.kind == Piece.Kind.TEXT && piece.text.indexOf('/') >= 0) {
                return word.from(i, piece.text.lastIndexOf('/') + 1);
            }
        }
        return word;
    }

    /** Several commands side by side: a here-document into iptables-restore, or a question. */
    ExitStatus pipe(Node node, boolean asks) {
        Node first = node.parts.get(0);
        Node last = node.parts.get(node.parts.size() - 1);
        String to = last.program();
        if (IptablesCommands.program(first.program()) != null) {
            ExitStatus status = run(first, asks);
            for (Node behind : node.parts.subList(1, node.parts.size())) {
                if (!isQuiet(behind)) { notRun.left(behind, "piped", "|"); }
            }
            return status;
        }
        if (to.endsWith("tables-restore")) {
            boolean here = node.parts.size() == 2 && first.program().equals("cat") && first.words.size() == 1
                    && first.redirects.size() == 1 && first.here() != null;
            if (!here) { return notRun.left(node, "restore-pipe"); }
            lines.structure(first.line, first.last());
            return shell.iptables.restore(last, to.startsWith("ip6"), first.here(),
                    last.words.subList(1, last.words.size()));
        }
        boolean quiet = true;
        boolean adds = notRun.adds(node);
        for (Node simple : node.simple()) {
            quiet &= isQuiet(simple);
        }
        if (!adds && asks) {
            askedOfTheBox(node);
        } else if (!adds && quiet) {
            lines.note(node.line, "prints");
        } else {
            notRun.left(node, "pipe");
        }
        lines.structure(node.line, node.end);
        return ExitStatus.UNKNOWN;
    }

    private boolean isQuiet(Node simple) {
        String name = simple.program();
        return (PRINTING.contains(name) || FILTERS.contains(name)) && written(simple, shell.variables) == null;
    }
}
