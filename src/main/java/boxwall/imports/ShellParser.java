package boxwall.imports;

import boxwall.syntax.Characters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Parses a script: simple commands, pipes, lists, if, for, while, until, case, functions, groups, here-documents; and
 * bash's {@code [[ ]]} and {@code (( ))}.
 */
final class ShellParser {
    /** A small JVM has a small stack; no script that a person wrote is nested as deep. */
    private static final int DEPTH_LIMIT = 40;
    private static final List<String> CLOSING =
            Arrays.asList("", ")", "then", "else", "elif", "fi", "do", "done", "esac", "}", ";;");
    private static final List<String> LINE_END = Arrays.asList("\n", "");

    private final ShellLexer in;
    private int depth;

    ShellParser(ShellLexer in) { this.in = in; }

    /** Parses the commands of the next line, or lines if one continues; null at the end of the text. */
    Node nextCommands() throws ShellError {
        depth = 0;
        skipNewlines();
        if (in.peek().is("")) { return null; }
        Node list = list(LINE_END);
        in.next();
        return list;
    }

    /** The commands up to a word that closes the construct around them. */
    private Node body() throws ShellError {
        if (++depth > DEPTH_LIMIT) { throw new ShellError(in.peek().line, "nested too deeply"); }
        skipNewlines();
        Node list = list(CLOSING);
        depth--;
        return list;
    }

    private Node list(List<String> ends) throws ShellError {
        Node list = node(Node.Kind.LIST);
        while (!isOneOf(ends)) {
            list.add(andOr());
            boolean separated = accept(";") || accept("&") || ends == CLOSING && in.peek().is("\n");
            if (!separated && !isOneOf(ends)) { throw refused("not expected here: "); }
            if (ends == CLOSING) { skipNewlines(); }
        }
        return list;
    }

    /** A node that begins at the next word. */
    private Node node(Node.Kind kind) throws ShellError {
        return new Node(kind, in.peek().line);
    }

    private ShellError refused(String why) throws ShellError {
        return new ShellError(in.peek().line, why + Characters.show(in.peek().toString()));
    }

    private boolean isOneOf(List<String> words) throws ShellError { return words.contains(in.peek().plain()); }

    private void skipNewlines() throws ShellError {
        while (in.peek().is("\n")) {
            in.next();
        }
    }

    /** Skips the next operator or word if it is this one. */
    private boolean accept(String text) throws ShellError {
        return in.peek().is(text) && in.next() != null;
    }

    /** Skips the next operator or word, which must be this one; returns its line. */
    private int expect(String text) throws ShellError {
        if (!in.peek().is(text)) { throw refused("not " + text + " but "); }
        return in.next().line;
    }

    private Node andOr() throws ShellError {
        Node all = node(Node.Kind.AND_OR);
        all.add(pipe());
        while (in.peek().is("&&") || in.peek().is("||")) {
            all.operators.add(in.next().operator);
            skipNewlines();
            all.add(pipe());
        }
        return all.parts.size() == 1 ? all.parts.get(0) : all;
    }

    private Node pipe() throws ShellError {
        Node all = node(Node.Kind.PIPE);
        while (accept("!")) {
            all.flag = !all.flag;
        }
        all.add(command());
        while (accept("|")) {
            skipNewlines();
            all.add(command());
        }
        return all.parts.size() == 1 && !all.flag ? all.parts.get(0) : all;
    }

    private Node command() throws ShellError {
        ShellWord first = in.peek();
        boolean begins = first.isWord() || first.isRedirect() || first.is("(");
        if (isOneOf(CLOSING) || !begins) { throw refused("not expected here: "); }
        Node node = first.plain() == null ? null : compound(first.plain());
        if (node == null) { return simple(); }
        while (redirect(node)) {
            node.end = Math.max(node.end, node.redirects.get(node.redirects.size() - 1).target.line);
        }
        return node;
    }

    /** The construct that begins with a reserved word; null for a simple command. */
    private Node compound(String word) throws ShellError {
        if (word.equals("if")) { return ifElse(); }
        if (word.equals("for")) { return forLoop(); }
        if (word.equals("case")) { return cases(); }
        if (word.equals("{")) { return group("}"); }
        if (word.equals("(")) { return group(")"); }
        if (word.equals("function")) { return function(in.next().line, in.next().toString()); }
        if (!word.equals("while") && !word.equals("until")) { return null; }
        Node loop = node(Node.Kind.LOOP);
        loop.flag = in.next().is("until");
        loop.parts.add(body());
        return loopBody(loop);
    }

