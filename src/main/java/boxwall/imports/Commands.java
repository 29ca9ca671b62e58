package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a single command of a script means for the ruleset. */
final class Commands {
    static final Set<String> PRINTING = new HashSet<String>(Arrays.asList("echo", "printf", "logger", "sleep", "cd",
            "wait", "umask", "trap", "sync", "date", "uname", "hostname", "ps", "cat", "grep", "lsmod", "ifconfig",
            "ls", "which", "type", "iptables-save", "ip6tables-save", "tail", "head", "dmesg", "ping"));
    private static final Set<String> PREFIXES =
            new HashSet<String>(Arrays.asList("sudo", "busybox", "command", "nohup", "exec", "nice"));

    private final Walk walk;
    private final UnknownCommand unknown;
    private int patternLine;
    private boolean pattern;
    final IptablesLines iptables;
    /** Words that were taken for iptables, to say so once. */
    private final Set<String> guessed = new HashSet<String>();

    Commands(Walk walk) {
        this.walk = walk;
        this.unknown = new UnknownCommand(walk);
        this.iptables = new IptablesLines(walk);
    }

    /**
     * Counts the lines that hold rules, before anything is decided; what has a place to fill in ({@code <port>},
     * {@code ...}) is a pattern for rules.
     */
    void count(Node simple) {
        ShellWord command = simple.command();
        String name = command == null ? "" : Script.baseName(command.toString()).toLowerCase(java.util.Locale.ROOT);
        boolean program = isIptables(name) || simple.words.size() > 2 && ShellWord.isName(name.replace('-', '_'))
                && isCommand(simple.words.get(1).plain()) && RuleText.isChain(simple.words.get(2).toString());
        boolean pattern = program && isPattern(simple.line);
        if (program && !pattern && simple.words.size() > 1) { walk.ledger.rule(simple.line); }
        for (Redirect redirect : simple.redirects) {
            for (int i = 0; i < redirect.body.size() && name.endsWith("-restore"); i++) {
                if (redirect.body.get(i).trim().matches("(-[AIND]|\\[[0-9:]+\\] ?-A|:).*")) {
                    walk.ledger.rule(redirect.bodyLine + i);
                }
            }
        }
    }

    /** iptables by its name or in a variable's. */
    private static boolean isIptables(String name) {
        String plain = name.startsWith("$") ? name.substring(1) : name;
        boolean called = plain.startsWith("iptables") || plain.startsWith("ip6tables") || plain.equals("ip46tables")
                || plain.startsWith("ipt") || plain.startsWith("ip6t");
        return called && plain.length() < 17 && !plain.contains("restore") && !plain.contains("save");
    }

    /** A function that passes its words on to iptables is called like it. */
    private static boolean isCommand(String word) {
        return word != null && word.length() == 2 && word.charAt(0) == '-' && "AINPDR".indexOf(word.charAt(1)) >= 0;
    }

    /** Whether a line is a pattern for rules, with places to fill in. */
    private boolean isPattern(int line) {
        if (line != patternLine) {
            String text = walk.ledger.source(line);
            int open = text.indexOf('<');
            int close = open < 0 ? -1 : text.indexOf('>', open);
            patternLine = line;
            pattern = text.contains("...") || close > 0 && ShellWord.isName(text.substring(open + 1, close));
        }
        return pattern;
    }

    Answer run(Node node, boolean asks) {
        ShellWord command = node.command();
        String start = command == null || command.pieces.isEmpty() ? "" : command.toString();
        if (start.length() > 0 && node.words.get(0) == command && SaveDump.isLine(start + " x")
                && walk.ledger.source(node.line).trim().startsWith(start)
                && SaveDump.isLine(walk.ledger.source(node.line))) {
            walk.saved(node.line);
            return Answer.YES;
        }
        if (walk.functions.substitutes(node)) {
            walk.leftOut.left(node, "a rule in $( ), and nothing is executed here: " + walk.ledger.shown(node.line),
                    "write the rule as a line of its own");
            return Answer.UNKNOWN;
        }
        Answer answer = dispatch(node, asks);
        // the here-document's lines belong to the command, and so do those after a backslash
        walk.ledger.structure(node.line, Walk.last(node));
        return answer;
    }

