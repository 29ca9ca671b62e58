package boxwall.imports;

import boxwall.netfilter.Abandoned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays a script through as a shell would at boot, with what can be known without the box: loops over literal lists are
 * unrolled, functions put in where they are called, conditions decided if they can be. What depends on the box is left
 * out with all that hangs on it, the names that it sets included.
 */
final class Walk {
    /** Rounds of loops and calls of functions may multiply; a ruleset file has 256 KiB. */
    private static final int STEPS_LIMIT = 50000;
    final Ledger ledger;
    final List<OutLine> out = new ArrayList<OutLine>();
    Scope scope = new Scope();
    final String name;
    private final Commands commands = new Commands(this);
    final LeftOut leftOut;
    final Functions functions = new Functions(this);
    private SaveDump dump;
    private final Prose prose = new Prose(this);
    /** Above 0 while a part is played through for what it might do: nothing of it goes out. */
    private int perhaps;
    /** The line of the text's part that is run now: comments above it belong to its output. */
    private int top;
    private int subshells;
    private int steps;
    /** Why nothing more is run (exit, return, break, continue), or null. */
    private String halt;
    private int haltLine;

    /** {@code word}: what a script is started with, null for start. */
    Walk(Ledger ledger, String name, String word) {
        this.ledger = ledger;
        this.name = name;
        this.leftOut = new LeftOut(this);
        if (word != null) {
            scope.positional(word.length() == 0 ? new ArrayList<String>() : new ArrayList<String>(Arrays.asList(word)));
            scope.assumed = false;
        }
    }

    IptablesLines iptables() { return commands.iptables; }

