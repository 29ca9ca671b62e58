package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a script's tree. Which fields are used says the kind; the tree is made by ShellParser and only read after
 * that.
 */
final class Node {
    /**
     * What the part is: SIMPLE one command; LIST parts one after the other; AND_OR parts with {@link #operators}
     * between; PIPE parts; IF pairs of condition and body in parts, {@link #otherwise}; FOR a name, words, body; LOOP
     * condition and body (while, until); CASE a word, alternatives; FUNCTION name, body; GROUP body in braces or
     * (subshell) parentheses; UNREADABLE text that is no shell, with {@link #name} why; PROSE a line of ordinary text;
     * SAVED a line of a dump.
     */
    enum Kind { SIMPLE, LIST, AND_OR, PIPE, IF, FOR, LOOP, CASE, FUNCTION, GROUP, UNREADABLE, PROSE, SAVED }

    final Kind kind;
    /** First and last line, 1-based. */
    final int line;
    int end;
    final List<Node> parts = new ArrayList<Node>();
    final List<String> operators = new ArrayList<String>();
    final List<ShellWord> words = new ArrayList<ShellWord>();
    final List<Redirect> redirects = new ArrayList<Redirect>();
    /** The patterns of a case's alternatives, one list for each of {@link #parts}. */
    final List<List<ShellWord>> patterns = new ArrayList<List<ShellWord>>();
    Node otherwise;
    String name;
    /** A pipe's leading {@code !}; a group that is a subshell; a for without {@code in}; an until. */
    boolean flag;

    Node(Kind kind, int line) {
        this.kind = kind;
        this.line = line;
        this.end = line;
    }

    /** The command's first word that is no assignment, or null. */
    ShellWord command() {
        for (ShellWord word : words) {
            if (word.assignment() < 0) { return word; }
        }
        return null;
    }

    /** All simple commands in this part, in their order. */
    void collect(List<Node> into) {
        if (kind == Kind.SIMPLE) { into.add(this); }
        for (Node part : parts) {
            part.collect(into);
        }
        if (otherwise != null) { otherwise.collect(into); }
    }

    List<Node> simple() {
        List<Node> all = new ArrayList<Node>();
        collect(all);
        return all;
    }
}
