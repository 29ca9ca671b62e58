package boxwall.imports;

import boxwall.syntax.Characters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides conditions that do not depend on the box: {@code [ … ]} and test compare texts and numbers, but cannot look
 * at files; case compares a word with patterns.
 */
final class Conditions {
    /** Each -o and ! is one more level of a small stack. */
    private static final int WORDS_LIMIT = 100;
    private static final List<String> PROGRAMS =
            Arrays.asList("iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "modprobe", "insmod");
    /** Comparisons of numbers, each followed by its opposite. */
    private static final List<String> COMPARISONS = Arrays.asList("-eq", "-ne", "-lt", "-ge", "-gt", "-le");
    /** Words that start a firewall, in the order in which a case is searched for them. */
    private static final String[] START_WORDS = {"start", "load", "", "boot", "up", "add"};

    private Conditions() {}

    /** The status of {@code [}, test or {@code [[}, the {@code name}, with these arguments. */
    static ExitStatus test(ShellState shell, Node node, String name, List<ShellWord> arguments) {
        SourceLines lines = shell.lines;
        try {
            // in a condition an unset name is empty: scripts test whether a name is set
            List<String> texts = new ArrayList<>();
            for (ShellWord argument : arguments) {
                boolean kept = name.equals("[[");
                for (ShellWord.Piece piece : argument.pieces) {
                    kept |= piece.quoted;
                }
                String text = Expansion.single(argument, shell.variables, true);
                if (kept || text.trim().length() > 0) { texts.add(text); }
            }
            if (name.equals("[") && (texts.isEmpty() || !texts.remove(texts.size() - 1).equals("]"))) {
                return shell.leaveOut(node, "bracket");
            }
            for (int i = 0; i < texts.size() && shell.variables.assumed && texts.size() == 3; i += 2) {
                if (!texts.get(i).equals("start") || arguments.get(i).plain() != null) { continue; }
                lines.noteWord(node.line, "start");
                String other = texts.get(1).startsWith("=") ? texts.get(2 - i) : "";
                if (other.length() > 0) { lines.words.add(other); }
            }
            ExitStatus status = texts.size() > WORDS_LIMIT ? ExitStatus.UNKNOWN : of(texts);
            if (status != ExitStatus.UNKNOWN) {
                shell.markTaken(node);
                return status;
            }
            lines.note(node.line, "asks-box");
        } catch (ShellError e) {
            lines.note(node.line, "condition", e.getMessage());
        }
        return ExitStatus.UNKNOWN;
    }

    /** -o binds less than -a; an unknown operand is ignored if the other one decides. */
    private static ExitStatus of(List<String> words) {
        for (String operator : new String[] {"-o", "-a"}) {
            int at = words.lastIndexOf(operator);
            if (at > 0 && at < words.size() - 1) {
                ExitStatus a = of(words.subList(0, at));
                ExitStatus b = of(words.subList(at + 1, words.size()));
                ExitStatus decisive = ExitStatus.of(operator.equals("-o"));
                return a == decisive || b == decisive ? decisive : a == decisive.not() ? b : a;
            }
        }
        if (words.size() > 1 && words.get(0).equals("!")) { return of(words.subList(1, words.size())).not(); }
        if (words.size() < 2) { return ExitStatus.of(!words.isEmpty() && words.get(0).length() > 0); }
        return words.size() == 2 ? unary(words.get(0), words.get(1))
                : words.size() == 3 ? binary(words.get(0), words.get(1), words.get(2)) : ExitStatus.UNKNOWN;
    }

    private static ExitStatus unary(String operator, String value) {
        if (ShellWord.isOneOf(operator, "-z", "-n")) {
            return ExitStatus.of(value.length() == 0 == operator.equals("-z"));
        }
        // boxwall cannot work without these programs and reports a missing one itself
        boolean exists = PROGRAMS.contains(ShellWord.baseName(value)) && ShellWord.isOneOf(operator, "-x", "-f", "-e");
        return exists ? ExitStatus.TRUE : ExitStatus.UNKNOWN;
    }

    private static ExitStatus binary(String a, String operator, String b) {
        if (Quoting.isMarked(a) || Quoting.isMarked(b)) { return ExitStatus.UNKNOWN; }
        if (ShellWord.isOneOf(operator, "=", "==", "!=")) {
            return ExitStatus.of(a.equals(b) != operator.equals("!="));
        }
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
     * The index of the branch that runs, -1 for none. If the script's word start is only assumed and the case does not
     * have it, other usual words are tried; if it has none of them, a remark lists the words that it has.
     */
    static int chosenBranch(Node node, ShellState shell) throws ShellError {
        Variables variables = shell.variables;
        ShellWord word = node.words.get(0);
        String value = Expansion.single(word, variables, true);
        String unset = value.length() > 0 ? null : variables.unsetIn(word);
        if (unset != null) { throw new ShellError("case-unset", unset); }
        if (Quoting.isMarked(value)) { throw new ShellError("case-box"); }
        boolean startWord = variables.assumed && value.equals("start") && word.plain() == null;
        if (!startWord) { return branch(node, value, variables, true); }
        for (String start : START_WORDS) {
            int branch = branch(node, start, variables, false);
            if (branch >= 0) {
                shell.lines.noteWord(node.line, start);
                return branch;
            }
        }
        int otherwise = branch(node, "start", variables, true);
        boolean adds = otherwise >= 0 && shell.adds(node.parts.get(otherwise));
        if (!adds && shell.adds(node)) {
            StringBuilder known = new StringBuilder();
            for (List<ShellWord> patterns : node.patterns) {
                for (ShellWord pattern : patterns) {
                    known.append(pattern.is("*") ? "" : pattern + ", ");
                }
            }
            shell.leaveOut(node.line, "no-start", Characters.cut(known.toString(), 200));
        }
        return otherwise;
    }

    /** The index of the first branch that matches; {@code any}: whether a lone star does. */
    private static int branch(Node node, String value, Variables variables, boolean any) throws ShellError {
        for (int i = 0; i < node.patterns.size(); i++) {
            for (ShellWord word : node.patterns.get(i)) {
                StringBuilder pattern = new StringBuilder();
                for (ShellWord.Piece piece : word.pieces) {
                    String text = Expansion.single(new ShellWord(word.line, null, piece), variables, true);
                    if (piece.isBare() && text.contains("[:")) { throw new ShellError("class", Characters.show(text)); }
                    for (int c = 0; c < text.length(); c++) {
                        pattern.append(piece.quoted ? "\\" : "").append(text.charAt(c));
                    }
                }
                if (word.is("*") ? any : matches(pattern.toString(), value)) { return i; }
            }
        }
        return -1;
    }

    /** Matches {@code *}, {@code ?} and {@code [...]}; each star takes as little as possible first. */
    private static boolean matches(String pattern, String text) {
        int afterStar = 0;
        int retryAt = 0;
        int i = 0;
        int j = 0;
        while (j < text.length() || i < pattern.length() && pattern.charAt(i) == '*') {
            boolean star = i < pattern.length() && pattern.charAt(i) == '*';
            int length = star || i == pattern.length() ? 0 : matchedLength(pattern, i, text.charAt(j));
            if (star) {
                afterStar = ++i;
                retryAt = j;
            } else if (length > 0) {
                i += length;
                j++;
            } else if (afterStar > 0) {
                i = afterStar;
                j = ++retryAt;
            } else {
                return false;
            }
        }
        return i == pattern.length();
    }

    /** The length of the pattern's next element if it matches the character, else 0. */
    private static int matchedLength(String pattern, int i, char c) {
        char p = pattern.charAt(i);
        if (p == '\\' && i + 1 < pattern.length()) { return pattern.charAt(i + 1) == c ? 2 : 0; }
        boolean not = pattern.startsWith("[!", i) || pattern.startsWith("[^", i);
        int close = p == '[' ? pattern.indexOf(']', i + (not ? 3 : 2)) : -1;
        if (close > 0) {
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