    private Answer dispatch(Node node, boolean asks) {
        List<ShellWord> words = new ArrayList<ShellWord>(node.words);
        List<ShellWord> assignments = new ArrayList<ShellWord>();
        while (!words.isEmpty() && words.get(0).assignment() > 0) {
            assignments.add(words.remove(0));
        }
        if (words.isEmpty()) {
            for (ShellWord assignment : assignments) {
                assign(assignment, node.line, node.end);
            }
            if (assignments.isEmpty()) {
                walk.leftOut.aside(node, "writes a file, or reads one: " + walk.ledger.shown(node.line),
                        "boxwall touches no files; keep it in rc.custom if it is needed");
            }
            return Answer.YES;
        }
        if (RuleText.isIgnored(words)) {
            walk.leftOut.left(node, "this command ignores the words of a rule: " + walk.ledger.shown(node.line),
                    "write iptables before them");
        }
        List<String> name;
        try {
            name = Expansion.of(words.subList(0, 1), walk.scope).texts;
            if (name.isEmpty() && guess(words.get(0)) != null) {
                throw new Undecided("its value is empty", "write the program's path");
            }
        } catch (Undecided e) {
            String guess = guess(words.get(0));
            if (guess == null) { return unknown.answer(node, asks, "a command that isn't known: " + e.getMessage()); }
            name = name(guess);
            if (!guessed.add(words.get(0).toString())) {
                return command(node, guess, name(guess), words.subList(1, words.size()), asks);
            }
            walk.ledger.remark(node.line,
                    Show.text(words.get(0).toString()) + " is taken for " + guess + ": " + e.getMessage(),
                    "nothing to do", true);
        }
        if (name.isEmpty()) {
            return unknown.answer(node, asks, "a command whose name is empty: " + walk.ledger.shown(node.line));
        }
        String base = Script.baseName(name.get(0));
        boolean direct = base.equals("command") || base.equals("busybox") || base.equals("exec");
        if (PREFIXES.contains(base) && words.size() > 1 && words.get(1).plain() != null
                && !words.get(1).plain().startsWith("-")) {
            words.remove(0);
            base = Script.baseName(words.get(0).plain());
            name = name(base);
            Node function = direct ? walk.functions.remove(base) : null;
            if (function != null) {
                Answer answer = command(node, base, name, words.subList(1, words.size()), asks);
                walk.functions.define(function);
                return answer;
            }
        }
        return command(node, base, name, words.subList(1, words.size()), asks);
    }

    private static List<String> name(String one) { return new ArrayList<String>(Arrays.asList(one)); }

    /**
     * {@code $IPT} and its like, when the script computes it ({@code $(which iptables)}) or leaves it to another file.
     */
    private static String guess(ShellWord word) {
        String text = word.toString();
        if (!text.matches("\\$(?i:_?IP6?T(ABLES)?[46]?(_?(BIN|CMD))?|FW)")) { return null; }
        return text.indexOf('6') > 0 ? "ip6tables" : "iptables";
    }

    private Answer command(Node node, String name, List<String> first, List<ShellWord> rest, boolean asks) {
        Node function = walk.functions.get(first.get(0));
        if (function != null) { return call(node, function, rest); }
        if (IptablesLines.isProgram(name)) { return iptables.run(node, IptablesLines.program(name), first, rest); }
        if (name.equals("iptables-restore") || name.equals("ip6tables-restore")) {
            return iptables.restore(node, name.startsWith("ip6"), node.redirects, rest);
        }
        switch (name) {
            case "modprobe" :
            case "insmod" :
                return new ModuleLines(walk).run(node, rest);
            case "keep" :
            case "own" :
            case "expect" :
                return iptables.own(node, name, rest);
            case "[" :
            case "test" :
            case "[[" :
                return new Questions(walk).condition(node, name, rest);
            default :
                return builtin(node, name, rest, asks);
        }
    }

    private Answer builtin(Node node, String name, List<ShellWord> rest, boolean asks) {
        switch (name) {
            case ":" :
            case "true" :
                walk.ledger.taken(node.line, node.end);
                return Answer.YES;
            case "false" :
                walk.ledger.taken(node.line, node.end);
                return Answer.NO;
            case "exit" :
            case "return" :
            case "break" :
            case "continue" :
                walk.ledger.taken(node.line, node.end);
                walk.halt(name, node.line);
                return Answer.YES;
            case "export" :
            case "readonly" :
            case "local" :
            case "declare" :
            case "typeset" :
            case "unset" :
                return names(node, name, rest);
            case "shift" :
                walk.ledger.taken(node.line, node.end);
                List<String> left = walk.scope.positional();
                walk.scope.positional(new ArrayList<String>(left.subList(Math.min(1, left.size()), left.size())));
                return Answer.YES;
            case "set" :
                return positional(node, rest);
            case "." :
            case "source" :
                walk.leftOut.left(node, "reads another file: " + walk.ledger.shown(node.line),
                        "boxwall import opens one file; put that file's text in its place");
                walk.scope.sourced(node.line);
                return Answer.UNKNOWN;
            default :
                return other(node, name, rest, asks);
        }
    }