    /** The lines of a dump that stand in the text itself. */
    void saved(int line) {
        dump = dump == null ? new SaveDump(this, 0, false) : dump;
        dump.line(line, ledger.source(line));
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
                String why = "it stands after " + halt + " in line " + haltLine;
                leftOut.skip(part, why);
                ledger.missing(part.line, last(part), "not run: " + why, "move it before that line if you need it");
            } else {
                halt = null;
                run(part, false);
            }
        }
        if (dump != null) { dump.end(); }
        functions.uncalled();
    }

    /** {@code asks}: the answer counts, as in a condition; then a command that isn't known is no loss. */
    Answer run(Node node, boolean asks) {
        Abandoned.check();
        if (++steps > STEPS_LIMIT) {
            leftOut.passOver(node, "more than " + STEPS_LIMIT + " steps", "write the rules without the loop", false);
            return Answer.UNKNOWN;
        }
        switch (node.kind) {
            case SIMPLE :
                return commands.run(node, asks);
            case LIST :
                return list(node, asks);
            case AND_OR :
                return andOr(node, asks);
            case PIPE :
                Answer answer = node.parts.size() == 1 ? run(node.parts.get(0), asks)
                        : new Questions(this).pipe(node, asks, commands);
                return node.flag ? answer.not() : answer;
            case IF :
                return choice(node);
            case FOR :
                return each(node);
            case LOOP :
                return loop(node);
            case CASE :
                return cases(node);
            case FUNCTION :
                functions.define(node);
                ledger.structure(node.line, node.end);
                return Answer.YES;
            case GROUP :
                return group(node, asks);
            case PROSE :
                prose.read(node);
                return Answer.UNKNOWN;
            case SAVED :
                saved(node.line);
                return Answer.YES;
            default :
                leftOut.left(node, leftOut.unreadable(node), "write what it should do into the ruleset");
                return Answer.UNKNOWN;
        }
    }

    /** Plays a part through that runs or not as the box decides, for the rules that it may add. */
    void perhaps(Node node) {
        if (perhaps > 2 || steps > STEPS_LIMIT / 2) { return; }
        Scope outer = scope;
        Map<String, Node> known = functions.begin();
        String halted = halt;
        scope = scope.copy();
        halt = null;
        perhaps++;
        ledger.mute(true);
        commands.iptables.perhaps(true);
        run(node, false);
        commands.iptables.perhaps(false);
        ledger.mute(false);
        perhaps--;
        halt = halted;
        functions.end(known);
        scope = outer;
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
        Node ran = node.parts.get(0);
        Answer answer = run(ran, true);
        for (int i = 1; i < node.parts.size(); i++) {
            Node part = node.parts.get(i);
            Answer wanted = node.operators.get(i - 1).equals("&&") ? Answer.YES : Answer.NO;
            if (halt != null) {
                leftOut.skip(part, "it stands after " + halt + " in line " + haltLine);
            } else if (answer == wanted) {
                ran = part;
                answer = run(part, asks || i + 1 < node.parts.size());
            } else if (answer == Answer.UNKNOWN) {
                leftOut.undecided(part, node.parts.get(i - 1));
            } else {
                String why = "it is for when the command before " + (wanted == Answer.YES ? "succeeds" : "fails");
                leftOut.skip(part, why);
                leftOut.switchedOff(ran, part, why);
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
                leftOut.switchedOff(node.parts.get(i), node.parts.get(i + 1), "the condition doesn't hold");
            } else {
                open = node.parts.get(i);
                leftOut.undecided(node.parts.get(i + 1), open);
            }
        }
        if (node.otherwise != null && open != null) {
            leftOut.undecided(node.otherwise, open);
        } else if (node.otherwise != null && (done || halt != null)) {
            leftOut.skip(node.otherwise, "another branch is taken");
            leftOut.switchedOff(node.parts.get(0), node.otherwise, "another branch is taken");
        } else if (node.otherwise != null) { run(node.otherwise, false); }
        return Answer.YES;
    }

    private Answer each(Node node) {
        ledger.structure(node.line, node.end);
        List<String> values;
        try {
            values = node.flag ? scope.positional() : Expansion.of(node.words, scope).texts;
            for (ShellWord word : node.words) {
                for (Piece piece : word.pieces) {
                    if (piece.kind == Piece.Kind.TEXT && !piece.quoted
                            && (piece.text.indexOf('*') >= 0 || piece.text.indexOf('?') >= 0)) {
                        throw new Undecided("a pattern for file names: " + Show.text(piece.text), "write the values");
                    }
                }
            }
        } catch (Undecided e) {
            ledger.remark(node.line, "a loop over what isn't known: " + e.getMessage(), e.todo(), true);
            scope.forget(node.name, "line " + node.line + " sets it in a loop");
            leftOut.undecided(node.parts.get(0), node);
            scope.forget(node.name, "line " + node.line + " sets it in a loop");
            return Answer.UNKNOWN;
        }
        if (values.isEmpty()) { leftOut.skip(node.parts.get(0), "the loop's list is empty"); }
        for (String value : values) {
            scope.set(node.name, value);
            run(node.parts.get(0), false);
            boolean goesOn = halt == null || halt.equals("continue");
            if (halt != null && (halt.equals("continue") || halt.equals("break"))) { halt = null; }
            if (!goesOn) { break; }
        }
        return Answer.YES;
    }

    private Answer loop(Node node) {
        ledger.structure(node.line, node.end);
        if (run(node.parts.get(0), true) == (node.flag ? Answer.YES : Answer.NO)) {
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
            chosen = Patterns.choose(node, this);
        } catch (Undecided e) {
            ledger.remark(node.line, "a case that can't be decided: " + e.getMessage(), e.todo(), true);
            for (Node part : node.parts) {
                leftOut.undecided(part, node);
            }
            return Answer.UNKNOWN;
        }
        for (int i = 0; i < node.parts.size(); i++) {
            if (i != chosen) { leftOut.skip(node.parts.get(i), "another branch of the case is taken"); }
        }
        if (chosen >= 0) { run(node.parts.get(chosen), false); }
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

    boolean isPlayedThrough() { return perhaps > 0; }

    boolean inSubshell() { return subshells > 0; }

    /** What stopped the run, or null; a function that returns goes on. */
    void returned() {
        halt = "return".equals(halt) ? null : halt;
    }

    /** Stops: exit, return, break or continue. */
    void halt(String how, int line) {
        halt = how;
        haltLine = line;
    }

    static int last(Node node) {
        int last = node.end;
        for (Redirect redirect : node.redirects) {
            last = redirect.isHere() ? Math.max(last, redirect.bodyLine + redirect.body.size()) : last;
        }
        return last;
    }

    void leftLine(int line, String what) { leftLine(line, what, null); }

    /** Says beside the rules what is left out; {@code strict} is what can be read of the rule, or null. */
    void leftLine(int line, String what, String strict) {
        add(OutLine.leftOut(line, "# left out, line " + line + ": " + Show.plain(what, 160), strict));
    }

    /** A line that goes out. */
    void add(OutLine line) {
        OutLine kept = perhaps == 0 ? line : line.perhaps();
        if (kept != null) {
            kept.top = top;
            out.add(kept);
        }
    }
}
