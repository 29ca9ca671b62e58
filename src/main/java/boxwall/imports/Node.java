package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/** A part of a script's tree. Which fields are used says the kind; ShellParser makes the tree, then it is only read. */
final class Node {
    /**
     * What the part is: SIMPLE one command; LIST parts one after the other; AND_OR parts with {@link #operators}
     * between; PIPE parts; IF pairs of condition and body in parts, else's body last; FOR a name, words, body; LOOP
     * condition and body (while, until); CASE a word, alternatives; FUNCTION name, body; GROUP body in braces or
     * (subshell) parentheses; UNREADABLE text that is no shell, with {@link #name} why; PROSE a line of ordinary text;
     * SAVED a line of a dump.
     */
    enum Kind { SIMPLE, LIST, AND_OR, PIPE, IF, FOR, LOOP, CASE, FUNCTION, GROUP, UNREADABLE, PROSE, SAVED }

    /** {@code >file}, {@code 2>&1}, {@code <file} or a here-document at a command. */
    static final class Redirect {
        /** One of {@code > >> < <& >& <> >| << <<- <<<}. */
        final String operator;
        final ShellWord target;
        /** The lines of a here-document, else empty. */
        final List<String> body = new ArrayList<>();
        /** The line where the body starts, 1-based. */
        int bodyLine;

        Redirect(String operator, ShellWord target) {
            this.operator = operator;
            this.target = target;
        }

        boolean isHere() { return operator.equals("<<") || operator.equals("<<-"); }

        /** Whether names in the body are to be replaced: its end word has no quotes. */
        boolean expands() {
            boolean expands = true;
            for (ShellWord.Piece piece : target.pieces) {
                expands &= !piece.quoted;
            }
            return expands;
        }
    }

    final Kind kind;
    /** First and last line, 1-based. */
    final int line;
    int end;
    final List<Node> parts = new ArrayList<>();
    final List<String> operators = new ArrayList<>();
    final List<ShellWord> words = new ArrayList<>();
    final List<Redirect> redirects = new ArrayList<>();
    /** The patterns of a case's alternatives, one list for each of {@link #parts}. */
    final List<List<ShellWord>> patterns = new ArrayList<>();
    String name;
    /** A pipe's leading {@code !}; a group that is a subshell; a for without {@code in}; an until. */
    boolean flag;

    Node(Kind kind, int line) {
        this.kind = kind;
        this.line = line;
        this.end = line;
    }

    /** Adds a part, whose last line may be the last of this. */
    void add(Node part) {
        parts.add(part);
        end = Math.max(end, part.end);
    }

    /** The command's first word that is no assignment, or null. */
    ShellWord command() {
        for (ShellWord word : words) {
            if (word.assigned() == null) { return word; }
        }
        return null;
    }

    /** That word as text, empty for none. */
    String called() { return command() == null ? "" : command().toString(); }

    /** That text without its folder. */
    String program() { return ShellWord.baseName(called()); }

    /** The here-document, the last one if there are several; null for none. */
    Redirect here() {
        Redirect here = null;
        for (Redirect redirect : redirects) {
            here = redirect.isHere() ? redirect : here;
        }
        return here;
    }

    /** The last line with the here-documents'. */
    int last() {
        int last = end;
        for (Redirect redirect : redirects) {
            last = redirect.isHere() ? Math.max(last, redirect.bodyLine + redirect.body.size()) : last;
        }
        return last;
    }

    /** All simple commands in this part, in their order. */
    List<Node> simple() {
        List<Node> all = new ArrayList<>();
        if (kind == Kind.SIMPLE) { all.add(this); }
        for (Node part : parts) {
            all.addAll(part.simple());
        }
        return all;
    }
}
