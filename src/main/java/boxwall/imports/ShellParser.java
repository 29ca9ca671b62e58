package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a tree of a script: simple commands, pipes, lists, if, for, while, until, case, functions, groups,
 * here-documents; and what bash has beside them, {@code [[ ]]} and {@code (( ))}.
 */
final class ShellParser {
    /** A small JVM's stack ends; no script that a person wrote comes near. */
    private static final int DEPTH_LIMIT = 40;
    private static final Set<String> CLOSING =
            new HashSet<>(Arrays.asList("", ")", "then", "else", "elif", "fi", "do", "done", "esac", "}", ";;"));
    private static final Set<String> SEPARATING = new HashSet<>(Arrays.asList("\n", ";", "&", "|", "&&", "||"));
    private static final Set<String> REDIRECTS =
            new HashSet<>(Arrays.asList("<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>"));

    private final ShellLexer in;
    private int depth;

    ShellParser(ShellLexer in) { this.in = in; }

    /**
     * The commands of the next line (or lines, if one reaches further), the line's end taken; null at the text's end.
     */
    Node nextCommands() throws ShellError {
        depth = 0;
        skipNewlines();
        if (in.peek().is("")) { return null; }
        Node list = node(Node.Kind.LIST);
        while (!in.peek().isEnd()) {
            list.add(andOr());
            if (!accept(";") && !accept("&") && !in.peek().isEnd()) { throw refused("not expected here: "); }
        }
        in.next();
        return list;
    }

    /** Commands up to a word that closes what they stand in. */
    private Node list() throws ShellError {
        if (++depth > DEPTH_LIMIT) { throw new ShellError(in.peek().line, "nested too deeply"); }
        skipNewlines();
        Node list = node(Node.Kind.LIST);
        while (!isOf(CLOSING)) {
            list.add(andOr());
            if (accept(";") || accept("&") || in.peek().is("\n")) {
                skipNewlines();
            } else if (!isOf(CLOSING)) { throw refused("not expected here: "); }
        }
        depth--;
        return list;
    }

    /** A node that begins at the next word. */
    private Node node(Node.Kind kind) throws ShellError {
        return new Node(kind, in.peek().line);
    }

    private ShellError refused(String why) throws ShellError {
        return new ShellError(in.peek().line, why + Quoting.excerpt(in.peek().toString()));
    }

    private boolean isOf(Set<String> words) throws ShellError { return words.contains(in.peek().plain()); }

    private void skipNewlines() throws ShellError {
        while (in.peek().is("\n")) {
            in.next();
        }
    }

    /** Steps over that operator or word, if it is the next. */
    private boolean accept(String text) throws ShellError {
        return in.peek().is(text) && in.next() != null;
    }

    /** The line of that operator or word, which must be the next. */
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
        if (isOf(CLOSING) || isOf(SEPARATING)) { throw refused("not expected here: "); }
        String word = in.peek().plain();
        Node node = word == null ? null : compound(word);
        if (node == null) { return simple(); }
        while (redirect(node)) {
            node.end = Math.max(node.end, node.redirects.get(node.redirects.size() - 1).target.line);
        }
        return node;
    }

    /** What begins with a reserved word; null for a simple command. */
    private Node compound(String word) throws ShellError {
        if (word.equals("for")) { return each(); }
        if (word.equals("case")) { return cases(); }
        if (word.equals("{")) { return group("}"); }
        if (word.equals("(")) { return group(")"); }
        if (word.equals("while") || word.equals("until")) {
            Node loop = node(Node.Kind.LOOP);
            loop.flag = in.next().is("until");
            loop.parts.add(list());
            return body(loop);
        }
        if (word.equals("function")) { return function(in.next().line, in.next().toString()); }
        if (!word.equals("if")) { return null; }
        Node choice = node(Node.Kind.IF);
        in.next();
        do {
            choice.parts.add(list());
            expect("then");
            choice.parts.add(list());
        } while (accept("elif"));
        if (accept("else")) { choice.parts.add(list()); }
        choice.end = expect("fi");
        return choice;
    }

    private Node group(String close) throws ShellError {
        Node group = new Node(Node.Kind.GROUP, in.next().line);
        group.flag = close.equals(")");
        if (group.flag && in.peek().is("(") && in.glued) {
            in.next();
            Node arithmetic = new Node(Node.Kind.SIMPLE, group.line);
            arithmetic.words.add(unread(group.line, "((", in.rawUntil("))")));
            return arithmetic;
        }
        group.parts.add(list());
        group.end = expect(close);
        return group;
    }

    private Node body(Node loop) throws ShellError {
        expect("do");
        loop.parts.add(list());
        loop.end = expect("done");
        return loop;
    }

    private Node each() throws ShellError {
        Node each = new Node(Node.Kind.FOR, in.next().line);
        if (!in.peek().isWord() || in.peek().plain() == null || !ShellWord.isName(in.peek().plain())) {
            throw refused("for takes a name, not ");
        }
        each.name = in.next().plain();
        skipNewlines();
        each.flag = !accept("in");
        while (!each.flag && in.peek().isWord()) {
            each.words.add(in.next());
        }
        accept(";");
        skipNewlines();
        return body(each);
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
            cases.parts.add(list());
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
        function.parts.add(command());
        function.end = function.parts.get(0).end;
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
        if (in.peek().isWord() || !isOf(REDIRECTS)) { return false; }
        String operator = in.next().operator;
        if (!in.peek().isWord()) { throw refused("not expected here: "); }
        Node.Redirect redirect = new Node.Redirect(operator, in.next());
        node.redirects.add(redirect);
        if (redirect.isHere()) { in.expectBody(redirect); }
        return true;
    }

    /** A word whose value nobody can know. */
    private static ShellWord unread(int line, String text, String unknown) {
        return new ShellWord(line, null, new ShellWord.Piece(ShellWord.Kind.TEXT, text, true),
                new ShellWord.Piece(ShellWord.Kind.UNKNOWN, unknown, true));
    }

    /** Words within {@code [[ ]]}; what goes beyond comparing two of them isn't read. */
    private static void brackets(Node simple, String raw) throws ShellError {
        ShellLexer inner = new ShellLexer(raw);
        boolean plain = raw.indexOf('*') < 0 && raw.indexOf('?') < 0 && !raw.contains("=~");
        for (ShellWord token = inner.next(); !token.is(""); token = inner.next()) {
            plain = plain && token.isWord();
            if (plain) {
                simple.words.add(new ShellWord(simple.line, null, token.pieces.toArray(new ShellWord.Piece[0])));
            }
        }
        if (!plain) {
            simple.words.subList(1, simple.words.size()).clear();
            simple.words.add(unread(simple.line, "", raw));
        }
    }
}
