package boxwall.imports;

import boxwall.netfilter.Abandoned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plays a script through as a shell would at boot, with what can be known without the box: loops over literal lists are unrolled, functions
 * put in where they are called, conditions decided if they can be. What depends on the box is left out with all that hangs on it, the names
 * that it sets included.
 */
final class Walk {
    /** Rounds of loops and calls of functions may multiply; a ruleset file has 256 KiB. */
    private static final int STEPS_LIMIT = 20000;
    private static final int CALLS_LIMIT = 20;
    final Ledger ledger;
    final List<OutLine> out = new ArrayList<OutLine>();
    Scope scope = new Scope();
    private final Commands commands = new Commands(this);
    final LeftOut leftOut;
    private final Map<String, Node> functions = new HashMap<String, Node>();
    private final Set<Node> called = new HashSet<Node>();
    /** The line of the text's part that is run now: comments above it belong to what comes of it. */
    private int top;
    private final List<Map<String, Object[]>> locals = new ArrayList<Map<String, Object[]>>();
    private int subshells;
    private int steps;
    /** Why nothing more is run (exit, return, break, continue), or null. */
    private String halt;
    private int haltLine;

    Walk(Ledger ledger) {
        this.ledger = ledger;
        this.leftOut = new LeftOut(this, functions);
    }

    void play(Script script) {
        for (Node part : script.parts) {
            for (Node simple : part.simple()) {
                ledger.command(simple.line);
                commands.count(simple);
            }
        }
        for (Node part : script.parts) {
            top = part.line;
            if (halt != null && !script.page) {
                leftOut.skip(part, "it stands after " + halt + " in line " + haltLine);
            } else {
                halt = null;
                run(part, false);
            }
        }
        for (Node function : functions.values()) {
            if (leftOut.calledPerhaps.contains(function) && !called.contains(function)) {
                leftOut.passOver(function, "the function " + Show.plain(function.name, 30) + " is called only where it depends on the box", "write its rules into the ruleset if they shall hold", false);
            } else if (!called.contains(function)) {
                leftOut.skip(function, "the function " + Show.plain(function.name, 30) + " is never called");
            }
        }
    }

    /** {@code asks}: the answer counts, as in a condition; then a command that isn't known is no loss. */
    Answer run(Node node, boolean asks) {
        Abandoned.check();
        if (++steps > STEPS_LIMIT) {
            leftOut.passOver(node, "more than " + STEPS_LIMIT + " steps", "write the rules without the loop", false);
            return Answer.UNKNOWN;
        }
        switch (node.kind) {
            case SIMPLE:
                return commands.run(node, asks);
            case LIST:
                return list(node, asks);
            case AND_OR:
                return andOr(node, asks);
            case PIPE:
                Answer answer = node.parts.size() == 1 ? run(node.parts.get(0), asks) : new Questions(this).pipe(node, asks, commands);
                return node.flag ? answer.not() : answer;
            case IF:
                return choice(node);
            case FOR:
                return each(node);
            case LOOP:
                return loop(node);
            case CASE:
                return cases(node);
            case FUNCTION:
                functions.put(node.name, node);
                ledger.structure(node.line, node.end);
                return Answer.YES;
            case GROUP:
                return group(node, asks);
            case PROSE:
                return prose(node);
            default:
                leftOut.left(node, "no shell could read this: " + node.name, "write what it should do into the ruleset");
                return Answer.UNKNOWN;
        }
    }

    /** A line that isn't read as a command; if it has a rule in it, or is in what calls itself a script, something may be missing. */
    private Answer prose(Node node) {
        String line = ledger.source(node.line);
        if (line.matches(".*(tables|IPT\\w*}?\"?) +(-t +\\w+ +)?-[AIDRNPFXE] .*")) {
            leftOut.left(node, "a rule in a line that isn't read as a command", "write the rule as a line of its own");
        } else if (ledger.source(1).startsWith("#!")) {
            leftOut.left(node, "not read: the script as a whole can't be", "write what it should do into the ruleset");
        } else {
            ledger.remark(node.line, "a line of text, no command", "nothing to do", true);
        }
        return Answer.UNKNOWN;
    }

