package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions of a script: what is called with which words, what is never called, and whether one adds a rule. */
final class Functions {
    private static final int CALLS_LIMIT = 20;
    /** Functions that call each other, for asking whether one adds a rule. */
    private static final int ASKED_LIMIT = 50;

    private final Walk walk;
    private Map<String, Node> functions = new HashMap<String, Node>();
    private final Set<Node> called = new HashSet<Node>();
    /** Names of commands in what isn't run: a function among them isn't never called. */
    final Set<String> mentioned = new HashSet<String>();
    /** Functions that are called where it can't be decided whether. */
    final Set<Node> calledPerhaps = new HashSet<Node>();
    private final List<Map<String, Object[]>> locals = new ArrayList<Map<String, Object[]>>();

    Functions(Walk walk) { this.walk = walk; }

    void define(Node function) { functions.put(function.name, function); }

    Node remove(String name) { return functions.remove(name); }

    Node get(String name) { return functions.get(name); }

    /** What is defined from here on is forgotten with {@link #end}. */
    Map<String, Node> begin() {
        Map<String, Node> known = functions;
        functions = new HashMap<String, Node>(functions);
        return known;
    }

    void end(Map<String, Node> known) { functions = known; }

    /** Remembers what a command that isn't run would call. */
    void mention(Node simple) {
        if (simple.command() != null) { mentioned.add(simple.command().toString()); }
    }

    /** Names the lines of functions that aren't run. */
    void uncalled() {
        for (Node function : functions.values()) {
            if (called.contains(function)) { continue; }
            String what = "the function " + Show.plain(function.name, 30) + " is ";
            if (calledPerhaps.contains(function)) {
                walk.leftOut.passOver(function, what + "called only where it depends on the box",
                        "write its rules into the ruleset if you need them", false);
            } else if (mentioned.contains(function.name)) {
                walk.leftOut.skip(function, what + "called only in what isn't run");
            } else {
                walk.leftOut.skip(function, what + "never called");
                walk.ledger.missing(function.line, function.end, "not run: " + what + "never called",
                        "call it, or remove it");
            }
        }
    }

    /** Runs a function's body with these words as $1 and so on. */
    Answer call(Node function, List<String> words, int line) {
        if (locals.size() >= CALLS_LIMIT) {
            walk.ledger.remark(line, "functions that call each other more than " + CALLS_LIMIT + " deep",
                    "write the rules out", false);
            walk.leftLine(line, "functions that call each other too deep");
            return Answer.UNKNOWN;
        }
        if (!walk.isPlayedThrough()) { called.add(function); }
        List<String> before = walk.scope.positional();
        walk.scope.positional(new ArrayList<String>(words));
        locals.add(new HashMap<String, Object[]>());
        Answer answer = walk.run(function.parts.get(0), false);
        walk.returned();
        for (Map.Entry<String, Object[]> local : locals.remove(locals.size() - 1).entrySet()) {
            if (local.getValue()[0] != null) {
                walk.scope.set(local.getKey(), (String) local.getValue()[0]);
            } else {
                walk.scope.unset(local.getKey());
            }
        }
        walk.scope.positional(before);
        return answer;
    }

    /** The name gets its value back when the function that runs now ends. */
    void local(String name) {
        if (locals.isEmpty() || locals.get(locals.size() - 1).containsKey(name)) { return; }
        String value = null;
        try {
            value = walk.scope.value(name);
        } catch (Undecided e) {
            walk.scope.unset(name);
        }
        locals.get(locals.size() - 1).put(name, new Object[] {value});
    }

    /** Whether an assignment may go out as one: it holds from here on, everywhere. */
    boolean mayKeep(String name) {
        boolean local = !locals.isEmpty() && locals.get(locals.size() - 1).containsKey(name);
        return !walk.inSubshell() && !local;
    }

    /** Whether a rule, or a function that adds some, is in what would have to be executed for the command's words. */
    boolean substitutes(Node node) {
        boolean rule = false;
        for (ShellWord word : node.words) {
            for (Piece piece : word.pieces) {
                if (piece.kind == Piece.Kind.UNKNOWN) {
                    rule |= RuleText.holds(piece.text);
                    for (String each : RuleText.words(piece.text)) {
                        mentioned.add(each);
                        Node function = get(each);
                        rule |= function != null && adds(function, new HashSet<Node>());
                    }
                }
            }
        }
        return rule;
    }

    /** Whether a command adds a rule, itself or by the functions that it calls. */
    boolean adds(Node part) {
        return adds(part, new HashSet<Node>());
    }

    private boolean adds(Node part, Set<Node> seen) {
        if (seen.size() > ASKED_LIMIT || !seen.add(part)) { return false; }
        for (Node simple : part.simple()) {
            Node function = simple.command() == null ? null : get(simple.command().toString());
            if (isRule(simple) || function != null && adds(function, seen)) { return true; }
        }
        return false;
    }

    static boolean isRule(Node simple) {
        StringBuilder text = new StringBuilder();
        for (ShellWord word : simple.words) {
            text.append(word.toString()).append(' ');
        }
        return !Commands.PRINTING.contains(simple.command() == null ? "" : simple.command().toString())
                && RuleText.holds(text.toString());
    }
}
