package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code [ … ]} and test: comparisons of texts and numbers are decided, questions about the box's files aren't. */
final class TestCommand {
    /** Each -o and ! is one more on a small stack. */
    private static final int WORDS_LIMIT = 100;
    private static final List<String> PROGRAMS =
            Arrays.asList("iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "modprobe", "insmod");
    /** Of numbers: each and its opposite. */
    private static final List<String> COMPARISONS = Arrays.asList("-eq", "-ne", "-lt", "-ge", "-gt", "-le");

    private TestCommand() {}

    /** What the words behind {@code [}, test or {@code [[} give; what they ask of the box isn't known. */
    static ExitStatus run(Interpreter shell, Node node, String name, List<ShellWord> words) {
        SourceLines lines = shell.lines;
        try {
            List<String> texts = new ArrayList<>();
            for (ShellWord word : words) {
                // an unset name is empty in a condition, as scripts ask just that
                texts.add(Expansion.single(word, shell.variables, true));
            }
            if (name.equals("[") && (texts.isEmpty() || !texts.remove(texts.size() - 1).equals("]"))) {
                return shell.notRun.left(node, "a [ without its ]", "write ] as the last word");
            }
            for (int i = 0; i < texts.size() && shell.variables.assumed && texts.size() == 3; i += 2) {
                boolean own =
                        texts.get(i).equals("start") && words.get(i).plain() == null && texts.get(1).startsWith("=");
                if (own && texts.get(2 - i).length() > 0) { lines.words.add(texts.get(2 - i)); }
            }
            ExitStatus status = texts.size() > WORDS_LIMIT ? ExitStatus.UNKNOWN : of(texts);
            if (status != ExitStatus.UNKNOWN) {
                shell.taken(node);
                return status;
            }
            lines.note(node.line, "a condition that only the box can decide: " + lines.shown(node.line));
        } catch (ShellError e) {
            lines.note(node.line, "a condition that can't be decided here: " + e.getMessage());
        }
        return ExitStatus.UNKNOWN;
    }

    /** The status for the words between the brackets. */
    private static ExitStatus of(List<String> words) {
        for (String operator : new String[] {"-o", "-a"}) {
            int at = words.lastIndexOf(operator);
            if (at > 0 && at < words.size() - 1) {
                ExitStatus a = of(words.subList(0, at));
                ExitStatus b = of(words.subList(at + 1, words.size()));
                ExitStatus decides = ExitStatus.of(operator.equals("-o"));
                return a == decides || b == decides ? decides : a == decides.not() ? b : a;
            }
        }
        if (words.size() > 1 && words.get(0).equals("!")) { return of(words.subList(1, words.size())).not(); }
        if (words.size() < 2) { return ExitStatus.of(!words.isEmpty() && words.get(0).length() > 0); }
        return words.size() == 2 ? unary(words.get(0), words.get(1))
                : words.size() == 3 ? binary(words.get(0), words.get(1), words.get(2)) : ExitStatus.UNKNOWN;
    }

    private static ExitStatus unary(String operator, String value) {
        if (operator.equals("-z") || operator.equals("-n")) {
            return ExitStatus.of(value.length() == 0 == operator.equals("-z"));
        }
        String name = Script.baseName(value);
        // boxwall is of no use without them, and says so itself
        return PROGRAMS.contains(name) && (operator.equals("-x") || operator.equals("-f") || operator.equals("-e"))
                ? ExitStatus.TRUE : ExitStatus.UNKNOWN;
    }

    private static ExitStatus binary(String a, String operator, String b) {
        if (Quoting.isMarked(a) || Quoting.isMarked(b)) { return ExitStatus.UNKNOWN; }
        if (operator.equals("=") || operator.equals("==")) { return ExitStatus.of(a.equals(b)); }
        if (operator.equals("!=")) { return ExitStatus.of(!a.equals(b)); }
        try {
            int order = Long.valueOf(a).compareTo(Long.valueOf(b));
            int at = COMPARISONS.indexOf(operator);
            boolean holds = at < 2 ? order == 0 : at < 4 ? order < 0 : order > 0;
            return at < 0 ? ExitStatus.UNKNOWN : ExitStatus.of(holds == (at % 2 == 0));
        } catch (NumberFormatException e) {
            return ExitStatus.UNKNOWN;
        }
    }
}