    private Node ifElse() throws ShellError {
        Node choice = new Node(Node.Kind.IF, in.next().line);
        do {
            choice.parts.add(body());
            expect("then");
            choice.parts.add(body());
        } while (accept("elif"));
        if (accept("else")) { choice.parts.add(body()); }
        choice.end = expect("fi");
        return choice;
    }

    private Node group(String close) throws ShellError {
        Node group = new Node(Node.Kind.GROUP, in.next().line);
        group.flag = close.equals(")");
        if (group.flag && in.peek().is("(") && in.glued) {
            in.next();
            Node arithmetic = new Node(Node.Kind.SIMPLE, group.line);
            arithmetic.words.add(unknownWord(group.line, "$((" + in.rawUntil("))") + "))"));
            return arithmetic;
        }
        group.parts.add(body());
        group.end = expect(close);
        return group;
    }

    private Node loopBody(Node loop) throws ShellError {
        expect("do");
        loop.parts.add(body());
        loop.end = expect("done");
        return loop;
    }

    private Node forLoop() throws ShellError {
        Node loop = new Node(Node.Kind.FOR, in.next().line);
        loop.name = in.peek().isWord() ? in.peek().plain() : null;
        if (loop.name == null || !ShellWord.isName(loop.name)) { throw refused("for takes a name, not "); }
        in.next();
        skipNewlines();
        loop.flag = !accept("in");
        while (!loop.flag && in.peek().isWord()) {
            loop.words.add(in.next());
        }
        accept(";");
        skipNewlines();
        return loopBody(loop);
    }

    private Node cases() throws ShellError {
        Node cases = new Node(Node.Kind.CASE, in.next().line);
        if (!in.peek().isWord()) { throw new ShellError(in.peek().line, "case takes a word"); }
        cases.words.add(in.next());
        skipNewlines();
        expect("in");
        skipNewlines();
        while (!in.peek().is("esac")) {
            accept("(");
            List<ShellWord> patterns = new ArrayList<>();
            do {
                if (!in.peek().isWord()) { throw refused("not a pattern: "); }
                patterns.add(in.next());
            } while (accept("|"));
            expect(")");
            cases.patterns.add(patterns);
            cases.parts.add(body());
            if (!accept(";;")) { break; }
            skipNewlines();
        }
        cases.end = expect("esac");
        return cases;
    }

    private Node function(int line, String name) throws ShellError {
        Node function = new Node(Node.Kind.FUNCTION, line);
        function.name = name;
        if (accept("(")) { expect(")"); }
        skipNewlines();
        if (!in.peek().is("{") && !in.peek().is("(")) { throw refused("not expected here: "); }
        function.add(command());
        return function;
    }

    private Node simple() throws ShellError {
        Node simple = node(Node.Kind.SIMPLE);
        boolean more = true;
        while (more) {
            String only = simple.words.size() == 1 ? simple.words.get(0).plain() : null;
            if (in.peek().isWord()) {
                simple.words.add(in.next());
                if (simple.words.size() == 1 && simple.words.get(0).is("[[")) { brackets(simple, in.rawUntil("]]")); }
            } else if (in.peek().is("(") && only != null) {
                return function(simple.line, only);
            } else {
                more = redirect(simple);
            }
        }
        simple.end = in.peek().line;
        return simple;
    }

    private boolean redirect(Node node) throws ShellError {
        if (!in.peek().isRedirect()) { return false; }
        String operator = in.next().operator;
        if (!in.peek().isWord()) { throw refused("not expected here: "); }
        Node.Redirect redirect = new Node.Redirect(operator, in.next());
        node.redirects.add(redirect);
        if (redirect.isHere()) { in.expectBody(redirect); }
        return true;
    }

    /** A word whose value only a shell can compute. */
    private static ShellWord unknownWord(int line, String unknown) {
        return new ShellWord(line, null, new ShellWord.Piece(ShellWord.Kind.UNKNOWN, unknown, true));
    }

    /** Adds the words in {@code [[ ]]}, or an unknown word if they are more than a comparison of two. */
    private static void brackets(Node simple, String raw) throws ShellError {
        ShellLexer inner = new ShellLexer(raw);
        boolean plain = raw.indexOf('*') < 0 && raw.indexOf('?') < 0 && !raw.contains("=~");
        for (ShellWord word = inner.next(); !word.is(""); word = inner.next()) {
            plain = plain && word.isWord();
            if (plain) {
                simple.words.add(new ShellWord(simple.line, null, word.pieces.toArray(new ShellWord.Piece[0])));
            }
        }
        if (!plain) {
            simple.words.subList(1, simple.words.size()).clear();
            simple.words.add(unknownWord(simple.line, raw));
        }
    }
}
