package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Parts of a script that aren't run here, or may or may not run on the box: the remarks on their lines, whether they
 * add rules, and what is not known after them.
 */
final class NotRun {
    private static final Set<String> QUIET = new HashSet<>(Arrays.asList("echo", "printf", "exit", "return", ":",
            "true", "false", "logger", "sleep", "[", "test", "break", "continue", "shift", "set", "rmmod"));
    /** Commands that run others, or make what rules need. */
    private static final Set<String> RUNNING = new HashSet<>(Arrays.asList("sh", "bash", "ash", "dash", "eval", ".",
            "source", "xargs", "ssh", "include", "run-parts", "ipset", "nft"));
    /** Functions that call functions, one in the other: a small JVM's stack ends. */
    private static final int NESTED_LIMIT = 200;
    /** What bash reads and ash does not. */
    private static final String[] BASH = {"<(", ">(", "((", "[[", "=(", "=~", ";;&", ";&", "coproc ", "select "};

    /** Functions that call each other, for asking whether one adds a rule. */
    private static final int ASKED_LIMIT = 50;

    private final Interpreter shell;
    private final SourceLines lines;
    /** The functions that are called, and those that are where it can't be decided whether. */
    final Set<Node> called = new HashSet<>();
    private final Set<Node> calledPerhaps = new HashSet<>();
    /** Names of commands in what isn't run: a function among them isn't never called. */
    private final Set<String> mentioned = new HashSet<>();

    NotRun(Interpreter shell) {
        this.shell = shell;
        this.lines = shell.lines;
    }

    /** A part that isn't run, and what is lost by that: nothing. */
    void skip(Node node, String why) {
        for (Node simple : node.simple()) {
            mentioned.add(simple.called());
        }
        passOver(node, "not run: " + why, "nothing to do, unless you need it", true);
    }

    void passOver(Node node, String what, String todo, boolean harmless) {
        for (Node simple : node.simple()) {
            boolean prints = harmless && Commands.PRINTING.contains(simple.called());
            lines.passOver(simple.line, prints ? simple.line : simple.last(), what, todo, harmless);
            lines.structure(simple.line, simple.last());
        }
        lines.structure(node.line, node.end);
        if (node.kind == Node.Kind.UNREADABLE || node.kind == Node.Kind.PROSE) {
            lines.passOver(node.line, node.end, what, todo, harmless);
        }
    }

    /** A part that runs or not as the box decides. */
    void undecided(Node node, Node cause) {
        StringBuilder asked = new StringBuilder();
        for (int line = cause.line; line <= cause.end && line <= cause.line + 3; line++) {
            asked.append(line == cause.line ? "" : " ").append(lines.trimmed(line));
        }
        boolean quiet = true;
        boolean modules = asked.indexOf("lsmod") >= 0 || asked.indexOf("/proc/modules") >= 0;
        for (Node simple : node.simple()) {
            String name = simple.program();
            quiet &= QUIET.contains(name) && Commands.written(simple, shell.variables) == null
                    || simple.words.isEmpty();
            modules &= QUIET.contains(name) || name.equals("modprobe") || name.equals("insmod");
        }
        if (modules && !quiet) {
            // a module that is loaded already is left alone by modprobe, so asking before makes no difference
            shell.run(node, false);
            return;
        }
        String[] texts =
                Messages.of("", quiet ? "depends-quietly" : "depends", cause.line, Quoting.excerpt(asked.toString()));
        for (Node simple : node.simple()) {
            boolean harmless = quiet || !mayAdd(simple);
            for (int line = simple.line; line <= simple.last(); line++) {
                lines.remark(line, texts, harmless);
            }
            if (!quiet) { shell.leftLine(simple.line, texts[0], null); }
        }
        shell.perhaps(node);
        forget(node, true, new HashSet<Node>());
        lines.structure(node.line, node.end);
    }

    /** Names that a part may set or not have no known value after it, and functions that it may define are none. */
    private void forget(Node node, boolean here, Set<Node> seen) {
        if (node.kind == Node.Kind.FOR) {
            shell.variables.forget(node.name, "line " + node.line + " may set it or not", null);
        } else if (node.kind == Node.Kind.FUNCTION && here) {
            shell.functions.remove(node.name);
        } else if (node.kind == Node.Kind.UNREADABLE) {
            lines.passOver(node.line, node.end, unreadable(node), "write what it should do into the ruleset", false);
        } else if (node.kind == Node.Kind.SIMPLE) {
            assigned(node);
            Node function = shell.functions.get(node.called());
            if (function != null && seen.size() < NESTED_LIMIT && seen.add(function)) {
                calledPerhaps.add(function);
                forget(function.parts.get(0), false, seen);
            }
        }
        for (Node part : node.parts) {
            forget(part, here, seen);
        }
    }

