package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a tree of a script: simple commands, pipes, lists, if, for, while, until, case, functions, groups,
 * here-documents.
 */
final class ShellParser {
    /** A small JVM's stack ends; no script that a person wrote comes near. */
    private static final int DEPTH_LIMIT = 40;
    private static final Set<String> CLOSING =
            new HashSet<String>(Arrays.asList("then", "else", "elif", "fi", "do", "done", "esac", "}", ";;"));
    private static final Set<String> REDIRECTS =
            new HashSet<String>(Arrays.asList("<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>"));

    private final ShellLexer in;
    private int depth;

    ShellParser(ShellLexer in) { this.in = in; }

    /**
     * The commands of the next line (or lines, if one reaches further), the line's end taken; null at the text's end.
     */
    Node complete() throws ShellSyntax {
        depth = 0;
        while (in.peek().kind == Token.Kind.NEWLINE) {
            in.next();
        }
        if (in.peek().kind == Token.Kind.END) { return null; }
        Node list = new Node(Node.Kind.LIST, in.peek().line);
        while (in.peek().kind != Token.Kind.NEWLINE && in.peek().kind != Token.Kind.END) {
            list.parts.add(andOr());
            if (in.peek().is(";") || in.peek().is("&")) {
                in.next();
            } else if (in.peek().kind != Token.Kind.NEWLINE && in.peek().kind != Token.Kind.END) { throw unexpected(); }
        }
        list.end = lastEnd(list);
        in.next();
        return list;
    }

    private static int lastEnd(Node list) {
        int end = list.line;
        for (Node part : list.parts) {
            end = Math.max(end, part.end);
        }
        return end;
    }

    private ShellSyntax unexpected() throws ShellSyntax {
        return new ShellSyntax(in.peek().line, "not expected here: " + Show.text(in.peek().toString()));
    }

    /** Commands up to a word that closes what they stand in. */
    private Node list() throws ShellSyntax {
        if (++depth > DEPTH_LIMIT) { throw new ShellSyntax(in.peek().line, "nested too deeply"); }
        skipNewlines();
        Node list = new Node(Node.Kind.LIST, in.peek().line);
        while (!closes(in.peek())) {
            list.parts.add(andOr());
            boolean separated = in.peek().is(";") || in.peek().is("&") || in.peek().kind == Token.Kind.NEWLINE;
            if (separated) {
                in.next();
                skipNewlines();
            } else if (!closes(in.peek())) { throw unexpected(); }
        }
        list.end = lastEnd(list);
        depth--;
        return list;
    }

    private static boolean closes(Token token) {
        return token.kind == Token.Kind.END || token.is(")") || token.is(";;")
                || token.kind == Token.Kind.WORD && CLOSING.contains(token.word.plain());
    }

    private void skipNewlines() throws ShellSyntax {
        while (in.peek().kind == Token.Kind.NEWLINE) {
            in.next();
        }
    }

    private Token expect(String word) throws ShellSyntax {
        if (!in.peek().isWord(word) && !in.peek().is(word)) {
            throw new ShellSyntax(in.peek().line, "not " + word + " but " + Show.text(in.peek().toString()));
        }
        return in.next();
    }

    private Node andOr() throws ShellSyntax {
        Node first = pipe();
        if (!in.peek().is("&&") && !in.peek().is("||")) { return first; }
        Node all = new Node(Node.Kind.AND_OR, first.line);
        all.parts.add(first);
        while (in.peek().is("&&") || in.peek().is("||")) {
            all.operators.add(in.next().operator);
            skipNewlines();
            all.parts.add(pipe());
        }
        all.end = lastEnd(all);
        return all;
    }

    private Node pipe() throws ShellSyntax {
        Node all = new Node(Node.Kind.PIPE, in.peek().line);
        while (in.peek().isWord("!")) {
            in.next();
            all.flag = !all.flag;
        }
        all.parts.add(command());
        while (in.peek().is("|")) {
            in.next();
            skipNewlines();
            all.parts.add(command());
        }
        all.end = lastEnd(all);
        return all.parts.size() == 1 && !all.flag ? all.parts.get(0) : all;
    }

    private Node command() throws ShellSyntax {
        Token token = in.peek();
        if (closes(token) || token.kind == Token.Kind.NEWLINE || token.is(";") || token.is("&") || token.is("|")
                || token.is("&&") || token.is("||")) {
            throw unexpected();
        }
        String word = token.kind == Token.Kind.WORD ? token.word.plain() : token.operator;
        Node node = word == null ? null : compound(word);
        if (node == null) { return simple(); }
        while (redirect(node)) {
            node.end = Math.max(node.end, node.redirects.get(node.redirects.size() - 1).target.line);
        }
        return node;
    }

    private Node compound(String word) throws ShellSyntax {
        switch (word) {
            case "if" :
                return choice();
            case "for" :
                return each();
            case "while" :
            case "until" :
                Node loop = new Node(Node.Kind.LOOP, in.next().line);
                loop.flag = word.equals("until");
                loop.parts.add(list());
                loop.parts.add(body(loop));
                return loop;
            case "case" :
                return cases();
            case "{" :
                return group("{", "}");
            case "(" :
                return group("(", ")");
            case "function" :
                Node function = new Node(Node.Kind.FUNCTION, in.next().line);
                function.name = in.next().toString();
                return function(function);
            default :
                return null;
        }
    }

