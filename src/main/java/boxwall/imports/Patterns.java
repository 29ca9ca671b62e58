package boxwall.imports;

import java.util.Collections;
import java.util.List;

/** The patterns of a case: {@code *}, {@code ?} and {@code [...]}, quoted characters as they are. */
final class Patterns {
    private Patterns() {}

    /**
     * The index of the branch that is taken, -1 for none. A script that is started with the word "start" only because
     * nothing else was said is taken with "load", without a word or with "boot" when its case knows no start; when it
     * knows neither, a remark says so.
     */
    static int choose(Node node, Interpreter shell) throws ShellError {
        Variables variables = shell.variables;
        ShellWord word = node.words.get(0);
        String value = Expansion.single(word, variables, true);
        String unset = value.length() > 0 ? null : variables.unsetIn(word);
        if (unset != null) {
            throw new ShellError("the name " + unset + " isn't set in this file",
                    "put " + unset + "=... before it if something else sets it");
        }
        if (Quoting.isMarked(value)) {
            throw new ShellError("it needs a value of the box", "write the value for your box");
        }
        boolean own = variables.assumed && value.equals("start") && word.plain() == null;
        for (String each : own ? new String[] {"start", "load", "", "boot", "up", "add"} : new String[] {value}) {
            int index = index(node, each, variables, !own);
            if (index >= 0) { return index; }
        }
        int other = own ? index(node, "start", variables, true) : -1;
        List<Node> taken = other < 0 ? Collections.<Node>emptyList() : node.parts.get(other).simple();
        if (own && !adds(taken, shell) && adds(node.simple(), shell)) {
            StringBuilder known = new StringBuilder();
            for (List<ShellWord> patterns : node.patterns) {
                for (ShellWord pattern : patterns) {
                    known.append("*".equals(pattern.plain()) ? "" : pattern + ", ");
                }
            }
            String what = "the script knows " + Quoting.cut(known.toString(), 200) + "and no start; nothing taken";
            shell.lines.remark(node.line, what, "boxwall import FILE WORD, with one of these words", false);
            shell.leftLine(node.line, what, null);
        }
        return other;
    }

    private static boolean adds(List<Node> commands, Interpreter shell) {
        for (Node simple : commands) {
            if (shell.functions.adds(simple)) { return true; }
        }
        return false;
    }

    private static int index(Node node, String value, Variables variables, boolean any) throws ShellError {
        for (int i = 0; i < node.patterns.size(); i++) {
            for (ShellWord pattern : node.patterns.get(i)) {
                boolean catchAll = "*".equals(pattern.plain());
                if (catchAll ? any : matches(pattern(pattern, variables), value)) { return i; }
            }
        }
        return -1;
    }

    /** The pattern with {@code \} before each quoted character. */
    private static String pattern(ShellWord word, Variables variables) throws ShellError {
        StringBuilder out = new StringBuilder();
        for (Piece piece : word.pieces) {
            String text = Expansion.single(new ShellWord(word.line, piece), variables, true);
            for (int i = 0; i < text.length(); i++) {
                out.append(piece.quoted ? "\\" : "").append(text.charAt(i));
            }
        }
        return out.toString();
    }

    /** Each star is tried short first; a pattern of stars against a long text stays small, both are a line's words. */
    private static boolean matches(String pattern, String text) {
        int star = -1;
        int mark = 0;
        int i = 0;
        int j = 0;
        while (j < text.length()) {
            char c = i < pattern.length() ? pattern.charAt(i) : 0;
            int step = i < pattern.length() && c != '*' ? one(pattern, i, text.charAt(j)) : 0;
            if (step > 0) {
                i += step;
                j++;
            } else if (c == '*' && i < pattern.length()) {
                star = i++;
                mark = j;
            } else if (star >= 0) {
                i = star + 1;
                j = ++mark;
            } else {
                return false;
            }
        }
        while (i < pattern.length() && pattern.charAt(i) == '*') {
            i++;
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
