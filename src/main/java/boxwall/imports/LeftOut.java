package boxwall.imports;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Parts of a script that aren't run here, or may or may not run on the box: the remarks on their lines, and what is not
 * known after them.
 */
final class LeftOut {
    private static final Set<String> QUIET = new HashSet<String>(Arrays.asList("echo", "printf", "exit", "return", ":",
            "true", "false", "logger", "sleep", "[", "test", "break", "continue", "shift", "set", "rmmod"));

    /** Commands that run others, or make what rules need. */
    private static final Set<String> RUNNING = new HashSet<String>(Arrays.asList("sh", "bash", "ash", "dash", "eval",
            ".", "source", "xargs", "ssh", "include", "run-parts", "ipset", "nft"));

    /** Functions that call functions, one in the other: a small JVM's stack ends. */
    private static final int NESTED_LIMIT = 200;

    /** What bash reads and ash does not. */
    private static final String[] BASH = {"<(", ">(", "((", "[[", "=(", "=~", ";;&", ";&", "coproc ", "select "};

    private final Walk walk;

    LeftOut(Walk walk) { this.walk = walk; }

    /** A part that isn't run, and what is lost by that: nothing. */
    void skip(Node node, String why) {
        for (Node simple : node.simple()) {
            walk.functions.mention(simple);
        }
        passOver(node, "not run: " + why, "nothing to do, unless you need it", true);
    }

    void passOver(Node node, String what, String todo, boolean harmless) {
        for (Node simple : node.simple()) {
            boolean prints =
                    harmless && simple.command() != null && Commands.PRINTING.contains(simple.command().toString());
            walk.ledger.passOver(simple.line, prints ? simple.line : Walk.last(simple), what, todo, harmless);
            walk.ledger.structure(simple.line, Walk.last(simple));
        }
        walk.ledger.structure(node.line, node.end);
        if (node.kind == Node.Kind.UNREADABLE || node.kind == Node.Kind.PROSE) {
            walk.ledger.passOver(node.line, node.end, what, todo, harmless);
        }
    }

    /** A part that runs or not as the box decides. */
    void undecided(Node node, Node cause) {
        String asked = causeText(cause);
        boolean quiet = true;
        boolean modules = asked.contains("lsmod") || asked.contains("/proc/modules");
        for (Node simple : node.simple()) {
            String name = simple.command() == null ? "" : Script.baseName(simple.command().toString());
            quiet &= QUIET.contains(name) && Commands.written(simple, walk.scope) == null || simple.words.isEmpty();
            modules &= QUIET.contains(name) || name.equals("modprobe") || name.equals("insmod");
        }
        if (modules && !quiet) {
            // a module that is loaded already is left alone by modprobe, so asking before makes no difference
            walk.run(node, false);
            return;
        }
        String what =
                quiet ? "whether this runs depends on the box (line " + cause.line + "); assumed: the script continues"
                        : "whether this applies depends on the box: line " + cause.line + " asks " + Show.text(asked);
        String todo = quiet ? "nothing to do" : "write it into the ruleset if you need it";
        undecided(node, what, todo, quiet);
    }

    private String causeText(Node cause) {
        StringBuilder text = new StringBuilder();
        for (int line = cause.line; line <= cause.end && line <= cause.line + 3; line++) {
            text.append(line == cause.line ? "" : " ").append(walk.ledger.source(line).trim());
        }
        return text.toString();
    }

    private void undecided(Node node, String what, String todo, boolean quiet) {
        for (Node simple : node.simple()) {
            boolean harmless = quiet || !mayAdd(simple);
            for (int line = simple.line; line <= Walk.last(simple); line++) {
                walk.ledger.remark(line, what, todo, harmless);
            }
            if (!quiet) { walk.leftLine(simple.line, what); }
        }
        walk.perhaps(node);
        names(node, true, new HashSet<Node>());
        walk.ledger.structure(node.line, node.end);
    }

    /** Names that a part may set or not have no known value after it, and functions that it may define are none. */
    private void names(Node node, boolean here, Set<Node> seen) {
        if (node.kind == Node.Kind.FOR) {
            walk.scope.forget(node.name, "line " + node.line + " may set it or not");
        } else if (node.kind == Node.Kind.FUNCTION && here) {
            walk.functions.remove(node.name);
        } else if (node.kind == Node.Kind.UNREADABLE) {
            walk.ledger.passOver(node.line, node.end, unreadable(node), "write what it should do into the ruleset",
                    false);
        } else if (node.kind == Node.Kind.SIMPLE) {
            assigned(node);
            Node function = node.command() == null ? null : walk.functions.get(node.command().toString());
            if (function != null && seen.size() < NESTED_LIMIT && seen.add(function)) {
                walk.functions.calledPerhaps.add(function);
                names(function.parts.get(0), false, seen);
            }
        }
        for (Node part : node.parts) {
            names(part, here, seen);
        }
        if (node.otherwise != null) { names(node.otherwise, here, seen); }
    }