    private Node group(String open, String close) throws ShellSyntax {
        Node group = new Node(Node.Kind.GROUP, expect(open).line);
        group.flag = open.equals("(");
        if (group.flag && in.peek().is("(") && in.peek().glued) {
            in.next();
            Node arithmetic = new Node(Node.Kind.SIMPLE, group.line);
            arithmetic.words.add(Brackets.unread(group.line, "((", in.rawUntil("))")));
            return arithmetic;
        }
        group.parts.add(list());
        group.end = expect(close).line;
        return group;
    }

    private Node choice() throws ShellSyntax {
        Node choice = new Node(Node.Kind.IF, in.next().line);
        choice.parts.add(list());
        expect("then");
        choice.parts.add(list());
        while (in.peek().isWord("elif")) {
            in.next();
            choice.parts.add(list());
            expect("then");
            choice.parts.add(list());
        }
        if (in.peek().isWord("else")) {
            in.next();
            choice.otherwise = list();
        }
        choice.end = expect("fi").line;
        return choice;
    }

    private Node body(Node of) throws ShellSyntax {
        expect("do");
        Node body = list();
        of.end = expect("done").line;
        return body;
    }

    private Node each() throws ShellSyntax {
        Node each = new Node(Node.Kind.FOR, in.next().line);
        Token name = in.next();
        each.name = name.kind == Token.Kind.WORD ? name.word.plain() : null;
        if (each.name == null || !ShellWord.isName(each.name)) {
            throw new ShellSyntax(name.line, "for takes a name, not " + Show.text(name.toString()));
        }
        skipNewlines();
        each.flag = !in.peek().isWord("in");
        if (!each.flag) {
            in.next();
            while (in.peek().kind == Token.Kind.WORD) {
                each.words.add(in.next().word);
            }
        }
        if (in.peek().is(";")) { in.next(); }
        skipNewlines();
        each.parts.add(body(each));
        return each;
    }

    private Node cases() throws ShellSyntax {
        Node cases = new Node(Node.Kind.CASE, in.next().line);
        Token word = in.next();
        if (word.kind != Token.Kind.WORD) { throw new ShellSyntax(word.line, "case takes a word"); }
        cases.words.add(word.word);
        skipNewlines();
        expect("in");
        skipNewlines();
        while (!in.peek().isWord("esac")) {
            if (in.peek().is("(")) { in.next(); }
            List<ShellWord> patterns = new ArrayList<ShellWord>();
            do {
                Token pattern = in.next();
                if (pattern.kind != Token.Kind.WORD) {
                    throw new ShellSyntax(pattern.line, "not a pattern: " + Show.text(pattern.toString()));
                }
                patterns.add(pattern.word);
            } while (in.peek().is("|") && in.next() != null);
            expect(")");
            cases.patterns.add(patterns);
            cases.parts.add(list());
            if (!in.peek().is(";;")) { break; }
            in.next();
            skipNewlines();
        }
        cases.end = expect("esac").line;
        return cases;
    }

    private Node function(Node function) throws ShellSyntax {
        if (in.peek().is("(")) {
            in.next();
            expect(")");
        }
        skipNewlines();
        if (!in.peek().isWord("{") && !in.peek().is("(")) { throw unexpected(); }
        function.parts.add(command());
        function.end = function.parts.get(0).end;
        return function;
    }

    private Node simple() throws ShellSyntax {
        Node simple = new Node(Node.Kind.SIMPLE, in.peek().line);
        while (true) {
            if (in.peek().kind == Token.Kind.WORD) {
                ShellWord word = in.next().word;
                simple.words.add(word);
                if (simple.words.size() == 1 && "[[".equals(word.plain())) {
                    Brackets.words(simple, in.rawUntil("]]"));
                }
            } else if (in.peek().is("(") && simple.words.size() == 1 && simple.words.get(0).plain() != null) {
                Node function = new Node(Node.Kind.FUNCTION, simple.line);
                function.name = simple.words.get(0).plain();
                return function(function);
            } else if (!redirect(simple)) { break; }
        }
        for (ShellWord word : simple.words) {
            simple.end = Math.max(simple.end, word.line);
        }
        simple.end = Math.max(simple.end, in.peek().line);
        return simple;
    }

    private boolean redirect(Node node) throws ShellSyntax {
        Token token = in.peek();
        if (token.kind != Token.Kind.OPERATOR || !REDIRECTS.contains(token.operator)) { return false; }
        in.next();
        if (in.peek().kind != Token.Kind.WORD) { throw unexpected(); }
        Redirect redirect = new Redirect(token.operator, in.next().word);
        for (Piece piece : redirect.target.pieces) {
            redirect.expand &= !piece.quoted;
        }
        node.redirects.add(redirect);
        if (redirect.isHere()) { in.expectBody(redirect); }
        return true;
    }
}