    private Answer other(Node node, String name, List<ShellWord> rest, boolean asks) {
        String target = written(node, walk.scope);
        boolean settings = target != null
                && (target.startsWith("/proc/") || target.startsWith("/sys/") || target.startsWith("/dev/"));
        if (settings) {
            walk.leftOut.aside(node, "sets " + Show.plain(target, 80), Settings.instead(target));
            return Answer.YES;
        }
        if (name.equals("sysctl")) {
            String key = rest.isEmpty() ? "" : rest.get(rest.size() - 1).toString().replace('.', '/');
            walk.leftOut.aside(node, "sets " + Show.plain(key, 80), Settings.instead("/proc/sys/" + key));
            return Answer.YES;
        }
        if (PRINTING.contains(name) && target == null) {
            if (asks && !name.equals("echo")) {
                walk.ledger.remark(node.line,
                        "a condition that only the box can decide: " + walk.ledger.shown(node.line), "nothing to do",
                        true);
                return Answer.UNKNOWN;
            }
            walk.ledger.remark(node.line, "builds no rule: " + walk.ledger.shown(node.line), "nothing to do", true);
            return Answer.YES;
        }
        if (name.equals("rmmod") || name.equals("depmod")) {
            walk.ledger.remark(node.line, "unloads or lists modules",
                    "nothing to do: boxwall loads what the rules need and leaves the rest", true);
            return Answer.YES;
        }
        if (name.endsWith("tables-save") || UnknownCommand.isSaving(name, walk.ledger.source(node.line))) {
            walk.ledger.remark(node.line, "saves or loads the rules: " + walk.ledger.shown(node.line),
                    "nothing to do: boxwall keeps them itself", true);
            return Answer.YES;
        }
        if (target != null) {
            walk.leftOut.aside(node, "writes the file " + Show.plain(target, 80),
                    "boxwall writes no files for rules; keep it in rc.custom if it is needed");
            return Answer.YES;
        }
        return unknown.answer(node, asks,
                name.equals("include") ? "include can't be followed here"
                        : name.equals("eval") ? "eval runs a text as a command"
                        : "no part of a ruleset: " + walk.ledger.shown(node.line));
    }

    /** The file that the output goes to; null for none, or one that swallows it. */
    static String written(Node node, Scope scope) {
        for (Redirect redirect : node.redirects) {
            String target = redirect.target.toString();
            boolean swallowed = target.equals("/dev/null") || target.equals("/dev/console")
                    || target.startsWith("/dev/tty") || target.equals("/dev/kmsg") || redirect.operator.equals(">&");
            if (redirect.operator.indexOf('>') >= 0 && !swallowed) {
                try {
                    String value = Expansion.single(redirect.target, scope, true);
                    return value.length() == 0 ? target : value;
                } catch (Undecided e) {
                    return target;
                }
            }
        }
        return null;
    }

    private void assign(ShellWord word, int line, int end) {
        int equals = word.assignment();
        String name = word.pieces.get(0).text.substring(0, equals);
        try {
            String value = Expansion.single(word.from(equals + 1), walk.scope, true);
            walk.scope.set(name, value);
            walk.ledger.taken(line, end);
            if (walk.functions.mayKeep(name) && value.length() > 0 && value.length() < 900 && Quote.fits(value)) {
                walk.add(OutLine.assignment(line, name, Quote.word(value)));
                walk.scope.keep(name);
            }
        } catch (Undecided e) {
            boolean alone = word.pieces.size() < 3 && e.meant() != null;
            walk.scope.forget(name, e.getMessage(), alone ? e.meant() : null);
            walk.ledger.remark(line, name + " isn't known from here on: " + e.getMessage(),
                    alone ? "write " + name + "=" + e.meant() : e.todo(), true);
            walk.ledger.structure(line, end);
        }
    }

    private Answer names(Node node, String command, List<ShellWord> words) {
        walk.ledger.taken(node.line, node.end);
        for (ShellWord word : words) {
            String name =
                    word.assignment() > 0 ? word.pieces.get(0).text.substring(0, word.assignment()) : word.plain();
            if (name == null || !ShellWord.isName(name)) { continue; }
            if (command.equals("local")) { walk.functions.local(name); }
            if (command.equals("unset")) {
                walk.scope.unset(name);
            } else if (word.assignment() > 0) { assign(word, node.line, node.end); }
        }
        return Answer.YES;
    }

    private Answer positional(Node node, List<ShellWord> words) {
        try {
            List<String> texts = Expansion.of(words, walk.scope).texts;
            if (!texts.isEmpty() && texts.get(0).equals("--")) {
                walk.scope.positional(new ArrayList<String>(texts.subList(1, texts.size())));
            } else if (!texts.isEmpty() && !texts.get(0).startsWith("-") && !texts.get(0).startsWith("+")) {
                walk.scope.positional(new ArrayList<String>(texts));
            }
            walk.ledger.taken(node.line, node.end);
        } catch (Undecided e) {
            walk.leftOut.left(node, e.getMessage(), e.todo());
        }
        return Answer.YES;
    }

    private Answer call(Node node, Node function, List<ShellWord> rest) {
        try {
            List<String> words = new ArrayList<String>();
            for (ShellWord word : rest) {
                words.addAll(Expansion.of(Arrays.asList(word), walk.scope).texts);
            }
            walk.ledger.taken(node.line, node.end);
            int before = walk.out.size();
            Answer answer = walk.functions.call(function, words, node.line);
            if (walk.out.size() > before) { walk.ledger.built(node.line, node.end); }
            return answer;
        } catch (Undecided e) {
            walk.leftOut.left(node, e.getMessage(), e.todo());
            return Answer.UNKNOWN;
        }
    }
}
