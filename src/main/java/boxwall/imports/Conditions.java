package boxwall.imports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is decided without the box: {@code [ … ]} and test, of which comparisons of texts and numbers are and questions
 * about files aren't; and a case with its patterns ({@code *}, {@code ?} and {@code [...]}, quoted characters as they
 * are).
 */
final class Conditions {
    /** Each -o and ! is one more on a small stack. */
    private static final int WORDS_LIMIT = 100;
    private static final List<String> PROGRAMS =
            Arrays.asList("iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "modprobe", "insmod");
    /** Of numbers: each and its opposite. */
    private static final List<String> COMPARISONS = Arrays.asList("-eq", "-ne", "-lt", "-ge", "-gt", "-le");

    private Conditions() {}

    /** What the words behind {@code [}, test or {@code [[} give; what they ask of the box isn't known. */
    static ExitStatus test(ShellState shell, Node node, String name, List<ShellWord> words) {
        SourceLines lines = shell.lines;
        try {
            List<String> texts = new ArrayList<>();
            for (ShellWord word : words) {
                // an unset name is empty in a condition, as scripts ask just that
                texts.add(Expansion.single(word, shell.variables, true));
            }
            if (name.equals("[") && (texts.isEmpty() || !texts.remove(texts.size() - 1).equals("]"))) {
                return shell.left(node, "bracket");
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
            lines.note(node.line, "asks-box");
        } catch (ShellError e) {
            lines.note(node.line, "condition", e.getMessage());
        }
        return ExitStatus.UNKNOWN;
    }

    /**
     * The status for the words between the brackets: {@code -n "$A" -a ! -f /x}. -o binds less than -a, and an operand
     * that isn't known doesn't matter where the other one decides.
     */
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
        if (ShellWord.isOf(operator, "-z", "-n")) {
            return ExitStatus.of(value.length() == 0 == operator.equals("-z"));
        }
        // boxwall is of no use without them, and says so itself
        boolean known = PROGRAMS.contains(ShellWord.baseName(value)) && ShellWord.isOf(operator, "-x", "-f", "-e");
        return known ? ExitStatus.TRUE : ExitStatus.UNKNOWN;
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

    /**
     * The index of the branch that is taken, -1 for none. A script that is started with the word "start" only because
     * nothing else was said is taken with "load", without a word or with "boot" when its case knows no start; when it
     * knows neither, a remark says so.
     */
    static int choose(Node node, ShellState shell) throws ShellError {
        Variables variables = shell.variables;
        ShellWord word = node.words.get(0);
        String value = Expansion.single(word, variables, true);
        String unset = value.length() > 0 ? null : variables.unsetIn(word);
        if (unset != null) { throw new ShellError("case-unset", unset); }
        if (Quoting.isMarked(value)) { throw new ShellError("case-box"); }
        boolean own = variables.assumed && value.equals("start") && word.plain() == null;
        for (String each : own ? new String[] {"start", "load", "", "boot", "up", "add"} : new String[] {value}) {
            int index = index(node, each, variables, !own);
            if (index >= 0) { return index; }
        }
        int other = own ? index(node, "start", variables, true) : -1;
        boolean taken = other >= 0 && shell.adds(node.parts.get(other));
        if (own && !taken && shell.adds(node)) {
            StringBuilder known = new StringBuilder();
            for (List<ShellWord> patterns : node.patterns) {
                for (ShellWord pattern : patterns) {
                    known.append("*".equals(pattern.plain()) ? "" : pattern + ", ");
                }
            }
            shell.leave(node.line, "no-start", Quoting.cut(known.toString(), 200));
        }
        return other;
    }

    /** {@code any}: whether a lone star counts. */
    private static int index(Node node, String value, Variables variables, boolean any) throws ShellError {
        for (int i = 0; i < node.patterns.size(); i++) {
            for (ShellWord word : node.patterns.get(i)) {
                StringBuilder pattern = new StringBuilder();
                for (ShellWord.Piece piece : word.pieces) {
                    String text = Expansion.single(new ShellWord(word.line, null, piece), variables, true);
                    for (int c = 0; c < text.length(); c++) {
                        pattern.append(piece.quoted ? "\\" : "").append(text.charAt(c));
                    }
                }
                if (word.is("*") ? any : matches(pattern.toString(), value)) { return i; }
            }
        }
        return -1;
    }

    /** Each star is tried short first; a pattern of stars against a long text stays small, both are a line's words. */
    private static boolean matches(String pattern, String text) {
        int star = -1;
        int mark = 0;
        int i = 0;
        int j = 0;
        while (j < text.length() || i < pattern.length() && pattern.charAt(i) == '*') {
            boolean any = i < pattern.length() && pattern.charAt(i) == '*';
            int step = any || i == pattern.length() ? 0 : one(pattern, i, text.charAt(j));
            if (any) {
                star = i++;
                mark = j;
            } else if (step > 0) {
                i += step;
                j++;
            } else if (star >= 0) {
                i = star + 1;
                j = ++mark;
            } else {
                return false;
            }
        }
        return i == pattern.length();
    }

    /** How many characters of the pattern match this one, 0 when they don't. */
    private static int one(String pattern, int i, char c) {
        char p = pattern.charAt(i);
        if (p == '\\' && i + 1 < pattern.length()) { return pattern.charAt(i + 1) == c ? 2 : 0; }
        int close = p == '[' ? pattern.indexOf(']', i + 2) : -1;
        if (close > 0) {
            boolean not = pattern.charAt(i + 1) == '!';
            boolean in = false;
            for (int k = i + (not ? 2 : 1); k < close; k++) {
                boolean range = k + 2 < close && pattern.charAt(k + 1) == '-';
                in |= range ? c >= pattern.charAt(k) && c <= pattern.charAt(k + 2) : c == pattern.charAt(k);
                k += range ? 2 : 0;
            }
            return in != not ? close - i + 1 : 0;
        }
        return p == '?' || p == c ? 1 : 0;
    }
}