    private Answer list(Node node, boolean asks) {
        Answer answer = Answer.YES;
        for (int i = 0; i < node.parts.size(); i++) {
            if (halt != null) {
                leftOut.skip(node.parts.get(i), "it stands after " + halt + " in line " + haltLine);
            } else {
                answer = run(node.parts.get(i), asks && i == node.parts.size() - 1);
            }
        }
        return answer;
    }

    private Answer andOr(Node node, boolean asks) {
        Answer answer = run(node.parts.get(0), true);
        for (int i = 1; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            Answer wanted = node.operators.get(i - 1).equals("&&") ? Answer.YES : Answer.NO;
            if (halt != null) {
                leftOut.skip(part, "it stands after " + halt + " in line " + haltLine);
            } else if (answer == wanted) {
                answer = run(part, asks || i + 1 < node.parts.size());
            } else if (answer == Answer.UNKNOWN) {
                leftOut.undecided(part, node.parts.get(i - 1));
            } else {
                leftOut.skip(part, "it is for when the command before " + (wanted == Answer.YES ? "succeeds" : "fails"));
            }
        }
        return answer;
    }

    private Answer choice(Node node) {
        ledger.structure(node.line, node.end);
        boolean done = false;
        Node open = null;
        for (int i = 0; i + 1 < node.parts.size(); i += 2) {
            if (done || halt != null) {
                leftOut.skip(node.parts.get(i), "another branch is taken");
                leftOut.skip(node.parts.get(i + 1), "another branch is taken");
                continue;
            }
            if (open != null) {
                leftOut.undecided(node.parts.get(i), open);
                leftOut.undecided(node.parts.get(i + 1), open);
                continue;
            }
            Answer answer = run(node.parts.get(i), true);
            if (answer == Answer.YES) {
                run(node.parts.get(i + 1), false);
                done = true;
            } else if (answer == Answer.NO) {
                leftOut.skip(node.parts.get(i + 1), "the condition doesn't hold");
            } else {
                open = node.parts.get(i);
                leftOut.undecided(node.parts.get(i + 1), open);
            }
        }
        if (node.otherwise != null && open != null) {
            leftOut.undecided(node.otherwise, open);
        } else if (node.otherwise != null && (done || halt != null)) {
            leftOut.skip(node.otherwise, "another branch is taken");
        } else if (node.otherwise != null) {
            run(node.otherwise, false);
        }
        return Answer.YES;
    }

    private Answer each(Node node) {
        ledger.structure(node.line, node.end);
        List<String> values;
        try {
            values = node.flag ? scope.positional() : Expansion.of(node.words, scope).texts;
            for (ShellWord word : node.words) {
                for (Piece piece : word.pieces) {
                    boolean pattern = piece.kind == Piece.Kind.TEXT && !piece.quoted && (piece.text.indexOf('*') >= 0 || piece.text.indexOf('?') >= 0);
                    if (pattern) {
                        throw new Undecided("a pattern for file names: " + Show.text(piece.text), "write the values");
                    }
                }
            }
        } catch (Undecided e) {
            ledger.remark(node.line, "a loop over what isn't known: " + e.getMessage(), e.todo(), true);
            leftOut.undecided(node.parts.get(0), node);
            scope.forget(node.name, "line " + node.line + " sets it in a loop");
            return Answer.UNKNOWN;
        }
        if (values.isEmpty()) {
            leftOut.skip(node.parts.get(0), "the loop's list is empty");
        }
        for (String value : values) {
            scope.set(node.name, value);
            run(node.parts.get(0), false);
            boolean goesOn = halt == null || halt.equals("continue");
            if (halt != null && (halt.equals("continue") || halt.equals("break"))) {
                halt = null;
            }
            if (!goesOn) {
                break;
            }
        }
        return Answer.YES;
    }

