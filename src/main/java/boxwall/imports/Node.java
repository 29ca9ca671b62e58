package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/** A part of a script's syntax tree. ShellParser and Script make it, then it is only read. */
final class Node {
    /**
     * Kinds, and the fields that they use: SIMPLE one command; LIST parts one after the other; AND_OR parts with
     * {@link #operators} between; PIPE parts; IF pairs of condition and body in parts, else's body last; FOR a name,
     * words, body; LOOP condition and body (while, until); CASE a word, alternatives; FUNCTION name, body; GROUP body
     * in braces or (subshell) parentheses; UNREADABLE text with a syntax error, which is the {@link #name}; PROSE a
     * line of ordinary text; SAVED a line of a dump.
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

        /** Whether the shell replaces names in the body: its end word has no quotes. */
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

    /** Adds a part and extends this node to the part's last line. */
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

    /** The text of {@link #command}, empty for none. */
    String commandName() {
        return command() == null ? "" : command().toString();
    }

    /** The command's name without its folder. */
    String program() { return ShellWord.baseName(commandName()); }

    /** The last here-document of the command; null for none. */
    Redirect hereDocument() {
        Redirect here = null;
        for (Redirect redirect : redirects) {
            here = redirect.isHere() ? redirect : here;
        }
        return here;
    }

    /** The last line, here-documents included. */
    int last() {
        int last = end;
        for (Redirect redirect : redirects) {
            last = redirect.isHere() ? Math.max(last, redirect.bodyLine + redirect.body.size()) : last;
        }
        return last;
    }

    /** All simple commands in this part, in their order. */
    List<Node> commands() {
        List<Node> all = new ArrayList<>();
        if (kind == Kind.SIMPLE) { all.add(this); }
        for (Node part : parts) {
            all.addAll(part.commands());
        }
        return all;
    }
}