    private void assigned(Node simple) {
        String first = simple.words.isEmpty() ? null : simple.words.get(0).plain();
        for (ShellWord word : simple.words) {
            String name = word.assigned();
            if (name != null) {
                Piece value = word.pieces.get(word.pieces.size() - 1);
                String known = shell.variables.meant.get(name);
                boolean same = value.isUnknown() && known != null && known.equals(Messages.meant(value.text));
                shell.variables.forget(name, "line " + simple.line + " may set it or not", same ? known : null);
            } else if (("read".equals(first) || "unset".equals(first)) && word.plain() != null
                    && ShellWord.isName(word.plain())) {
                shell.variables.forget(word.plain(), "line " + simple.line + " reads it", null);
            }
        }
    }

    /** Leaves a command out, and says so beside the rules too. */
    ExitStatus left(Node node, String name, Object... values) {
        return left(node, Messages.of(lines.shown(node.line), name, values), null, false);
    }

    /** {@code strict}: what can be read of the rule. */
    ExitStatus left(Node node, ShellError e, String strict) {
        return left(node, new String[] {e.getMessage(), e.todo}, strict, false);
    }

    /**
     * Leaves out what is no rule: nothing is missing by that, unless its lines hold a rule, or it may run others that
     * do.
     */
    ExitStatus aside(Node node, String name, Object... values) {
        left(node, Messages.of(lines.shown(node.line), name, values), null, !mayAdd(node));
        return ExitStatus.TRUE;
    }

    private ExitStatus left(Node node, String[] texts, String strict, boolean harmless) {
        for (int line = node.line; line <= node.last(); line++) {
            if (lines.trimmed(line).length() > 0 && lines.remark(line, texts, harmless) && line == node.line) {
                shell.leftLine(line, texts[0], strict);
            }
        }
        return ExitStatus.UNKNOWN;
    }

    /** Leaves out a rule of another firewall; false if the line is none. */
    boolean foreign(Node node) {
        String[] foreign = RuleText.foreign(lines.text(node.line));
        if (foreign == null) { return false; }
        lines.rule(node.line);
        left(node, new String[] {foreign[3] + ": boxwall reads those of iptables", foreign[4]}, null, false);
        return true;
    }

    /** Whether a command may add a rule: by its words, by what it runs, or in a here-document. */
    private boolean mayAdd(Node simple) {
        for (int line = simple.line; line <= simple.last(); line++) {
            if (RuleText.isPart(lines.text(line))) { return true; }
        }
        String name = simple.program();
        return name.startsWith("$") || name.endsWith(".sh") || name.endsWith("tables-restore") || RUNNING.contains(name)
                || IptablesCommands.program(name) != null || adds(simple);
    }

    /** Why a part is no shell; what bash reads is not what the box's ash does. */
    String unreadable(Node node) {
        for (int line = node.line; line <= node.end; line++) {
            for (String form : BASH) {
                if (lines.text(line).contains(form)) { return "the box's ash can't read this, bash may: " + node.name; }
            }
        }
        return "no shell could read this: " + node.name;
    }

    /**
     * A part that isn't run as {@code by} decides. A rule that the word true or false alone keeps out, or a name that
     * only another file or the environment may set, is named as missing.
     */
    void skip(Node by, Node part, String why) {
        skip(part, why);
        ShellWord only = by.simple().size() == 1 ? by.simple().get(0).command() : null;
        String word = only == null ? null : only.plain();
        boolean constant = "true".equals(word) || "false".equals(word);
        String name = constant ? null : unset(by);
        for (Node simple : constant || name != null ? part.simple() : Collections.<Node>emptyList()) {
            if (adds(simple)) {
                lines.loss(simple.line, constant ? "constant" : "name-unset", why, constant ? word : name);
            }
        }
    }

    private String unset(Node by) {
        for (Node simple : by.simple()) {
            for (ShellWord word : simple.words) {
                String name = shell.variables.unsetIn(word);
                if (name != null) { return name; }
            }
        }
        return null;
    }

    /** Names the lines of functions that aren't run. */
    void uncalled() {
        for (Node function : shell.functions.values()) {
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
            for (Piece piece : word.pieces) {
                boolean unknown = piece.isUnknown();
                rule |= unknown && RuleText.holds(piece.text);
                for (String each : RuleText.words(unknown ? piece.text : "")) {
                    mentioned.add(each);
                    rule |= shell.functions.containsKey(each) && adds(shell.functions.get(each));
                }
            }
        }
        return rule;
    }

    /** Whether a command adds a rule, itself or by the functions that it calls. */
    boolean adds(Node part) {
        for (Node simple : part.simple()) {
            if (adds(simple, new HashSet<Node>())) { return true; }
        }
        return false;
    }

    private boolean adds(Node part, Set<Node> seen) {
        if (seen.size() > ASKED_LIMIT || !seen.add(part)) { return false; }
        for (Node simple : part.simple()) {
            Node function = shell.functions.get(simple.called());
            if (isRule(simple) || function != null && adds(function, seen)) { return true; }
        }
        return false;
    }

    static boolean isRule(Node simple) {
        return !Commands.PRINTING.contains(simple.called()) && RuleText.holds(Words.join(simple.words, " "));
    }
}