    private Answer loop(Node node) {
        ledger.structure(node.line, node.end);
        Answer answer = run(node.parts.get(0), true);
        if (answer == (node.flag ? Answer.YES : Answer.NO)) {
            leftOut.skip(node.parts.get(1), "the loop's condition doesn't hold at its start");
            return Answer.YES;
        }
        leftOut.undecided(node.parts.get(1), node);
        return Answer.UNKNOWN;
    }

    private Answer cases(Node node) {
        ledger.structure(node.line, node.end);
        int chosen = -1;
        try {
            chosen = Patterns.choose(node, scope);
        } catch (Undecided e) {
            ledger.remark(node.line, "a case that can't be decided: " + e.getMessage(), e.todo(), true);
            for (Node part : node.parts) {
                leftOut.undecided(part, node);
            }
            return Answer.UNKNOWN;
        }
        for (int i = 0; i < node.parts.size(); i++) {
            if (i != chosen) {
                leftOut.skip(node.parts.get(i), "another branch of the case is taken");
            }
        }
        if (chosen >= 0) {
            run(node.parts.get(chosen), false);
        }
        return Answer.YES;
    }

    private Answer group(Node node, boolean asks) {
        ledger.structure(node.line, node.end);
        Scope outer = scope;
        if (node.flag) {
            scope = scope.copy();
            subshells++;
        }
        Answer answer = run(node.parts.get(0), asks);
        if (node.flag) {
            scope = outer;
            subshells--;
            halt = null;
        }
        return answer;
    }

    /** Stops: exit, return, break or continue. */
    void halt(String how, int line) {
        halt = how;
        haltLine = line;
    }

    Node function(String name) {
        return functions.get(name);
    }

    /** Runs a function's body with these words as $1 and so on. */
    Answer call(Node function, List<String> words, int line) {
        if (locals.size() >= CALLS_LIMIT) {
            ledger.remark(line, "functions that call each other more than " + CALLS_LIMIT + " deep", "write the rules out", false);
            return Answer.UNKNOWN;
        }
        called.add(function);
        List<String> before = scope.positional();
        scope.positional(new ArrayList<String>(words));
        locals.add(new HashMap<String, Object[]>());
        Answer answer = run(function.parts.get(0), false);
        if ("return".equals(halt)) {
            halt = null;
        }
        for (Map.Entry<String, Object[]> local : locals.remove(locals.size() - 1).entrySet()) {
            if (local.getValue()[0] != null) {
                scope.set(local.getKey(), (String) local.getValue()[0]);
            } else {
                scope.unset(local.getKey());
            }
        }
        scope.positional(before);
        return answer;
    }

    /** The name gets its value back when the function that runs now ends. */
    void local(String name) {
        if (locals.isEmpty() || locals.get(locals.size() - 1).containsKey(name)) {
            return;
        }
        String value = null;
        try {
            value = scope.value(name);
        } catch (Undecided e) {
            scope.unset(name);
        }
        locals.get(locals.size() - 1).put(name, new Object[] {value});
    }

    /** Whether an assignment may go out as one: it holds from here on, everywhere. */
    boolean mayKeep(String name) {
        boolean local = !locals.isEmpty() && locals.get(locals.size() - 1).containsKey(name);
        return subshells == 0 && !local;
    }

    static int last(Node node) {
        int last = node.end;
        for (Redirect redirect : node.redirects) {
            last = redirect.isHere() ? Math.max(last, redirect.bodyLine + redirect.body.size()) : last;
        }
        return last;
    }

    void leftLine(int line, String what) {
        add(OutLine.of(line, "", "# left out, line " + line + ": " + Show.plain(what, 160)));
    }

    /** A line that goes out. */
    void add(OutLine line) {
        line.top = top;
        out.add(line);
    }
}
