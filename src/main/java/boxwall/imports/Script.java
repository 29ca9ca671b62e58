package boxwall.imports;

import boxwall.netfilter.Cancelled;
import boxwall.netfilter.Words;
import boxwall.syntax.Characters;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Divides a text into commands. A script is parsed as a shell does it. Other texts (a web page with rules, a script
 * that is cut short) are read line by line: lines that look like commands are parsed, the others are prose. A construct
 * with a syntax error is left out up to its end, because a rule inside an {@code if} must not become unconditional.
 */
final class Script {
    private static final List<String> OPENING =
            Arrays.asList("if", "for", "while", "until", "case", "function", "{", "(");
    private static final List<String> CLOSING = Arrays.asList("fi", "done", "esac", "}", ")");

    /** The commands, one node for each line that begins one. */
    final List<Node> parts = new ArrayList<>();
    /** Whether the text as a whole is no script. */
    final boolean page;

    private final String[] lines;
    private final ShellLexer lexer;
    private final ShellParser parser;

    Script(String text, SourceLines source) {
        lines = Words.split(text, '\n');
        lexer = new ShellLexer(text);
        parser = new ShellParser(lexer);
        page = beginsAsDump() || !parseScript();
        if (page) {
            parts.clear();
            lexer.cutShort.clear();
            parsePage();
        }
        for (Node.Redirect redirect : lexer.cutShort) {
            source.warn(redirect.target.line, "here-cut", Characters.cut(redirect.target.toString(), 30));
        }
    }

    /** Then the text is read line by line, because a dump quotes differently from a shell. */
    private boolean beginsAsDump() {
        for (String line : lines) {
            String text = line.trim();
            if (text.length() > 0 && text.charAt(0) != '#' && !RuleText.isDumpHead(text)
                    && !text.endsWith("tables-save") && !text.endsWith("tables-save -c")) {
                return RuleText.isDump(text);
            }
        }
        return false;
    }

    private boolean parseScript() {
        for (String line : lines) {
            if (line.startsWith("```") || line.startsWith("{{{")) { return false; }
        }
        try {
            for (Node node = parser.nextCommands(); node != null; node = parser.nextCommands()) {
                parts.add(node);
            }
        } catch (ShellError e) {
            return false;
        }
        return true;
    }

    /**
     * Between *TABLE and COMMIT a line belongs to the dump unless it looks like a command: a table without COMMIT must
     * not swallow a script after it.
     */
    private void parsePage() {
        boolean table = false;
        int next = 0;
        for (int i = 0, offset = 0; i < lines.length; offset += lines[i++].length() + 1) {
            Cancelled.check();
            String line = lines[i].trim();
            if (i < next || line.length() == 0) { continue; }
            boolean head = RuleText.isDumpHead(line);
            if (head || RuleText.isDump(line)
                    || table && line.charAt(0) != '#' && !line.startsWith("```") && !looksLikeCommand(line)) {
                parts.add(new Node(Node.Kind.SAVED, i + 1));
                table = !head && !line.equals("COMMIT") && (table || line.charAt(0) == '*');
            } else if (line.charAt(0) != '#') {
                table = false;
                next = parseFrom(i, offset, line) + 1;
            }
        }
    }

    /** Parses the command or prose that begins at a line (0-based); returns its last line. */
    private int parseFrom(int i, int offset, String line) {
        String first = upTo(" \t;(", line);
        boolean construct = beginsConstruct(i, line, first);
        if (!construct && !looksLikeCommand(line)) {
            parts.add(new Node(Node.Kind.PROSE, i + 1));
            return i;
        }
        boolean severalLines = construct || first.indexOf('=') > 0 || ShellWord.isOneOf(first, "echo", "cat", "export");
        // else an apostrophe in the text around a command would open a quote that ends anywhere
        lexer.moveTo(offset, i + 1, !severalLines);
        try {
            parts.add(parser.nextCommands());
            return Math.max(i, lexer.line - 2);
        } catch (ShellError e) {
            Node unreadable = new Node(Node.Kind.UNREADABLE, i + 1);
            unreadable.name = (e.line == i + 1 ? "" : "line " + e.line + ": ") + e.getMessage();
            unreadable.end = construct ? constructEnd(i) + 1 : i + 1;
            parts.add(unreadable);
            return unreadable.end - 1;
        }
    }

    private static String upTo(String ends, String line) {
        int end = 0;
        while (end < line.length() && ends.indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }

    /** Whether a line with this first word begins a construct; a sentence that begins with "if" does not. */
    private boolean beginsConstruct(int i, String line, String first) {
        String rest = line.substring(first.length()).trim();
        String next = i + 1 < lines.length ? lines[i + 1].trim() : "";
        if (first.equals("if")) {
            return rest.indexOf(';') >= 0 || next.startsWith("then") || rest.startsWith("[") || rest.endsWith("then");
        }
        if (ShellWord.isOneOf(first, "for", "while", "until")) {
            return line.endsWith(" do") || next.equals("do") || next.startsWith("do ") || line.contains("; do")
                    || line.contains(";do");
        }
        if (first.equals("case")) { return line.endsWith(" in") || line.contains(" in "); }
        return first.equals("function") && line.endsWith("{") || line.equals("{") || line.equals("(")
                || ShellWord.isName(first.replace('-', '_')) && (rest.startsWith("()") || rest.startsWith("( )"));
    }

    /**
     * Whether a line of a page begins like the commands of a firewall script: {@code A=…}, {@code iptables -…},
     * {@code $IPT -…}, {@code modprobe ip_tables}, {@code echo 1 > …}. "iptables is a program" does not.
     */
    private static boolean looksLikeCommand(String line) {
        String first = upTo(" \t;(", line);
        String name = ShellWord.baseName(first);
        String[] words = Words.of(line);
        boolean option = words.length > 1 && (words[1].startsWith("-") || words[1].startsWith("$"));
        if (first.indexOf('=') > 0 && ShellWord.isName(upTo("=", first))) { return true; }
        if (name.startsWith("iptables") || name.startsWith("ip6tables") || name.equals("ip46tables")
                || first.startsWith("$")) {
            return option || name.contains("-restore");
        }
        if (ShellWord.isOneOf(name, "modprobe", "insmod")) {
            return words.length == 2 || option || words.length > 2 && words[2].startsWith("#");
        }
        return name.equals("echo") && line.indexOf('>') > 0 || name.equals("export") && line.indexOf('=') > 0
                || name.equals("cat") && line.contains("<<") || first.equals("[");
    }

    /** The line (0-based) where a construct ends, by the first words of lines; the last line if it has no end. */
    private int constructEnd(int from) {
        int depth = 0;
        for (int i = from; i < lines.length; i++) {
            String line = lines[i].trim();
            String first = upTo(" \t;", line);
            boolean oneLine = line.endsWith("fi") && first.equals("if")
                    || line.endsWith("done") && !first.equals("done") || line.endsWith("esac") && first.equals("case");
            if (CLOSING.contains(first) || first.startsWith("}")) {
                depth--;
            } else if (!oneLine && (OPENING.contains(first) || line.endsWith("{"))) { depth++; }
            if (depth <= 0) { return i; }
        }
        return lines.length - 1;
    }
}