    private void assigned(Node simple) {
        boolean reads = !simple.words.isEmpty()
                && ("read".equals(simple.words.get(0).plain()) || "unset".equals(simple.words.get(0).plain()));
        for (ShellWord word : simple.words) {
            if (word.assignment() > 0) {
                String name = word.pieces.get(0).text.substring(0, word.assignment());
                Piece value = word.pieces.get(word.pieces.size() - 1);
                String known = walk.scope.meant(name);
                boolean same =
                        known != null && value.kind == Piece.Kind.UNKNOWN && known.equals(Settings.meant(value.text));
                walk.scope.forget(name, "line " + simple.line + " may set it or not", same ? known : null);
            } else if (reads && word.plain() != null && ShellWord.isName(word.plain())) {
                walk.scope.forget(word.plain(), "line " + simple.line + " reads it");
            }
        }
    }

    /** Leaves a command out, and says so beside the rules too. */
    void left(Node node, String what, String todo) {
        left(node, what, todo, null);
    }

    /** {@code strict}: what can be read of the rule. */
    void left(Node node, String what, String todo, String strict) {
        left(node, what, todo, strict, false);
    }

    /**
     * Leaves out what is no rule: nothing is missing by that, unless its lines hold a rule, or it may run others that
     * do.
     */
    void aside(Node node, String what, String todo) { left(node, what, todo, null, !mayAdd(node)); }

    /** Whether a command may add a rule: by its words, by what it runs, or in a here-document. */
    private boolean mayAdd(Node simple) {
        String name = simple.command() == null ? "" : Script.baseName(simple.command().toString());
        for (int line = simple.line; line <= Walk.last(simple); line++) {
            if (RuleText.isPart(walk.ledger.source(line))) { return true; }
        }
        boolean unknown = name.startsWith("$") && !simple.words.isEmpty() || name.endsWith(".sh")
                || name.endsWith("tables-restore");
        return unknown || RUNNING.contains(name) || IptablesLines.isProgram(name) || walk.functions.adds(simple);
    }

    private void left(Node node, String what, String todo, String strict, boolean harmless) {
        for (int line = node.line; line <= Walk.last(node); line++) {
            if (walk.ledger.source(line).trim().length() > 0 && walk.ledger.remark(line, what, todo, harmless)
                    && line == node.line) {
                walk.leftLine(line, what, strict);
            }
        }
    }

    /** Why a part is no shell; what bash reads is not what the box's ash does. */
    String unreadable(Node node) {
        for (int line = node.line; line <= node.end; line++) {
            for (String form : BASH) {
                if (walk.ledger.source(line).contains(form)) {
                    return "the box's ash can't read this, bash may: " + node.name;
                }
            }
        }
        return "no shell could read this: " + node.name;
    }

    /**
     * A rule that the word true or false alone keeps out, or a name that only another file or the environment may set,
     * is named as missing.
     */
    void switchedOff(Node by, Node part, String why) {
        String word = by.simple().size() == 1 && by.simple().get(0).command() != null
                ? by.simple().get(0).command().plain() : null;
        boolean constant = "true".equals(word) || "false".equals(word);
        String name = constant ? null : unset(by);
        for (Node simple : constant || name != null ? part.simple() : Collections.<Node>emptyList()) {
            if (walk.functions.adds(simple)) {
                walk.ledger.remark(simple.line,
                        "not run: " + why + (constant ? "" : ", as the name " + name + " isn't set in this file"),
                        constant ? "remove " + word + " if you need it"
                                : "put " + name + "=... before it if something else sets it",
                        false);
            }
        }
    }

    private String unset(Node by) {
        for (Node simple : by.simple()) {
            for (ShellWord word : simple.words) {
                String name = unset(word, walk.scope);
                if (name != null) { return name; }
            }
        }
        return null;
    }

    /** A name in the word that only another file or the environment may set; null for none. */
    static String unset(ShellWord word, Scope scope) {
        for (Piece piece : word.pieces) {
            if (piece.kind == Piece.Kind.NAME && piece.operator == null && ShellWord.isName(piece.text)
                    && !scope.isSet(piece.text) && !Scope.BOX.containsKey(piece.text)) {
                return piece.text;
            }
        }
        return null;
    }
}
