package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text as a list of commands. What a shell would read as a whole is read as a shell would. What it wouldn't (a web
 * page with rules in it, a script cut short) is read line by line: lines that look like commands as such, the others as
 * prose. A construct that begins and can't be read is left out up to its end: what stands inside an {@code if} that
 * isn't understood must not become a rule that always holds.
 */
final class Script {
    private static final List<String> OPENING =
            Arrays.asList("if", "for", "while", "until", "case", "function", "{", "(");
    private static final List<String> CLOSING = Arrays.asList("fi", "done", "esac", "}", ")");

    /** The commands, one node for each line that begins one. */
    final List<Node> parts = new ArrayList<>();
    /** Whether the text is no script as a whole. */
    final boolean page;

    private final String[] lines;
    private final ShellLexer lexer;
    private final ShellParser parser;

    Script(String text, SourceLines source) {
        lines = Words.split(text, '\n');
        lexer = new ShellLexer(text);
        parser = new ShellParser(lexer);
        page = startsAsDump() || !whole();
        if (page) {
            parts.clear();
            lexer.cutShort.clear();
            lineByLine();
        }
        for (Node.Redirect redirect : lexer.cutShort) {
            source.doubt(redirect.target.line, "here-cut", Quoting.cut(redirect.target.toString(), 30));
        }
    }

    /** A dump is read line by line from its first line on, and its quotes are none of a shell's. */
    private boolean startsAsDump() {
        for (String line : lines) {
            String text = line.trim();
            if (text.length() > 0 && text.charAt(0) != '#' && !RuleText.isHead(text) && !text.endsWith("tables-save")
                    && !text.endsWith("tables-save -c")) {
                return RuleText.isDump(text);
            }
        }
        return false;
    }

    private boolean whole() {
        for (String line : lines) {
            if (line.startsWith("```") || line.startsWith("{{{")) { return false; }
        }
        try {
            for (Node node = parser.complete(); node != null; node = parser.complete()) {
                parts.add(node);
            }
        } catch (ShellError e) {
            return false;
        }
        return true;
    }

    /**
     * Between *TABLE and COMMIT each line is the dump's, whatever it looks like, unless it is a command; a table that
     * never ends must not swallow a script behind it.
     */
    private void lineByLine() {
        boolean table = false;
        int next = 0;
        for (int i = 0, offset = 0; i < lines.length; offset += lines[i++].length() + 1) {
            Abandoned.check();
            String line = lines[i].trim();
            if (i < next || line.length() == 0) { continue; }
            boolean head = RuleText.isHead(line);
            if (head || RuleText.isDump(line)
                    || table && line.charAt(0) != '#' && !line.startsWith("```") && !looksLikeACommand(line)) {
                parts.add(new Node(Node.Kind.SAVED, i + 1));
                table = !head && !line.equals("COMMIT") && (table || line.charAt(0) == '*');
            } else if (line.charAt(0) != '#') {
                table = false;
                next = one(i, offset, line) + 1;
            }
        }
    }

    /** Reads what begins on a line (0-based); answers the last line that it takes. */
    private int one(int i, int offset, String line) {
        String first = first(line, " \t;(");
        boolean opens = opens(i, line, first);
        if (!opens && !looksLikeACommand(line)) {
            parts.add(new Node(Node.Kind.PROSE, i + 1));
            return i;
        }
        boolean mayReachFar = opens || first.indexOf('=') > 0 || ShellWord.isOf(first, "echo", "cat", "export");
        // an apostrophe of the text around a command would else open a quote that ends anywhere
        lexer.moveTo(offset, i + 1, !mayReachFar);
        try {
            parts.add(parser.complete());
            return Math.max(i, lexer.line - 2);
        } catch (ShellError e) {
            Node unreadable = new Node(Node.Kind.UNREADABLE, i + 1);
            unreadable.name = (e.line == i + 1 ? "" : "line " + e.line + ": ") + e.getMessage();
            unreadable.end = opens ? closing(i) + 1 : i + 1;
            parts.add(unreadable);
            return unreadable.end - 1;
        }
    }

    private static String first(String line, String ends) {
        int end = 0;
        while (end < line.length() && ends.indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }

    /** Whether a line begins a construct: {@code if} in prose is followed by other words. */
    private boolean opens(int i, String line, String first) {
        String rest = line.substring(Math.min(line.length(), first.length())).trim();
        String after = i + 1 < lines.length ? lines[i + 1].trim() : "";
        if (first.equals("if")) {
            return rest.indexOf(';') >= 0 || after.startsWith("then") || rest.startsWith("[") || rest.endsWith("then");
        }
        if (ShellWord.isOf(first, "for", "while", "until")) {
            return line.endsWith(" do") || line.endsWith(";do") || after.equals("do") || after.startsWith("do ")
                    || line.contains("; do") || line.contains(";do");
        }
        if (first.equals("case")) { return line.endsWith(" in") || line.contains(" in "); }
        return first.equals("function") && line.endsWith("{") || line.equals("{") || line.equals("(")
                || ShellWord.isName(first.replace('-', '_')) && (rest.startsWith("()") || rest.startsWith("( )"));
    }

    /**
     * Whether a line of a page begins as the commands of a firewall script do: {@code A=…}, {@code iptables -…}, {@code
     * $IPT -…}, {@code modprobe ip_tables}, {@code echo 1 > …}; "iptables is a program" is prose.
     */
    private static boolean looksLikeACommand(String line) {
        String first = first(line, " \t;(");
        String name = ShellWord.baseName(first);
        String[] words = Words.of(line);
        boolean option = words.length > 1 && (words[1].startsWith("-") || words[1].startsWith("$"));
        if (first.indexOf('=') > 0 && ShellWord.isName(first(first, "="))) { return true; }
        if (name.startsWith("iptables") || name.startsWith("ip6tables") || name.equals("ip46tables")
                || first.startsWith("$")) {
            return option || name.contains("-restore");
        }
        if (ShellWord.isOf(name, "modprobe", "insmod")) {
            return words.length == 2 || option || words.length > 2 && words[2].startsWith("#");
        }
        return name.equals("echo") && line.indexOf('>') > 0 || name.equals("export") && line.indexOf('=') > 0
                || name.equals("cat") && line.contains("<<") || first.equals("[");
    }

    /**
     * The line (0-based) where a construct that begins on a line ends, counted by the first words of lines; the last
     * line if it doesn't.
     */
    private int closing(int from) {
        int depth = 0;
        for (int i = from; i < lines.length; i++) {
            String line = lines[i].trim();
            String first = first(line, " \t;");
            boolean inOne = line.endsWith("fi") && first.equals("if") || line.endsWith("done") && !first.equals("done")
                    || line.endsWith("esac") && first.equals("case");
            if (CLOSING.contains(first) || first.startsWith("}")) {
                depth--;
            } else if (!inOne && (OPENING.contains(first) || line.endsWith("{"))) { depth++; }
            if (depth <= 0) { return i; }
        }
        return lines.length - 1;
    }
}
